// SPDX-License-Identifier: Apache-2.0
#include "evaluate/target_policy.h"

#include <gtest/gtest.h>

namespace matchcue::evaluate {
namespace {

std::vector<double> probabilities(const TargetPolicy& policy, const std::vector<std::size_t>& candidates) {
  const domain::DecisionHeader header;
  const domain::ViewerId viewer("v");
  std::vector<double> out(candidates.size());
  policy.probabilities({header, viewer}, 0, candidates, out);
  return out;
}

TEST(TargetPolicy, UniformTreatsAllCandidatesAlike) {
  EXPECT_EQ(probabilities(*make_uniform_policy(), {3, 5, 8, 9}), (std::vector<double>{.25, .25, .25, .25}));
}

TEST(TargetPolicy, ConstantTakesTheFirstOfItsOrderThatIsACandidate) {
  const auto policy = make_constant_policy({7, 2, 4});
  EXPECT_EQ(probabilities(*policy, {1, 2, 4, 7}), (std::vector<double>{0, 0, 0, 1}));
  EXPECT_EQ(probabilities(*policy, {1, 2, 4}), (std::vector<double>{0, 1, 0}));
  EXPECT_EQ(probabilities(*policy, {1, 3, 20}), (std::vector<double>{1, 0, 0}));
}

TEST(TargetPolicy, FrequencyShowsItemsAsOftenAsTheyWereCounted) {
  const auto policy = make_frequency_policy("frequency of x.csv", {6, 0, 2});
  EXPECT_EQ(policy->name(), "frequency of x.csv");
  EXPECT_EQ(probabilities(*policy, {0, 1, 2, 9}), (std::vector<double>{.75, 0, .25, 0}));
  EXPECT_EQ(probabilities(*policy, {1, 9}), (std::vector<double>{.5, .5})) << "nothing is known of any of them";
}

TEST(TargetPolicy, PopularityPrefersTheBestRateAndNotALuckyFew) {
  ItemRewards rewards;
  for (int i = 0; i < 1'000; ++i) rewards.add(0, i % 10 == 0 ? 1 : 0);
  for (int i = 0; i < 1'000; ++i) rewards.add(1, i % 5 == 0 ? 1 : 0);
  rewards.add(2, 1);
  const auto policy = make_popularity_policy(rewards, .2);
  EXPECT_EQ(policy->name(), "popularity 0.2");
  const auto chosen = probabilities(*policy, {0, 1, 2, 3});
  EXPECT_DOUBLE_EQ(chosen[0], .05);
  EXPECT_DOUBLE_EQ(chosen[1], .85);
  EXPECT_DOUBLE_EQ(chosen[2], .05);
}

TEST(TargetPolicy, AnItemWithoutTrialsHasTheMeanRate) {
  ItemRewards rewards;
  for (int i = 0; i < 100; ++i) rewards.add(0, i % 10 == 0 ? 1 : 0);
  rewards.add(5, 0);
  EXPECT_DOUBLE_EQ(rewards.rate(3), 10.0 / 101);
  EXPECT_DOUBLE_EQ(rewards.rate(99), 10.0 / 101);
  EXPECT_DOUBLE_EQ(ItemRewards().rate(0), .5);
}

}  // namespace
}  // namespace matchcue::evaluate
