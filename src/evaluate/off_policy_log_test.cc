// SPDX-License-Identifier: Apache-2.0
#include "evaluate/off_policy_log.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace matchcue::evaluate {
namespace {

TEST(OffPolicyLog, SumsTrialsByViewerAndSlot) {
  OffPolicyLog log(2, Predictions::present);
  ASSERT_TRUE(log.add({.viewer = 3,
                       .slot = 1,
                       .propensity = .5,
                       .reward = 1,
                       .target_probability = .25,
                       .target_value = .3,
                       .prediction = .2}));
  ASSERT_TRUE(log.add({.viewer = 3,
                       .slot = 1,
                       .propensity = .1,
                       .reward = 0,
                       .target_probability = .3,
                       .target_value = .4,
                       .prediction = .1}));
  ASSERT_EQ(log.viewer_count(), 4u);
  const ViewerSums& sums = log.sums_of(3)[1];
  EXPECT_DOUBLE_EQ(sums.trials, 2);
  EXPECT_DOUBLE_EQ(sums.reward, 1);
  EXPECT_DOUBLE_EQ(sums.weight, .5 + 3);
  EXPECT_DOUBLE_EQ(sums.weighted_reward, .5);
  EXPECT_DOUBLE_EQ(sums.target_value, .7);
  EXPECT_DOUBLE_EQ(sums.corrected, .3 + .5 * (1 - .2) + .4 + 3 * (0 - .1));
  EXPECT_DOUBLE_EQ(log.sums_of(3)[0].trials, 0);
  EXPECT_DOUBLE_EQ(log.sums_of(0)[1].trials, 0);
}

TEST(OffPolicyLog, ATrialThatCannotBeIsRefusedByFieldAndAddsNothing) {
  OffPolicyLog log(1, Predictions::absent);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::array<std::pair<Trial, const char*>, 7> wrong{{{{.slot = 1}, "slot"},
                                                            {{.propensity = 0}, "propensity"},
                                                            {{.propensity = nan}, "propensity"},
                                                            {{.reward = -1}, "reward"},
                                                            {{.target_probability = 1.1}, "target_probability"},
                                                            {{.target_value = 2}, "target_value"},
                                                            {{.prediction = nan}, "prediction"}}};
  for (const auto& [trial, field] : wrong) {
    const Result<void> result = log.add(trial);
    ASSERT_FALSE(result.ok()) << field;
    EXPECT_EQ(result.error().code, "invalid_trial");
    EXPECT_EQ(result.error().field, field);
  }
  EXPECT_EQ(log.viewer_count(), 0u);
  EXPECT_EQ(log.weights_of(0).trials, 0u);
}

TEST(OffPolicyLog, ATargetIsDescribedByItsProbabilitiesAndPredictions) {
  Trial trial;
  set_target(trial, 1, std::array{.2, .3, .5}, std::array{.1, .4, .6});
  EXPECT_DOUBLE_EQ(trial.target_probability, .3);
  EXPECT_DOUBLE_EQ(trial.target_value, .02 + .12 + .3);
  EXPECT_DOUBLE_EQ(trial.prediction, .4);
  set_target(trial, 2, std::array{.2, .3, .5}, {});
  EXPECT_DOUBLE_EQ(trial.target_probability, .5);
  EXPECT_DOUBLE_EQ(trial.target_value, 0);
  EXPECT_DOUBLE_EQ(trial.prediction, 0);
}

TEST(OffPolicyLogDeathTest, ATargetWhoseProbabilitiesDoNotSumToOneIsABug) {
  Trial trial;
  EXPECT_DEATH(set_target(trial, 0, std::array{.2, .3}, {}), "CHECK");
}

}  // namespace
}  // namespace matchcue::evaluate
