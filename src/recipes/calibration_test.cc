// SPDX-License-Identifier: Apache-2.0
#include "recipes/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "recipes/popularity.h"
#include "recipes/test_histories.h"

namespace matchcue::recipes {
namespace {

/// Choices among 5 that follow exp(scale x score).
std::vector<ScoredChoice> draw_choices(double scale, std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<ScoredChoice> choices;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<float> scores;
    std::vector<double> weights;
    double sum = 0;
    for (int j = 0; j < 5; ++j) {
      scores.push_back(static_cast<float>(4 * random.uniform()));
      weights.push_back(std::exp(scale * static_cast<double>(scores.back())));
      sum += weights.back();
    }
    double left = random.uniform() * sum;
    std::size_t chosen = 0;
    while (chosen + 1 < weights.size() && left >= weights[chosen]) left -= weights[chosen++];
    ScoredChoice choice;
    choice.chosen = scores[chosen];
    scores.erase(scores.begin() + static_cast<std::ptrdiff_t>(chosen));
    choice.others = scores;
    choices.push_back(std::move(choice));
  }
  return choices;
}

TEST(FitScale, FindsWhatAUnitOfScoreIsWorth) {
  for (const double scale : {.3, 1.0, 2.5}) {
    const Calibration fitted = fit_scale(draw_choices(scale, 5'000, 7));
    EXPECT_NEAR(fitted.scale, scale, .05 + .05 * scale);
    EXPECT_EQ(fitted.choices, 5'000u);
    EXPECT_NEAR(fitted.loss_without, std::log(5), 1e-9);
    EXPECT_LT(fitted.loss, fitted.loss_without);
  }
}

TEST(FitScale, StretchedScoresAreWorthLessAUnit) {
  auto choices = draw_choices(1, 5'000, 3);
  const double scale = fit_scale(choices).scale;
  for (ScoredChoice& choice : choices) {
    choice.chosen *= 1'000;
    for (float& other : choice.others) other *= 1'000;
  }
  EXPECT_NEAR(fit_scale(choices).scale * 1'000, scale, 1e-3);
}

TEST(FitScale, ScoresThatMisleadOrSayNothingAreWorthNothing) {
  EXPECT_EQ(fit_scale(draw_choices(-1, 2'000, 5)).scale, 0);
  std::vector<ScoredChoice> equal(100, {1, {1, 1}});
  EXPECT_EQ(fit_scale(equal).scale, 0);
  EXPECT_EQ(fit_scale(draw_choices(1, kChoicesMin - 1, 5)).scale, 0);
  EXPECT_EQ(fit_scale({}).choices, 0u);
}

TEST(FitScale, ScoresThatNeverErrAreStillWorthSomethingFinite) {
  std::vector<ScoredChoice> choices(200, {1, {0, 0}});
  const double scale = fit_scale(choices).scale;
  EXPECT_GT(scale, 3);
  EXPECT_TRUE(std::isfinite(scale));
}

TEST(ScoreChoices, ImpressionsAreWhatAChoiceIsMadeFrom) {
  dataset::DatasetBuilder builder({}, {});
  const auto act = [&](const char* viewer, const char* item, std::int64_t second,
                       const std::vector<std::string_view>& shown) {
    domain::Interaction interaction;
    interaction.viewer = domain::ViewerId(viewer);
    interaction.item = domain::ItemId(item);
    interaction.timestamp_s = second;
    builder.add_interaction(interaction, shown);
  };
  act("v1", "a", 1, {});
  act("v1", "b", 2, {"a", "b", "c"});
  act("v1", "c", 3, {});
  act("v1", "c", 4, {"c"});
  const auto data = std::move(builder).build().value();
  const auto model = scoring::make_window_model("x", "popularity-count", train_popularity(data, {}));
  const auto choices = score_choices(*model, data, std::vector<std::size_t>{0}, {});
  ASSERT_EQ(choices.size(), 1u);
  EXPECT_EQ(choices[0].others.size(), 2u);
}

TEST(ScoreChoices, WithoutImpressionsOthersAreDrawnAndNeverTheChosen) {
  const auto data = TestHistories().acts("v1", "a b a b a b a b").acts("v2", "b").build();
  auto tables = train_popularity(data, {});
  const auto model = scoring::make_window_model("x", "popularity-count", tables);
  ChoiceOptions options;
  options.per_viewer_max = 3;
  const auto choices = score_choices(*model, data, std::vector<std::size_t>{0, 1}, options);
  ASSERT_EQ(choices.size(), 3u);  // the first act of a viewer is no choice that history could tell
  for (const ScoredChoice& choice : choices) {
    ASSERT_EQ(choice.others.size(), options.others);
    for (const float other : choice.others) EXPECT_NE(other, choice.chosen);
  }
}

TEST(ScoreChoices, WhatWasSeenIsNotDrawnWhereItIsRemoved) {
  const auto data = TestHistories().acts("v1", "a a a b c").acts("v2", "d").build();
  const auto model = scoring::make_window_model("x", "popularity-count", train_popularity(data, {}));
  ChoiceOptions options;
  options.per_viewer_max = 1;
  options.remove_seen = true;
  const auto choices = score_choices(*model, data, std::vector<std::size_t>{0}, options);
  ASSERT_EQ(choices.size(), 1u);
  // Of a, b and c none is left beside c, which was chosen.
  for (const float other : choices[0].others) EXPECT_EQ(other, choices[0].chosen) << "only d has as many viewers";
}

TEST(ChooseHeldOut, TakesATenthOfThoseWhoActedTwice) {
  TestHistories histories;
  for (int v = 0; v < 100; ++v) histories.acts("v" + std::to_string(v), v < 60 ? "a b" : "a");
  const auto data = histories.build();
  const auto held_out = choose_held_out(data, 1);
  EXPECT_EQ(held_out.size(), 6u);
  EXPECT_TRUE(std::is_sorted(held_out.begin(), held_out.end()));
  EXPECT_EQ(held_out, choose_held_out(data, 1));
  EXPECT_NE(held_out, choose_held_out(data, 2));
  for (const std::size_t viewer : held_out) EXPECT_EQ(data.begin[viewer + 1] - data.begin[viewer], 2u);
}

}  // namespace
}  // namespace matchcue::recipes
