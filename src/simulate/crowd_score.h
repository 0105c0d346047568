#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What a policy is worth in a crowd: the clicks it can expect by the true probabilities, between those of chance (0)
// and those of somebody who knows every viewer's mind (1).

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "simulate/crowd_world.h"

namespace matchcue::simulate {

/// Stands where a viewer's slot stayed empty.
constexpr std::size_t kNoCrowdItem = std::numeric_limits<std::size_t>::max();

/// Sums over all viewers and slots of one tick. The values are expected clicks.
struct CrowdTickValue {
  std::size_t match = 0;
  double policy = 0;               ///< of what was shown
  double random = 0;               ///< of a candidate drawn uniformly
  double oracle = 0;               ///< of the best candidate
  std::uint64_t impressions = 0;   ///< slots shown
  std::uint64_t clicks = 0;        ///< what really happened
  bool has_new_items = false;      ///< whether items that arrived later than the first tick can be shown
  std::uint64_t new_shown = 0;     ///< impressions of such items
  std::uint64_t oracle_shown = 0;  ///< impressions that the oracle would make: all viewers' slots
  std::uint64_t oracle_new = 0;    ///< how many of them would be such items

  /// (policy - random) / (oracle - random); 0 when chance is as good as anything.
  double gain() const;
  CrowdTickValue& operator+=(const CrowdTickValue& tick);
};

/// Adds up a run. All is measured in the state that the policy itself made: random and oracle are judged tick by tick
/// on its viewers' fatigue and history. Single thread.
class CrowdScore {
 public:
  /// Takes one tick, before CrowdWorld::next_tick().
  ///
  /// shown    viewers x slots, row-major; kNoCrowdItem where nothing was shown, which is worth nothing
  /// Returns  what was added
  /// Cost     one click probability for every viewer and candidate
  const CrowdTickValue& add(const CrowdWorld& world, std::span<const CrowdShown> shown);

  const std::vector<CrowdTickValue>& ticks() const { return ticks_; }
  /// All ticks in one; gain() is G.
  CrowdTickValue total() const;
  /// G of the ticks around the `impressions`-th slot impression: those whose middle lies within a quarter of it, and
  /// the one in which it falls. Nothing when the run is shorter.
  std::optional<double> gain_at(std::uint64_t impressions) const;
  /// G of the second half of the last match's ticks.
  double gain_last() const;
  double click_rate() const;         ///< clicks that happened / slot impressions
  double oracle_click_rate() const;  ///< clicks that the oracle can expect / its impressions
  /// Share of new items since they arrived, over all ticks or those `first`..`last` after their arrival (0 is the tick
  /// of the arrival; all inclusive); nothing when there are no such ticks.
  std::optional<double> new_share(std::size_t first = 0, std::size_t last = kNoCrowdItem) const;
  std::optional<double> oracle_new_share(std::size_t first = 0, std::size_t last = kNoCrowdItem) const;

 private:
  CrowdTickValue since_arrival(std::size_t first, std::size_t last) const;

  std::vector<CrowdTickValue> ticks_;
};

}  // namespace matchcue::simulate
