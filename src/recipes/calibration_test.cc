// SPDX-License-Identifier: Apache-2.0
#include "recipes/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/random.h"
#include "recipes/popularity.h"
#include "recipes/test_histories.h"

namespace matchcue::recipes {
namespace {

/// Choices among 5, each of a slot of its own, that follow exp(scale x score + level x slot).
std::vector<ScoredChoice> draw_choices(double scale, std::size_t count, std::uint64_t seed, double level = 0) {
  Random random(seed);
  std::vector<ScoredChoice> choices;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<ScoredOption> options;
    std::vector<double> weights;
    double sum = 0;
    for (std::uint16_t j = 0; j < 5; ++j) {
      options.push_back({static_cast<float>(4 * random.uniform()), j});
      weights.push_back(std::exp(scale * static_cast<double>(options.back().score) + level * j));
      sum += weights.back();
    }
    double left = random.uniform() * sum;
    std::size_t chosen = 0;
    while (chosen + 1 < weights.size() && left >= weights[chosen]) left -= weights[chosen++];
    ScoredChoice choice;
    choice.chosen = options[chosen];
    options.erase(options.begin() + static_cast<std::ptrdiff_t>(chosen));
    choice.others = options;
    choices.push_back(std::move(choice));
  }
  return choices;
}

TEST(FitScale, FindsWhatAUnitOfScoreIsWorth) {
  for (const double scale : {.3, 1.0, 2.5}) {
    const Calibration fitted = fit_scale(draw_choices(scale, 5'000, 7));
    EXPECT_NEAR(fitted.scale, scale, .05 + .05 * scale);
    EXPECT_EQ(fitted.choices, 5'000u);
    EXPECT_NEAR(fitted.loss_without, std::log(5), 1e-3);
    EXPECT_LT(fitted.loss, fitted.loss_without);
  }
}

TEST(FitScale, SlotsThatAreSeenMoreAreNoMeritOfTheScores) {
  auto choices = draw_choices(1, 5'000, 7, .5);
  EXPECT_NEAR(fit_scale(choices).scale, 1, .1);
  for (ScoredChoice& choice : choices) {  // scores that only know the slot
    choice.chosen.score = choice.chosen.slot;
    for (ScoredOption& other : choice.others) other.score = other.slot;
  }
  const Calibration fitted = fit_scale(choices);
  EXPECT_NEAR(fitted.loss, fitted.loss_without, 1e-3);
}

TEST(FitScale, StretchedScoresAreWorthLessAUnit) {
  auto choices = draw_choices(1, 5'000, 3);
  const double scale = fit_scale(choices).scale;
  for (ScoredChoice& choice : choices) {
    choice.chosen.score *= 1'000;
    for (ScoredOption& other : choice.others) other.score *= 1'000;
  }
  EXPECT_NEAR(fit_scale(choices).scale * 1'000, scale, 1e-3);
}

TEST(FitScale, ScoresThatMisleadOrSayNothingAreWorthNothing) {
  EXPECT_EQ(fit_scale(draw_choices(-1, 2'000, 5)).scale, 0);
  const std::vector<ScoredChoice> equal(100, {{1, 0}, {{1, 0}, {1, 0}}});
  EXPECT_EQ(fit_scale(equal).scale, 0);
  EXPECT_EQ(fit_scale(draw_choices(1, kChoicesMin - 1, 5)).scale, 0);
  EXPECT_EQ(fit_scale({}).choices, 0u);
}

TEST(FitScale, ScoresThatNeverErrAreStillWorthSomethingFinite) {
  const std::vector<ScoredChoice> choices(200, {{1, 0}, {{0, 0}, {0, 0}}});
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
  const auto choices = score_choices(*model, data, std::vector<std::size_t>{0, 1, 2, 3}, {});
  ASSERT_EQ(choices.size(), 1u);
  EXPECT_EQ(choices[0].others.size(), 2u);
}

TEST(ScoreChoices, WithoutImpressionsOthersAreDrawnAndNeverTheChosen) {
  const auto data = TestHistories().acts("v1", "a b a b a b a b").acts("v2", "b").build();
  auto tables = train_popularity(data, {});
  const auto model = scoring::make_window_model("x", "popularity-count", tables);
  const ChoiceOptions options;
  const auto choices = score_choices(*model, data, std::vector<std::size_t>{0, 5, 6, 7, 8}, options);
  ASSERT_EQ(choices.size(), 3u);  // the first act of a viewer is no choice that history could tell
  for (const ScoredChoice& choice : choices) {
    ASSERT_EQ(choice.others.size(), options.others);
    for (const ScoredOption& other : choice.others) EXPECT_NE(other.score, choice.chosen.score);
  }
}

TEST(ScoreChoices, WhatWasSeenIsNotDrawnWhereItIsRemoved) {
  const auto data = TestHistories().acts("v1", "a a a b c").acts("v2", "d").build();
  const auto model = scoring::make_window_model("x", "popularity-count", train_popularity(data, {}));
  ChoiceOptions options;
  options.remove_seen = true;
  const auto choices = score_choices(*model, data, std::vector<std::size_t>{4}, options);
  ASSERT_EQ(choices.size(), 1u);
  // Of a, b and c none is left beside c, which was chosen.
  for (const ScoredOption& other : choices[0].others) {
    EXPECT_EQ(other.score, choices[0].chosen.score) << "only d has as many viewers";
  }
}

TEST(ScoreChoices, OfMoreThanEnoughTheyAreTakenEvenly) {
  TestHistories histories;
  for (int v = 0; v < 10; ++v) histories.acts("v" + std::to_string(v), "a b c a b c a b c a");
  const auto data = histories.build();
  const auto model = scoring::make_window_model("x", "popularity-count", train_popularity(data, {}));
  std::vector<std::size_t> asked(data.interaction_count());
  std::iota(asked.begin(), asked.end(), 0U);
  ChoiceOptions options;
  EXPECT_EQ(score_choices(*model, data, asked, options).size(), 90u);
  options.choices_max = 50;
  EXPECT_NEAR(static_cast<double>(score_choices(*model, data, asked, options).size()), 33, 8);
}

TEST(MiddleInteractions, AreThoseOfTheMiddleFifthOfTheTimeWhosever) {
  const auto data = TestHistories().acts("v1", "a b c d e", 0).acts("v2", "a b c d e", 3).build();
  // Seconds 0 1 2 3 3 4 4 5 6 7: the middle fifth is what happened at second 3.
  EXPECT_THAT(middle_interactions(data), testing::ElementsAre(3, 5));
  EXPECT_TRUE(middle_interactions(TestHistories().acts("v1", "a").acts("v2", "a").build()).empty());
  const auto bursts = TestHistories().acts("v1", "a b", 0).acts("v2", "b", 1).acts("v3", "c", 1).acts("v4", "d", 1);
  EXPECT_EQ(middle_interactions(TestHistories(bursts).build()).size(), 4u) << "all that happened at second 1";
}

}  // namespace
}  // namespace matchcue::recipes
