// SPDX-License-Identifier: Apache-2.0
#include "simulate/crowd_policies.h"

#include <gtest/gtest.h>

#include "simulate/crowd_learner_policy.h"
#include "simulate/match_context.h"

namespace matchcue::simulate {
namespace {

/// A match in which four things happen in turn, to players in turn.
std::vector<TimedMoment> match_of(std::size_t ticks) {
  constexpr std::array<std::string_view, 4> kEvents = {"SHOT", "THROW", "GOAL", "FREE-KICK"};
  std::vector<TimedMoment> match(ticks);
  for (std::size_t i = 0; i < ticks; ++i) {
    match[i].state = context_of(kEvents[i % 4], Phase::first_half, static_cast<int>(45 * i / ticks), {0, 0}, {});
    match[i].clock = "20:00";
    match[i].subject = player_item(static_cast<int>(i / 2 % 2), static_cast<int>(i % 5));
  }
  return match;
}

/// G of a crowd that clicks often, so that few viewers suffice to learn.
double gain_of(std::unique_ptr<CrowdPolicy> policy, std::size_t ticks = 50, CrowdParams params = {}) {
  params.alpha = -1.5;
  params.drift = params.shift = 0;
  CrowdWorld world(params, {match_of(ticks)}, 1, 120);
  return run_crowd(world, *policy).total().gain();
}

TEST(CrowdPolicies, CountingBeatsChance) { EXPECT_GT(gain_of(make_popularity_policy(1)), .01); }

TEST(CrowdPolicies, KnowingViewersAndMomentsBeatsCounting) {
  const double popularity = gain_of(make_popularity_policy(1));
  EXPECT_GT(gain_of(make_linear_policy(1, CrowdExploration::inverse_gap)), popularity + .1);
  EXPECT_GT(gain_of(make_linear_policy(1, CrowdExploration::greedy)), popularity + .1);
  EXPECT_GT(gain_of(make_linear_policy(1, CrowdExploration::thompson)), popularity + .1);
}

TEST(CrowdPolicies, EachKnowledgeAddsToTheOthers) {
  const auto gain = [](CrowdKnowledge knowledge) {
    return gain_of(make_linear_policy(1, CrowdExploration::inverse_gap, knowledge));
  };
  const double everything = gain({});
  EXPECT_GT(everything, gain({.context = false}) + .02);
  EXPECT_GT(everything, gain({.history = false}) + .02);
}

TEST(CrowdPolicies, TheLiveLearnerBeatsTheLinearModel) {
  const double linear = gain_of(make_linear_policy(1, CrowdExploration::inverse_gap));
  EXPECT_GT(gain_of(make_learner_policy(1, {})), linear);
}

TEST(CrowdPolicies, TheLiveLearnerBeatsTheLinearModelWhereFormulasAreOther) {
  for (const CrowdLink link : {CrowdLink::probit, CrowdLink::cloglog}) {
    CrowdParams foreign;
    foreign.link = link;
    foreign.context = CrowdContext::show;
    foreign.decay_fatigue = foreign.decay_sequence = .7;
    const double linear = gain_of(make_linear_policy(1, CrowdExploration::inverse_gap), 50, foreign);
    EXPECT_GT(gain_of(make_learner_policy(1, {}), 50, foreign), linear);
  }
}

TEST(CrowdPolicies, SameSeedSameRun) {
  EXPECT_EQ(gain_of(make_linear_policy(3, CrowdExploration::thompson), 8),
            gain_of(make_linear_policy(3, CrowdExploration::thompson), 8));
}

TEST(CrowdPolicies, WhoeverListensSeesEveryTick) {
  CrowdWorld world(CrowdParams{}, {match_of(5)}, 1, 10);
  std::vector<std::size_t> ticks;
  const CrowdScore score = run_crowd(world, *make_random_policy(1), [&](const CrowdWorld& at, const auto& value) {
    ticks.push_back(at.tick_number());
    EXPECT_EQ(value.impressions, 40u);
    return ticks.size() < 3;
  });
  EXPECT_EQ(ticks, (std::vector<std::size_t>{0, 1, 2})) << "until it has seen enough";
  EXPECT_EQ(score.ticks().size(), 3u);
}

TEST(CrowdPolicies, TheLearnerTellsWhatItDecidedWithItsPropensities) {
  CrowdWorld world(CrowdParams(), {match_of(3)}, 1, 20);
  std::size_t ticks = 0;
  domain::DecisionHeader header;
  std::vector<domain::Choice> told;
  const auto policy = make_learner_policy(
      1, {}, .002,
      [&](const domain::DecisionHeader& header_, const domain::Catalogue&, std::span<const domain::Choice> choices) {
        ++ticks;
        header = header_;
        told.assign(choices.begin(), choices.end());
      });
  run_crowd(world, *policy);
  EXPECT_EQ(ticks, 3U);
  EXPECT_EQ(header.sequence, domain::Sequence(3));
  ASSERT_EQ(told.size(), 20 * header.slots.size());
  for (const domain::Choice& choice : told) {
    EXPECT_GE(choice.propensity, .0019F);
    EXPECT_LT(choice.propensity, 1);
  }
}

}  // namespace
}  // namespace matchcue::simulate
