// SPDX-License-Identifier: Apache-2.0
#include "cli/training_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "cli/temporary_folder.h"

namespace matchcue::cli {
namespace {

using api::Training;
using api::TrainingOrder;
using ::testing::HasSubstr;

/// A desk whose program is a shell script, which stands in for matchcue.
struct TrainingDeskTest : ::testing::Test {
  TemporaryFolder folder = TemporaryFolder::make("desk").value();
  SystemClock clock;
  std::unique_ptr<api::TrainingDesk> desk;

  void program(const std::string& script) {
    TrainingDeskOptions options;
    options.data_dir = folder.path();
    options.program = folder.path() + "/program";
    std::ofstream(options.program) << "#!/bin/sh\n" << script << "\n";
    std::filesystem::permissions(options.program, std::filesystem::perms::owner_all);
    desk = make_training_desk(options, clock);
  }

  /// Waits for the answer of what `call` asks the desk with the reply that it is given.
  template <typename T, typename Call>
  Result<T> ask(const Call& call) {
    std::promise<Result<T>> answer;
    call([&](Result<T> result) { answer.set_value(std::move(result)); });
    return answer.get_future().get();
  }
  Result<Training> start(const TrainingOrder& order) {
    return ask<Training>([&](auto reply) { desk->start(order, reply); });
  }
  Result<Training> find(const std::string& id) {
    return ask<Training>([&](auto reply) { desk->find(id, reply); });
  }
  Result<Training> stop(const std::string& id) {
    return ask<Training>([&](auto reply) { desk->stop(id, reply); });
  }
  std::vector<Training> list() {
    return ask<std::vector<Training>>([&](auto reply) { desk->list(reply); }).value();
  }

  static TrainingOrder order(const std::string& recipe) {
    TrainingOrder order;
    order.recipe = recipe;
    return order;
  }
  /// Asks until the training is in this state.
  Training wait_for(const std::string& id, Training::State state) {
    while (true) {
      const Training now = find(id).value();
      if (now.state == state) return now;
      CHECK(!now.ended, now.id, to_string(now.state));
      std::this_thread::yield();
    }
  }
  /// Waits for one that starts and ends by itself.
  Training run(const TrainingOrder& what) {
    const std::string id = start(what).value().id;
    while (!find(id)->ended) std::this_thread::yield();
    return *find(id);
  }
};

TEST_F(TrainingDeskTest, ATrainingTellsHowFarItIsAndWhatItLeft) {
  program(R"(echo '{"stage":"epoch","epoch":3,"epochs":16,"loss":5.25,"validation":0.125,"eta_s":42}' >&2
             while [ ! -e "$(dirname "$0")/go" ]; do sleep 0.01; done
             echo '{"solution_version":"sims-0123456789ab"}')");
  const Training begun = start(order("sims")).value();
  EXPECT_EQ(begun.state, Training::State::pending);
  const Training running = wait_for(begun.id, Training::State::running);
  EXPECT_EQ(running.progress.stage, "epoch");
  EXPECT_EQ(running.progress.epoch, 3U);
  EXPECT_EQ(running.progress.eta_s, 42);
  std::ofstream(folder.path() + "/go");
  const Training done = wait_for(begun.id, Training::State::done);
  EXPECT_EQ(done.solution_version, "sims-0123456789ab");
  EXPECT_TRUE(done.ended.has_value());
  EXPECT_EQ(done.progress.eta_s, std::nullopt);
}

TEST_F(TrainingDeskTest, TheProgramIsToldTheOrder) {
  program(R"(shift 4; printf '%s\n' "$@" > "$(dirname "$0")/words"; echo '{"solution_version":"v"}')");
  TrainingOrder all = order("sims");
  all.event_type = "--out=elsewhere";
  all.event_value_min = .5;
  all.seed = 7;
  all.hyperparameters = {{"window", "5"}};
  EXPECT_EQ(run(all).state, Training::State::done);
  std::ifstream file(folder.path() + "/words");
  const std::string words{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(words, "--data-dir=" + folder.path() +
                       "\n--recipe=sims\n--event-type=--out=elsewhere\n--event-value-min=0.5\n"
                       "--seed=7\n--set=window=5\n");
}

TEST_F(TrainingDeskTest, WhatCannotBeTrainedIsRefusedAtOnce) {
  program("exit 1");
  EXPECT_THAT(start(order("simms")).error().message, HasSubstr("did you mean sims?"));
  EXPECT_EQ(start(order("simms")).error().field, "recipe");
  EXPECT_THAT(start(order("")).error().message, HasSubstr("recipe is empty; there are factorization-machine, "));
  EXPECT_EQ(start(order("")).error().field, "recipe");
  TrainingOrder wrong = order("sims");
  wrong.hyperparameters = {{"window", "-1"}};
  EXPECT_EQ(start(wrong).error().code, "invalid_hyperparameter");
  EXPECT_EQ(start(wrong).error().field, "hyperparameters.window");
  EXPECT_THAT(start(wrong).error().message, HasSubstr("window cannot be \"-1\""));
  wrong.hyperparameters = {{"windows", "1"}};
  EXPECT_EQ(start(wrong).error().field, "hyperparameters.windows");
  EXPECT_EQ(start(order("user-personalization")).error().code, "trainer_missing");
  EXPECT_TRUE(list().empty());
}

TEST_F(TrainingDeskTest, WhyItFailedIsTold) {
  program(R"(echo '{"stage":"reading"}' >&2
             echo '{"error":{"code":"too_little_data","message":"fewer than 1000","field":"data"}}' >&2; exit 4)");
  const Training failed = run(order("sims"));
  EXPECT_EQ(failed.state, Training::State::failed);
  EXPECT_EQ(failed.error->code, "too_little_data");
  EXPECT_EQ(failed.error->message, "fewer than 1000");
  EXPECT_EQ(failed.error->field, "data");
  program("echo 'out of luck' >&2; kill -SEGV $$");
  EXPECT_EQ(run(order("sims")).error->message, "the training ended by signal 11: out of luck");
  program("exit 0");
  EXPECT_EQ(run(order("sims")).error->message, "the training ended by exit status 0");
}

TEST_F(TrainingDeskTest, OneRunsAtATimeAndItCanBeStopped) {
  program("echo '{\"stage\":\"reading\"}' >&2; exec sleep 600");
  const std::string id = start(order("sims"))->id;
  const auto busy = start(order("popularity-count"));
  EXPECT_EQ(busy.error().code, "training_busy");
  EXPECT_THAT(busy.error().message, HasSubstr(id + " (sims) runs"));
  wait_for(id, Training::State::running);
  EXPECT_EQ(stop(id)->progress.stage, "stopping");
  EXPECT_EQ(wait_for(id, Training::State::stopped).solution_version, "");
  EXPECT_EQ(stop(id).error().code, "training_over");
  EXPECT_EQ(stop("t_1").error().code, "unknown_training");
  EXPECT_EQ(find("t_1").error().code, "unknown_training");
  const std::string next = start(order("sims"))->id;
  EXPECT_NE(next, id);
  EXPECT_EQ(list().front().id, next);
}

TEST_F(TrainingDeskTest, WhatAStoppedOneKeptIsNamedAndAskedTwiceItEndsAtOnce) {
  program(R"(trap 'echo "{\"solution_version\":\"best-so-far\"}"; exit 0' INT
             echo '{"stage":"reading"}' >&2; while :; do sleep 0.01; done)");
  const std::string id = start(order("sims"))->id;
  wait_for(id, Training::State::running);
  ASSERT_TRUE(stop(id).ok());
  EXPECT_EQ(wait_for(id, Training::State::stopped).solution_version, "best-so-far");
  program("trap '' INT; echo '{\"stage\":\"reading\"}' >&2; while :; do sleep 0.01; done");
  const std::string deaf = start(order("sims"))->id;
  wait_for(deaf, Training::State::running);
  ASSERT_TRUE(stop(deaf).ok());
  ASSERT_TRUE(stop(deaf).ok());
  wait_for(deaf, Training::State::stopped);
}

TEST_F(TrainingDeskTest, VersionsAreThoseOfTheDataDirectory) {
  program("exit 1");
  using Json = nlohmann::ordered_json;
  EXPECT_EQ(ask<Json>([&](auto reply) { desk->list_versions(reply); })->dump(), R"({"solution_versions":[]})");
  for (const std::string id : {"sims-0123456789ab", "..", "../..", ""}) {
    EXPECT_EQ(ask<Json>([&](auto reply) { desk->find_version(id, reply); }).error().code, "unknown_solution_version");
  }
}

}  // namespace
}  // namespace matchcue::cli
