// SPDX-License-Identifier: Apache-2.0
#include "train/user_personalization.h"

#include <array>
#include <limits>
#include <nlohmann/json.hpp>

#include "dataset/subset.h"
#include "recipes/recipe.h"
#include "scoring/open_sequence_model.h"
#include "train/export.h"
#include "train/fit.h"
#include "train/ridge_blend.h"

namespace matchcue::train {

namespace {

using recipes::Parameters;
using Json = nlohmann::json;

/// The ridge is items x items floats.
constexpr std::size_t kBlendItemsMax = 5'000;

constexpr std::array kRidgeWeights = {.3, .6, .85, 1.1, 1.5};

NetworkShape shape_of(const Parameters& parameters, const SequenceData& data) {
  NetworkShape shape;
  shape.cell = parameters.choice("cell") == "min_gru" ? Cell::min_gru : Cell::rg_lru;
  shape.width = static_cast<std::int64_t>((parameters.whole("hidden_dimension") + 7) / 8 * 8);
  shape.blocks = static_cast<std::int64_t>(parameters.whole("blocks"));
  shape.items = static_cast<std::int64_t>(data.data().item_count());
  shape.item_labels = data.item_labels();
  shape.viewer_labels = data.viewer_labels();
  shape.context_labels = parameters.flag("use_context") ? data.context_labels() : 0;
  shape.event_types =
      data.data().event_types.size() > 1 ? static_cast<std::int64_t>(data.data().event_types.size()) : 0;
  shape.gaps = parameters.flag("use_time") ? kGapBuckets : 0;
  shape.gate = parameters.flag("context_gate");
  return shape;
}

FitOptions options_of(const Parameters& parameters, const TrainRequest& request, const NetworkShape& shape) {
  FitOptions options;
  options.epochs = epoch_options(parameters, request);
  options.steps_max = parameters.whole("bptt");
  options.tokens_max = parameters.whole("batch_acts");
  options.weight_decay = parameters.number("weight_decay");
  options.dropout = parameters.number("dropout");
  options.id_dropout = shape.item_labels > 0 ? parameters.number("id_dropout") : 0;
  options.remove_seen = parameters.flag("remove_seen");
  options.softmax_items_max = parameters.whole("softmax_items_max");
  options.sampled_items = parameters.whole("sampled_items");
  options.impression_weight = parameters.number("impression_weight");
  options.recency_half_life = parameters.flag("recency_mask") ? parameters.number("recency_half_life") : 0;
  return options;
}

HoldOut hold_out_of(const Parameters& parameters) {
  return {parameters.whole("held_out_acts"), parameters.whole("held_out_acts")};
}

/// The weight with which the ridge's scores make the validation best; 0 when it is best without.
struct Blend {
  double weight = 0;
  Quality validation;
};

/// Adds `weight` times the ridge's scores; reads `ridge` and `data` when called.
AddScores adder(const scoring::WindowTables& ridge, const dataset::Dataset& data, double weight) {
  return [&ridge, &data, weight, expected = std::vector<float>(data.item_count())](const Sequence& sequence,
                                                                                   std::span<float> scores) mutable {
    score_ridge(ridge, data, sequence, expected);
    for (std::size_t i = 0; i < scores.size(); ++i) scores[i] += static_cast<float>(weight) * expected[i];
  };
}

Blend choose_weight(Network& network, const SequenceData& data, const std::vector<Sequence>& validation,
                    const scoring::WindowTables& ridge, bool remove_seen) {
  Blend best{0, rank(network, data, validation, remove_seen)};
  for (const double weight : kRidgeWeights) {
    const Quality score = rank(network, data, validation, remove_seen, adder(ridge, data.data(), weight));
    if (score.ndcg > best.validation.ndcg) best = {weight, score};
  }
  return best;
}

Json metrics_of(const TrainedNetwork& trained) {
  return {{"best_epoch", trained.fitted.best_epoch},
          {"validation", json_of(trained.validation, "viewers")},
          {"calibration", json_of(trained.scale)},
          {"curve", json_of(trained.fitted.curve, "viewers")}};
}

/// Asks the network and what was written for each viewer's last act.
NetworkTest test_served(Network& network, const SequenceData& data, const scoring::SequenceModel& model,
                        const FitOptions& options, const AddScores& add) {
  constexpr HoldOut kLast{2, 1};
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
  torch::NoGradGuard no_gradients;
  NetworkTest test;
  test.trained =
      rank(network, data, held_out_sequences(data.data(), kLast, options.steps_max), options.remove_seen, add);
  const std::vector<Sequence> asked = held_out_sequences(data.data(), kLast, kAll);
  const HeldOutRows rows = targets_of(asked);
  const auto items = network->item_vectors();
  RankingCount places;
  ask_served(model, data.data(), rows, questions_of(rows, data.data()),
             [&](std::size_t number, std::span<const float> served) {
               compare(scores_of(network, data, items, asked[number], add), served, test.served);
               std::vector<float> scores(served.begin(), served.end());
               places.add(place_of(scores, data.data(), asked[number], options.remove_seen));
             });
  test.served.quality = places.finish();
  return test;
}

/// What would be served of a training of as many epochs, and as much of the ridge, without these interactions.
Result<scoring::SequenceModelPtr> train_without(const dataset::Dataset& data, std::span<const std::size_t> left_out,
                                                const Parameters& parameters, const NetworkRequest& request,
                                                const TrainedNetwork& trained, const std::atomic<bool>& stop) {
  const dataset::Dataset part = dataset::without_interactions(data, left_out);
  const SequenceData sequences(part);
  const NetworkShape shape = shape_of(parameters, sequences);
  const HoldOut hold_out = hold_out_of(parameters);
  FitOptions options = options_of(parameters, request, shape);
  options.epochs.checkpoint.clear();
  options.epochs.last_epoch = trained.fitted.best_epoch;
  torch::manual_seed(request.seed);
  Network network(shape, sequences.item_shares(), options.dropout);
  fit(network, sequences, hold_out, options, {}, stop);
  if (stop) return scoring::SequenceModelPtr();
  std::optional<RidgePart> ridge;
  if (trained.ridge_weight > 0) {
    MCUE_TRY(scoring::WindowTables tables, train_ridge_part(part, hold_out, [](std::string_view, double) {}));
    ridge = RidgePart{std::move(tables), trained.ridge_weight};
  }
  return model_of(network, sequences, ridge);
}

}  // namespace

Result<TrainedNetwork> train_user_personalization(const dataset::Dataset& data, const NetworkRequest& request,
                                                  const TrainWatch& watch, const std::atomic<bool>& stop) {
  MCUE_TRY(const Parameters parameters, recipes::find_recipe(kUserPersonalization)->read(request.parameters));
  MCUE_TRY_VOID(dataset::check_minimum(data, request.event_type));
  const SequenceData sequences(data);
  const NetworkShape shape = shape_of(parameters, sequences);
  const FitOptions options = options_of(parameters, request, shape);
  if (request.test && parameters.whole("held_out_acts") != 2) {
    return invalid("invalid_hyperparameter", "a test needs held_out_acts to be 2: validation and test",
                   "held_out_acts");
  }
  const HoldOut hold_out = hold_out_of(parameters);
  torch::manual_seed(request.seed);
  Network network(shape, sequences.item_shares(), options.dropout);
  TrainedNetwork trained;
  watch.on_stage("training");
  trained.fitted = fit(
      network, sequences, hold_out, options,
      [&](const EpochReport& epoch) { watch.on_epoch(epoch, options.epochs.epochs); }, stop);
  if (trained.fitted.curve.empty()) return stopped_too_early();
  const auto validation = held_out_sequences(data, hold_out, options.steps_max);
  trained.validation = rank(network, sequences, validation, options.remove_seen);
  std::optional<RidgePart> ridge;
  if (parameters.choice("ridge") == "auto" && data.item_count() <= kBlendItemsMax && !stop) {
    watch.on_stage("fitting a sequential ridge beside it");
    MCUE_TRY(scoring::WindowTables tables, train_ridge_part(data, hold_out, [](std::string_view, double) {}));
    const Blend blend = choose_weight(network, sequences, validation, tables, options.remove_seen);
    trained.ridge_weight = blend.weight;
    trained.validation = blend.validation;
    if (blend.weight > 0) ridge = RidgePart{std::move(tables), blend.weight};
  }
  watch.on_stage("measuring what differences of scores are worth");
  const scoring::SequenceModelPtr written = model_of(network, sequences, ridge);
  MCUE_TRY(trained.scale, measure_scale(data, {.setting = parameters.choice("calibration"),
                                               .model = *written,
                                               .left_out = targets_of(held_out_sequences(data, hold_out, 1)),
                                               .remove_seen = options.remove_seen,
                                               .train_without = [&](std::span<const std::size_t> moments) {
                                                 return train_without(data, moments, parameters, request, trained,
                                                                      stop);
                                               }}));
  watch.on_stage("writing");
  MCUE_TRY(trained.id, export_version(network, sequences, ridge, trained.scale.calibration.scale,
                                      manifest_of(kUserPersonalization, data, parameters, request, metrics_of(trained)),
                                      request.out));
  if (request.test) {
    watch.on_stage("testing");
    MCUE_TRY(const auto model, scoring::open_sequence_model(request.out + "/" + trained.id));
    const AddScores add = ridge ? adder(ridge->tables, data, ridge->weight) : AddScores();
    trained.test = test_served(network, sequences, *model, options, add);
  }
  return trained;
}

}  // namespace matchcue::train
