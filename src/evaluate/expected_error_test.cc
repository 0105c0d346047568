// SPDX-License-Identifier: Apache-2.0
#include "evaluate/expected_error.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace matchcue::evaluate {
namespace {

/// 1,000 viewers of a slot of two items that earn .05. The log shows the target's favourite once in a hundred times, so
/// a log has ten heavy trials, and in six of ten nobody acts upon any of them.
OffPolicyLog draw_rare(std::uint64_t seed) {
  Random random(seed);
  OffPolicyLog log(1, Predictions::present);
  for (std::uint32_t viewer = 0; viewer < 1'000; ++viewer) {
    const bool is_rare = random.uniform() < .01;
    log.add({.viewer = viewer,
             .slot = 0,
             .propensity = is_rare ? .01 : .99,
             .reward = random.uniform() < .05 ? 1.0 : 0.0,
             .target_probability = .5,
             .target_value = .05,
             .prediction = .05})
        .value();
  }
  return log;
}

TEST(ExpectedError, CountsHeavyTrialsThatNobodyActedUpon) {
  int covered = 0;
  int logs = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    EvaluationOptions options;
    options.bootstrap.resamples = 200;
    options.limits.viewers_effective_min = 2;
    options.limits.weight_gap_max = 10;
    const Evaluation evaluation = evaluate(draw_rare(seed), options);
    const auto& ips = evaluation.slots[0].of(Estimator::ips);
    if (!ips) continue;
    ++logs;
    covered += ips->low <= .05 && .05 <= ips->high ? 1 : 0;
  }
  ASSERT_GE(logs, 95);
  EXPECT_GE(covered, logs * 9 / 10) << "resamples alone cover in about " << logs * 4 / 10;
}

TEST(ExpectedError, IsWhatTheFormulasSay) {
  OffPolicyLog log(2, Predictions::present);
  const auto add = [&](std::size_t slot, double weight, double reward, double prediction) {
    log.add({.viewer = 0,
             .slot = slot,
             .propensity = .1,
             .reward = reward,
             .target_probability = .1 * weight,
             .target_value = prediction,
             .prediction = prediction})
        .value();
  };
  add(0, 4, 0, .2);
  add(0, 1, 1, .5);
  add(1, 2, 0, .1);
  const ErrorSquares ips = expected_error(log, Estimator::ips, ErrorOf::value);
  EXPECT_NEAR(ips.slots[0], (16 * .2 + .5) / 4, 1e-12);
  EXPECT_NEAR(ips.slots[1], 4 * .1, 1e-12);
  EXPECT_NEAR(ips.slate, ips.slots[0] + ips.slots[1], 1e-12);
  EXPECT_NEAR(ips.pooled, (16 * .2 + .5 + 4 * .1) / 9, 1e-12);
  const double value = 1 / 5.;
  EXPECT_NEAR(expected_error(log, Estimator::snips, ErrorOf::value).slots[0],
              ((16 * .2 + .5) * (1 - 2 * value) + 17 * value * value) / 25, 1e-12);
  EXPECT_NEAR(expected_error(log, Estimator::dr, ErrorOf::value).slots[0], (16 * .2 * .8 + .5 * .5) / 4, 1e-12);
  EXPECT_NEAR(expected_error(log, Estimator::ips, ErrorOf::difference).slots[0], 9 * .2 / 4, 1e-12);
  EXPECT_EQ(expected_error(log, Estimator::logged, ErrorOf::value).slate, 0);
}

TEST(ExpectedError, WithoutPredictionsTheSlotsValueIsExpected) {
  OffPolicyLog log(1, Predictions::absent);
  log.add({.viewer = 0, .slot = 0, .propensity = .5, .reward = 1, .target_probability = 1}).value();
  log.add({.viewer = 1, .slot = 0, .propensity = .5, .reward = 0, .target_probability = .5}).value();
  EXPECT_NEAR(expected_error(log, Estimator::ips, ErrorOf::value).slots[0], (4 + 1) * (2 / 3.) / 4, 1e-12);
}

TEST(ExpectedError, WideningNeverNarrows) {
  Interval interval{1, .5, 1.2, .1};
  widen(interval, .04, .95);
  EXPECT_DOUBLE_EQ(interval.low, .5);
  EXPECT_NEAR(interval.high, 1 + .2 * 1.959964, 1e-6);
}

}  // namespace
}  // namespace matchcue::evaluate
