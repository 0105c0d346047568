// SPDX-License-Identifier: Apache-2.0
#include "cli/cue_rewards.h"

#include <gtest/gtest.h>

namespace matchcue::cli {
namespace {

using domain::FeedbackKind;

const domain::EventId kMatch("match");

/// One viewer's cue in each decision.
class CueRewardsTest : public testing::Test {
 protected:
  domain::Feedback row(std::uint64_t sequence, FeedbackKind kind, int second) const {
    domain::Feedback feedback;
    feedback.viewer = domain::ViewerId("ann");
    feedback.cue = {{kMatch, domain::Sequence(sequence), feedback.viewer}, 0};
    feedback.kind = kind;
    feedback.at = wall_time_from_ms(1'780'000'000'000 + 1'000 * std::int64_t{second});
    feedback.attributed = true;
    feedback.item = domain::ItemId("poll");
    feedback.propensity = .25F;
    return feedback;
  }
  void add(std::uint64_t sequence, FeedbackKind kind, int second) { rewards.add(row(sequence, kind, second)); }
  const SeenCue* find(std::uint64_t sequence) {
    return rewards.find(CueRewards::key_of(kMatch, domain::Sequence(sequence), domain::ViewerId("ann"), 0));
  }

  CueRewards rewards{learn::RewardRule()};
};

TEST_F(CueRewardsTest, AnActWithinAMinuteOfTheImpressionCountsOnce) {
  add(1, FeedbackKind::impression, 0);
  add(1, FeedbackKind::click, 59);
  add(1, FeedbackKind::click, 60);
  add(2, FeedbackKind::impression, 100);
  add(2, FeedbackKind::click, 161);
  add(3, FeedbackKind::impression, 200);
  add(3, FeedbackKind::dismiss, 201);
  rewards.finish();
  ASSERT_NE(find(1), nullptr);
  EXPECT_EQ(find(1)->reward, 1);
  EXPECT_EQ(find(1)->propensity, .25F);
  EXPECT_EQ(find(1)->item_hash, CueRewards::hash_of(domain::ItemId("poll")));
  EXPECT_EQ(find(2)->reward, 0);
  EXPECT_EQ(find(3)->reward, 0);
}

TEST_F(CueRewardsTest, OnlyImpressionsAreTrials) {
  add(1, FeedbackKind::click, 0);
  rewards.finish();
  EXPECT_EQ(find(1), nullptr);
  EXPECT_EQ(rewards.size(), 0U);
}

TEST_F(CueRewardsTest, WhatWasNotDrawnOrIsNotKnownIsCountedAndLeftOut) {
  domain::Feedback pinned = row(1, FeedbackKind::impression, 0);
  pinned.propensity = 1;
  rewards.add(pinned);
  domain::Feedback lost = row(2, FeedbackKind::impression, 0);
  lost.attributed = false;
  rewards.add(lost);
  rewards.finish();
  EXPECT_EQ(rewards.left_out().certain, 1U);
  EXPECT_EQ(rewards.left_out().unattributed, 1U);
  EXPECT_EQ(rewards.size(), 0U);
}

TEST_F(CueRewardsTest, ALongLogIsJudgedInPortionsToTheSameRewards) {
  constexpr int kCues = 40'000;  // of 5 hours: most are judged, and forgotten by the book, before the end
  for (int cue = 0; cue < kCues; ++cue) {
    if (cue >= 100 && cue % 3 == 0) add(static_cast<std::uint64_t>(cue - 100), FeedbackKind::click, cue / 2);
    add(static_cast<std::uint64_t>(cue), FeedbackKind::impression, cue / 2);
  }
  rewards.finish();
  ASSERT_EQ(rewards.size(), static_cast<std::size_t>(kCues));
  for (int cue = 0; cue < kCues - 100; ++cue) {
    EXPECT_EQ(find(static_cast<std::uint64_t>(cue))->reward, (cue + 100) % 3 == 0 ? 1 : 0) << cue;
  }
}

}  // namespace
}  // namespace matchcue::cli
