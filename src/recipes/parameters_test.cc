// SPDX-License-Identifier: Apache-2.0
#include "recipes/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "recipes/recipe.h"

namespace matchcue::recipes {
namespace {

using testing::HasSubstr;

std::string message(std::string_view recipe, const ParameterTexts& given) {
  const auto read = Parameters::read(recipe, find_recipe(recipe)->parameters, given);
  return read.ok() ? "ok" : read.error().message;
}

TEST(Parameters, DefaultsHoldUntilGiven) {
  const auto read = Parameters::read("sims", find_recipe("sims")->parameters, {{"min_cointeraction_count", "5"}});
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->whole("min_cointeraction_count"), 5u);
  EXPECT_EQ(read->number("popularity_discount_factor"), .5);
  EXPECT_EQ(read->texts().size(), find_recipe("sims")->parameters.size());
}

TEST(Parameters, ErrorsNameTheNearestAndWhatIsWanted) {
  EXPECT_THAT(message("sims", {{"min_cointeraction_cuont", "5"}}),
              HasSubstr("did you mean \"min_cointeraction_count\""));
  EXPECT_THAT(message("sims", {{"min_cointeraction_count", "2.5"}}), HasSubstr("it is a whole number of 0..1000"));
  EXPECT_THAT(message("sims", {{"popularity_discount_factor", "1.5"}}), HasSubstr("a number of 0..1"));
  EXPECT_THAT(message("popularity-count", {{"use_context", "yes"}}), HasSubstr("true or false"));
  EXPECT_THAT(message("trending-now", {{"trend_discovery_frequency", "2 hours"}}),
              HasSubstr("one of 30 minutes, 1 hour, 3 hours, 1 day"));
}

TEST(Parameters, AssignmentsGoOverWhatIsThere) {
  ParameterTexts texts = {{"window", "5"}, {"lambda", "1"}};
  ASSERT_TRUE(add_assignments(texts, {"window=6", "x=a=b"}).ok());
  EXPECT_EQ(texts, (ParameterTexts{{"lambda", "1"}, {"window", "6"}, {"x", "a=b"}}));
  for (const char* wrong : {"window", "=5"}) {
    EXPECT_THAT(add_assignments(texts, {wrong}).error().message, HasSubstr("NAME=VALUE is wanted"));
    EXPECT_EQ(add_assignments(texts, {wrong}).error().field, "set");
  }
}

TEST(Parameters, EveryDefaultIsAllowed) {
  for (const Recipe& recipe : all_recipes()) {
    ParameterTexts given;
    for (const ParameterSpec& spec : recipe.parameters) {
      given[std::string(spec.name)] = spec.preset;
      EXPECT_FALSE(spec.help.empty()) << spec.name;
    }
    EXPECT_EQ(given.size(), recipe.parameters.size()) << recipe.name;
    EXPECT_EQ(message(recipe.name, given), "ok") << recipe.name;
  }
}

}  // namespace
}  // namespace matchcue::recipes
