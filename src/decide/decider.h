#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Decides slates for one change of one live event: candidates, eligibility, score, exploration, at most one item a
// slot. This is where a propensity is made: what draw() returns is what is logged.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "decide/eligibility.h"
#include "decide/filters_in_force.h"
#include "decide/posterior_draws.h"
#include "domain/catalogue.h"
#include "domain/decision.h"
#include "scoring/solution_version.h"

namespace matchcue::decide {

/// How decisions are made; kept in every decision's header so that it can be made again.
struct Options {
  double floor = 0.002;                     ///< least propensity of a candidate; 0.0001..0.05
  std::uint64_t seed = 0x6d61746368637565;  ///< changes every draw
};

/// Most slots that a slate may have; a catalogue with more item types is refused where it is put.
constexpr std::size_t kSlotsMax = 16;

/// One candidate as it stands for one viewer, for people who ask why.
struct Standing {
  std::size_t item = 0;  ///< index into the catalogue
  double score = 0;
  std::map<std::string_view, double> parts;  ///< of the score, by name; empty when it has none
  double propensity = 0;                     ///< 0 when excluded
  std::string_view excluded;  ///< "min_age", "country", "filter", "blocked", "not_pinned"; empty when it could be drawn
};

/// Fills the parts of a header that describe how to decide `change`.
domain::DecisionHeader make_header(const domain::Change& change, domain::Circumstances circumstances,
                                   const domain::Catalogue& catalogue, const scoring::SolutionVersion& version,
                                   const Options& options);

/// How often another item than the likeliest one may be drawn, summed over draws: 1 - the largest probability.
struct ExplorationTally {
  double explored = 0;
  std::uint64_t draws = 0;
};

/// Holds on to `catalogue` and `version`, which must outlive it. Single shard: it has scratch space of its own.
class Decider {
 public:
  /// Everything comes from the header, so that a logged one gives the same decisions. Its filters are
  /// understood (FiltersInForce::make). Errors: none. Cost: O(items x conditions of filters), once per change and
  /// shard.
  Decider(const domain::DecisionHeader& header, const domain::Catalogue& catalogue,
          const scoring::SolutionVersion& version);

  std::size_t slot_count() const { return slots_.size(); }

  /// How many answers about a viewer's past the filters in force need; 0: nothing has to be known of it.
  std::size_t past_questions() const { return filters_.questions(); }
  /// The answers: what draw() is to be given for a viewer with this past. Cost: O(questions x acts); allocates.
  domain::PastItems answer(const domain::ViewerPast& past) const { return filters_.answer(past, catalogue_); }

  /// Draws one item for each slot. `choices` has slot_count() entries, `past` past_questions(). Each slot has its own
  /// draw, seeded by header seed, event, moment, viewer and slot, so a viewer's decision does not depend on who else is
  /// there. Cost: the scorer's and O(candidates x PosteriorDraws::kDraws); no allocation once warm.
  void draw(std::string_view viewer_id, const domain::ViewerTraits& viewer, domain::Choice* choices,
            const domain::PastItems& past = {});

  /// Over all slots drawn until now that nothing was pinned to.
  const ExplorationTally& exploration() const { return exploration_tally_; }

  /// The candidates of a slot as they stand for this viewer, best score first. Allocates.
  std::vector<Standing> standings(std::size_t slot, std::string_view viewer_id, const domain::ViewerTraits& viewer,
                                  const domain::PastItems& past = {});

  /// 1 for the best-scored item of the whole catalogue, and so on; ties by item order; for the viewer who was drawn for
  /// last. 0 for a pinned one. For the sample route. O(items).
  std::size_t rank(std::size_t item) const;

 private:
  struct Slot {
    std::vector<std::size_t> items;     ///< neither blocked nor filtered for everybody, in item order
    std::vector<double> probabilities;  ///< beside items, when they are the same for everybody
    std::vector<std::size_t> blocked;
    std::vector<std::size_t> filtered;
    std::size_t pinned = domain::kNoItem;
    std::uint64_t seed = 0;
    bool restricted = false;              ///< some item is not for everybody
    std::optional<PosteriorDraws> draws;  ///< once the items are known
  };

  void add_items(const domain::DecisionHeader& header);
  /// Why this viewer may not be shown this item of a slot; empty when they may.
  std::string_view excluded_reason(const Slot& slot, std::size_t item, const domain::ViewerTraits& viewer) const;
  void score(std::string_view viewer_id, const domain::ViewerTraits& viewer);
  /// Leaves in eligible_ and probabilities_ what this viewer may be shown in this slot, and how likely each is.
  void weigh(const Slot& slot, const domain::ViewerTraits& viewer);
  domain::Choice draw_among(const Slot& slot, const std::vector<std::size_t>& items,
                            const std::vector<double>& probabilities, double uniform);

  const domain::Catalogue& catalogue_;
  double floor_;
  std::unique_ptr<scoring::MomentScorer> scorer_;
  std::vector<float> scores_;  ///< of the viewer who was scored last, by item
  std::vector<Slot> slots_;
  FiltersInForce filters_;
  ExplorationTally exploration_tally_;
  // Scratch, by candidate of the slot at hand.
  std::vector<std::size_t> eligible_;
  std::vector<std::uint32_t> eligible_places_;  ///< in Slot::items
  std::vector<float> eligible_scores_;
  std::vector<double> probabilities_;
};

}  // namespace matchcue::decide
