// SPDX-License-Identifier: Apache-2.0
#include "train/questions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace matchcue::train {
namespace {

using testing::ElementsAre;

/// Viewers a (4 interactions, one of them only shown) and b (2).
dataset::Dataset small_data() {
  dataset::Dataset data;
  data.viewers = {"a", "b"};
  data.items = {"x", "y", "z"};
  data.begin = {0, 4, 6};
  data.item = {0, 1, 2, 1, 0, 0};
  data.event_value = {1, 1, 1, 0, 1, 1};
  return data;
}

TEST(Questions, NumbersAreThoseOfTheTrainingData) {
  std::vector<domain::Interaction> rows(2);
  rows[0].viewer = domain::ViewerId("b");
  rows[0].item = domain::ItemId("z");
  rows[0].event_value = 0;
  rows[1].viewer = domain::ViewerId("aa");
  rows[1].item = domain::ItemId("w");
  const auto questions = questions_of(rows, small_data());
  EXPECT_EQ(questions[0].viewer, 1U);
  EXPECT_EQ(questions[0].item, 2U);
  EXPECT_EQ(questions[0].value, 0);
  EXPECT_EQ(questions[1].viewer, kNotThere);
  EXPECT_EQ(questions[1].item, kNotThere);
}

TEST(Questions, TheLastActIsHeldOutOfViewersWhoActedThreeTimes) {
  const dataset::Dataset data = small_data();
  EXPECT_THAT(hold_out_last_acts(data), ElementsAre(2));
  const auto questions = questions_of({2, 4}, data);
  EXPECT_EQ(questions[0].viewer, 0U);
  EXPECT_EQ(questions[1].viewer, 1U);
  EXPECT_EQ(questions[0].item, 2U);
}

TEST(Questions, ATenthIsTheSameForTheSameSeed) {
  dataset::Dataset data;
  data.item.resize(10'000);
  const HeldOutRows rows = hold_out_tenth(data, 1);
  EXPECT_NEAR(static_cast<double>(rows.size()), 1'000, 100);
  EXPECT_EQ(rows, hold_out_tenth(data, 1));
  EXPECT_NE(rows, hold_out_tenth(data, 2));
}

TEST(RankingQuality, CountsTiesAgainstTheRanking) {
  RankingQuality quality;
  quality.add(std::vector<float>{1, 3, 2}, 1);
  quality.add(std::vector<float>{3, 3, 2}, 1);
  quality.add(std::vector<float>{3, 3, 2}, kNotThere);
  const Quality found = quality.finish();
  EXPECT_EQ(found.asked, 3U);
  EXPECT_NEAR(found.ndcg, (1 + 1 / std::log2(3) + 1 / std::log2(5)) / 3, 1e-12);
  EXPECT_NEAR(found.mrr, (1 + 1. / 2 + 1. / 4) / 3, 1e-12);
}

TEST(RankingQuality, TenPlacesCount) {
  std::vector<float> scores(11);
  for (std::size_t i = 0; i < scores.size(); ++i) scores[i] = -static_cast<float>(i);
  RankingQuality quality;
  quality.add(scores, 9);
  quality.add(scores, 10);
  EXPECT_EQ(quality.finish().hit, .5);
}

TEST(ProbabilityQuality, IsTheShareOfPairsInOrderAndTheCrossEntropy) {
  ProbabilityQuality quality;
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

TEST(ProbabilityQuality, LargeLogOddsDoNotOverflow) {
  ProbabilityQuality quality;
  quality.add(5'000, false);
  quality.add(-5'000, true);
  EXPECT_EQ(quality.finish().log_loss, 5'000);
  EXPECT_EQ(quality.finish().auc, 0);
}

TEST(RankingQuality, AScoreThatIsNotANumberIsTheWorst) {
  RankingQuality quality;
  std::vector<float> scores(20, 1.F);
  scores[3] = std::numeric_limits<float>::quiet_NaN();
  quality.add(scores, 3);
  EXPECT_EQ(quality.finish().hit, 0);
}

}  // namespace
}  // namespace matchcue::train
