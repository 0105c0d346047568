// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/temporary_folder.h"
#include "cli/test_command.h"

namespace matchcue::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

/// 100 viewers walk round twelve items; at a goal they skip one.
class EvalCommandTest : public testing::Test {
 protected:
  EvalCommandTest() {
    std::string csv = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,MATCH_EVENT\n";
    for (int viewer = 0; viewer < 100; ++viewer) {
      int item = viewer;
      for (int act = 0; act < 20; ++act) {
        const bool goal = (act * 7 + viewer) % 3 == 0;
        item += goal ? 2 : 1;
        csv += "u" + std::to_string(viewer) + ",i" + std::to_string(item % 12) + "," + std::to_string(1'000 + act) +
               ",CLICK," + (goal ? "GOAL" : "FOUL") + "\n";
      }
    }
    interactions_ = write("interactions.csv", csv);
  }

  std::string write(const std::string& name, const std::string& text) {
    const std::string path = folder_.path() + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  Outcome run(const std::string& line) {
    Globals globals;
    globals.data_dir = folder_.path() + "/data";
    globals.quiet = true;
    return run_command(line + " --interactions " + interactions_, globals, {add_eval_command, add_train_command});
  }
  std::string train(const std::string& flags) {
    const Outcome trained = run("train --json --recipe popularity-count " + flags);
    EXPECT_EQ(trained.code, ExitCode::ok) << trained.err;
    return json::parse(trained.out).at("solution_version");
  }

  TemporaryFolder folder_ = TemporaryFolder::make("eval").value();
  std::string interactions_;
};

TEST_F(EvalCommandTest, RecipesAreTrainedWithoutWhatTheyAreAskedAndCompared) {
  const Outcome outcome = run("eval --recipe popularity-count --recipe sequential-ridge,window=3 --resamples 200");
  ASSERT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("personalize of interactions.csv: 10 requests of 10 viewers, 12 items\n"));
  EXPECT_THAT(outcome.out, HasSubstr("MRR@25"));
  EXPECT_THAT(outcome.out, HasSubstr("sequential-ridge,window=3 less popularity-count\n"));
  EXPECT_THAT(outcome.out, HasSubstr("better"));
  EXPECT_THAT(outcome.out, HasSubstr("context MATCH_EVENT"));
}

TEST_F(EvalCommandTest, JsonHasPersonalizesMetricsByTheirNames) {
  const Outcome outcome = run("eval --json --recipe sequential-ridge --ask by-context --resamples 100");
  ASSERT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  const json answer = json::parse(outcome.out);
  EXPECT_EQ(answer.at("asking"), "by-context");
  EXPECT_EQ(answer.at("data").at("trained_interactions"), 1'800);
  EXPECT_EQ(answer.at("asked").at("viewers"), 10);
  const json& metrics = answer.at("versions").at(0).at("metrics");
  EXPECT_EQ(metrics.size(), 8U);
  EXPECT_GT(metrics.at("mean_reciprocal_rank_at_25").get<double>(), .5) << "chance is .26";
  EXPECT_EQ(metrics.at("coverage"), 1);
  EXPECT_TRUE(answer.at("versions").at(0).at("calibration").is_object());
  EXPECT_TRUE(answer.at("versions").at(0).at("difference").is_null());
}

TEST_F(EvalCommandTest, LeaveOneOutReportsItsThreeMetrics) {
  const Outcome outcome = run("eval --protocol leave-one-out --seen kept --recipe popularity-count --resamples 100");
  ASSERT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("100 requests of 100 viewers"));
  EXPECT_THAT(outcome.out, HasSubstr("HR@10"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("Precision")));
  EXPECT_THAT(run("eval --protocol leave-one-out --validation --seen kept --recipe popularity-count").out,
              HasSubstr("interactions.csv (validation)"));
}

TEST_F(EvalCommandTest, AVersionThatHasSeenTheAnswersIsToldFromOneThatHasNot) {
  const std::string cheat = train("");
  const std::string honest = train("--hold-out personalize");
  EXPECT_NE(cheat, honest);
  const Outcome of_cheat = run("eval --version " + cheat);
  ASSERT_EQ(of_cheat.code, ExitCode::ok) << of_cheat.err;
  EXPECT_THAT(of_cheat.out, HasSubstr("has seen what it is asked about"));
  EXPECT_THAT(of_cheat.out, HasSubstr("matchcue train --hold-out personalize"));
  EXPECT_THAT(run("eval --version " + honest).out, Not(HasSubstr("has seen")));
  EXPECT_THAT(run("eval --seed 2 --version " + honest).out, HasSubstr("was trained on other data"));
  EXPECT_THAT(run("eval --version " + folder_.path() + "/data/versions/" + honest).out, HasSubstr(honest))
      << "a folder is as good as an id";
}

TEST_F(EvalCommandTest, APageIsWrittenThatNeedsNothingElse) {
  const std::string page = folder_.path() + "/report.html";
  const Outcome outcome =
      run("eval --recipe popularity-count --recipe sequential-ridge --resamples 100 --html " + page);
  ASSERT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  std::ostringstream text;
  text << std::ifstream(page).rdbuf();
  const std::string html = text.str();
  for (const char* heading :
       {"What was asked", "How good the rankings are", "Compared with popularity-count", "What a longer list finds",
        "By context", "Whether scores mean what they say", "Which items are shown", "All metrics"}) {
    EXPECT_THAT(html, HasSubstr(std::string("<h2>") + heading + "</h2>"));
  }
  EXPECT_THAT(html, Not(HasSubstr("http")));
  EXPECT_THAT(html, Not(HasSubstr("nan")));
  EXPECT_EQ(run("eval --recipe popularity-count --html /nowhere/x.html").code, ExitCode::unreachable);
}

TEST_F(EvalCommandTest, BadFlagsAreNamedWithTheirValues) {
  const auto error = [&](const std::string& line, ExitCode code = ExitCode::invalid_input) {
    const Outcome outcome = run(line);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    return outcome.err;
  };
  EXPECT_THAT(error("eval"), HasSubstr("--version says which solution version, or --recipe which recipe"));
  EXPECT_THAT(error("eval --recipe simz"),
              HasSubstr("--recipe \"simz\": no such recipe can be trained here; there are "));
  EXPECT_THAT(error("eval --recipe sims,window"), HasSubstr("is not RECIPE[,NAME=VALUE...]"));
  EXPECT_THAT(error("eval --recipe sims,windoz=3"), HasSubstr("windoz"));
  EXPECT_THAT(error("eval --recipe sims --protocol none"), HasSubstr("--protocol \"none\": is not personalize or"));
  EXPECT_THAT(error("eval --recipe sims --ask twice"), HasSubstr("--ask \"twice\": is not once or by-context"));
  EXPECT_THAT(error("eval --recipe sims --seen all"), HasSubstr("--seen \"all\": is not kept or removed"));
  EXPECT_THAT(error("eval --recipe sims --validation"), HasSubstr("has no validation part"));
  EXPECT_THAT(error("eval --recipe sims --resamples 7"), HasSubstr("--resamples \"7\": is not in 100..100000"));
  EXPECT_THAT(error("eval --version sims-0", ExitCode::not_found),
              HasSubstr("there is no solution version \"sims-0\""));
  EXPECT_THAT(error("train --recipe sims --hold-out x"), HasSubstr("--hold-out \"x\": is not personalize or"));
}

TEST_F(EvalCommandTest, TooLittleDataIsSaidInPersonalizesWords) {
  interactions_ = write("few.csv", "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\nann,a,1,CLICK\nann,b,2,CLICK\n");
  const Outcome outcome = run("eval --recipe popularity-count");
  EXPECT_EQ(outcome.code, ExitCode::invalid_input);
  EXPECT_THAT(outcome.err, HasSubstr("Dataset has fewer than 1000 interactions"));
  EXPECT_THAT(run("eval --protocol leave-one-out --recipe popularity-count").err,
              HasSubstr("users with at least 3 interactions each"));
}

}  // namespace
}  // namespace matchcue::cli
