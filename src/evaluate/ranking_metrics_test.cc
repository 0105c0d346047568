// SPDX-License-Identifier: Apache-2.0
#include "evaluate/ranking_metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace matchcue::evaluate {
namespace {

using Ranks = std::vector<std::uint32_t>;

TEST(RankingMetrics, ThePersonalizeGuidesExampleComesOut) {
  const Ranks hits{2, 5};
  EXPECT_DOUBLE_EQ(reciprocal_rank(hits, 25), .5);
  EXPECT_NEAR(normalized_discounted_gain(hits, 2, 5), .62405, 5e-6);
  EXPECT_DOUBLE_EQ(precision(hits, 5), .4);
  const double mean =
      (reciprocal_rank(Ranks{4}, 25) + reciprocal_rank(Ranks{2}, 25) + reciprocal_rank(Ranks{6}, 25)) / 3;
  EXPECT_NEAR(mean, .3056, 5e-5);
}

TEST(RankingMetrics, WhatIsBehindTheCutoffDoesNotCount) {
  const Ranks hits{26};
  EXPECT_EQ(reciprocal_rank(hits, 25), 0);
  EXPECT_DOUBLE_EQ(reciprocal_rank(hits, 0), 1 / 26.);
  EXPECT_EQ(normalized_discounted_gain(hits, 1, 25), 0);
  EXPECT_EQ(precision(hits, 25), 0);
  EXPECT_EQ(hit_rate(hits, 25), 0);
  EXPECT_EQ(hit_rate(hits, 26), 1);
  EXPECT_EQ(hit_rate({}, 26), 0);
}

TEST(RankingMetrics, PrecisionDividesByTheCutoffWhateverThereIsToFind) {
  EXPECT_DOUBLE_EQ(precision(Ranks{1}, 10), .1);
  EXPECT_DOUBLE_EQ(normalized_discounted_gain(Ranks{1}, 1, 10), 1) << "and the gain by the best there is";
}

TEST(RankingMetrics, GainIsOneForTheBestRankingAlsoWhenMoreIsRelevantThanFits) {
  EXPECT_DOUBLE_EQ(normalized_discounted_gain(Ranks{1, 2, 3, 4, 5}, 9, 5), 1);
  EXPECT_DOUBLE_EQ(normalized_discounted_gain(Ranks{3}, 1, 10), 1 / std::log2(4.));
}

TEST(RankingMetrics, CoverageIsAShareOfAllItems) {
  EXPECT_DOUBLE_EQ(coverage(25, 100), .25);
  EXPECT_EQ(coverage(0, 0), 0);
}

TEST(RankingMetrics, GiniIsZeroForEqualsAndNearlyOneForASingleItem) {
  std::vector<double> equal(10, 3);
  EXPECT_NEAR(gini(equal), 0, 1e-12);
  std::vector<double> single(10);
  single[4] = 7;
  EXPECT_NEAR(gini(single), .9, 1e-12) << "(n - 1) / n";
  std::vector<double> mixed{3, 1};
  EXPECT_NEAR(gini(mixed), .25, 1e-12);
  std::vector<double> nothing(10);
  EXPECT_EQ(gini(nothing), 0);
}

TEST(RankingMetrics, NoveltyIsSurpriseInBits) { EXPECT_DOUBLE_EQ(novelty(std::vector<double>{.5, .125}), 2); }

TEST(RankingMetrics, MeasureHasEveryMetricUnderItsPersonalizeName) {
  const RankingValues values = measure(Ranks{2, 5}, 2);
  const auto of = [&](RankingMetric metric) { return values[static_cast<std::size_t>(metric)]; };
  EXPECT_NEAR(of(RankingMetric::ndcg_at_5), .62405, 5e-6);
  EXPECT_DOUBLE_EQ(of(RankingMetric::precision_at_25), .08);
  EXPECT_EQ(of(RankingMetric::hit_rate_at_10), 1);
  EXPECT_EQ(key_of(RankingMetric::ndcg_at_25), "normalized_discounted_cumulative_gain_at_25");
  EXPECT_EQ(name_of(RankingMetric::mean_reciprocal_rank_at_25), "MRR@25");
  for (std::size_t i = 0; i < kRankingMetricCount; ++i) {
    const auto metric = static_cast<RankingMetric>(i);
    EXPECT_EQ(parse_ranking_metric(key_of(metric)), metric);
  }
  EXPECT_EQ(parse_ranking_metric("ndcg_at_10"), RankingMetric::ndcg_at_10);
  EXPECT_EQ(parse_ranking_metric("mrr_at_25"), RankingMetric::mean_reciprocal_rank_at_25);
  EXPECT_EQ(parse_ranking_metric("ndcg_at_11"), std::nullopt);
}

}  // namespace
}  // namespace matchcue::evaluate
