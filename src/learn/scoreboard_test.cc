// SPDX-License-Identifier: Apache-2.0
#include "learn/scoreboard.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace matchcue::learn {
namespace {

constexpr Milliseconds kMinute{60'000};
constexpr Milliseconds kStart{1'780'000'020'000};

WallTime wall(Milliseconds at) { return wall_time_from_ms(at.count()); }

/// Two items: the popular one pays .2, the other `other`; the policy shows the popular one with `share`.
void play(Scoreboard& board, double share, double other, int trials, Milliseconds at, std::uint64_t seed = 1) {
  Random random(seed);
  for (int t = 0; t < trials; ++t) {
    const bool popular = random.uniform() < share;
    const double reward = random.uniform() < (popular ? .2 : other) ? 1 : 0;
    board.add(at, 0, static_cast<float>(popular ? share : 1 - share), static_cast<float>(reward), false, popular);
  }
}

TEST(Scoreboard, EstimatesWhatOtherPoliciesWouldHaveBrought) {
  Scoreboard board;
  play(board, .7, .1, 50'000, kStart);
  const TrialSums sums = board.total(0);
  EXPECT_NEAR(sums.mean().value, .7 * .2 + .3 * .1, .01);
  EXPECT_NEAR(sums.random.estimate().value, .15, .01);
  EXPECT_NEAR(sums.popularity.estimate().value, .2, .01);
  EXPECT_LT(sums.random.estimate().low(), .15);
  EXPECT_GT(sums.random.estimate().high(), .15);
}

TEST(Scoreboard, ARepairIsAsIfTheRewardHadBeenThere) {
  Scoreboard one;
  Scoreboard two;
  one.add(kStart, 0, .25F, 1, false, true);
  two.add(kStart, 0, .25F, 0, false, true);
  two.add(kStart, 0, .25F, 1, true, true);
  EXPECT_EQ(one.total(0).mean().value, two.total(0).mean().value);
  EXPECT_EQ(one.total(0).popularity.estimate().value, two.total(0).popularity.estimate().value);
}

TEST(Scoreboard, RecentIsTheLastMinutesOnly) {
  Scoreboard board;
  board.add(kStart, 0, .5F, 1, false, false);
  board.add(kStart + 20 * kMinute, 0, .5F, 0, false, false);
  EXPECT_EQ(board.recent(wall(kStart + 20 * kMinute), 10 * kMinute, 0).trials, 1);
  EXPECT_EQ(board.total(0).trials, 2);
}

TEST(Guardrail, HoldsWhenPopularityIsClearlyBetterAndLetsGoAfterItsRest) {
  Scoreboard board;
  Guardrail guardrail;
  const GuardOptions options;
  play(board, .1, .02, 20'000, kStart);
  guardrail.judge(board, options, wall(kStart + kMinute));
  EXPECT_TRUE(guardrail.holds());
  EXPECT_LT(guardrail.difference().value, 0);
  guardrail.judge(board, options, wall(kStart + 5 * kMinute));
  EXPECT_TRUE(guardrail.holds());
  guardrail.judge(board, options, wall(kStart + 12 * kMinute));
  EXPECT_FALSE(guardrail.holds());
}

TEST(Guardrail, LeavesAGoodLearnerAndAShortRecordAlone) {
  const GuardOptions options;
  Scoreboard good;
  Guardrail guardrail;
  play(good, .3, .3, 20'000, kStart);
  guardrail.judge(good, options, wall(kStart + kMinute));
  EXPECT_FALSE(guardrail.holds());
  Scoreboard little;
  play(little, .1, .02, 500, kStart);
  guardrail.judge(little, options, wall(kStart + kMinute));
  EXPECT_FALSE(guardrail.holds());
}

}  // namespace
}  // namespace matchcue::learn
