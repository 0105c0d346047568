// SPDX-License-Identifier: Apache-2.0
//
// The commands that talk to a running matchcue, through their command line, against the API over a fake engine.
#include <gtest/gtest.h>

#include "api/fake_access_office.h"
#include "api/fake_engine.h"
#include "api/fake_training_desk.h"
#include "api/server.h"
#include "cli/api_calls.h"
#include "cli/test_command.h"

namespace matchcue::cli {
namespace {

class ApiCommands : public testing::Test {
 protected:
  ApiCommands() {
    api::ServerOptions options;
    options.port = 0;
    server_ = api::ApiServer::start(options, {engine_, trainings_, office_, operators_, nullptr,
                                              [] { return std::string(); }, [] { return true; }})
                  .value();
  }

  Outcome run(const std::string& line) {
    Globals globals;
    globals.server.url = "http://127.0.0.1:" + std::to_string(server_->port());
    return run_command(line, globals,
                       {add_event_commands, add_moment_commands, add_filter_commands, add_viewer_commands,
                        add_decision_commands, add_learn_commands});
  }

  api::FakeEngine engine_;
  api::FakeTrainingDesk trainings_;
  api::FakeAccessOffice office_;
  Replaceable<access::OperatorTokens> operators_{access::OperatorTokens()};
  std::unique_ptr<api::ApiServer> server_;
};

TEST_F(ApiCommands, PrintWhatPeopleRead) {
  const std::string event = "1 #812 content=c1 MATCH_EVENT=GOAL pin:I1 filter:young\n";
  EXPECT_EQ(run("event set 1 MATCH_EVENT=GOAL --content c1").out, event);
  EXPECT_EQ(run("event get 1").out, event);
  EXPECT_EQ(run("event list").out, event);
  EXPECT_EQ(run("event map c1 1").out, event);
  EXPECT_EQ(run("event pin 1 I1 --reason now").out, event);
  EXPECT_EQ(run("moment fire 1 MATCH_EVENT=GOAL --subject I1").out, event);
  EXPECT_EQ(run("moment list 1").out, "#812 2026-05-28T20:26:40.000Z moment MATCH_EVENT=GOAL\n");
}

TEST_F(ApiCommands, PrintJsonWhenAsked) {
  EXPECT_EQ(Json::parse(run("event get 1 --json").out).at("sequence"), 812);
  EXPECT_EQ(Json::parse(run("event list --json").out).at("events").size(), 1U);
  EXPECT_EQ(Json::parse(run("moment fire 1 --json").out).at("changed"), true);
  EXPECT_EQ(Json::parse(run("moment list 1 --json").out).at("kind"), "moment");
  EXPECT_EQ(Json::parse(run("recommend v1 --event 1 --json").out).at("solution_version"), "live-bandit-3");
}

TEST_F(ApiCommands, RankAListForAViewer) {
  const std::string out = run("recommend v1 MATCH_EVENT=GOAL --rank gone I1").out;
  EXPECT_TRUE(out.ends_with("\n  I1  score 0.5000  share 1.0000\n  gone  excluded: unknown\n")) << out;
  EXPECT_EQ(engine_.last_recommend.context.at("MATCH_EVENT"), domain::Value("GOAL"));
}

TEST_F(ApiCommands, KeepAndTryFilters) {
  const std::string young = "young  (2026-05-28T20:26:40.000Z)\n  " + api::FakeEngine::filter().expression + "\n";
  EXPECT_EQ(run("filter list").out, young);
  EXPECT_EQ(run("filter show young").out, young);
  EXPECT_EQ(run("filter put f EXCLUDE").out, "f  (2026-05-28T20:26:40.000Z)\n  EXCLUDE\n");
  EXPECT_EQ(run("filter delete young").out, "deleted " + young);
  EXPECT_EQ(run("filter test young --viewer v1 --value AGE=18 --value G=drama").out,
            api::FakeEngine::filter().expression + "\ndepends on the viewer\npass 0:\nfiltered 1: I1\n");
  EXPECT_EQ(engine_.last_trial.filter->str(), "young");
  EXPECT_EQ(engine_.last_trial.viewer->str(), "v1");
  EXPECT_EQ(engine_.last_trial.values.at("AGE"), "18");
  EXPECT_EQ(engine_.last_trial.values.at("G"), "\"drama\"");
}

TEST_F(ApiCommands, PutAFilterInForceAndTakeItOut) {
  EXPECT_EQ(run("filter use 1 young --value AGE=18 --reason night").code, ExitCode::ok);
  EXPECT_TRUE(engine_.last_filter_use.in_force);
  EXPECT_EQ(engine_.last_filter_use.reason, "night");
  EXPECT_EQ(engine_.last_filter_use.choice.values.at("AGE"), "18");
  EXPECT_EQ(run("filter drop 1 young").code, ExitCode::ok);
  EXPECT_FALSE(engine_.last_filter_use.in_force);
  EXPECT_EQ(run("recommend v1 --filter young --filter-value AGE=18").code, ExitCode::ok);
  EXPECT_EQ(engine_.last_recommend.filter->values.at("AGE"), "18");
}

TEST_F(ApiCommands, SayWhoAnAnonymousViewerIs) {
  EXPECT_EQ(run("viewer identify anon-7f3a bob").out, "anon-7f3a is bob (2026-05-28T20:26:40.000Z)\n");
  EXPECT_EQ(engine_.last_identified.anonymous.str(), "anon-7f3a");
  EXPECT_EQ(engine_.last_identified.viewer.str(), "bob");
  EXPECT_EQ(run("viewer show v1").out, "v1: in the catalogue, connected\nwas anon-7f3a\n" +
                                           domain::to_string(api::FakeEngine::decision_id()) + "\n");
  engine_.failure =
      Error{ErrorKind::conflict, "already_identified", "viewer \"anon-7f3a\" was identified as \"bob\"", {}};
  const Outcome refused = run("viewer identify anon-7f3a carl");
  EXPECT_EQ(refused.code, ExitCode::conflict);
  EXPECT_NE(refused.err.find("\"bob\""), std::string::npos) << refused.err;
}

TEST_F(ApiCommands, ShowTheLearner) {
  EXPECT_NE(run("learn show").out.find("learning  live-bandit-3"), std::string::npos);
  EXPECT_EQ(Json::parse(run("learn settle --json").out).at("steps"), 3);
}

TEST_F(ApiCommands, VerifyNamesTheDirectoryThatIsNotThere) {
  const Outcome outcome = run("learn verify --data-dir /nowhere");
  EXPECT_EQ(outcome.code, ExitCode::not_found);
  EXPECT_NE(outcome.err.find("/nowhere"), std::string::npos) << outcome.err;
}

TEST_F(ApiCommands, ACorrectionSaysWhichMomentAndWhy) {
  EXPECT_EQ(run("moment correct 1 7 MATCH_EVENT=FOUL --reason VAR --media-time 2026-06-11T19:04:05Z").code,
            ExitCode::ok);
  EXPECT_EQ(engine_.last_correction.corrects.value(), 7U);
  EXPECT_EQ(engine_.last_correction.reason, "VAR");
  EXPECT_EQ(engine_.last_correction.state, (domain::Values{{"MATCH_EVENT", std::string("FOUL")}}));
}

TEST_F(ApiCommands, ADecisionSaysWhyThisItem) {
  const Outcome outcome = run("decision show " + domain::to_string(api::FakeEngine::decision_id()));
  EXPECT_EQ(outcome.code, ExitCode::ok);
  EXPECT_NE(outcome.out.find("viewer v1, age 30, country DE\nviewer metadata GENDER=F\n"), std::string::npos)
      << outcome.out;
  EXPECT_NE(outcome.out.find("computed again from the log: identical"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("GENERAL: I1 BET, propensity 1.0000"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("> I1  score 0.5000 = taste 0.50  propensity 1.0000"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("PLAYER: nothing"), std::string::npos) << outcome.out;
}

TEST_F(ApiCommands, FailWithTheExitCodeOfTheServersError) {
  const Outcome missing = run("event get 9");
  EXPECT_EQ(missing.code, ExitCode::not_found);
  EXPECT_NE(missing.err.find("unknown event \"9\""), std::string::npos) << missing.err;
  EXPECT_EQ(missing.out, "");
  engine_.failure = Error{ErrorKind::conflict, "conflict", "changed in between", {}};
  EXPECT_EQ(run("event pin 1 I1").code, ExitCode::conflict);
  server_->stop();
  EXPECT_EQ(run("event list").code, ExitCode::unreachable);
}

}  // namespace
}  // namespace matchcue::cli
