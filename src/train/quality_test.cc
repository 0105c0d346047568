// SPDX-License-Identifier: Apache-2.0
#include "train/quality.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace matchcue::train {
namespace {

TEST(RankingCount, CountsTiesAgainstTheRanking) {
  RankingCount quality;
  quality.add(place_of(std::vector<float>{1, 3, 2}, 1));
  quality.add(place_of(std::vector<float>{3, 3, 2}, 1));
  quality.add(place_of(std::vector<float>{3, 3, 2}, kNotThere));
  const Quality found = quality.finish();
  EXPECT_EQ(found.asked, 3U);
  EXPECT_NEAR(found.ndcg, (1 + 1 / std::log2(3) + 1 / std::log2(5)) / 3, 1e-12);
  EXPECT_NEAR(found.mrr, (1 + 1. / 2 + 1. / 4) / 3, 1e-12);
}

TEST(RankingCount, TenPlacesCount) {
  std::vector<float> scores(11);
  for (std::size_t i = 0; i < scores.size(); ++i) scores[i] = -static_cast<float>(i);
  RankingCount quality;
  quality.add(place_of(scores, 9));
  quality.add(place_of(scores, 10));
  EXPECT_EQ(quality.finish().hit, .5);
}

TEST(ProbabilityCount, IsTheShareOfPairsInOrderAndTheCrossEntropy) {
  ProbabilityCount quality;
  quality.add(2, true);
  quality.add(0, true);
  quality.add(0, false);
  quality.add(1, false);
  quality.add(-1, false);
  // Of 6 pairs: 2 beats all three; 0 ties one, loses one, beats one.
  EXPECT_NEAR(quality.finish().auc, 4.5 / 6, 1e-12);
  const double loss = std::log1p(std::exp(-2)) + 2 * std::log(2) + std::log1p(std::exp(1)) + std::log1p(std::exp(-1));
  EXPECT_NEAR(quality.finish().log_loss, loss / 5, 1e-12);
}

TEST(ProbabilityCount, LargeLogOddsDoNotOverflow) {
  ProbabilityCount quality;
  quality.add(5'000, false);
  quality.add(-5'000, true);
  EXPECT_EQ(quality.finish().log_loss, 5'000);
  EXPECT_EQ(quality.finish().auc, 0);
}

TEST(RankingCount, AScoreThatIsNotANumberIsTheWorst) {
  RankingCount quality;
  std::vector<float> scores(20, 1.F);
  scores[3] = std::numeric_limits<float>::quiet_NaN();
  quality.add(place_of(scores, 3));
  EXPECT_EQ(quality.finish().hit, 0);
}

}  // namespace
}  // namespace matchcue::train
