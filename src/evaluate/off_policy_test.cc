// SPDX-License-Identifier: Apache-2.0
#include "evaluate/off_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "evaluate/test_slate_bandit.h"

namespace matchcue::evaluate {
namespace {

using testing::HasSubstr;

EvaluationOptions quick_options(std::size_t resamples) {
  EvaluationOptions options;
  options.bootstrap.resamples = resamples;
  return options;
}

bool covers(const Interval& interval, double truth) { return interval.low <= truth && truth <= interval.high; }

TEST(OffPolicy, IpsAndDrAreRightOnAverage) {
  const TestSlateBandit bandit({.peak = 2, .viewers = 60}, 11);
  const auto& target = bandit.rival();
  Random random(12);
  constexpr int kLogs = 200;
  for (const Estimator estimator : {Estimator::ips, Estimator::dr}) {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < kLogs; ++i) {
      const auto log = bandit.draw(random);
      EvaluationOptions options = quick_options(100);
      options.limits.viewers_effective_min = 2;
      options.limits.weight_gap_max = 10;
      const Evaluation evaluation = evaluate(bandit.observe(log, target, Predictions::present), options);
      ASSERT_TRUE(evaluation.slate.of(estimator)) << evaluation.slate.judgement.reason;
      const double error = evaluation.slate.of(estimator)->value - bandit.truth(log, target, 4);
      sum += error;
      squares += error * error;
    }
    const double standard_error = std::sqrt(squares / kLogs - sum / kLogs * (sum / kLogs)) / std::sqrt(kLogs);
    EXPECT_LT(std::abs(sum / kLogs), 3 * standard_error) << to_string(estimator);
    EXPECT_LT(standard_error, .02) << to_string(estimator);
  }
}

TEST(OffPolicy, NinetyFivePercentIntervalsCoverTheTruth) {
  constexpr int kLogs = 100;
  int logs = 0;
  int ips = 0;
  int snips = 0;
  int dr = 0;
  int drawn = 0;
  for (std::uint64_t seed = 1; logs < kLogs; ++seed, ++drawn) {
    const TestSlateBandit bandit({}, seed);  // another world each time: floor .003, peaked
    Random random(seed);
    const auto log = bandit.draw(random);
    const auto target = seed % 2 == 0 ? bandit.uniform() : bandit.rival();
    const Evaluation evaluation = evaluate(bandit.observe(log, target, Predictions::present), quick_options(400));
    if (evaluation.slate.judgement.verdict == Verdict::refused) continue;
    const double truth = bandit.truth(log, target, 4);
    ++logs;
    ips += covers(*evaluation.slate.of(Estimator::ips), truth);
    snips += covers(*evaluation.slate.of(Estimator::snips), truth);
    dr += covers(*evaluation.slate.of(Estimator::dr), truth);
  }
  EXPECT_GE(ips, 90);
  EXPECT_GE(snips, 90);
  EXPECT_GE(dr, 90);
  EXPECT_LT(drawn, 150) << "most of these logs can carry an estimate";
  RecordProperty("covered", std::to_string(ips) + " " + std::to_string(snips) + " " + std::to_string(dr));
}

TEST(OffPolicy, DrIsSharperThanIpsWhereRewardsAreCommon) {
  const TestSlateBandit bandit({.peak = 3, .viewers = 300}, 3);
  Random random(3);
  auto log = bandit.draw(random);
  for (auto& row : log.rows) row.reward *= .5;
  const Evaluation evaluation =
      evaluate(bandit.observe(log, bandit.uniform(), Predictions::present, .5), quick_options(300));
  ASSERT_TRUE(evaluation.slate.of(Estimator::dr)) << evaluation.slate.judgement.reason;
  EXPECT_LT(evaluation.slate.of(Estimator::dr)->standard_error,
            .5 * evaluation.slate.of(Estimator::ips)->standard_error);
}

TEST(OffPolicy, TheLoggingPolicyItselfIsWorthWhatItEarned) {
  const TestSlateBandit bandit({.viewers = 100}, 4);
  Random random(4);
  const auto log = bandit.draw(random);
  const Evaluation evaluation =
      evaluate(bandit.observe(log, bandit.logging(), Predictions::absent), quick_options(100));
  EXPECT_EQ(evaluation.slate.judgement.verdict, Verdict::sound) << evaluation.slate.judgement.reason;
  EXPECT_NEAR(evaluation.slate.of(Estimator::ips)->value, evaluation.slate.of(Estimator::logged)->value, 1e-12);
  EXPECT_NEAR(evaluation.slate.of(Estimator::snips)->value, evaluation.slate.of(Estimator::logged)->value, 1e-12);
}

/// Halves drawn at random from one log, under one policy: any difference is chance.
TEST(OffPolicy, EqualHalvesDifferInOneOfTwentyComparisons) {
  const TestSlateBandit bandit({.slots = 2, .items = 4, .viewers = 160, .decisions = 6}, 5);
  Random random(5);
  const auto log = bandit.draw(random);
  constexpr int kSplits = 1'000;
  int differences = 0;
  for (int split = 0; split < kSplits; ++split) {
    std::vector<bool> left(160);
    for (auto&& each : left) each = random.below(2) == 0;
    TestSlateBandit::Log halves[2];
    for (auto& half : halves) half.tastes = log.tastes;
    for (const auto& row : log.rows) halves[left[row.viewer] ? 0 : 1].rows.push_back(row);
    EvaluationOptions options = quick_options(300);
    options.bootstrap.seed = static_cast<std::uint64_t>(split);
    const Comparison comparison = compare(bandit.observe(halves[0], bandit.logging(), Predictions::absent),
                                          bandit.observe(halves[1], bandit.logging(), Predictions::absent), options);
    differences += !covers(*comparison.slate.of(Estimator::logged), 0);
  }
  RecordProperty("differences", differences);
  EXPECT_GE(differences, 30);
  EXPECT_LE(differences, 70);
}

TEST(OffPolicy, ComparingInPairsIsSharperThanComparingApart) {
  const TestSlateBandit bandit({.peak = 1, .viewers = 300}, 6);
  Random random(6);
  const auto log = bandit.draw(random);
  auto nearly_logging = bandit.logging();
  for (double& probability : nearly_logging) probability = .9 * probability + .01;
  const OffPolicyLog left = bandit.observe(log, nearly_logging, Predictions::absent);
  const OffPolicyLog right = bandit.observe(log, bandit.logging(), Predictions::absent);
  const Comparison comparison = compare(left, right, quick_options(200));
  const Evaluation of_left = evaluate(left, quick_options(200));
  const Evaluation of_right = evaluate(right, quick_options(200));
  const Interval difference = *comparison.slate.of(Estimator::ips);
  EXPECT_NEAR(difference.value, of_left.slate.of(Estimator::ips)->value - of_right.slate.of(Estimator::ips)->value,
              1e-12);
  EXPECT_LT(difference.standard_error, .5 * of_left.slate.of(Estimator::ips)->standard_error);
  EXPECT_TRUE(covers(difference, bandit.truth(log, nearly_logging, 4) - bandit.truth(log, bandit.logging(), 4)));
}

TEST(OffPolicy, ALogWithoutSupportIsRefusedWithItsReason) {
  OffPolicyLog log(2, Predictions::absent);
  for (std::uint32_t viewer = 0; viewer < 500; ++viewer) {
    log.add({.viewer = viewer, .slot = 0, .propensity = .5, .reward = 1, .target_probability = .5}).value();
    log.add({.viewer = viewer, .slot = 1, .propensity = 1, .reward = 1, .target_probability = .02}).value();
  }
  const Evaluation evaluation = evaluate(log, quick_options(100));
  EXPECT_EQ(evaluation.slots[0].judgement.verdict, Verdict::sound);
  EXPECT_EQ(evaluation.slots[1].judgement.verdict, Verdict::refused);
  EXPECT_THAT(evaluation.slots[1].judgement.reason, HasSubstr("the log cannot show all that the target would"));
  EXPECT_EQ(evaluation.slate.judgement.verdict, Verdict::refused);
  EXPECT_EQ(evaluation.slate.judgement.slot, 1U);
  EXPECT_FALSE(evaluation.slate.of(Estimator::ips));
  EXPECT_FALSE(evaluation.pooled.of(Estimator::ips));
  EXPECT_FALSE(evaluation.slots[1].of(Estimator::snips));
  EXPECT_TRUE(evaluation.slots[0].of(Estimator::ips));
  EXPECT_TRUE(evaluation.slate.of(Estimator::logged)) << "what was logged needs no weights";
}

TEST(OffPolicy, WithoutARewardModelThereIsNoDrEstimate) {
  const TestSlateBandit bandit({.viewers = 100}, 7);
  Random random(7);
  const Evaluation evaluation =
      evaluate(bandit.observe(bandit.draw(random), bandit.logging(), Predictions::absent), quick_options(100));
  EXPECT_FALSE(evaluation.slate.of(Estimator::dr));
  EXPECT_FALSE(evaluation.slate.of(Estimator::direct));
  EXPECT_TRUE(evaluation.slate.of(Estimator::ips));
}

TEST(OffPolicy, AConstantAddedToRewardsIsAddedToSnipsAndDistortsIps) {
  const TestSlateBandit bandit({.peak = 2, .viewers = 300}, 8);
  Random random(8);
  auto log = bandit.draw(random);
  for (auto& row : log.rows) row.reward *= .5;
  const auto& target = bandit.rival();
  const Evaluation before = evaluate(bandit.observe(log, target, Predictions::absent), quick_options(200));
  const Evaluation after = evaluate(bandit.observe(log, target, Predictions::absent, .5), quick_options(200));
  for (std::size_t slot = 0; slot < 4; ++slot) {
    ASSERT_TRUE(before.slots[slot].of(Estimator::snips)) << before.slots[slot].judgement.reason;
    EXPECT_NEAR(after.slots[slot].of(Estimator::snips)->value, before.slots[slot].of(Estimator::snips)->value + .5,
                1e-12);
    EXPECT_LE(after.slots[slot].of(Estimator::snips)->low, before.slots[slot].of(Estimator::snips)->low + .5 + 1e-9)
        << "more error is expected of rewards of .5 and 1, which are taken for chances of 1";
    EXPECT_NEAR(after.slots[slot].of(Estimator::ips)->value,
                before.slots[slot].of(Estimator::ips)->value + .5 * after.support[slot].weight_mean, 1e-12);
  }
}

TEST(OffPolicy, PooledSlotsCountTrialsAndTheSlateCountsSlots) {
  OffPolicyLog log(2, Predictions::absent);
  for (std::uint32_t viewer = 0; viewer < 300; ++viewer) {
    log.add({.viewer = viewer, .slot = 0, .propensity = .5, .reward = 1, .target_probability = .5}).value();
    if (viewer % 3 != 0) continue;
    log.add({.viewer = viewer, .slot = 1, .propensity = .5, .reward = 0, .target_probability = .5}).value();
  }
  const Evaluation evaluation = evaluate(log, quick_options(100));
  EXPECT_DOUBLE_EQ(evaluation.pooled.of(Estimator::ips)->value, .75);
  EXPECT_DOUBLE_EQ(evaluation.pooled.of(Estimator::snips)->value, .75);
  EXPECT_DOUBLE_EQ(evaluation.slate.of(Estimator::ips)->value, 1);
}

TEST(OffPolicy, ViewersBeyondTheGroupsAreDealtOutWithoutChangingWhatIsSaid) {
  const TestSlateBandit bandit({.peak = 2, .viewers = 900, .decisions = 3}, 9);
  Random random(9);
  const OffPolicyLog log = bandit.observe(bandit.draw(random), bandit.uniform(), Predictions::absent);
  EvaluationOptions options = quick_options(400);
  const Interval apart = *evaluate(log, options).slate.of(Estimator::ips);
  options.bootstrap.groups_max = 300;
  const Interval grouped = *evaluate(log, options).slate.of(Estimator::ips);
  EXPECT_NEAR(grouped.value, apart.value, 1e-12);
  EXPECT_NEAR(grouped.standard_error, apart.standard_error, .15 * apart.standard_error);
}

}  // namespace
}  // namespace matchcue::evaluate
