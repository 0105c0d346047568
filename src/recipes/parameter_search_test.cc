// SPDX-License-Identifier: Apache-2.0
#include "recipes/parameter_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "recipes/recipe.h"

namespace matchcue::recipes {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;

std::span<const ParameterSpec> specs_of(std::string_view recipe) { return find_recipe(recipe)->parameters; }

ParameterTexts presets(std::string_view recipe) { return Parameters::read(recipe, specs_of(recipe), {})->texts(); }

std::vector<ParameterTexts> take(ParameterSearch search, std::size_t count) {
  std::vector<ParameterTexts> made;
  while (made.size() < count) {
    auto next = search.next();
    if (!next) break;
    made.push_back(std::move(*next));
  }
  return made;
}

/// What is drawn of sequential-ridge's hyperparameters, all but those of `request` being fixed.
std::vector<double> draws(const std::string& name, const DrawRequest& request, std::size_t count) {
  DrawRequest all = request;
  all.fixed = presets("sequential-ridge");
  const auto ranges = draw_ranges("sequential-ridge", specs_of("sequential-ridge"), all);
  EXPECT_TRUE(ranges.ok()) << ranges.error().message;
  std::vector<double> values;
  for (const auto& each : take(ParameterSearch(all.fixed, *ranges, 1), count + 1)) {
    values.push_back(*parse_double(each.at(name)));
  }
  values.erase(values.begin());  // the defaults
  return values;
}

std::string problem(std::string_view recipe, const DrawRequest& request) {
  const auto ranges = draw_ranges(recipe, specs_of(recipe), request);
  return ranges.ok() ? "ok" : ranges.error().message;
}

TEST(ParameterSearch, TheDefaultsComeFirstAndNothingComesTwice) {
  for (const Recipe& recipe : all_recipes()) {
    const auto ranges = draw_ranges(recipe.name, recipe.parameters, {});
    ASSERT_TRUE(ranges.ok()) << ranges.error().message;
    const auto made = take(ParameterSearch(presets(recipe.name), *ranges, 1), 50);
    ASSERT_EQ(made.size(), 50U) << recipe.name;
    EXPECT_EQ(made.front(), presets(recipe.name));
    EXPECT_EQ(std::set(made.begin(), made.end()).size(), made.size());
    for (const ParameterTexts& each : made) {
      const auto read = Parameters::read(recipe.name, recipe.parameters, each);
      EXPECT_TRUE(read.ok()) << recipe.name << ": " << read.error().message;
    }
  }
}

TEST(ParameterSearch, TheSameSeedDrawsTheSameAndALongerSearchBeginsLikeAShorterOne) {
  const auto ranges = draw_ranges("sims", specs_of("sims"), {}).value();
  const auto search = [&](std::uint64_t seed, std::size_t count) {
    return take(ParameterSearch(presets("sims"), ranges, seed), count);
  };
  auto longer = search(7, 20);
  EXPECT_NE(longer, search(8, 20));
  longer.resize(10);
  EXPECT_EQ(longer, search(7, 10));
}

TEST(ParameterSearch, WhatIsFixedHoldsItsValueUnlessARangeIsAskedFor) {
  DrawRequest request;
  request.fixed = {{"window", "7"}, {"decay", "0.5"}};
  request.ranges = {"decay=0.6..0.7"};
  ParameterTexts first = presets("sequential-ridge");
  first["window"] = "7";
  first["decay"] = "0.5";
  const auto ranges = draw_ranges("sequential-ridge", specs_of("sequential-ridge"), request).value();
  const auto made = take(ParameterSearch(first, ranges, 1), 20);
  EXPECT_EQ(made.front(), first);
  for (std::size_t i = 1; i < made.size(); ++i) {
    EXPECT_EQ(made[i].at("window"), "7");
    EXPECT_THAT(*parse_double(made[i].at("decay")), AllOf(Ge(.6), Le(.7)));
  }
}

TEST(ParameterSearch, PercentilesAreDrawnOnlyWhenAskedFor) {
  const auto is_drawn = [](const DrawRequest& request) {
    const auto ranges = draw_ranges("sims", specs_of("sims"), request).value();
    return std::any_of(ranges.begin(), ranges.end(),
                       [](const DrawRange& range) { return range.name == "max_item_interaction_count_percentile"; });
  };
  EXPECT_FALSE(is_drawn({}));
  EXPECT_TRUE(is_drawn({{}, {"max_item_interaction_count_percentile=0.5..1"}, {}}));
}

TEST(ParameterSearch, NumbersFillTheirRangeEvenly) {
  std::vector<double> values = draws("lambda", {{}, {"lambda=1..10000"}, {}}, 1'000);
  EXPECT_THAT(values, testing::Each(AllOf(Ge(1), Le(10'000))));
  const auto below = std::count_if(values.begin(), values.end(), [](double value) { return value < 1'000; });
  EXPECT_NEAR(static_cast<double>(below), 100, 40);
}

TEST(ParameterSearch, LogarithmicNumbersHaveAsManyInEachPowerOfTen) {
  const std::vector<double> values = draws("lambda", {{}, {"lambda=1..10000:log"}, {}}, 1'000);
  EXPECT_THAT(values, testing::Each(AllOf(Ge(1), Le(10'000))));
  for (double from = 1; from < 10'000; from *= 10) {
    const auto inside =
        std::count_if(values.begin(), values.end(), [&](double v) { return v >= from && v < 10 * from; });
    EXPECT_NEAR(static_cast<double>(inside), 250, 60) << from;
  }
}

TEST(ParameterSearch, WholeNumbersReachBothEndsAndEndWhenAllWereThere) {
  for (const std::string range : {"window=2..6", "window=2..6:log"}) {
    std::vector<double> values = draws("window", {{}, {range}, {}}, 100);
    std::sort(values.begin(), values.end());
    EXPECT_THAT(values, ElementsAre(2, 3, 4, 5, 6)) << range;
  }
}

TEST(ParameterSearch, ChoicesNarrowAnyKind) {
  std::vector<double> values = draws("lambda", {{}, {}, {"lambda=10,300"}}, 100);
  std::sort(values.begin(), values.end());
  EXPECT_THAT(values, ElementsAre(10, 300));
  const auto ranges =
      draw_ranges("trending-now", specs_of("trending-now"), {{}, {}, {"trend_discovery_frequency=1 hour,1 day"}})
          .value();
  EXPECT_THAT(ranges[1].values, ElementsAre("1 hour", "1 day"));
}

TEST(ParameterSearch, MistakesAreNamed) {
  EXPECT_THAT(problem("sims", {{}, {"windoz=1..2"}, {}}), HasSubstr("did you mean \"window\"?"));
  EXPECT_THAT(problem("sims", {{}, {"window"}, {}}), HasSubstr("--range window: NAME=LOW..HIGH or "));
  EXPECT_THAT(problem("sims", {{}, {"window=5"}, {}}), HasSubstr("LOW..HIGH is wanted"));
  EXPECT_THAT(problem("sims", {{}, {"window=5..2"}, {}}), HasSubstr("5 is above 2"));
  EXPECT_THAT(problem("sims", {{}, {"window=0..5"}, {}}), HasSubstr("a whole number of 1..1000"));
  EXPECT_THAT(problem("sims", {{}, {"popularity_discount_factor=0..1:log"}, {}}), HasSubstr("a LOW above 0"));
  EXPECT_THAT(problem("popularity-count", {{}, {"use_context=0..1"}, {}}), HasSubstr("--choice narrows that"));
  EXPECT_THAT(problem("popularity-count", {{}, {}, {"use_context=maybe"}}), HasSubstr("true or false"));
  EXPECT_THAT(problem("popularity-count", {{}, {}, {"=1"}}), HasSubstr("NAME=a,b,c is wanted"));
  EXPECT_THAT(problem("sims", {{{"window", "0"}}, {}, {}}), HasSubstr("window cannot be \"0\""));
}

}  // namespace
}  // namespace matchcue::recipes
