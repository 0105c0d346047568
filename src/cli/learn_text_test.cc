// SPDX-License-Identifier: Apache-2.0
#include "cli/learn_text.h"

#include <gmock/gmock.h>

namespace matchcue::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Json rate(double value) { return {{"value", value}, {"low", value - .01}, {"high", value + .01}}; }

Json view() {
  return {{"state", "learning"},
          {"trouble", ""},
          {"solution_version", "live-bandit-7"},
          {"steps", 7},
          {"feedback", 1'000},
          {"waiting", 3},
          {"viewers", 10},
          {"lag_s", .25},
          {"fallback_until", nullptr},
          {"reward_ratio_random", 2.},
          {"reward_ratio_popularity", 1.5},
          {"recent_minutes", 10},
          {"slots",
           {{{"slot", "GENERAL"},
             {"trials", 900},
             {"recent_trials", 500},
             {"shown", rate(.08)},
             {"random", rate(.04)},
             {"popularity", rate(.05)}},
            {{"slot", "PLAYER"},
             {"trials", 900},
             {"recent_trials", 5},
             {"shown", rate(.08)},
             {"random", rate(.04)},
             {"popularity", rate(.05)}}}},
          {"items",
           {{{"item", "steady"},
             {"slot", "GENERAL"},
             {"trials", 1},
             {"recent_trials", 1},
             {"reward_rate", .1},
             {"share", .1},
             {"appeal", .5},
             {"appeal_sd", .1},
             {"appeal_before", .5},
             {"is_new", false}},
            {{"item", "rising"},
             {"slot", "GENERAL"},
             {"trials", 1},
             {"recent_trials", 1},
             {"reward_rate", .1},
             {"share", .1},
             {"appeal", .9},
             {"appeal_sd", .1},
             {"appeal_before", -.2},
             {"is_new", false}}}}};
}

TEST(LearnText, SaysWhatIsGainedAndWhatChanged) {
  const std::string text = readable_learner(view());
  EXPECT_THAT(text, AllOf(HasSubstr("learning  live-bandit-7"), HasSubstr("0.0800 (0.0700..0.0900)"),
                          HasSubstr("2.00 times random"), HasSubstr("was -0.20")));
  EXPECT_LT(text.find("rising"), text.find("steady"));
}

TEST(LearnText, SaysNothingOfARateThatTooFewTrialsGave) {
  EXPECT_THAT(readable_learner(view()), HasSubstr("5 lately: too few to tell"));
}

TEST(LearnText, SaysWhyItDoesNotLearn) {
  Json trouble = view();
  trouble["state"] = "trouble";
  trouble["trouble"] = "disk full";
  EXPECT_THAT(readable_learner(trouble), HasSubstr("disk full"));
}

}  // namespace
}  // namespace matchcue::cli
