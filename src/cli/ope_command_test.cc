// SPDX-License-Identifier: Apache-2.0
//
// The command line of ope, over a real data directory that somebody has open.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "cli/temporary_folder.h"
#include "cli/test_command.h"
#include "cli/test_decision_log.h"

namespace matchcue::cli {
namespace {

using domain::FeedbackKind;
using testing::HasSubstr;

class OpeCommand : public testing::Test {
 protected:
  /// 200 viewers, 6 decisions. Polls are shown three times out of four and earn .1, quizzes .6.
  void draw_log() {
    Random random(1);
    for (std::uint64_t sequence = 1; sequence <= 6; ++sequence) {
      const auto header = log.header(sequence);
      std::vector<TestDecisionLog::Row> rows;
      for (int viewer = 0; viewer < 200; ++viewer) {
        const bool poll = random.uniform() < .75;
        const bool messi = random.uniform() < .5;
        rows.push_back({"v" + std::to_string(viewer),
                        {poll ? "poll" : "quiz", poll ? .75F : .25F},
                        {messi ? "messi" : "wager", .5F},
                        30});
      }
      log.decide(header, rows);
      for (const auto& row : rows) {
        log.feed(header, row, 0, FeedbackKind::impression, 1);
        log.feed(header, row, 1, FeedbackKind::impression, 1);
        if (random.uniform() < (row.social.first == "quiz" ? .6 : .1)) log.feed(header, row, 0, FeedbackKind::click, 9);
        if (random.uniform() < .2) log.feed(header, row, 1, FeedbackKind::click, 9);
      }
    }
    log.give();
  }

  Outcome run(const std::string& line) {
    Globals globals;
    globals.data_dir = log.directory();
    return run_command(line, globals, {add_ope_command});
  }

  TestDecisionLog log;
};

TEST_F(OpeCommand, PrintsATableThatSaysWhatTheTargetWouldEarn) {
  draw_log();
  const Outcome outcome = run("ope --policy uniform");
  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("uniform, asked of 2400 trials: 200 viewers, 6 decisions\n"));
  EXPECT_THAT(outcome.out, HasSubstr("SOCIAL       snips"));
  EXPECT_THAT(outcome.out, HasSubstr("pooled       dr"));
  EXPECT_THAT(outcome.out, HasSubstr("slate        sound"));
  EXPECT_THAT(outcome.out, HasSubstr("left out: 0 impressions with propensity 1"));
  EXPECT_THAT(outcome.out, HasSubstr("uniform earns more than the logging policy: +"));
}

TEST_F(OpeCommand, PrintsJsonWhenAsked) {
  draw_log();
  const auto json = nlohmann::json::parse(run("ope --policy constant --items quiz,wager --json").out);
  EXPECT_EQ(json.at("policy"), "constant");
  EXPECT_EQ(json.at("log").at("trials"), 2400);
  const auto& social = json.at("evaluation").at("slots").at(0);
  EXPECT_EQ(social.at("slot"), "SOCIAL");
  EXPECT_NEAR(social.at("estimates").at("dr").at("value").get<double>(), .6, .08);
  EXPECT_NEAR(social.at("estimates").at("logged").at("value").get<double>(), .225, .04);
  EXPECT_GT(json.at("difference").at("slate").at("estimates").at("dr").at("low").get<double>(), .2);
}

TEST_F(OpeCommand, WhatIsPopularIsLearnedFromOtherViewers) {
  draw_log();
  const auto json = nlohmann::json::parse(run("ope --policy popularity --epsilon 0.1 --json").out);
  EXPECT_EQ(json.at("policy"), "popularity 0.1");
  EXPECT_EQ(json.at("log").at("trials").get<int>() + json.at("log").at("taught").get<int>(), 2400);
  EXPECT_GT(json.at("evaluation").at("slots").at(0).at("estimates").at("snips").at("value").get<double>(), .4);
}

TEST_F(OpeCommand, SaysWhenTheLogCannotCarryAnEstimate) {
  const auto header = log.header(1);
  const TestDecisionLog::Row ann{"ann", {"poll", .75F}, {}, {}};
  log.decide(header, {ann});
  log.feed(header, ann, 0, FeedbackKind::impression, 1);
  log.give();
  const Outcome outcome = run("ope");
  EXPECT_EQ(outcome.code, ExitCode::problems_found);
  EXPECT_THAT(outcome.out, HasSubstr("SOCIAL       refused: too few"));
  EXPECT_THAT(outcome.out, HasSubstr("This log cannot carry an estimate of uniform for slates: SOCIAL: too few"));
}

TEST_F(OpeCommand, BadFlagsAreNamedWithTheirValues) {
  draw_log();
  const auto error = [&](const std::string& line, ExitCode code = ExitCode::invalid_input) {
    const Outcome outcome = run(line);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    return outcome.err;
  };
  EXPECT_THAT(error("ope --policy best"),
              HasSubstr("--policy \"best\": is not uniform, popularity, constant or frequency"));
  EXPECT_THAT(error("ope --policy constant"), HasSubstr("--policy \"constant\": --items says which items it shows"));
  EXPECT_THAT(error("ope --items quiz"), HasSubstr("--items \"quiz\": only --policy constant takes items"));
  EXPECT_THAT(error("ope --policy constant --items quizz"), HasSubstr("--items \"quizz\": was no candidate"));
  EXPECT_THAT(error("ope --policy popularity --epsilon 2"), HasSubstr("--epsilon \"2\": is not in 0..1"));
  EXPECT_THAT(error("ope --resamples 7"), HasSubstr("--resamples \"7\": is not in 100..100000"));
  EXPECT_THAT(error("ope --policy frequency"), HasSubstr("--policy-log says whose frequencies"));
  EXPECT_THAT(error("ope --policy-log x.csv"), HasSubstr("--policy-log \"x.csv\": needs --log as well"));
  EXPECT_THAT(error("ope --log y --policy-log x.csv"), HasSubstr("only --policy frequency takes a log"));
  EXPECT_THAT(error("ope --log y --event 9"),
              HasSubstr("--event \"9\": a log of another system (--log) has no events"));
  EXPECT_THAT(error("ope --column item=x"), HasSubstr("only a log of another system (--log) has columns"));
  EXPECT_THAT(error("ope --log /nowhere.csv", ExitCode::not_found), HasSubstr("cannot read \"/nowhere.csv\""));
  EXPECT_THAT(error("ope --event 9", ExitCode::not_found), HasSubstr("unknown event \"9\""));
  EXPECT_THAT(error("ope --data-dir /nowhere", ExitCode::not_found), HasSubstr("no data directory at /nowhere"));
  EXPECT_THAT(error("ope --json --policy best"), HasSubstr(R"("field":"policy")"));
}

TEST_F(OpeCommand, ALogOfAnotherSystemIsAskedAboutAnotherLogsFrequencies) {
  const TemporaryFolder folder = TemporaryFolder::make("ope").value();
  Random random(1);
  for (const auto& [name, quiz] : {std::pair("uniform.csv", .5), std::pair("quizzes.csv", .8)}) {
    std::ofstream file(folder.path() + "/" + name);
    file << "user,item,propensity,reward\n";
    for (int row = 0; row < 5'000; ++row) {
      const bool shown = random.uniform() < quiz;
      const bool acted = random.uniform() < (shown ? .6 : .1);
      file << 'u' << row % 500 << (shown ? ",quiz," : ",poll,") << (shown ? quiz : 1 - quiz)
           << (acted ? ",1\n" : ",0\n");
    }
  }
  const std::string line = "ope --log " + folder.path() + "/uniform.csv --column viewer=user --policy frequency " +
                           "--policy-log " + folder.path() + "/quizzes.csv";
  const Outcome outcome = run(line);
  EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("frequency of quizzes.csv, asked of 5000 trials: 500 viewers\n"));
  EXPECT_THAT(outcome.out, HasSubstr("quizzes.csv itself earned 0.5"));
  EXPECT_THAT(outcome.out, HasSubstr("earns more than the logging policy: +0.1"));
  const auto json = nlohmann::json::parse(run(line + " --json").out);
  const double estimate = json.at("evaluation").at("pooled").at("estimates").at("dr").at("value");
  EXPECT_NEAR(estimate, json.at("policy_log").at("value").get<double>(), .03);
}

TEST_F(OpeCommand, DamageIsReportedAfterTheEstimate) {
  draw_log();
  {
    std::fstream file(log.log_path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(40);
    file.put('\x7f');
  }
  const Outcome outcome = run("ope");
  EXPECT_EQ(outcome.code, ExitCode::corrupt);
  EXPECT_THAT(outcome.out, HasSubstr("400 whose decision is not in the log"));
  EXPECT_THAT(outcome.err, HasSubstr("matchcue: "));
}

}  // namespace
}  // namespace matchcue::cli
