// SPDX-License-Identifier: Apache-2.0
#include "simulate/crowd_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "simulate/match_context.h"

namespace matchcue::simulate {
namespace {

TimedMoment moment(const std::string& event, Phase phase = Phase::first_half, std::array<int, 2> score = {0, 0}) {
  TimedMoment moment;
  moment.state = context_of(event, phase, 20, score, {});
  moment.clock = format_clock(phase, std::chrono::minutes(20));
  moment.score = score;
  return moment;
}

TimedMoment goal_of(int team, int player) {
  TimedMoment goal = moment("GOAL");
  goal.subject = player_item(team, player);
  goal.score[static_cast<std::size_t>(team)] = 1;
  return goal;
}

/// A match of `ticks` shots.
std::vector<TimedMoment> shots(std::size_t ticks) { return std::vector<TimedMoment>(ticks, moment("SHOT")); }

CrowdWorld make_world(std::vector<TimedMoment> match, CrowdParams params = {}, std::uint64_t seed = 1,
                      std::size_t viewers = 50) {
  CrowdWorld world(params, {std::move(match)}, seed, viewers);
  EXPECT_TRUE(world.next_tick());
  return world;
}

double mean_probability(const CrowdWorld& world, std::size_t item) {
  double sum = 0;
  for (std::size_t u = 0; u < world.viewers().size(); ++u) sum += world.click_probability(u, item);
  return sum / static_cast<double>(world.viewers().size());
}

std::size_t index_of(const CrowdWorld& world, const std::string& id) {
  const auto& items = world.items();
  const auto found = std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.id.str() == id; });
  EXPECT_NE(found, items.end()) << id;
  return static_cast<std::size_t>(found - items.begin());
}

/// Parameters with which nothing changes by itself and nothing is hidden.
CrowdParams calm() {
  CrowdParams params;
  params.drift = params.shift = params.ev = params.pc = 0;
  params.newitems = 0;
  return params;
}

TEST(CrowdWorld, HasTheSamplesItemsAndNewOnesThatArriveLater) {
  CrowdWorld world(CrowdParams{}, {shots(10), shots(10)}, 1, 5);
  ASSERT_EQ(world.items().size(), 46u);
  EXPECT_EQ(world.tick_count(), 20u);
  const CrowdItem& messi = world.items()[17];
  EXPECT_EQ(messi.id.str(), "ITEM_ID_18");
  EXPECT_EQ(messi.slot.str(), "PLAYER");
  EXPECT_EQ(std::get<std::int64_t>(messi.fields.at("FIFA_OVR_RATE")), 93);
  std::multiset<std::string> new_ones;
  for (std::size_t i = 40; i < 46; ++i) {
    EXPECT_EQ(world.items()[i].arrives_tick, 5u);
    new_ones.insert(world.items()[i].slot.str());
  }
  EXPECT_THAT(new_ones, testing::ElementsAre("GENERAL", "GENERAL", "MONETIZE", "MONETIZE", "PLAYER", "PLAYER"));
  std::vector<std::size_t> players;
  while (world.next_tick()) players.push_back(world.candidates(3).size());
  EXPECT_EQ(players[4], 20u);
  EXPECT_EQ(players[5], 22u);
}

TEST(CrowdWorld, SameSeedSameWorldWhateverIsAsked) {
  CrowdWorld one = make_world(shots(4));
  CrowdWorld other = make_world(shots(4));
  for (std::size_t i = 0; i < 40; ++i) other.clicks(3, i);
  for (int tick = 0; tick < 3; ++tick) {
    one.next_tick();
    other.next_tick();
    for (std::size_t i = 0; i < 40; ++i) {
      EXPECT_EQ(one.click_probability(7, i), other.click_probability(7, i));
      EXPECT_EQ(one.clicks(7, i), other.clicks(7, i));
    }
  }
  EXPECT_NE(one.click_probability(7, 0), make_world(shots(4), {}, 2).click_probability(7, 0));
}

TEST(CrowdWorld, MetadataHasTheSharesOfTheSpecification) {
  const CrowdWorld world = make_world(shots(1), {}, 1, 4'000);
  std::map<std::string, double> shares;
  for (const CrowdViewer& viewer : world.viewers()) {
    for (const auto& [name, value] : viewer.fields) shares[name + " " + domain::to_text(value)] += 1 / 4'000.;
  }
  EXPECT_NEAR(shares["COUNTRY ARGENTINA"], .3, .03);
  EXPECT_NEAR(shares["COUNTRY BRAZIL"], .06, .015);
  EXPECT_NEAR(shares["GENDER F"], .6, .03);
  EXPECT_NEAR(shares["AGE 40"], .28, .03);
  EXPECT_EQ(world.viewers()[0].id.str(), "crowd-1");
}

TEST(CrowdWorld, ClicksComeAsOftenAsTheirProbabilitySays) {
  CrowdParams params;
  params.alpha = -1;
  CrowdWorld world = make_world(shots(20), params, 3, 500);
  double expected = 0;
  double happened = 0;
  do {
    for (std::size_t u = 0; u < 500; ++u) {
      expected += world.click_probability(u, 9);
      happened += world.clicks(u, 9) ? 1 : 0;
    }
  } while (world.next_tick());
  EXPECT_NEAR(happened, expected, 4 * std::sqrt(expected));
}

TEST(CrowdWorld, AGoalDrawsViewersToItsScorerAndToBets) {
  CrowdWorld world = make_world({moment("SHOT"), goal_of(0, 0), moment("SHOT")}, calm());
  const std::size_t scorer = index_of(world, "ITEM_ID_18");
  const std::size_t bet = index_of(world, "ITEM_ID_9");
  const std::size_t weather = index_of(world, "ITEM_ID_10");
  const double scorer_before = mean_probability(world, scorer);
  const double bet_before = mean_probability(world, bet);
  const double weather_before = mean_probability(world, weather);
  world.next_tick();
  EXPECT_EQ(world.tick().subject, scorer);
  const double scorer_at_goal = mean_probability(world, scorer);
  EXPECT_GT(scorer_at_goal, 2 * scorer_before);
  EXPECT_GT(mean_probability(world, bet) / bet_before, 1.4 * mean_probability(world, weather) / weather_before);
  world.next_tick();
  EXPECT_LT(mean_probability(world, scorer), scorer_at_goal);
}

TEST(CrowdWorld, WhatWasShownTiresFromTheNextTickOn) {
  CrowdWorld world = make_world(shots(30), calm());
  const double before = world.click_probability(0, 4);
  const double of_another = world.click_probability(1, 4);
  world.record(0, std::vector<CrowdShown>{{4, false}});
  EXPECT_EQ(world.click_probability(0, 4), before);
  world.next_tick();
  const auto odds = [](double p, double examined) { return p / examined / (1 - p / examined); };
  EXPECT_NEAR(std::log(odds(world.click_probability(0, 4), .85) / odds(before, .85)), -.35, 1e-9);
  EXPECT_EQ(world.click_probability(1, 4), of_another);
  while (world.next_tick()) continue;
  EXPECT_NEAR(world.click_probability(0, 4), before, before * .05);
}

TEST(CrowdWorld, AClickDrawsToWhatIsLikeItAndAwayFromItself) {
  CrowdParams params = calm();
  params.clickfat = 0;
  params.fatigue = 0;
  CrowdWorld world = make_world(shots(2), params);
  const double before = world.click_probability(0, 4);
  world.record(0, std::vector<CrowdShown>{{4, true}});
  world.next_tick();
  EXPECT_GT(world.click_probability(0, 4), before);

  CrowdWorld tiring = make_world(shots(2), calm());
  tiring.record(0, std::vector<CrowdShown>{{4, true}});
  tiring.next_tick();
  EXPECT_LT(tiring.click_probability(0, 4), before);
}

TEST(CrowdWorld, ContextTellsWhoLeadsAndOneNameForTheEnd) {
  auto after = moment("POST_MATCH", Phase::post_match, {0, 2});
  after.state["MATCH_TIMING"] = "POST_MATCH";
  const CrowdWorld world = make_world({after});
  const domain::Values& context = world.tick().context;
  EXPECT_EQ(context.size(), 6u);
  EXPECT_EQ(domain::to_text(context.at("SCORE_LEADER")), "AWAY");
  EXPECT_EQ(domain::to_text(context.at("MATCH_EVENT")), "POST-MATCH");
  const CrowdWorld same = make_world({moment("POST-MATCH", Phase::post_match, {0, 2})});
  EXPECT_EQ(world.click_probability(0, 13), same.click_probability(0, 13));
}

TEST(CrowdWorld, AShowHasOtherWordsForTheSameMoments) {
  CrowdParams params;
  params.context = CrowdContext::show;
  const CrowdWorld world = make_world({moment("GOAL", Phase::second_half, {3, 0})}, params);
  const domain::Values expected = {
      {"LEAD", std::int64_t{2}}, {"MINUTE_BAND", std::int64_t{3}}, {"SEGMENT", std::string("HIGHLIGHT")}};
  EXPECT_EQ(world.tick().context, expected);
}

TEST(CrowdWorld, SlotsFollowTheParameters) {
  CrowdParams params = calm();
  params.slots = {"PLAYER", "GENERAL", "MONETIZE", "SOCIAL"};
  const CrowdWorld usual = make_world(shots(1), calm());
  const CrowdWorld turned = make_world(shots(1), params);
  EXPECT_EQ(turned.slots()[0].str(), "PLAYER");
  EXPECT_EQ(turned.candidates(0).size(), 20u);
  EXPECT_NEAR(turned.click_probability(0, 17), usual.click_probability(0, 17) / .55, 1e-12);
}

}  // namespace
}  // namespace matchcue::simulate
