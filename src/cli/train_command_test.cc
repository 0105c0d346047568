// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/temporary_folder.h"
#include "cli/test_command.h"
#include "store/sqlite/sqlite_store.h"

namespace matchcue::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class TrainCommandTest : public testing::Test {
 protected:
  TrainCommandTest() {
    std::string csv = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,MATCH_EVENT\n";
    for (int viewer = 0; viewer < 50; ++viewer) {
      for (int k = 0; k < 25; ++k) {
        csv += "u" + std::to_string(viewer) + ",i" + std::to_string((viewer + k) % 10) + "," +
               std::to_string(1'000 + k) + ",CLICK," + (k % 2 == 0 ? "GOAL" : "FOUL") + "\n";
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
    return run_command(line, globals, {add_train_command, add_solution_commands});
  }

  TemporaryFolder folder_ = TemporaryFolder::make("train").value();
  std::string interactions_;
};

TEST_F(TrainCommandTest, TrainsFromFilesAndListsWhatCameOut) {
  const Outcome trained =
      run("train --recipe sequential-ridge --interactions " + interactions_ + " --set window=5 --json");
  ASSERT_EQ(trained.code, ExitCode::ok) << trained.err;
  const auto answer = nlohmann::json::parse(trained.out);
  const std::string id = answer["solution_version"];
  EXPECT_THAT(id, StartsWith("sequential-ridge-"));
  EXPECT_EQ(answer["path"], folder_.path() + "/data/versions/" + id);
  EXPECT_GT(answer["log_odds_scale"], 0);
  const Outcome again =
      run("train --recipe sequential-ridge --interactions " + interactions_ + " --set window=5 --json");
  EXPECT_EQ(nlohmann::json::parse(again.out)["solution_version"], id);

  const Outcome listed = run("solution list --json");
  const auto versions = nlohmann::json::parse(listed.out)["solution_versions"];
  ASSERT_EQ(versions.size(), 1u);
  EXPECT_EQ(versions[0]["solution_version"], id);
  EXPECT_EQ(versions[0]["data"]["interactions"], 1'250);
  EXPECT_THAT(run("solution list").out, HasSubstr("1250 interactions of 50 viewers with 10 items"));
  EXPECT_EQ(nlohmann::json::parse(run("solution show --json " + id).out)["parameters"]["window"], "5");
  EXPECT_THAT(run("solution show " + id).out, HasSubstr("\"recipe\": \"sequential-ridge\""));
}

TEST_F(TrainCommandTest, AFileSaysWhatFlagsDoNot) {
  const std::string config = write("train.toml", "recipe = 'sims'\n[hyperparameters]\nwindow = 3\n");
  const Outcome trained = run("train --json --config " + config + " --interactions " + interactions_);
  ASSERT_EQ(trained.code, ExitCode::ok) << trained.err;
  EXPECT_EQ(nlohmann::json::parse(trained.out)["recipe"], "sims");
}

TEST_F(TrainCommandTest, TrainsFromADataDirectory) {
  EXPECT_EQ(run("train --recipe sims").code, ExitCode::not_found);
  store::SqliteOptions options;
  options.directory = folder_.path() + "/data";
  ASSERT_TRUE(store::open_sqlite_store(options).ok());
  const Outcome trained = run("train --recipe sims");
  EXPECT_EQ(trained.code, ExitCode::invalid_input);
  EXPECT_THAT(trained.err, HasSubstr("Dataset has fewer than 1000 interactions"));
}

TEST_F(TrainCommandTest, MistakesAreNamed) {
  const std::string data = " --interactions " + interactions_;
  EXPECT_THAT(run("train" + data).err, HasSubstr("--recipe says which"));
  EXPECT_THAT(run("train --recipe simms" + data).err, HasSubstr("did you mean sims?"));
  EXPECT_THAT(run("train --recipe sims --epochs 3" + data).err, HasSubstr("does not take --epochs"));
  EXPECT_THAT(run("train --recipe sims --set lambda=3" + data).err, HasSubstr("no hyperparameter \"lambda\""));
  EXPECT_THAT(run("train --recipe sims --event-type WATCH" + data).err,
              HasSubstr("fewer than 1000 interactions after filtering by event type: WATCH"));
  EXPECT_THAT(run("train --recipe sims --feedback tap").err, HasSubstr("--feedback \"tap\""));
  EXPECT_THAT(run("train --recipe sims --items x.csv").err, HasSubstr("go with --interactions"));
  EXPECT_THAT(run("solution show sims-0123456789ab").err, HasSubstr("has no solution version"));
}

TEST_F(TrainCommandTest, AnUnknownProtocolIsNotLeftToTheTrainer) {
  const Outcome outcome = run("train --recipe user-personalization --hold-out half --interactions " + interactions_);
  EXPECT_EQ(outcome.code, ExitCode::invalid_input);
  EXPECT_THAT(outcome.err, HasSubstr("--hold-out \"half\": is not personalize or leave-one-out"));
}

TEST_F(TrainCommandTest, TheTrainerThatIsNotBuiltIsAskedForByName) {
  for (const std::string recipe : {"factorization-machine", "user-personalization"}) {
    const Outcome outcome = run("train --recipe " + recipe + " --validation v.csv");
    EXPECT_EQ(outcome.code, ExitCode::invalid_config);
    EXPECT_THAT(outcome.err, HasSubstr("recipe " + recipe + " is trained by matchcue-train"));
    EXPECT_THAT(outcome.err, HasSubstr("libtorch"));
  }
}

}  // namespace
}  // namespace matchcue::cli
