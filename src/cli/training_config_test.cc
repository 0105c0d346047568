// SPDX-License-Identifier: Apache-2.0
#include "cli/training_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "cli/temporary_folder.h"

namespace matchcue::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class TrainingConfigTest : public testing::Test {
 protected:
  Result<TrainingConfig> load(const std::string& text) {
    const std::string path = folder_.path() + "/train.toml";
    std::ofstream(path) << text;
    return load_training_config(path);
  }

  TemporaryFolder folder_ = TemporaryFolder::make("training-config").value();
};

TEST_F(TrainingConfigTest, ReadsEverySettingAndHyperparametersAsText) {
  const auto config = load(
      "recipe = 'sims'\nevent_type = 'CLICK'\nevent_value_min = 0.5\nseed = 7\n"
      "[hyperparameters]\ndecay = 0.9\nwindow = 5\nuse_context = false\ntrend_discovery_frequency = '1 hour'\n");
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config->recipe, "sims");
  EXPECT_EQ(config->event_type, "CLICK");
  EXPECT_EQ(config->event_value_min, .5);
  EXPECT_EQ(config->seed, 7u);
  EXPECT_THAT(config->hyperparameters, ElementsAre(Pair("decay", "0.9"), Pair("trend_discovery_frequency", "1 hour"),
                                                   Pair("use_context", "false"), Pair("window", "5")));
}

TEST_F(TrainingConfigTest, ErrorsNameFileAndLine) {
  EXPECT_THAT(load("recipe = 'a'\nrecipee = 'b'\n").error().message,
              HasSubstr("train.toml:2: unknown setting \"recipee\"; did you mean recipe?"));
  EXPECT_THAT(load("\n[hyperparameters]\nwindow = [1]\n").error().message, HasSubstr("train.toml:3"));
  EXPECT_THAT(load("seed = -1").error().message, HasSubstr("seed is not a whole number"));
  EXPECT_THAT(load("recipe = ").error().message, HasSubstr("train.toml:1"));
  EXPECT_EQ(load_training_config(folder_.path() + "/none.toml").error().code, "unreadable_config");
}

TEST_F(TrainingConfigTest, WhatIsWrittenIsReadBack) {
  TrainingConfig config;
  config.recipe = "trending-now";
  config.event_type = "it's \"so\"";
  config.event_value_min = .5;
  config.seed = 7;
  config.hyperparameters = {
      {"decay", "0.1"}, {"lambda", "1234"}, {"trend_discovery_frequency", "1 hour"}, {"use_context", "false"}};
  const std::string text = write_training_config(config, "by hand");
  EXPECT_THAT(text, testing::StartsWith("# by hand\n"));
  EXPECT_THAT(text, HasSubstr("decay = 0.1\n"));
  const auto read = load(text);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->recipe, config.recipe);
  EXPECT_EQ(read->event_type, config.event_type);
  EXPECT_EQ(read->event_value_min, config.event_value_min);
  EXPECT_EQ(read->seed, config.seed);
  EXPECT_EQ(read->hyperparameters, config.hyperparameters);
}

TEST(TrainingWords, SayWhatIsSetAndNothingElse) {
  TrainingConfig config;
  config.recipe = "sims";
  EXPECT_THAT(training_words(config), ElementsAre("--recipe=sims"));
  config.event_type = "--out=elsewhere";
  config.event_value_min = .1;
  config.seed = 7;
  config.hyperparameters = {{"lambda", "2"}, {"window", "5"}};
  EXPECT_THAT(training_words(config),
              ElementsAre("--recipe=sims", "--event-type=--out=elsewhere", "--event-value-min=0.1", "--seed=7",
                          "--set=lambda=2", "--set=window=5"));
}

}  // namespace
}  // namespace matchcue::cli
