// SPDX-License-Identifier: Apache-2.0
#include "evaluate/expected_error.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/normal.h"

namespace matchcue::evaluate {
namespace {

/// One slot's trials in sum.
ViewerSums sum_slot(const OffPolicyLog& log, std::size_t slot) {
  ViewerSums total;
  for (std::size_t viewer = 0; viewer < log.viewer_count(); ++viewer) {
    const ViewerSums& sums = log.sums_of(viewer)[slot];
    total.trials += sums.trials;
    total.weight += sums.weight;
    total.weighted_reward += sums.weighted_reward;
  }
  return total;
}

double value_by_snips(const ViewerSums& sums) { return sums.weight > 0 ? sums.weighted_reward / sums.weight : 0; }

/// The variance of the sum that the estimator divides by its denominator.
double expected_variance(Estimator estimator, const FactorSquares& squares, const ViewerSums& sums) {
  switch (estimator) {
    case Estimator::logged:
    case Estimator::direct: return 0;
    case Estimator::ips: return squares.rewards;
    case Estimator::snips: {
      const double value = value_by_snips(sums);
      return squares.rewards * (1 - 2 * value) + squares.plain * value * value;
    }
    case Estimator::dr: return squares.residuals;
  }
  return 0;
}

}  // namespace

ErrorSquares& ErrorSquares::operator+=(const ErrorSquares& other) {
  CHECK(slots.size() == other.slots.size(), slots.size(), other.slots.size());
  for (std::size_t slot = 0; slot < slots.size(); ++slot) slots[slot] += other.slots[slot];
  pooled += other.pooled;
  slate += other.slate;
  return *this;
}

ErrorSquares expected_error(const OffPolicyLog& log, Estimator estimator, ErrorOf of) {
  ErrorSquares errors;
  double variances = 0;
  double denominators = 0;
  for (std::size_t slot = 0; slot < log.slot_count(); ++slot) {
    const ViewerSums sums = sum_slot(log, slot);
    const SlotWeights& weights = log.weights_of(slot);
    FactorSquares squares = of == ErrorOf::value ? weights.squares : weights.excess_squares;
    if (log.predictions() == Predictions::absent) squares.rewards = squares.plain * value_by_snips(sums);
    const double variance = std::max(0., expected_variance(estimator, squares, sums));
    const double denominator = estimator == Estimator::snips ? sums.weight : sums.trials;
    errors.slots.push_back(denominator > 0 ? variance / (denominator * denominator) : 0);
    errors.slate += errors.slots.back();
    variances += variance;
    denominators += denominator;
  }
  errors.pooled = denominators > 0 ? variances / (denominators * denominators) : 0;
  return errors;
}

void widen(Interval& interval, double error_square, double confidence) {
  CHECK(confidence > 0 && confidence < 1, confidence);
  const double reach = normal_quantile((1 + confidence) / 2) * std::sqrt(error_square);
  interval.low = std::min(interval.low, interval.value - reach);
  interval.high = std::max(interval.high, interval.value + reach);
}

}  // namespace matchcue::evaluate
