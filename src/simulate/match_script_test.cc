// SPDX-License-Identifier: Apache-2.0
#include "simulate/match_script.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>

namespace matchcue::simulate {
namespace {

std::string field(const TimedMoment& moment, const char* name) { return domain::to_text(moment.state.at(name)); }

constexpr std::uint64_t kMatches = 400;

TEST(MatchScript, TheSameSeedGivesTheSameMatch) {
  const auto first = make_match(7);
  const auto second = make_match(7);
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].offset, second[i].offset);
    EXPECT_EQ(first[i].state, second[i].state);
    EXPECT_EQ(first[i].text, second[i].text);
  }
  EXPECT_NE(make_match(8).size() * 1000 + make_match(8)[5].offset.count(),
            first.size() * 1000 + first[5].offset.count());
}

TEST(MatchScript, EveryMomentHasTheFiveFieldsAsText) {
  for (const auto& moment : make_match(3)) {
    ASSERT_EQ(moment.state.size(), 5U);
    for (const auto& [name, value] : moment.state) EXPECT_TRUE(std::holds_alternative<std::string>(value)) << name;
  }
}

TEST(MatchScript, ScoreDifferenceClockAndPhaseAgree) {
  const std::map<std::string, int> order = {
      {"PRE-MATCH", 0},     {"FIRST-HALF-1", 1},  {"FIRST-HALF-2", 2},  {"FIRST-HALF-3", 3}, {"INTERVAL", 4},
      {"SECOND-HALF-1", 5}, {"SECOND-HALF-2", 6}, {"SECOND-HALF-3", 7}, {"OVER-TIME", 8},    {"POST-MATCH", 9}};
  for (std::uint64_t seed = 0; seed < kMatches; ++seed) {
    int phase = 0;
    Milliseconds offset{0};
    for (const auto& moment : make_match(seed)) {
      EXPECT_EQ(field(moment, "SCORE_DIFFERENCE"), std::to_string(std::abs(moment.score[0] - moment.score[1])));
      const int now = order.at(field(moment, "MATCH_TIMING"));
      EXPECT_GE(now, phase) << moment.text;
      EXPECT_GE(moment.offset, offset) << moment.text;
      if (now == 8) {
        EXPECT_TRUE(moment.clock.starts_with("90+")) << moment.clock;
      }
      if (now >= 5 && now <= 7) {
        EXPECT_EQ((std::stoi(moment.clock.substr(0, 2)) - 45) / 15, now - 5) << moment.clock;
      }
      phase = now;
      offset = moment.offset;
    }
    EXPECT_EQ(phase, 9);
  }
}

TEST(MatchScript, GoalsCardsAndPenaltiesComeAsOftenAsInRealMatches) {
  std::map<std::string, double> counts;
  double corrections = 0;
  double goals_that_stand = 0;
  for (std::uint64_t seed = 0; seed < kMatches; ++seed) {
    const auto match = make_match(seed);
    for (const auto& moment : match) {
      if (moment.kind == MomentKind::correction) {
        ++corrections;
      } else {
        ++counts[field(moment, "MATCH_EVENT")];
      }
    }
    goals_that_stand += match.back().score[0] + match.back().score[1];
  }
  const auto rate = [&](const char* event) { return counts[event] / kMatches; };
  EXPECT_NEAR(goals_that_stand / kMatches, 2.7, 0.3);
  EXPECT_NEAR(rate("YELLOW-CARD"), 4, 0.6);
  EXPECT_NEAR(rate("PENALTY"), 0.3, 0.1);
  EXPECT_NEAR(rate("THROW"), 10, 1);
  EXPECT_NEAR(rate("SUBSTITUTION"), 7.5, 1.2);
  EXPECT_NEAR(rate("FREE-KICK"), 18, 2);
  EXPECT_GT(rate("SHOT"), 18);
  EXPECT_GT(corrections, kMatches / 20.0);
  EXPECT_LT(corrections, kMatches / 3.0);
  EXPECT_EQ(rate("PRE-MATCH"), 1);
  EXPECT_EQ(rate("INTERVAL"), 2);
  EXPECT_EQ(rate("POST-MATCH"), 2);
}

TEST(MatchScript, ACorrectionTakesBackTheGoalBeforeIt) {
  int seen = 0;
  for (std::uint64_t seed = 0; seed < kMatches; ++seed) {
    const auto match = make_match(seed);
    for (std::size_t i = 0; i < match.size(); ++i) {
      if (match[i].kind != MomentKind::correction) continue;
      ++seen;
      ASSERT_TRUE(match[i].corrects);
      ASSERT_EQ(*match[i].corrects, i - 1);
      EXPECT_EQ(field(match[i - 1], "MATCH_EVENT"), "GOAL");
      EXPECT_EQ(match[i].score[0] + match[i].score[1] + 1, match[i - 1].score[0] + match[i - 1].score[1]);
      EXPECT_LE(match[i].offset - match[i - 1].offset, std::chrono::seconds(110));
    }
  }
  EXPECT_GT(seen, 0);
}

TEST(MatchScript, TheActingPlayerPlaysForTheTeamOfTheText) {
  for (const auto& moment : make_match(11)) {
    if (!moment.subject || moment.kind == MomentKind::correction) continue;
    const int number = std::stoi(moment.subject->str().substr(8));
    const bool argentina = moment.text.find("Argentina") != std::string::npos;
    EXPECT_GE(number, argentina ? 18 : 28) << moment.text;
    EXPECT_LE(number, argentina ? 27 : 37) << moment.text;
  }
}

}  // namespace
}  // namespace matchcue::simulate
