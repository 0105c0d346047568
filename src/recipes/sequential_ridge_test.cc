// SPDX-License-Identifier: Apache-2.0
#include "recipes/sequential_ridge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "recipes/ridge_system.h"
#include "recipes/test_histories.h"

namespace matchcue::recipes {
namespace {

const Progress kQuiet = [](std::string_view, double) {};

TEST(RidgeSystem, SolvesTheNormalEquations) {
  constexpr std::size_t kFeatures = 6;
  constexpr std::size_t kTargets = 3;
  constexpr double kLambda = .7;
  RidgeSystem system(kFeatures, kTargets);
  double gram[kFeatures][kFeatures] = {};
  double answers[kFeatures][kTargets] = {};
  Random random(1);
  for (int row = 0; row < 50; ++row) {
    std::vector<Entry> entries;
    double dense[kFeatures] = {};
    for (int i = 0; i < 4; ++i) {  // features may come twice
      entries.push_back({static_cast<std::uint32_t>(random.below(kFeatures)), static_cast<float>(random.uniform())});
      dense[entries.back().feature] += static_cast<double>(entries.back().value);
    }
    const auto target = static_cast<std::uint32_t>(random.below(kTargets));
    system.add(entries, target);
    for (std::size_t i = 0; i < kFeatures; ++i) {
      answers[i][target] += dense[i];
      for (std::size_t j = 0; j < kFeatures; ++j) gram[i][j] += dense[i] * dense[j];
    }
  }
  const std::vector<float> weights = std::move(system).solve(kLambda);
  for (std::size_t i = 0; i < kFeatures; ++i) {
    for (std::size_t target = 0; target < kTargets; ++target) {
      double product = kLambda * weights[i * kTargets + target];
      for (std::size_t j = 0; j < kFeatures; ++j) product += gram[i][j] * weights[j * kTargets + target];
      EXPECT_NEAR(product, answers[i][target], 1e-4) << i << " " << target;
    }
  }
}

/// Everybody goes round a b c d, from anywhere.
TestHistories circles() {
  TestHistories histories;
  const std::string round = "a b c d a b c d a b c d";
  for (int v = 0; v < 40; ++v) {
    histories.acts("v" + std::to_string(v), std::string_view(round).substr(2 * static_cast<std::size_t>(v % 4)));
  }
  return histories;
}

TEST(SequentialRidge, LearnsWhatComesNext) {
  auto histories = circles();
  const auto data = histories.build();
  RidgeOptions options;
  options.lambda = 1;
  const auto tables = train_ridge(data, options, kQuiet).value();
  const auto after_b = scores_of(tables, data, "d a b");
  EXPECT_GT(after_b.at("c"), .7F);
  for (const char* other : {"a", "b", "d"}) EXPECT_LT(after_b.at(other), .3F) << other;
  EXPECT_GT(scores_of(tables, data, "b c d").at("a"), .7F);
}

TEST(SequentialRidge, AWindowOfOneForgetsTheRest) {
  auto histories = circles();
  const auto data = histories.build();
  RidgeOptions options;
  options.window = 1;
  const auto tables = train_ridge(data, options, kQuiet).value();
  EXPECT_EQ(scores_of(tables, data, "c a b"), scores_of(tables, data, "b"));
}

TEST(SequentialRidge, ContextAndTraitsCountWhenTheyShould) {
  TestHistories histories;
  for (int v = 0; v < 100; ++v) {
    const std::string id = "v" + std::to_string(v);
    histories.viewer(id, v % 2 == 0 ? "F" : "M");
    histories.acts(id, v % 2 == 0 ? "x/QUIET goal/GOAL foul/FOUL" : "y/QUIET foul/FOUL goal/GOAL");
  }
  const auto data = histories.build();
  RidgeOptions options;
  options.lambda = 1;
  const domain::Values at_goal = {{"MOMENT", std::string("GOAL")}};
  const auto tables = train_ridge(data, options, kQuiet).value();
  EXPECT_GT(scores_of(tables, data, "x", at_goal).at("goal"), .6F);
  EXPECT_GT(scores_of(tables, data, "y", at_goal).at("goal"), .6F);
  EXPECT_LT(scores_of(tables, data, "y", at_goal).at("foul"), .3F);
  const domain::Values quiet = {{"MOMENT", std::string("QUIET")}};
  const auto of_woman = scores_of(tables, data, "", quiet, {{"GENDER", std::string("F")}});
  EXPECT_GT(of_woman.at("x"), of_woman.at("y") + .5F);
  options.use_context = false;
  options.use_traits = false;
  const auto without = train_ridge(data, options, kQuiet).value();
  EXPECT_EQ(scores_of(without, data, "x", at_goal), scores_of(without, data, "x"));
  EXPECT_TRUE(without.by_viewer.empty());
}

TEST(SequentialRidge, WithoutHistoryThePopularComesFirst) {
  const auto data = TestHistories().acts("v1", "b").acts("v2", "b").acts("v3", "b").acts("v4", "a").build();
  const auto scores = scores_of(train_ridge(data, {}, kQuiet).value(), data, "");
  EXPECT_GT(scores.at("b"), scores.at("a"));
}

TEST(SequentialRidge, TheSameDataGiveTheSameBits) {
  auto histories = circles();
  const auto data = histories.build();
  const auto a = train_ridge(data, {}, kQuiet).value();
  const auto b = train_ridge(data, {}, kQuiet).value();
  EXPECT_TRUE(std::equal(a.by_item.begin(), a.by_item.end(), b.by_item.begin(), b.by_item.end()));
}

}  // namespace
}  // namespace matchcue::recipes
