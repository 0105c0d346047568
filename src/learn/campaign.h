#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The campaign under the learner: a trained model that is served, and what it knows of each viewer. What it expects is
// where the learner starts; the learner adds what this event shows to be different.

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "domain/catalogue.h"
#include "domain/decision.h"
#include "domain/viewer_link.h"
#include "learn/id_table.h"
#include "scoring/sequence_model.h"

namespace matchcue::learn {

/// Acts in live events that a campaign is told of, all under one name.
constexpr std::string_view kActed = "CLICK";

struct CampaignViewer {
  domain::ViewerId id;
  domain::TraitsPtr traits = domain::no_traits();  ///< of the newest decision for them
  std::vector<float> state;                        ///< the model's
};

/// An act that lies behind, with what a model is told of it.
struct PastAct {
  domain::CataloguePtr catalogue;  ///< as it was decided with
  std::size_t item = 0;            ///< its place there
  domain::Values context;
  std::int64_t timestamp_s = 0;
};

/// Value type whose copies by share() are cheap. Thread safety as IdTable.
class Campaign {
 public:
  explicit Campaign(scoring::SequenceModelPtr model) : model_(std::move(model)) {}

  const scoring::SequenceModel& model() const { return *model_; }
  const scoring::SequenceModelPtr& model_ptr() const { return model_; }
  void set_model(scoring::SequenceModelPtr model) { model_ = std::move(model); }
  const IdTable<CampaignViewer>& viewers() const { return viewers_; }

  /// Remembers the viewer's traits, which the model scores with. O(1).
  void meet(const domain::ViewerId& viewer, const domain::TraitsPtr& traits);
  /// Takes one act into what is known of its viewer. O(1).
  void advance(const domain::ViewerId& viewer, const scoring::Act& act);
  /// What the anonymous viewer did was done by the one whom the link names: what the model made of it becomes theirs
  /// when nothing was known of them; else they do it now, after all that they did themselves.
  ///
  /// acts   of the anonymous viewer, in their order
  void identify(const domain::ViewerLink& link, std::span<const PastAct> acts);
  /// Whether identify() looks at the acts.
  bool needs_acts(const domain::ViewerLink& link) const;
  /// The same model and viewers, for readers.
  Campaign share();

 private:
  friend class Snapshot;
  CampaignViewer& viewer_of(const domain::ViewerId& viewer);
  std::vector<float> fresh_state() const;

  scoring::SequenceModelPtr model_;
  IdTable<CampaignViewer> viewers_;
};

/// A campaign folded into one moment. Holds on to the campaign and the catalogue, which must outlive it. Single thread.
class CampaignScorer {
 public:
  CampaignScorer(const Campaign& campaign, const domain::Catalogue& catalogue, const domain::MomentContext& moment);

  /// By item of the catalogue: how much likelier, in log-odds, the viewer acts upon it than upon the items of its slot
  /// on average. Valid until the next call. `traits` stand for a viewer whom the campaign never met.
  std::span<const float> score(std::string_view viewer, const domain::ViewerTraits& traits);
  /// The model's own scores, which only have an order: also of one whose differences proved to be worth nothing.
  std::span<const float> rank(std::string_view viewer, const domain::ViewerTraits& traits);

 private:
  const Campaign& campaign_;
  const domain::Catalogue& catalogue_;
  std::unique_ptr<scoring::SequenceScorer> scorer_;
  float scale_;
  std::vector<float> scores_;
  std::vector<float> slot_means_;
  std::vector<float> slot_shares_;  ///< 1 / items of the slot
};

}  // namespace matchcue::learn
