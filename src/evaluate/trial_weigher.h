#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// From joined trials and a target policy to what off-policy estimators need.

#include <vector>

#include "evaluate/logged_trials.h"
#include "evaluate/off_policy_log.h"
#include "evaluate/reward_model.h"
#include "evaluate/target_policy.h"

namespace matchcue::evaluate {

/// Fits a reward model to all trials once; then asks it and a target policy about each of them. Holds on to `trials`,
/// which must outlive it and stay as they are. Single thread; weigh() any thread.
class TrialWeigher {
 public:
  /// Cost: O(trials x context values).
  explicit TrialWeigher(const LoggedTrials& trials, const RewardModel::Options& options = {});

  /// Cost: O(trials x candidates x context values), about 1 us a trial. trials must not be empty.
  OffPolicyLog weigh(const TargetPolicy& target) const;

 private:
  const LoggedTrials& trials_;
  RewardModel rewards_;
  std::vector<RewardModel::Encoded> contexts_;  ///< by decision
};

}  // namespace matchcue::evaluate
