#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A crowd whose true taste is known: who would click on what, and when. Every claim about learning is measured
// against it. docs/learning.md describes the world in formulas.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "domain/ids.h"
#include "domain/value.h"
#include "simulate/crowd_cast.h"
#include "simulate/crowd_params.h"
#include "simulate/moment_source.h"

namespace matchcue::simulate {

/// One moment of the crowd's matches.
struct CrowdTick {
  std::size_t match = 0;
  domain::Values context;              ///< the context fields that a learner is told (crowd_moment.h)
  std::optional<std::size_t> subject;  ///< index of the acting player's item
  TimedMoment moment;                  ///< as the feed told it
};

/// What a viewer did with one slot of one slate.
struct CrowdShown {
  std::size_t item = 0;
  bool clicked = false;
};

/// Plays one or more matches to a crowd, tick by tick. Every number is decided by the seed and by what was recorded.
/// Single thread; several may ask at once for what is const.
class CrowdWorld {
 public:
  /// params   as parse_crowd_params accepts them
  /// matches  at least one moment in each; a moment is a tick, whatever its kind
  /// viewers  at least 1; memory: 24 bytes for each viewer and item
  CrowdWorld(const CrowdParams& params, std::vector<std::vector<TimedMoment>> matches, std::uint64_t seed,
             std::size_t viewers);

  const std::vector<CrowdItem>& items() const { return cast_.items; }  ///< those that arrive later too
  const std::vector<CrowdViewer>& viewers() const { return cast_.viewers; }
  const std::vector<domain::SlotName>& slots() const { return slots_; }  ///< in slate order
  std::size_t tick_count() const { return ticks_.size(); }
  const std::vector<CrowdTick>& ticks() const { return ticks_; }  ///< those to come, too

  /// Goes on to the next tick (the first call to the first one); false when there is none left. What was recorded takes
  /// effect. Cost: O(viewers (items + K^2)), some milliseconds for a thousand viewers.
  bool next_tick();
  std::size_t tick_number() const;  ///< 0-based
  const CrowdTick& tick() const { return ticks_[tick_number()]; }
  bool is_available(std::size_t item) const { return cast_.items[item].arrives_tick <= tick_number(); }
  /// Items that can be shown in this slot (index into slots()) at this tick, in the order of items().
  std::span<const std::size_t> candidates(std::size_t slot) const { return candidates_[slot]; }

  /// P(click) if this item is shown now in its slot, examination included. The item must be available.
  /// Cost: O(K), some tens of nanoseconds.
  double click_probability(std::size_t viewer, std::size_t item) const;
  /// Whether the viewer clicks on the item if it is shown now. The draw belongs to (seed, tick, viewer, slot).
  bool clicks(std::size_t viewer, std::size_t item) const;
  /// What the viewer was shown at this tick, once per viewer and tick; takes effect at the next tick.
  void record(std::size_t viewer, std::span<const CrowdShown> shown);

 private:
  /// A tick and the words that taste depends on.
  struct Words {
    std::string event;
    std::string timing;
  };
  static constexpr std::size_t kSides = 3;  ///< home, away, nobody

  void add_ticks(std::vector<std::vector<TimedMoment>> matches);
  std::optional<std::size_t> find_item(const domain::ItemId& id) const;
  void apply_records();
  void change_appeals();
  void enter_tick();
  void collect_candidates();
  void update_interests();
  void compute_common();
  void compute_tastes();

  std::uint64_t seed_;
  CrowdParams params_;
  CrowdCast cast_;
  std::vector<domain::SlotName> slots_;
  std::vector<CrowdTick> ticks_;
  std::vector<Words> words_;                        ///< one per tick
  std::vector<bool> shifts_;                        ///< whether a match's second half of ticks begins here
  std::optional<std::size_t> at_;                   ///< the present tick
  std::vector<double> directions_;                  ///< items x K
  std::vector<double> appeals_;                     ///< b, one per item
  std::vector<double> interests_;                   ///< r, one per item
  std::vector<std::array<double, kSides>> common_;  ///< of this tick, items x sides: what all viewers of a side share
  std::vector<std::vector<std::size_t>> candidates_;
  std::vector<double> tastes_;                    ///< of this tick, viewers x K: what meets an item's direction
  std::vector<double> sequences_;                 ///< h, viewers x K
  std::vector<double> times_;                     ///< F, viewers x items
  std::vector<double> clicks_;                    ///< C, viewers x items
  std::vector<double> weariness_;                 ///< what F and C cost, viewers x items
  std::vector<std::vector<CrowdShown>> records_;  ///< of this tick, one per viewer
};

}  // namespace matchcue::simulate
