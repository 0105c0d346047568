// SPDX-License-Identifier: Apache-2.0
#include "evaluate/trial_weigher.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"
#include "evaluate/off_policy.h"

namespace matchcue::evaluate {
namespace {

/// 200 viewers, 10 decisions in two contexts, one slot of two items. Item 0 is shown three times out of four and earns
/// .1; item 1 earns .1 in one context and .7 in the other.
LoggedTrials draw_trials() {
  LoggedTrials trials;
  Random random(1);
  const domain::SlotName slot("SOCIAL");
  const std::size_t candidates[] = {trials.number_of(slot, domain::ItemId("a")),
                                    trials.number_of(slot, domain::ItemId("b"))};
  for (std::uint64_t decision = 1; decision <= 10; ++decision) {
    domain::DecisionHeader header;
    header.event = domain::EventId("1");
    header.sequence = domain::Sequence(decision);
    header.slots = {slot};
    const bool is_goal = decision % 2 == 0;
    header.context = {{"MATCH_EVENT", std::string(is_goal ? "GOAL" : "FOUL")}};
    for (int viewer = 0; viewer < 200; ++viewer) {
      const std::size_t shown = random.uniform() < .75 ? 0 : 1;
      const double rate = shown == 1 && is_goal ? .7 : .1;
      const double reward = random.uniform() < rate ? 1 : 0;
      trials
          .add({header, domain::ViewerId(std::to_string(viewer)), 0, candidates, shown, shown == 0 ? .75 : .25, reward})
          .value();
    }
  }
  return trials;
}

TEST(TrialWeigher, EveryEstimatorFindsWhatTheTargetWouldEarn) {
  const LoggedTrials trials = draw_trials();
  const OffPolicyLog log = TrialWeigher(trials).weigh(*make_constant_policy({1}));
  const Finding slot = evaluate(log, {}).slots[0];
  for (const Estimator estimator : {Estimator::direct, Estimator::ips, Estimator::snips, Estimator::dr}) {
    ASSERT_TRUE(slot.of(estimator)) << slot.judgement.reason;
    EXPECT_NEAR(slot.of(estimator)->value, .4, .05) << to_string(estimator);
  }
  EXPECT_LT(slot.of(Estimator::dr)->standard_error, slot.of(Estimator::ips)->standard_error)
      << "the reward model knows that context matters";
}

TEST(TrialWeigher, TheTargetIsComparedWithWhatTheLoggingPolicyEarned) {
  const LoggedTrials trials = draw_trials();
  const OffPolicyLog log = TrialWeigher(trials).weigh(*make_constant_policy({1}));
  const Interval difference = *compare_to_logging(log, {}).slots[0].of(Estimator::dr);
  EXPECT_NEAR(difference.value, .4 - (.75 * .1 + .25 * .4), .05);
  EXPECT_GT(difference.low, .1);
}

}  // namespace
}  // namespace matchcue::evaluate
