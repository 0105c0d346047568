// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/temporary_folder.h"
#include "cli/test_command.h"

namespace matchcue::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// 100 viewers with 20 acts each: at a goal one of four items, at a foul one of four others.
class TuneCommandTest : public testing::Test {
 protected:
  TuneCommandTest() {
    std::string csv = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,MATCH_EVENT\n";
    for (int viewer = 0; viewer < 100; ++viewer) {
      for (int act = 0; act < 20; ++act) {
        const bool is_goal = (act * 7 + viewer) % 3 == 0;
        const int item = (is_goal ? 0 : 4) + (viewer + act) % 4;
        csv += "u" + std::to_string(viewer) + ",i" + std::to_string(item) + "," + std::to_string(1'000 + act) +
               ",CLICK," + (is_goal ? "GOAL" : "FOUL") + "\n";
      }
    }
    interactions_ = folder_.path() + "/interactions.csv";
    std::ofstream(interactions_, std::ios::binary) << csv;
  }

  Outcome run(const std::string& line, bool is_quiet = true) {
    Globals globals;
    globals.data_dir = folder_.path() + "/data";
    globals.quiet = is_quiet;
    return run_command(line + " --interactions " + interactions_, globals,
                       {add_tune_command, add_eval_command, add_train_command});
  }

  TemporaryFolder folder_ = TemporaryFolder::make("tune").value();
  std::string interactions_;
};

TEST_F(TuneCommandTest, SaysEachTrialThenTheTableTheTestAndTheSettings) {
  const Outcome outcome =
      run("tune --recipe popularity-count --protocol leave-one-out --seen kept --set use_context=false "
          "--choice use_context=true --trials 5 --resamples 200",
          false);
  ASSERT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("trial   1 of 5  NDCG@10 "));
  EXPECT_THAT(outcome.err, HasSubstr("the defaults"));
  EXPECT_THAT(outcome.err, HasSubstr("trial   5 of 5"));
  EXPECT_THAT(outcome.out, HasSubstr("popularity-count on interactions.csv, leave-one-out: 5 trials by NDCG@10\n"));
  EXPECT_THAT(outcome.out, HasSubstr("use_context=true"));
  EXPECT_THAT(outcome.out, HasSubstr("test: 100 viewers"));
  EXPECT_THAT(outcome.out, HasSubstr("better than the defaults, beyond chance"));
  EXPECT_THAT(outcome.out, HasSubstr("use_context = true\n"));
}

TEST_F(TuneCommandTest, WhatIsWrittenIsAConfigurationOfMatchcueTrain) {
  const std::string file = folder_.path() + "/best.toml";
  const Outcome tuned = run("tune --json --recipe sequential-ridge --trials 3 --event-type CLICK --write " + file +
                            " --out " + folder_.path() + "/versions");
  ASSERT_EQ(tuned.code, ExitCode::ok) << tuned.err;
  const json answer = json::parse(tuned.out);
  const std::string version = answer.at("solution_version");
  EXPECT_TRUE(std::filesystem::exists(folder_.path() + "/versions/" + version));
  const Outcome trained = run("train --json --config " + file);
  ASSERT_EQ(trained.code, ExitCode::ok) << trained.err;
  EXPECT_EQ(json::parse(trained.out).at("solution_version"), version);
}

TEST_F(TuneCommandTest, TheTestIsTheOneOfMatchcueEval) {
  const Outcome tuned = run("tune --json --recipe sequential-ridge --trials 4 --seed 3 --resamples 200");
  ASSERT_EQ(tuned.code, ExitCode::ok) << tuned.err;
  const json answer = json::parse(tuned.out);
  EXPECT_EQ(answer.at("metric"), "normalized_discounted_cumulative_gain_at_10");
  EXPECT_EQ(answer.at("trials").size(), 4U);
  EXPECT_EQ(answer.at("trials").at(0).at("parameters").at("lambda"), "100");
  std::string recipe = "sequential-ridge";
  for (const auto& [name, value] : answer.at("chosen").at("parameters").items()) {
    recipe += "," + name + "=" + value.get<std::string>();
  }
  const Outcome evaluated = run("eval --json --seed 3 --resamples 200 --recipe sequential-ridge --recipe " + recipe);
  ASSERT_EQ(evaluated.code, ExitCode::ok) << evaluated.err;
  const json versions = json::parse(evaluated.out).at("versions");
  const json& test = answer.at("test");
  const std::string key = answer.at("metric");
  EXPECT_NEAR(test.at("defaults").at("value").get<double>(), versions[0].at("metrics").at(key).get<double>(), 1e-12);
  EXPECT_NEAR(test.at("chosen").at("value").get<double>(), versions[1].at("metrics").at(key).get<double>(), 1e-12);
}

TEST_F(TuneCommandTest, MistakesAreNamedBeforeAnythingIsTrained) {
  const auto error = [&](const std::string& flags) {
    const Outcome outcome = run("tune " + flags);
    EXPECT_NE(outcome.code, ExitCode::ok);
    EXPECT_EQ(outcome.out, "");
    return outcome.err;
  };
  EXPECT_THAT(error(""), HasSubstr("--recipe says which"));
  EXPECT_THAT(error("--recipe simms"), HasSubstr("did you mean sims?"));
  EXPECT_THAT(error("--recipe user-personalization"),
              HasSubstr("recipe user-personalization is trained by matchcue-train, which is not there"));
  EXPECT_THAT(error("--recipe user-personalization --set cell=lstm"), HasSubstr("cell cannot be \"lstm\""));
  EXPECT_THAT(error("--recipe sims --trials 0"), HasSubstr("--trials \"0\": is not in 1..10000"));
  EXPECT_THAT(error("--recipe sims --metric novelty_at_25"), HasSubstr("there are mean_reciprocal_rank_at_25, "));
  EXPECT_THAT(error("--recipe sims --protocol half"), HasSubstr("--protocol \"half\": is not personalize or"));
  EXPECT_THAT(error("--recipe sims --range windoz=1..2"), HasSubstr("did you mean \"window\"?"));
  EXPECT_THAT(error("--recipe sims --set window=0"), HasSubstr("window cannot be \"0\""));
  EXPECT_THAT(error("--recipe popularity-count --trials 1 --write /nowhere/best.toml"), HasSubstr("cannot write"));
}

}  // namespace
}  // namespace matchcue::cli
