// SPDX-License-Identifier: Apache-2.0
#include "evaluate/trial_weigher.h"

#include <algorithm>

#include "base/check.h"

namespace matchcue::evaluate {
TrialWeigher::TrialWeigher(const LoggedTrials& trials, const RewardModel::Options& options)
    : trials_(trials), rewards_(std::max<std::size_t>(1, trials.slots().size()), options) {
  for (const domain::DecisionHeader& header : trials.headers()) contexts_.push_back(rewards_.encode(header.context));
  for (const LoggedTrials::Trial& trial : trials.trials()) {
    rewards_.add(trial.viewer, trial.slot, trials.candidates_of(trial)[trial.place], contexts_[trial.decision],
                 static_cast<double>(trial.reward));
  }
  rewards_.fit();
}

OffPolicyLog TrialWeigher::weigh(const TargetPolicy& target) const {
  CHECK(!trials_.slots().empty());
  OffPolicyLog log(trials_.slots().size(), Predictions::present);
  std::vector<double> probabilities;
  std::vector<double> predictions;
  for (const LoggedTrials::Trial& logged : trials_.trials()) {
    const auto candidates = trials_.candidates_of(logged);
    probabilities.resize(candidates.size());
    predictions.resize(candidates.size());
    target.probabilities({trials_.header_of(logged), trials_.viewer_of(logged)}, logged.slot, candidates,
                         probabilities);
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      predictions[i] = rewards_.predict(logged.viewer, logged.slot, candidates[i], contexts_[logged.decision]);
    }
    Trial trial;
    trial.viewer = logged.viewer;
    trial.slot = logged.slot;
    trial.propensity = static_cast<double>(logged.propensity);
    trial.reward = static_cast<double>(logged.reward);
    set_target(trial, logged.place, probabilities, predictions);
    log.add(trial).value();
  }
  return log;
}

}  // namespace matchcue::evaluate
