#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What off-policy estimators need of a log, summed: one logged policy, one target policy, all trials.
//
// A trial is a slot that its viewer saw: a cue without an impression says nothing about its item, so it is left out of
// every sum. That is right as long as being seen does not depend on which item was drawn (it may depend on viewer,
// slot, moment and screen). Where an item makes its own impression more likely, all estimates are off by that much, and
// the log alone cannot show it.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace matchcue::evaluate {

/// Most slots that a log may have.
constexpr std::size_t kSlotsMax = 16;

/// One slot that a viewer saw, and what the target policy would have done there.
struct Trial {
  std::uint32_t viewer = 0;  ///< number of the viewer, dense from 0: sums are kept for each number up to the largest
  std::size_t slot = 0;      ///< 0 .. slot_count - 1
  double propensity = 1;     ///< of the item shown, as logged; (0, 1]
  double reward = 0;         ///< [0, 1]
  double target_probability = 0;  ///< of the item shown, under the target policy; [0, 1]
  double target_value = 0;        ///< sum over candidates of target probability x predicted reward; [0, 1]
  double prediction = 0;          ///< predicted reward of the item shown; [0, 1]
};

/// Fills the last three fields of `trial`.
///
/// chosen       place of the item shown among the candidates
/// target       probabilities of the target policy over the candidates; not negative, summing to 1 within 1e-6
/// predictions  predicted rewards beside `target`, [0, 1]; empty when there is no reward model
/// Cost         O(candidates), no allocation. Any thread.
void set_target(Trial& trial, std::size_t chosen, std::span<const double> target, std::span<const double> predictions);

/// Whether trials come with the predictions of a reward model; without them there is no direct and no DR estimate.
enum class Predictions { absent, present };

/// Sums over one viewer's trials in one slot, w being target probability / propensity.
struct ViewerSums {
  double trials = 0;
  double reward = 0;
  double target_value = 0;
  double weight = 0;           ///< sum of w
  double weighted_reward = 0;  ///< sum of w x reward
  double corrected = 0;        ///< sum of target_value + w x (reward - prediction)
};

/// Sums over trials of f^2, f being what an estimator multiplies a reward by. With q, the prediction, they tell what to
/// expect of squares of f x reward before anybody acts: a few heavy trials in which nobody happened to act count too.
struct FactorSquares {
  double plain = 0;
  double rewards = 0;    ///< of f^2 q, at least the expected square of f x reward, as rewards are in [0, 1]
  double residuals = 0;  ///< of f^2 q (1 - q), the same of f x (reward - q)
};

/// Figures over one slot's trials that are not sums by viewer.
struct SlotWeights {
  std::uint64_t trials = 0;
  std::uint64_t zero_weights = 0;  ///< trials whose item the target would never show
  FactorSquares squares;           ///< f = w
  FactorSquares excess_squares;    ///< f = w - 1: what the target does otherwise than the log
  double weight_max = 0;
};

/// Trials summed by viewer and slot. Keeps no trial: 48 bytes for each viewer and slot, however many there are.
/// Single thread. Logs to be compared (off_policy.h) number viewers and slots alike.
class OffPolicyLog {
 public:
  /// slot_count  1..kSlotsMax
  OffPolicyLog(std::size_t slot_count, Predictions predictions);

  /// Adds one trial. Errors: invalid_trial, naming the field and the value; nothing is added then.
  /// Cost: O(1), a few nanoseconds.
  Result<void> add(const Trial& trial);

  /// The same trials with the logging policy as target: all weights are 1, and what it is worth is what it earned.
  OffPolicyLog of_logging() const;

  std::size_t slot_count() const { return weights_.size(); }
  Predictions predictions() const { return predictions_; }
  std::size_t viewer_count() const { return sums_.size() / weights_.size(); }  ///< largest number + 1
  /// The sums of one viewer, one entry a slot; all 0 for a number that had no trial. viewer < viewer_count().
  std::span<const ViewerSums> sums_of(std::size_t viewer) const {
    return {sums_.data() + viewer * weights_.size(), weights_.size()};
  }
  const SlotWeights& weights_of(std::size_t slot) const { return weights_[slot]; }

 private:
  Predictions predictions_;
  std::vector<SlotWeights> weights_;
  std::vector<ViewerSums> sums_;  ///< [viewer * slot_count + slot]
};

}  // namespace matchcue::evaluate
