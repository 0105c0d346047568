// SPDX-License-Identifier: Apache-2.0
//
// size: table. docs/recipes.md says the same in words.
#include <algorithm>
#include <array>

#include "recipes/popularity.h"
#include "recipes/recipe.h"
#include "recipes/related_items.h"
#include "recipes/sequential_ridge.h"

namespace matchcue::recipes {

namespace {

using dataset::Dataset;
using scoring::WindowTables;
using Kind = ParameterSpec::Kind;
using Specs = std::vector<ParameterSpec>;

struct Frequency {
  std::string_view name;
  std::int64_t seconds;
};
constexpr std::array kFrequencies = {Frequency{"30 minutes", 1'800}, Frequency{"1 hour", 3'600},
                                     Frequency{"3 hours", 10'800}, Frequency{"1 day", 86'400}};

Result<WindowTables> popularity_count(const Dataset& dataset, const Parameters& parameters, const Progress&) {
  return train_popularity(dataset, {parameters.number("smoothing"), parameters.flag("use_context")});
}

Result<WindowTables> trending_now(const Dataset& dataset, const Parameters& parameters, const Progress&) {
  TrendOptions options;
  options.smoothing = parameters.number("smoothing");
  for (const Frequency& frequency : kFrequencies) {
    if (frequency.name == parameters.choice("trend_discovery_frequency")) options.frequency_s = frequency.seconds;
  }
  return train_trend(dataset, options);
}

RelatedOptions related_options(const Parameters& parameters) {
  return {parameters.whole("related_items_max"), parameters.whole("window"), parameters.number("decay")};
}

Result<void> check_range(const Parameters& parameters, const std::string& what) {
  const std::string least = "min_" + what + "_percentile";
  const std::string most = "max_" + what + "_percentile";
  if (parameters.number(least) <= parameters.number(most)) return {};
  return invalid("invalid_hyperparameter", least + " is above " + most, least);
}

Result<WindowTables> sims(const Dataset& dataset, const Parameters& parameters, const Progress&) {
  MCUE_TRY_VOID(check_range(parameters, "user_history_length"));
  MCUE_TRY_VOID(check_range(parameters, "item_interaction_count"));
  SimsOptions options;
  options.related = related_options(parameters);
  options.range = {parameters.number("min_user_history_length_percentile"),
                   parameters.number("max_user_history_length_percentile"),
                   parameters.number("min_item_interaction_count_percentile"),
                   parameters.number("max_item_interaction_count_percentile")};
  options.popularity_discount = parameters.number("popularity_discount_factor");
  options.cointeractions_min = parameters.whole("min_cointeraction_count");
  return train_sims(dataset, options);
}

Result<WindowTables> similar_items(const Dataset& dataset, const Parameters& parameters, const Progress&) {
  return train_similar_items(
      dataset, {related_options(parameters), parameters.number("metadata_weight"), parameters.number("confidence")});
}

Result<WindowTables> sequential_ridge(const Dataset& dataset, const Parameters& parameters, const Progress& progress) {
  RidgeOptions options;
  options.window = parameters.whole("window");
  options.decay = parameters.number("decay");
  options.lambda = parameters.number("lambda");
  options.use_context = parameters.flag("use_context");
  options.use_traits = parameters.flag("use_user_metadata");
  return train_ridge(dataset, options, progress);
}

const ParameterSpec kUseContext = {"use_context", Kind::boolean, "true", 0, 1, {}, "the moment's context counts"};
const Specs kRelated = {
    {"related_items_max", Kind::whole, "200", 1, 10'000, {}, "items kept for each item, the nearest", 20, 2'000},
    {"window", Kind::whole, "10", 1, 1'000, {}, "a viewer's last acts whose related items count", 1, 100},
    {"decay", Kind::number, "0.85", 0.01, 1, {}, "what an act weighs beside the next newer one", .5, 1}};
const Specs kRidge = {
    {"window", Kind::whole, "30", 1, 1'000, {}, "a viewer's last acts that count", 1, 100},
    {"decay", Kind::number, "0.85", 0.01, 1, {}, "what an act weighs beside the next newer one", .5, 1},
    {"lambda", Kind::number, "100", 1e-3, 1e9, {}, "ridge penalty, in interactions", 1, 1e4},
    kUseContext,
    {"use_user_metadata", Kind::boolean, "true", 0, 1, {}, "what is known of the viewer counts"}};
const Specs kPopularity = {
    {"smoothing", Kind::number, "20", 1e-3, 1e6, {}, "interactions in average contexts an item begins with", 1, 1e3},
    kUseContext};
const Specs kTrend = {{"trend_discovery_frequency",
                       Kind::choice,
                       "3 hours",
                       0,
                       1,
                       {"30 minutes", "1 hour", "3 hours", "1 day"},
                       "length of the windows that are compared"},
                      {"smoothing", Kind::number, "10", 1e-3, 1e6, {}, "interactions added to both windows", 1, 1e3}};
const Specs kSimilar = {
    {"metadata_weight", Kind::number, "0.3", 0, 1, {}, "of metadata beside co-occurrence"},
    {"confidence", Kind::number, "5", 0, 1e6, {}, "common viewers at which co-occurrence counts by half", .1, 100}};
const Specs kSims = {
    {"popularity_discount_factor", Kind::number, "0.5", 0, 1, {}, "1: rare companions count most"},
    {"min_cointeraction_count", Kind::whole, "3", 0, 1'000, {}, "common viewers that two items must have", 0, 10},
    {"min_user_history_length_percentile", Kind::number, "0.005", 0, 1, {}, "viewers with fewer are out", 0, 0, false},
    {"max_user_history_length_percentile", Kind::number, "0.995", 0, 1, {}, "viewers with more are out", 0, 0, false},
    {"min_item_interaction_count_percentile", Kind::number, "0.01", 0, 1, {}, "items with fewer are out", 0, 0, false},
    {"max_item_interaction_count_percentile", Kind::number, "0.9", 0, 1, {}, "items with more are out", 0, 0, false}};

Specs joined(Specs first, const Specs& then) {
  first.insert(first.end(), then.begin(), then.end());
  return first;
}

std::vector<Recipe> make_recipes() {
  return {{"personalized-ranking", "a given list in a viewer's order, by sequential-ridge", kRidge, sequential_ridge},
          {"popularity-count", "what most viewers act upon, in this context", kPopularity, popularity_count},
          {"sequential-ridge", "what comes next after a viewer's last acts, in closed form", kRidge, sequential_ridge},
          {"similar-items", "what is like a viewer's last items in metadata, or goes with them",
           joined(kSimilar, kRelated), similar_items},
          {"sims", "what viewers act upon who acted upon a viewer's last items", joined(kSims, kRelated), sims},
          {"trending-now", "what gains viewers fastest now", kTrend, trending_now}};
}

}  // namespace

std::span<const Recipe> all_recipes() {
  static const std::vector<Recipe> recipes = make_recipes();
  return recipes;
}

const Recipe* find_recipe(std::string_view name) {
  const auto recipes = all_recipes();
  const auto found =
      std::find_if(recipes.begin(), recipes.end(), [&](const Recipe& recipe) { return recipe.name == name; });
  return found == recipes.end() ? nullptr : &*found;
}

}  // namespace matchcue::recipes
