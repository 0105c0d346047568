// SPDX-License-Identifier: Apache-2.0
#include "learn/trial_book.h"

#include <gtest/gtest.h>

namespace matchcue::learn {
namespace {

using domain::FeedbackKind;

struct TrialBookTest : ::testing::Test {
  RewardRule rule;
  TrialBook book{rule};
  WallTime start = wall_time_from_ms(1'780'000'000'000);

  void row(std::uint64_t key, FeedbackKind kind, int at_s) {
    TrialBook::Place place;
    place.key = key;
    place.moment = 1;
    place.propensity = .5F;
    book.add(place, kind, at(at_s));
  }
  WallTime at(int seconds) const { return start + Milliseconds(1'000LL * seconds); }
};

TEST_F(TrialBookTest, AnImpressionWithoutAnActIsJudgedAfterItsWait) {
  row(1, FeedbackKind::impression, 0);
  EXPECT_TRUE(book.judge(at(9), false).empty());
  const auto judged = book.judge(at(10), false);
  ASSERT_EQ(judged.size(), 1u);
  EXPECT_EQ(judged[0].trial.reward, 0);
  EXPECT_TRUE(book.judge(at(11), false).empty());
}

TEST_F(TrialBookTest, AClickedImpressionWaitsAsLongAsOneWithoutAnAct) {
  row(1, FeedbackKind::impression, 0);
  row(2, FeedbackKind::impression, 0);
  row(1, FeedbackKind::click, 1);
  EXPECT_FALSE(book.has_due(at(9)));
  EXPECT_TRUE(book.judge(at(9), false).empty()) << "alone it would teach that everything is liked";
  EXPECT_TRUE(book.has_due(at(10)));
  const auto judged = book.judge(at(10), false);
  ASSERT_EQ(judged.size(), 2u);
  EXPECT_EQ(judged[0].trial.reward, 1);
  EXPECT_EQ(judged[1].trial.reward, 0);
}

TEST_F(TrialBookTest, SettlingJudgesWhatStillWaits) {
  row(1, FeedbackKind::impression, 0);
  EXPECT_EQ(book.judge(at(1), true).size(), 1u);
}

TEST_F(TrialBookTest, ALateClickRepairsATrialOnce) {
  row(1, FeedbackKind::impression, 0);
  book.judge(at(20), false);
  row(1, FeedbackKind::click, 59);
  row(1, FeedbackKind::click, 60);
  const auto repairs = book.judge(at(60), false);
  ASSERT_EQ(repairs.size(), 1u);
  EXPECT_TRUE(repairs[0].trial.repair);
  EXPECT_EQ(repairs[0].trial.reward, 1);
}

TEST_F(TrialBookTest, AClickBeyondTheWindowCountsNothing) {
  row(1, FeedbackKind::impression, 0);
  book.judge(at(20), false);
  row(1, FeedbackKind::click, 61);
  EXPECT_TRUE(book.judge(at(61), true).empty());
}

TEST_F(TrialBookTest, OnlyImpressionsAreTrials) {
  row(1, FeedbackKind::click, 0);
  EXPECT_TRUE(book.judge(at(5), true).empty());
  row(1, FeedbackKind::impression, 6);
  ASSERT_EQ(book.judge(at(6), true).size(), 1u);
}

TEST_F(TrialBookTest, KindsAddUpWithinBounds) {
  rule.answer = .5;
  rule.dismiss = -1;
  book.set_rule(rule);
  row(1, FeedbackKind::impression, 0);
  row(1, FeedbackKind::answer, 1);
  row(1, FeedbackKind::click, 1);
  row(2, FeedbackKind::impression, 0);
  row(2, FeedbackKind::dismiss, 1);
  const auto judged = book.judge(at(1), true);
  ASSERT_EQ(judged.size(), 2u);
  EXPECT_EQ(judged[0].trial.reward, 1);
  EXPECT_EQ(judged[1].trial.reward, -1);
}

TEST_F(TrialBookTest, ForgetsWhatIsBeyondTheWindow) {
  for (int second = 0; second < 1'000; ++second) {
    row(static_cast<std::uint64_t>(second), FeedbackKind::impression, second);
    book.judge(at(second), false);
    EXPECT_LE(book.size(), 72u);
  }
}

}  // namespace
}  // namespace matchcue::learn
