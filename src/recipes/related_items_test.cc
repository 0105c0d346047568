// SPDX-License-Identifier: Apache-2.0
#include "recipes/related_items.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "recipes/test_histories.h"

namespace matchcue::recipes {
namespace {

using testing::ElementsAre;

const RelatedOptions kToTheLast{200, 1, 1};

std::vector<std::string> by_score(const std::map<std::string, float>& scores) {
  std::vector<std::string> ids;
  for (const auto& [id, score] : scores) ids.push_back(id);
  std::stable_sort(ids.begin(), ids.end(),
                   [&](const std::string& a, const std::string& b) { return scores.at(a) > scores.at(b); });
  return ids;
}

TEST(CooccurrenceCounts, CountsEachViewerOnceAndLeavesOutWhatIsOutOfRange) {
  const auto data = TestHistories().acts("v1", "a b a c").acts("v2", "a b").acts("v3", "c").build();
  const auto list = [](const CooccurrenceCounts& counts) {
    std::map<std::pair<std::size_t, std::uint32_t>, std::uint32_t> together;
    counts.visit([&](std::size_t item, std::span<const Together> others) {
      for (const Together& other : others) together[{item, other.item}] = other.viewers;
    });
    return together;
  };
  const CooccurrenceCounts all(data, {});
  EXPECT_EQ(all.viewer_count(), 3u);
  EXPECT_EQ(all.viewers_of(0), 2u);
  EXPECT_EQ(list(all), (std::map<std::pair<std::size_t, std::uint32_t>, std::uint32_t>{
                           {{0, 1}, 2}, {{1, 0}, 2}, {{0, 2}, 1}, {{2, 0}, 1}, {{1, 2}, 1}, {{2, 1}, 1}}));
  const CooccurrenceCounts no_long_histories(data, {0, .9, 0, 1});
  EXPECT_EQ(no_long_histories.viewer_count(), 2u);
  EXPECT_EQ(no_long_histories.viewers_of(2), 1u);
  const CooccurrenceCounts no_popular_items(data, {0, 1, 0, .9});  // a has three acts, b and c two
  EXPECT_EQ(no_popular_items.viewers_of(0), 0u);
  EXPECT_EQ(no_popular_items.viewers_of(1), 2u);
}

/// Of 20 viewers who did x, 10 did "pop" and 5 did "rare"; pop is popular with 100 others.
dataset::Dataset companions() {
  TestHistories histories;
  for (int v = 0; v < 20; ++v) {
    histories.acts("x" + std::to_string(v), v < 5 ? "x rare pop" : v < 10 ? "x pop" : "x");
  }
  for (int v = 0; v < 100; ++v) histories.acts("o" + std::to_string(v), "pop other");
  return histories.build();
}

TEST(Sims, TheDiscountDecidesBetweenWhatIsCommonAndWhatIsParticular) {
  const auto data = companions();
  const CountedRange all;
  const auto common = scores_of(train_sims(data, {kToTheLast, all, 0, 3}), data, "x");
  EXPECT_NEAR(common.at("pop") - .5, 0, .1);  // c / v_x = 10 / 20
  EXPECT_EQ(by_score(common).front(), "pop");
  const auto particular = scores_of(train_sims(data, {kToTheLast, all, 1, 3}), data, "x");
  EXPECT_EQ(by_score(particular).front(), "rare");
  EXPECT_NEAR(particular.at("rare"), .25 / (5. / 120), .25);
}

TEST(Sims, TooFewCommonViewersAreNoRelation) {
  const auto data = companions();
  const auto scores = scores_of(train_sims(data, {kToTheLast, {}, 1, 6}), data, "x");
  EXPECT_LT(scores.at("rare"), scores.at("pop"));
}

TEST(Sims, WhoDidNothingYetIsGivenWhatIsPopular) {
  const auto data = companions();
  EXPECT_THAT(by_score(scores_of(train_sims(data, {kToTheLast, {}, .5, 3}), data, "")),
              ElementsAre("pop", "other", "x", "rare"));
}

TEST(Sims, OlderActsCountLess) {
  TestHistories histories;
  for (int v = 0; v < 10; ++v) {
    histories.acts("a" + std::to_string(v), "a c").acts("b" + std::to_string(v), "b d");
  }
  const auto data = histories.build();
  const auto tables = train_sims(data, {{200, 10, .5}, {}, .5, 3});
  EXPECT_GT(scores_of(tables, data, "a b").at("d"), scores_of(tables, data, "a b").at("c"));
  EXPECT_GT(scores_of(tables, data, "b a").at("c"), scores_of(tables, data, "b a").at("d"));
  EXPECT_GT(scores_of(tables, data, "a b").at("c"), scores_of(tables, data, "b").at("c"));
}

TEST(SimilarItems, MetadataSpeaksForAnItemThatNobodyActedUpon) {
  TestHistories histories;
  histories.item("war1", "War").item("war2", "War").item("love1", "Romance").item("love2", "Romance");
  for (int v = 0; v < 10; ++v) histories.acts("v" + std::to_string(v), "war1 love1");
  const auto data = histories.build();
  const auto scores = scores_of(train_similar_items(data, {kToTheLast, .3, 5}), data, "war1");
  EXPECT_NEAR(scores.at("love1"), .7 * 1 * 10 / 15, .05);
  EXPECT_NEAR(scores.at("war2"), .3, .05);
  EXPECT_GT(scores.at("war2"), scores.at("love2"));
  const auto metadata = scores_of(train_similar_items(data, {kToTheLast, 1, 5}), data, "war1");
  EXPECT_GT(metadata.at("war2"), metadata.at("love1"));
}

TEST(SimilarItems, WithoutMetadataCooccurrenceDecides) {
  TestHistories histories;
  for (int v = 0; v < 10; ++v) histories.acts("v" + std::to_string(v), v < 5 ? "a b" : "a c");
  histories.acts("w", "c").acts("w2", "c").acts("w3", "c");
  const auto data = histories.build();
  const auto scores = scores_of(train_similar_items(data, {kToTheLast, 1, 0}), data, "a");
  EXPECT_GT(scores.at("b"), scores.at("c"));
  EXPECT_NEAR(scores.at("b"), 5 / std::sqrt(10. * 5), .06);
}

TEST(RelatedItems, OnlyTheNearestAreKept) {
  const auto data = companions();
  const auto tables = train_sims(data, {{1, 1, 1}, {}, 0, 3});
  for (std::size_t item = 0; item + 1 < tables.near_begin.size(); ++item) {
    EXPECT_LE(tables.near_begin[item + 1] - tables.near_begin[item], 1);
  }
}

}  // namespace
}  // namespace matchcue::recipes
