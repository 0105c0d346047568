// SPDX-License-Identifier: Apache-2.0
#include "evaluate/off_policy_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace matchcue::evaluate {
namespace {

constexpr double kRounding = 1e-6;

bool is_share(double value) { return value >= 0 && value <= 1 + kRounding; }  // false for NaN

Result<void> refuse(const char* field, double value) {
  return invalid("invalid_trial", fmt::format("{} {} is out of range", field, value), field);
}

Result<void> check_trial(const Trial& trial, std::size_t slot_count) {
  if (trial.slot >= slot_count) return refuse("slot", static_cast<double>(trial.slot));
  if (!is_share(trial.propensity) || trial.propensity <= 0) return refuse("propensity", trial.propensity);
  if (!is_share(trial.reward)) return refuse("reward", trial.reward);
  if (!is_share(trial.target_probability)) return refuse("target_probability", trial.target_probability);
  if (!is_share(trial.target_value)) return refuse("target_value", trial.target_value);
  if (!is_share(trial.prediction)) return refuse("prediction", trial.prediction);
  return {};
}

void add_squares(FactorSquares& squares, double factor, double prediction) {
  const double square = factor * factor;
  squares.plain += square;
  squares.rewards += square * prediction;
  squares.residuals += square * prediction * (1 - prediction);
}

}  // namespace

void set_target(Trial& trial, std::size_t chosen, std::span<const double> target, std::span<const double> predictions) {
  CHECK(chosen < target.size(), chosen, target.size());
  CHECK(predictions.empty() || predictions.size() == target.size(), predictions.size(), target.size());
  double sum = 0;
  double value = 0;
  for (std::size_t i = 0; i < target.size(); ++i) {
    CHECK(target[i] >= 0, i, target[i]);
    sum += target[i];
    if (!predictions.empty()) value += target[i] * predictions[i];
  }
  CHECK(std::abs(sum - 1) <= kRounding, sum);
  trial.target_probability = target[chosen];
  trial.target_value = value;
  trial.prediction = predictions.empty() ? 0 : predictions[chosen];
}

OffPolicyLog::OffPolicyLog(std::size_t slot_count, Predictions predictions)
    : predictions_(predictions), weights_(slot_count) {
  CHECK(slot_count >= 1 && slot_count <= kSlotsMax, slot_count);
}

Result<void> OffPolicyLog::add(const Trial& trial) {
  MCUE_TRY_VOID(check_trial(trial, weights_.size()));
  const std::size_t place = trial.viewer * weights_.size() + trial.slot;
  if (trial.viewer >= viewer_count()) sums_.resize((trial.viewer + std::size_t{1}) * weights_.size());
  const double weight = trial.target_probability / trial.propensity;
  ViewerSums& sums = sums_[place];
  sums.trials += 1;
  sums.reward += trial.reward;
  sums.target_value += trial.target_value;
  sums.weight += weight;
  sums.weighted_reward += weight * trial.reward;
  sums.corrected += trial.target_value + weight * (trial.reward - trial.prediction);
  SlotWeights& weights = weights_[trial.slot];
  ++weights.trials;
  weights.zero_weights += weight == 0 ? 1 : 0;
  add_squares(weights.squares, weight, trial.prediction);
  add_squares(weights.excess_squares, weight - 1, trial.prediction);
  weights.weight_max = std::max(weights.weight_max, weight);
  return {};
}

OffPolicyLog OffPolicyLog::of_logging() const {
  OffPolicyLog log(weights_.size(), predictions_);
  for (const ViewerSums& sums : sums_) {
    log.sums_.push_back({sums.trials, sums.reward, sums.reward, sums.trials, sums.reward, sums.reward});
  }
  for (std::size_t slot = 0; slot < weights_.size(); ++slot) {
    const std::uint64_t trials = weights_[slot].trials;
    log.weights_[slot].trials = trials;
    log.weights_[slot].squares.plain = static_cast<double>(trials);
    log.weights_[slot].weight_max = trials > 0 ? 1 : 0;
  }
  return log;
}

}  // namespace matchcue::evaluate
