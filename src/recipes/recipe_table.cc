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

const ParameterSpec kCalibration = {
    "calibration",
    Kind::choice,
    "auto",
    0,
    0,
    {"auto", "moments", "validation"},
    "what a difference of scores is measured on: moments that a second training leaves out, or the validation",
    0,
    0,
    false};
const Specs kUserPersonalization = {
    {"hidden_dimension",
     Kind::whole,
     "64",
     8,
     256,
     {},
     "floats of a viewer's and an item's vector; rounded up to 8",
     32,
     128},
    {"bptt", Kind::whole, "200", 2, 1'000, {}, "acts of a viewer that are looked back over in training", 0, 0, false},
    {"cell", Kind::choice, "rg_lru", 0, 0, {"rg_lru", "min_gru"}, "the recurrence"},
    {"blocks", Kind::whole, "2", 1, 8, {}, "recurrences, one over the other", 1, 3},
    {"epochs", Kind::whole, "16", 1, 1'000, {}, "passes over the data at most", 0, 0, false},
    {"patience", Kind::whole, "4", 1, 1'000, {}, "epochs without a better validation before it ends", 0, 0, false},
    {"learning_rate", Kind::number, "0.002", 1e-6, 1, {}, "of AdamW, after the warm-up", 1e-4, 1e-2},
    {"weight_decay", Kind::number, "0.03", 0, 10, {}, "of matrices", 1e-3, .3},
    {"dropout", Kind::number, "0.1", 0, .9, {}, "of inputs and of what each layer adds", 0, .4},
    {"id_dropout",
     Kind::number,
     "0.05",
     0,
     .9,
     {},
     "of item ids, where items have metadata that can speak for them",
     0,
     .3},
    {"batch_acts", Kind::whole, "3200", 64, 100'000, {}, "acts in one step", 0, 0, false},
    kUseContext,
    {"use_time", Kind::boolean, "true", 0, 1, {}, "the time since the act before"},
    {"context_gate", Kind::boolean, "false", 0, 1, {}, "the request's context also scales what a viewer likes"},
    {"remove_seen",
     Kind::boolean,
     "false",
     0,
     1,
     {},
     "what a viewer acted upon before is not to come next, so it is left out of training's softmax and of the "
     "validation; for campaigns whose filter removes it",
     0,
     0,
     false},
    {"softmax_items_max",
     Kind::whole,
     "10000",
     0,
     1e7,
     {},
     "items of a catalogue over which the softmax is whole; above, it is over a sample",
     0,
     0,
     false},
    {"sampled_items", Kind::whole, "2000", 100, 1e6, {}, "items of a step's sample, on average", 0, 0, false},
    {"impression_weight",
     Kind::number,
     "0.5",
     0,
     100,
     {},
     "of which of the shown items was chosen, where the data has impressions, beside 1 for which of all",
     0,
     2},
    {"recency_mask", Kind::boolean, "false", 0, 1, {}, "older acts count less, so that trends count more"},
    {"recency_half_life",
     Kind::number,
     "0.2",
     .01,
     10,
     {},
     "with recency_mask: the share of all acts that are newer than one that counts half",
     .05,
     1},
    {"held_out_acts",
     Kind::whole,
     "1",
     1,
     10,
     {},
     "last acts of each viewer that are not trained on; the first of them is the validation",
     0,
     0,
     false},
    {"ridge",
     Kind::choice,
     "auto",
     0,
     0,
     {"auto", "off"},
     "add a sequential ridge where the validation says that it helps"},
    kCalibration};
const Specs kFactorizationMachine = {
    {"objective",
     Kind::choice,
     "ranking",
     0,
     0,
     {"ranking", "probability"},
     "what was acted upon among all items, or whether what was shown is acted upon (EVENT_VALUE 1 or 0)",
     0,
     0,
     false},
    {"hidden_dimension", Kind::whole, "64", 8, 512, {}, "floats of a vector; rounded up to 8", 16, 256},
    {"history_acts", Kind::whole, "200", 1, 2'000, {}, "a viewer's newest acts that count", 10, 500},
    {"epochs", Kind::whole, "12", 1, 1'000, {}, "passes over the data at most", 0, 0, false},
    {"patience", Kind::whole, "3", 1, 1'000, {}, "epochs without a better validation before it ends", 0, 0, false},
    {"batch_rows", Kind::whole, "512", 16, 100'000, {}, "interactions in one step", 0, 0, false},
    {"learning_rate", Kind::number, "0.002", 1e-6, 1, {}, "of AdamW, after the warm-up", 1e-4, 1e-2},
    {"weight_decay", Kind::number, "0.03", 0, 10, {}, "of vectors", 1e-3, .3},
    {"dropout", Kind::number, "0.2", 0, .9, {}, "of the products of two vectors' elements", 0, .5},
    {"id_dropout",
     Kind::number,
     "0.05",
     0,
     .9,
     {},
     "of items' own vectors, so that metadata can speak for new ones",
     0,
     .3},
    {"use_context", Kind::boolean, "true", 0, 1, {}, "the interactions' metadata columns"},
    kCalibration};

Specs joined(Specs first, const Specs& then) {
  first.insert(first.end(), then.begin(), then.end());
  return first;
}

std::vector<Recipe> make_recipes() {
  return {{"factorization-machine", "what a viewer acts upon, by pairs of what is known of both and of the moment",
           kFactorizationMachine, nullptr},
          {"personalized-ranking", "a given list in a viewer's order, by sequential-ridge", kRidge, sequential_ridge},
          {"popularity-count", "what most viewers act upon, in this context", kPopularity, popularity_count},
          {"sequential-ridge", "what comes next after a viewer's last acts, in closed form", kRidge, sequential_ridge},
          {"similar-items", "what is like a viewer's last items in metadata, or goes with them",
           joined(kSimilar, kRelated), similar_items},
          {"sims", "what viewers act upon who acted upon a viewer's last items", joined(kSims, kRelated), sims},
          {"trending-now", "what gains viewers fastest now", kTrend, trending_now},
          {"user-personalization", "what comes next after all that a viewer did, by a recurrent network",
           kUserPersonalization, nullptr}};
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
