#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A campaign that scores without showing: how often it would have chosen what was shown, and what it would have
// brought.

#include <span>
#include <string>
#include <vector>

#include "learn/campaign.h"
#include "learn/scoreboard.h"

namespace matchcue::learn {

/// Single thread. The shadow chooses each slot's best item by its own score alone, without what the learner adds and
/// without exploring, among the items that everybody may see and the one that was shown; of equal ones the first.
class Shadow {
 public:
  /// What one slot's trials say of it since it began.
  struct Tally {
    double trials = 0;
    double agreed = 0;        ///< trials in which it would have chosen the same item
    double reward = 0;        ///< that all trials brought
    TrialSums::Weighted own;  ///< what its choices would have brought, by SNIPS from the logged propensities

    /// (sum w)^2 / sum w^2 of the trials that agreed: an estimate from few is worth little.
    double effective_trials() const { return own.ww > 0 ? own.w * own.w / own.ww : 0; }
  };

  explicit Shadow(Campaign campaign) : campaign_(std::move(campaign)) {}

  Campaign& campaign() { return campaign_; }
  const Campaign& campaign() const { return campaign_; }
  const std::vector<Tally>& slots() const { return slots_; }  ///< by the scoreboard's slot numbers

  /// Judges one trial. `scores` are its own of the catalogue's items for this viewer, `shown` and its slot are places
  /// in the catalogue.
  void add(const domain::Catalogue& catalogue, std::span<const float> scores, std::size_t shown,
           std::size_t slot_number, float propensity, float reward);

 private:
  Campaign campaign_;
  std::vector<Tally> slots_;
};

}  // namespace matchcue::learn
