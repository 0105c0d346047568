// SPDX-License-Identifier: Apache-2.0
#include "cli/tuning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evaluate/test_dataset.h"

namespace matchcue::cli {
namespace {

using recipes::ParameterTexts;
using testing::HasSubstr;

/// 100 viewers with 20 acts each: at a goal one of four items, at a foul one of four others.
dataset::Dataset make_data() {
  evaluate::TestDataset rows;
  for (int viewer = 0; viewer < 100; ++viewer) {
    for (int act = 0; act < 20; ++act) {
      const bool is_goal = (act * 7 + viewer) % 3 == 0;
      const int item = (is_goal ? 0 : 4) + (viewer + act) % 4;
      rows.act("v" + std::to_string(100 + viewer), "i" + std::to_string(item), {{"EVENT", is_goal ? "GOAL" : "FOUL"}});
    }
  }
  return rows.build();
}

class TuneTest : public testing::Test {
 protected:
  /// Of a recipe, `fixed` being the defaults, and only what `ranges` and `choices` name being drawn.
  Result<Tuning> search(const std::string& name, const ParameterTexts& fixed, const std::vector<std::string>& ranges,
                        const std::vector<std::string>& choices) {
    const recipes::Recipe& recipe = *recipes::find_recipe(name);
    const auto first = recipe.read(fixed).value().texts();
    auto drawn = recipes::draw_ranges(name, recipe.parameters, {first, ranges, choices}).value();
    const TuningWatch watch{[](const std::string&, std::uint64_t, std::uint64_t) {},
                            [this](std::size_t number, const TuningTrial&, bool is_best) {
                              EXPECT_EQ(number, ++told_);
                              if (is_best) best_told_ = number;
                            },
                            [this] { return told_ >= stop_after_; }};
    return tune(train_closed_form(recipe), data_, recipes::ParameterSearch(first, std::move(drawn), 1), options_, watch,
                clock_);
  }

  dataset::Dataset data_ = make_data();
  TuningOptions options_;
  SystemClock clock_;
  std::size_t told_ = 0;
  std::size_t best_told_ = 0;
  std::size_t stop_after_ = 1'000;
};

TEST_F(TuneTest, FindsWhatRanksBetterAndCanTellIt) {
  options_.hold_out.protocol = evaluate::Protocol::leave_one_out;
  const auto tuning = search("popularity-count", {{"use_context", "false"}}, {}, {"use_context=false,true"});
  ASSERT_TRUE(tuning.ok()) << tuning.error().message;
  ASSERT_EQ(tuning->trials.size(), 2U) << "there are no more";
  EXPECT_EQ(tuning->trials.front().parameters.at("use_context"), "false") << "what is given is the first";
  EXPECT_EQ(tuning->chosen, 1U);
  EXPECT_EQ(best_told_, 2U);
  EXPECT_FALSE(tuning->is_stopped);
  EXPECT_GT(*tuning->trials[1].validation, *tuning->trials[0].validation);
  EXPECT_GT(tuning->test.difference.low, 0);
  EXPECT_NEAR(tuning->test.difference.value, tuning->test.chosen.value - tuning->test.defaults.value, 1e-9);
}

TEST_F(TuneTest, ValidationAndTestAreOtherViewersThanThoseTrainedOn) {
  const auto tuning = search("popularity-count", {}, {"smoothing=1..1000:log"}, {});
  ASSERT_TRUE(tuning.ok()) << tuning.error().message;
  EXPECT_EQ(tuning->trials.size(), 20U);
  EXPECT_EQ(tuning->trained, 1'600U);
  EXPECT_EQ(tuning->validation_viewers, 10U);
  EXPECT_EQ(tuning->test_viewers, 10U);
}

TEST_F(TuneTest, TheDefaultsStayWhereNothingIsBetter) {
  const auto tuning = search("popularity-count", {}, {}, {"use_context=false"});
  ASSERT_TRUE(tuning.ok()) << tuning.error().message;
  EXPECT_EQ(tuning->trials.size(), 2U);
  EXPECT_EQ(tuning->chosen, 0U);
  EXPECT_EQ(tuning->test.chosen.value, tuning->test.defaults.value);
  EXPECT_EQ(tuning->test.difference.value, 0);
}

TEST_F(TuneTest, WhenStoppedTheBestUntilThenIsTested) {
  stop_after_ = 3;
  const auto tuning = search("popularity-count", {}, {"smoothing=1..1000:log"}, {});
  ASSERT_TRUE(tuning.ok()) << tuning.error().message;
  EXPECT_TRUE(tuning->is_stopped);
  EXPECT_EQ(tuning->trials.size(), 3U);
  EXPECT_GT(tuning->test.chosen.value, 0);
}

TEST_F(TuneTest, ATrialThatCannotBeTrainedIsPassedOver) {
  const auto tuning = search("sims", {{"max_item_interaction_count_percentile", "0.9"}}, {},
                             {"min_item_interaction_count_percentile=0.95"});
  ASSERT_TRUE(tuning.ok()) << tuning.error().message;
  ASSERT_EQ(tuning->trials.size(), 2U);
  EXPECT_FALSE(tuning->trials[1].validation);
  EXPECT_THAT(tuning->trials[1].problem, HasSubstr("is above max_item_interaction_count_percentile"));
  EXPECT_EQ(tuning->chosen, 0U);
}

TEST_F(TuneTest, DefaultsThatCannotBeTrainedAreAnError) {
  const auto tuning = search("sims", {{"min_item_interaction_count_percentile", "0.95"}}, {}, {});
  EXPECT_EQ(tuning.error().code, "invalid_hyperparameter");
}

TEST_F(TuneTest, TooLittleDataIsSaid) {
  evaluate::TestDataset few;
  few.act("v", "i");
  data_ = few.build();
  EXPECT_EQ(search("sims", {}, {}, {}).error().code, "too_little_data");
}

}  // namespace
}  // namespace matchcue::cli
