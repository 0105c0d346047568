// SPDX-License-Identifier: Apache-2.0
#include "recipes/popularity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "recipes/test_histories.h"

namespace matchcue::recipes {
namespace {

TEST(Popularity, CountsViewersNotActs) {
  const auto data = TestHistories().acts("v1", "a a a a b").acts("v2", "b").acts("v3", "c b").build();
  const auto scores = scores_of(train_popularity(data, {}), data, "");
  EXPECT_NEAR(scores.at("b"), std::log(4), 1e-6);
  EXPECT_NEAR(scores.at("a"), std::log(2), 1e-6);
  EXPECT_NEAR(scores.at("c"), std::log(2), 1e-6);
}

TEST(Popularity, AMomentFavoursWhatIsActedUponThen) {
  TestHistories histories;
  for (int v = 0; v < 30; ++v) histories.acts("g" + std::to_string(v), "a/GOAL");
  for (int v = 0; v < 50; ++v) histories.acts("f" + std::to_string(v), "b/FOUL");
  const auto data = histories.build();
  const auto tables = train_popularity(data, {20, true});
  EXPECT_GT(scores_of(tables, data, "").at("b"), scores_of(tables, data, "").at("a"));
  const auto at_goal = scores_of(tables, data, "", {{"MOMENT", std::string("GOAL")}});
  EXPECT_GT(at_goal.at("a"), at_goal.at("b"));
  // n_jf = n_j = 30, p_f = 30/80, m = 20
  EXPECT_NEAR(at_goal.at("a"), std::log(31) + std::log((30 + 20 * .375) / (50 * .375)), 1e-5);
  EXPECT_EQ(scores_of(tables, data, "", {{"MOMENT", std::string("CORNER")}}), scores_of(tables, data, ""));
  const auto without = train_popularity(data, {20, false});
  EXPECT_EQ(scores_of(without, data, "", {{"MOMENT", std::string("GOAL")}}), scores_of(without, data, ""));
}

TEST(Popularity, TheMomentsOddsAreThoseOfTheOldRecipe) {
  // Additive in logarithms: with two fields known, each adds its own ratio, whatever the order.
  const auto data = TestHistories().acts("v1", "a/GOAL b/FOUL").acts("v2", "a/GOAL c").build();
  const auto scores = scores_of(train_popularity(data, {1, true}), data, "", {{"MOMENT", std::string("FOUL")}});
  EXPECT_NEAR(scores.at("a"), std::log(3) + std::log((0 + .25) / (3 * .25)), 1e-5);
  EXPECT_NEAR(scores.at("b"), std::log(2) + std::log((1 + .25) / (2 * .25)), 1e-5);
}

TEST(Trend, ComparesTheNewestWindowWithTheOneBefore) {
  // T = 200, windows of 100 s: (100, 200] and (0, 100].
  const auto data = TestHistories()
                        .acts("v1", "up", 200)
                        .acts("v2", "up up down", 101)
                        .acts("v3", "down down down up", 90)
                        .acts("v4", "old old old old", 0)
                        .build();
  const auto scores = scores_of(train_trend(data, {100, 2}), data, "");
  EXPECT_NEAR(scores.at("up"), std::log((3 + 2.) / (1 + 2)) + .001 * std::log(4), 1e-6);
  EXPECT_NEAR(scores.at("down"), std::log((1 + 2.) / (3 + 2)) + .001 * std::log(2), 1e-6);
  EXPECT_NEAR(scores.at("old"), std::log((0 + 2.) / (3 + 2)), 1e-6);  // the one at second 0 is too old
  EXPECT_GT(scores.at("up"), scores.at("down"));
}

}  // namespace
}  // namespace matchcue::recipes
