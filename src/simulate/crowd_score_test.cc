// SPDX-License-Identifier: Apache-2.0
#include "simulate/crowd_score.h"

#include <gtest/gtest.h>

#include <cmath>

#include "simulate/crowd_policies.h"
#include "simulate/match_context.h"

namespace matchcue::simulate {
namespace {

/// A match of `ticks` shots and goals in turn.
std::vector<TimedMoment> match_of(std::size_t ticks) {
  std::vector<TimedMoment> match(ticks);
  for (std::size_t i = 0; i < ticks; ++i) {
    match[i].state = context_of(i % 2 == 0 ? "SHOT" : "GOAL", Phase::first_half, 20, {0, 0}, {});
    match[i].clock = "20:00";
    match[i].subject = player_item(static_cast<int>(i / 2 % 2), static_cast<int>(i % 5));
  }
  return match;
}

CrowdWorld make_world(std::size_t viewers, std::vector<std::size_t> match_ticks) {
  std::vector<std::vector<TimedMoment>> matches;
  for (const std::size_t ticks : match_ticks) matches.push_back(match_of(ticks));
  return {CrowdParams{}, std::move(matches), 1, viewers};
}

CrowdScore play(CrowdWorld world, std::unique_ptr<CrowdPolicy> policy) { return run_crowd(world, *policy); }

TEST(CrowdScore, ChanceIsWorthNothingAndPerfectKnowledgeOne) {
  EXPECT_NEAR(play(make_world(200, {30}), make_random_policy(1)).total().gain(), 0, .02);
  const CrowdScore oracle = play(make_world(50, {30}), make_oracle_policy());
  EXPECT_EQ(oracle.total().gain(), 1);
  EXPECT_EQ(oracle.gain_last(), 1);
  EXPECT_EQ(oracle.new_share(), oracle.oracle_new_share());
}

TEST(CrowdScore, CountsWhatWasShownAndWhatWasClicked) {
  const CrowdScore score = play(make_world(300, {20, 10}), make_random_policy(1));
  const CrowdTickValue total = score.total();
  EXPECT_EQ(score.ticks().size(), 30u);
  EXPECT_EQ(total.impressions, 30u * 300 * 4);
  EXPECT_NEAR(static_cast<double>(total.clicks), total.policy, 4 * std::sqrt(total.policy));
  EXPECT_NEAR(score.click_rate(), total.policy / static_cast<double>(total.impressions), .005);
  EXPECT_GT(score.oracle_click_rate(), 1.5 * score.click_rate());
}

TEST(CrowdScore, AWindowIsAQuarterAroundAnImpression) {
  const CrowdScore score = play(make_world(25, {40}), make_random_policy(1));  // 100 impressions a tick
  CrowdTickValue expected;
  for (std::size_t i = 15; i < 25; ++i) {  // middles 1,550 to 2,450
    expected.policy += score.ticks()[i].policy;
    expected.random += score.ticks()[i].random;
    expected.oracle += score.ticks()[i].oracle;
  }
  ASSERT_TRUE(score.gain_at(2'000).has_value());
  EXPECT_NEAR(*score.gain_at(2'000), expected.gain(), 1e-12);
  EXPECT_EQ(score.gain_at(10), score.ticks()[0].gain());
  EXPECT_TRUE(score.gain_at(4'000).has_value());
  EXPECT_FALSE(score.gain_at(4'001).has_value());
}

TEST(CrowdScore, LastIsTheSecondHalfOfTheLastMatch) {
  const CrowdScore score = play(make_world(25, {6, 4}), make_random_policy(1));
  const CrowdTickValue& a = score.ticks()[8];
  const CrowdTickValue& b = score.ticks()[9];
  EXPECT_NEAR(score.gain_last(),
              (a.policy + b.policy - a.random - b.random) / (a.oracle + b.oracle - a.random - b.random), 1e-12);
}

TEST(CrowdScore, NewItemsCountFromTheirArrivalOn) {
  const CrowdScore score = play(make_world(100, {20}), make_random_policy(1));
  EXPECT_FALSE(score.ticks()[8].has_new_items);
  EXPECT_TRUE(score.ticks()[9].has_new_items);
  // Two of 8, of 12 and of 22 candidates; none of SOCIAL's.
  EXPECT_NEAR(*score.new_share(), (2 / 8. + 2 / 12. + 2 / 22.) / 4, .02);
  const CrowdTickValue& third = score.ticks()[11];
  EXPECT_EQ(*score.new_share(2, 2), static_cast<double>(third.new_shown) / static_cast<double>(third.impressions));
  EXPECT_FALSE(score.new_share(11).has_value());
}

TEST(CrowdScore, AnEmptySlotIsWorthNothingAndIsNoImpression) {
  CrowdWorld world = make_world(10, {1});
  world.next_tick();
  const std::vector<CrowdShown> nothing(40, {kNoCrowdItem, false});
  CrowdScore score;
  const CrowdTickValue& value = score.add(world, nothing);
  EXPECT_EQ(value.policy, 0);
  EXPECT_EQ(value.impressions, 0u);
  EXPECT_LT(value.gain(), 0);
}

}  // namespace
}  // namespace matchcue::simulate
