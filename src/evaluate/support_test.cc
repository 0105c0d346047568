// SPDX-License-Identifier: Apache-2.0
#include "evaluate/support.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"

namespace matchcue::evaluate {
namespace {

using testing::HasSubstr;

/// One trial a weight, each of another viewer; weight = target probability, at propensity 1, or above 1 by propensity.
OffPolicyLog log_of(const std::vector<double>& weights, std::uint32_t trials_of_viewer = 1) {
  OffPolicyLog log(1, Predictions::absent);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    Trial trial;
    trial.viewer = static_cast<std::uint32_t>(i) / trials_of_viewer;
    trial.propensity = weights[i] > 1 ? 1 / weights[i] : 1;
    trial.target_probability = weights[i] > 1 ? 1 : weights[i];
    log.add(trial).value();
  }
  return log;
}

Judgement judgement_of(const OffPolicyLog& log) { return judge(measure_support(log, 0), {}); }

TEST(Support, EffectiveSizesAreKishs) {
  const Support support = measure_support(log_of({1, 1, 4, 0}, 2), 0);
  EXPECT_EQ(support.trials, 4u);
  EXPECT_EQ(support.viewers, 2u);
  EXPECT_DOUBLE_EQ(support.trials_effective, 36.0 / 18);   // (1 + 1 + 4 + 0)^2 / (1 + 1 + 16)
  EXPECT_DOUBLE_EQ(support.viewers_effective, 36.0 / 20);  // (2 + 4)^2 / (4 + 16)
  EXPECT_DOUBLE_EQ(support.weight_mean, 1.5);
  EXPECT_DOUBLE_EQ(support.weight_max, 4);
  EXPECT_DOUBLE_EQ(support.zero_share, .25);
  EXPECT_DOUBLE_EQ(support.heaviest_share, 4.0 / 6);
}

TEST(Support, EqualWeightsLoseNothing) {
  const Support support = measure_support(log_of(std::vector<double>(200, 1)), 0);
  EXPECT_DOUBLE_EQ(support.trials_effective, 200);
  EXPECT_DOUBLE_EQ(support.viewers_effective, 200);
  EXPECT_EQ(judge(support, {}).verdict, Verdict::sound);
}

TEST(Support, ASlotThatNobodySawIsRefused) {
  const Judgement judgement = judgement_of(OffPolicyLog(1, Predictions::absent));
  EXPECT_EQ(judgement.verdict, Verdict::refused);
  EXPECT_THAT(judgement.reason, HasSubstr("no trial"));
}

TEST(Support, ATargetThatShowsNoneOfTheLoggedItemsIsRefused) {
  const Judgement judgement = judgement_of(log_of(std::vector<double>(500, 0)));
  EXPECT_EQ(judgement.verdict, Verdict::refused);
  EXPECT_THAT(judgement.reason, HasSubstr("no overlap"));
}

TEST(Support, AFewHeavyViewersAreRefused) {
  std::vector<double> weights(5'000, 0);
  for (std::size_t i = 0; i < 20; ++i) weights[i * 100] = 250;
  const Judgement judgement = judgement_of(log_of(weights));
  EXPECT_EQ(judgement.verdict, Verdict::refused);
  EXPECT_THAT(judgement.reason, HasSubstr("leave 20.0 of 5000 viewers"));
}

TEST(Support, MassWhereTheLogNeverGoesIsRefusedAndALittleOfItIsDoubtful) {
  Random random(1);
  const auto weights_with_mean = [&](double mean) {
    std::vector<double> weights;
    for (int i = 0; i < 4'000; ++i) weights.push_back(mean + .2 * (random.uniform() - .5));
    return weights;
  };
  const Judgement most = judgement_of(log_of(weights_with_mean(.7)));
  EXPECT_EQ(most.verdict, Verdict::refused);
  EXPECT_THAT(most.reason, HasSubstr("the log cannot show all that the target would"));
  EXPECT_EQ(judgement_of(log_of(weights_with_mean(.95))).verdict, Verdict::doubtful);
  EXPECT_EQ(judgement_of(log_of(weights_with_mean(1))).verdict, Verdict::sound);
}

TEST(Support, RoundedPropensitiesAreNoGap) {
  EXPECT_EQ(judgement_of(log_of(std::vector<double>(5'000, 1 - 6e-8))).verdict, Verdict::sound);
}

TEST(Support, PropensitiesThatAreTooSmallShowAsAMeanWeightAboveOne) {
  const Judgement judgement = judgement_of(log_of(std::vector<double>(400, 2)));
  EXPECT_EQ(judgement.verdict, Verdict::refused);
  EXPECT_THAT(judgement.reason, HasSubstr("not those of the draws"));
}

TEST(Support, OneViewerWithMuchOfTheWeightIsDoubtful) {
  std::vector<double> weights(1'000, .93);
  weights[7] = 70;
  const Judgement judgement = judgement_of(log_of(weights));
  EXPECT_EQ(judgement.verdict, Verdict::doubtful);
  EXPECT_THAT(judgement.reason, HasSubstr("heavy tail: one viewer has 7.0 %"));
}

TEST(Support, ALongLogFarFromTheTargetIsDoubtful) {
  std::vector<double> weights(60'000, 0);
  for (std::size_t i = 0; i < 300; ++i) weights[i * 200] = 200;
  const Judgement judgement = judgement_of(log_of(weights));
  EXPECT_EQ(judgement.verdict, Verdict::doubtful);
  EXPECT_THAT(judgement.reason, HasSubstr("leave 0.50 % of the trials"));
}

}  // namespace
}  // namespace matchcue::evaluate
