// SPDX-License-Identifier: Apache-2.0
#include "recipes/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "recipes/test_histories.h"
#include "scoring/open_sequence_model.h"

namespace matchcue::recipes {
namespace {

using testing::HasSubstr;

const Progress kQuiet = [](std::string_view, double) {};

/// 60 viewers go round one of two circles of 6 items, now and then astray.
dataset::Dataset two_circles() {
  TestHistories histories;
  for (int i = 0; i < 12; ++i) {
    histories.item(std::string(i < 6 ? "war" : "love") + std::to_string(i % 6), i < 6 ? "War" : "Romance");
  }
  Random random(5);
  for (int v = 0; v < 60; ++v) {
    std::string acts;
    for (int k = 0; k < 20; ++k) {
      const bool astray = random.uniform() < .1;
      const std::string circle = (v % 2 == 0) != astray ? "war" : "love";
      acts += (acts.empty() ? "" : " ") + circle + std::to_string((v + k) % 6) + (k % 3 == 0 ? "/GOAL" : "/FOUL");
    }
    histories.acts("v" + std::to_string(v), acts, 1'000 * (v % 10));
  }
  return histories.build();
}

class RecipeTest : public testing::Test {
 protected:
  RecipeTest() {
    std::string name = (std::filesystem::temp_directory_path() / "matchcue-recipe-XXXXXX").string();
    CHECK(::mkdtemp(name.data()) != nullptr, name);
    options_.out = name;
  }
  ~RecipeTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(options_.out, ignored);
  }
  scoring::SequenceModelPtr open(const std::string& id) {
    auto model = scoring::open_sequence_model(options_.out + "/" + id);
    CHECK(model.ok(), model.ok() ? "" : model.error().message);
    return *std::move(model);
  }

  TrainOptions options_;
};

TEST_F(RecipeTest, EveryClosedFormMakesAVersionThatServes) {
  const auto data = two_circles();
  for (const Recipe& recipe : all_recipes()) {
    if (!recipe.is_closed_form()) continue;
    const auto trained = train_version(recipe, data, options_, kQuiet);
    ASSERT_TRUE(trained.ok()) << recipe.name << ": " << trained.error().message;
    EXPECT_TRUE(trained->id.starts_with(std::string(recipe.name) + "-")) << trained->id;
    const auto model = open(trained->id);
    EXPECT_EQ(model->recipe(), recipe.name);
    EXPECT_EQ(model->log_odds_scale(), trained->calibration.scale);
    const auto scores = scores_of(*model, data, "war1 war2", {{"MOMENT", std::string("GOAL")}});
    for (const auto& [item, score] : scores) EXPECT_TRUE(std::isfinite(score)) << recipe.name << " " << item;
    if (model->state_size() == 0) continue;
    EXPECT_GT(scores.at("war3"), scores.at("love3")) << recipe.name;
    EXPECT_GT(model->log_odds_scale(), 0) << recipe.name;
  }
}

TEST_F(RecipeTest, TheSameTrainingGivesTheSameVersion) {
  const auto data = two_circles();
  const Recipe& recipe = *find_recipe("sequential-ridge");
  const std::string id = train_version(recipe, data, options_, kQuiet)->id;
  EXPECT_EQ(train_version(recipe, data, options_, kQuiet)->id, id);
  options_.parameters["lambda"] = "50";
  EXPECT_NE(train_version(recipe, data, options_, kQuiet)->id, id);
}

TEST_F(RecipeTest, TheManifestSaysWhatWasTrainedOnWhat) {
  const auto data = two_circles();
  options_.parameters["smoothing"] = "5";
  const auto trained = train_version(*find_recipe("popularity-count"), data, options_, kQuiet);
  const auto folder = scoring::open_solution_folder(options_.out + "/" + trained->id);
  const auto manifest = nlohmann::json::parse((*folder)->manifest());
  EXPECT_EQ(manifest["data"]["hash"], data.hash);
  EXPECT_EQ(manifest["data"]["interactions"], 1'200);
  EXPECT_EQ(manifest["parameters"]["smoothing"], "5");
  EXPECT_EQ(manifest["parameters"]["use_context"], "true");
  EXPECT_GT(manifest["metrics"]["calibration"]["choices"], 20);
}

TEST_F(RecipeTest, TooLittleDataAndWrongParametersAreRefused) {
  const auto little = TestHistories().acts("v1", "a b").build();
  const Recipe& recipe = *find_recipe("sims");
  EXPECT_THAT(train_version(recipe, little, options_, kQuiet).error().message, HasSubstr("fewer than 1000"));
  options_.parameters = {{"min_user_history_length_percentile", "0.9"}, {"max_user_history_length_percentile", "0.1"}};
  EXPECT_EQ(train_version(recipe, two_circles(), options_, kQuiet).error().code, "invalid_hyperparameter");
  EXPECT_TRUE(std::filesystem::is_empty(options_.out));
}

TEST(FindRecipe, KnowsItsNames) {
  EXPECT_EQ(find_recipe("simms"), nullptr);
  ASSERT_NE(find_recipe("sims"), nullptr);
  EXPECT_EQ(find_recipe("sims")->name, "sims");
  EXPECT_TRUE(find_recipe("sims")->is_closed_form());
  EXPECT_FALSE(find_recipe("user-personalization")->is_closed_form());
}

}  // namespace
}  // namespace matchcue::recipes
