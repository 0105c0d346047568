// SPDX-License-Identifier: Apache-2.0
#include "train/user_personalization.h"

#include <array>
#include <nlohmann/json.hpp>

#include "scoring/open_sequence_model.h"
#include "train/export.h"
#include "train/ridge_blend.h"

namespace matchcue::train {

namespace {

using recipes::Parameters;
using recipes::ParameterSpec;
using Kind = ParameterSpec::Kind;
using Json = nlohmann::json;

// size: table
const std::array kParameters = {
    ParameterSpec{"hidden_dimension",
                  Kind::whole,
                  "64",
                  8,
                  256,
                  {},
                  "floats of a viewer's and an item's vector; rounded up to 8"},
    ParameterSpec{"bptt", Kind::whole, "200", 2, 1'000, {}, "acts of a viewer that are looked back over in training"},
    ParameterSpec{"cell", Kind::choice, "rg_lru", 0, 0, {"rg_lru", "min_gru"}, "the recurrence"},
    ParameterSpec{"blocks", Kind::whole, "2", 1, 8, {}, "recurrences, one over the other"},
    ParameterSpec{"epochs", Kind::whole, "16", 1, 1'000, {}, "passes over the data at most"},
    ParameterSpec{"patience", Kind::whole, "4", 1, 1'000, {}, "epochs without a better validation before it ends"},
    ParameterSpec{"learning_rate", Kind::number, "0.002", 1e-6, 1, {}, "of AdamW, after the warm-up"},
    ParameterSpec{"weight_decay", Kind::number, "0.03", 0, 10, {}, "of matrices"},
    ParameterSpec{"dropout", Kind::number, "0.1", 0, .9, {}, "of inputs and of what each layer adds"},
    ParameterSpec{"id_dropout",
                  Kind::number,
                  "0.05",
                  0,
                  .9,
                  {},
                  "of item ids, where items have metadata that can speak for them"},
    ParameterSpec{"batch_acts", Kind::whole, "3200", 64, 100'000, {}, "acts in one step"},
    ParameterSpec{"use_context", Kind::boolean, "true", 0, 1, {}, "the interactions' metadata columns"},
    ParameterSpec{"use_time", Kind::boolean, "true", 0, 1, {}, "the time since the act before"},
    ParameterSpec{
        "context_gate", Kind::boolean, "false", 0, 1, {}, "the request's context also scales what a viewer likes"},
    ParameterSpec{"remove_seen",
                  Kind::boolean,
                  "false",
                  0,
                  1,
                  {},
                  "what a viewer acted upon before is not to come next, so it is left out of training's softmax and of "
                  "the validation; for campaigns whose filter removes it"},
    ParameterSpec{"softmax_items_max",
                  Kind::whole,
                  "10000",
                  0,
                  1e7,
                  {},
                  "items of a catalogue over which the softmax is whole; above, it is over a sample"},
    ParameterSpec{"sampled_items", Kind::whole, "2000", 100, 1e6, {}, "items of a step's sample, on average"},
    ParameterSpec{"impression_weight",
                  Kind::number,
                  "0.5",
                  0,
                  100,
                  {},
                  "of which of the shown items was chosen, where the data has impressions, beside 1 for which of all"},
    ParameterSpec{"recency_mask", Kind::boolean, "false", 0, 1, {}, "older acts count less, so that trends count more"},
    ParameterSpec{"recency_half_life",
                  Kind::number,
                  "0.2",
                  .01,
                  10,
                  {},
                  "with recency_mask: the share of all acts that are newer than one that counts half"},
    ParameterSpec{"held_out_acts",
                  Kind::whole,
                  "1",
                  1,
                  10,
                  {},
                  "last acts of each viewer that are not trained on; the first of them is the validation"},
    ParameterSpec{"ridge",
                  Kind::choice,
                  "auto",
                  0,
                  0,
                  {"auto", "off"},
                  "add a sequential ridge where the validation says that it helps"},
};

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
  options.seed = request.seed;
  options.epochs = static_cast<std::int64_t>(parameters.whole("epochs"));
  options.patience = static_cast<std::int64_t>(parameters.whole("patience"));
  options.steps_max = parameters.whole("bptt");
  options.tokens_max = parameters.whole("batch_acts");
  options.learning_rate = parameters.number("learning_rate");
  options.weight_decay = parameters.number("weight_decay");
  options.dropout = parameters.number("dropout");
  options.id_dropout = shape.item_labels > 0 ? parameters.number("id_dropout") : 0;
  options.remove_seen = parameters.flag("remove_seen");
  options.softmax_items_max = parameters.whole("softmax_items_max");
  options.sampled_items = parameters.whole("sampled_items");
  options.impression_weight = parameters.number("impression_weight");
  options.recency_half_life = parameters.flag("recency_mask") ? parameters.number("recency_half_life") : 0;
  options.checkpoint = request.checkpoint;
  options.resume = request.resume;
  return options;
}

/// The weight with which the ridge's scores make the validation best; 0 when it is best without.
struct Blend {
  double weight = 0;
  RankingScore validation;
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
    const RankingScore score = rank(network, data, validation, remove_seen, adder(ridge, data.data(), weight));
    if (score.ndcg > best.validation.ndcg) best = {weight, score};
  }
  return best;
}

Json json_of(const RankingScore& score) {
  return {{"hit_at_10", score.hit},
          {"normalized_discounted_cumulative_gain_at_10", score.ndcg},
          {"mean_reciprocal_rank", score.mrr},
          {"viewers", score.asked}};
}

Json manifest_of(const dataset::Dataset& data, const Parameters& parameters, const TrainRequest& request,
                 const TrainedNetwork& trained) {
  Json curve = Json::array();
  for (const EpochReport& each : trained.fitted.curve) {
    curve.push_back({{"epoch", each.epoch}, {"loss", each.loss}, {"validation", json_of(each.validation)}});
  }
  return {{"recipe", kUserPersonalization},
          {"parameters", parameters.texts()},
          {"seed", request.seed},
          {"data",
           {{"hash", data.hash},
            {"interactions", data.interaction_count()},
            {"viewers", data.viewer_count()},
            {"items", data.item_count()},
            {"event_type", request.event_type}}},
          {"metrics",
           {{"best_epoch", trained.fitted.best_epoch}, {"validation", json_of(trained.validation)}, {"curve", curve}}}};
}

}  // namespace

std::span<const ParameterSpec> user_personalization_parameters() { return kParameters; }

Result<TrainedNetwork> train_user_personalization(const dataset::Dataset& data, const TrainRequest& request,
                                                  const TrainWatch& watch, const std::atomic<bool>& stop) {
  MCUE_TRY(const Parameters parameters, Parameters::read(kUserPersonalization, kParameters, request.parameters));
  MCUE_TRY_VOID(dataset::check_minimum(data, request.event_type));
  const SequenceData sequences(data);
  const NetworkShape shape = shape_of(parameters, sequences);
  const FitOptions options = options_of(parameters, request, shape);
  if (request.test && parameters.whole("held_out_acts") != 2) {
    return invalid("invalid_hyperparameter", "a test needs held_out_acts to be 2: validation and test",
                   "held_out_acts");
  }
  const HoldOut hold_out{parameters.whole("held_out_acts"), parameters.whole("held_out_acts")};
  torch::manual_seed(request.seed);
  Network network(shape, sequences.item_shares(), options.dropout);
  TrainedNetwork trained;
  watch.on_stage("training");
  trained.fitted = fit(
      network, sequences, hold_out, options, [&](const EpochReport& epoch) { watch.on_epoch(epoch, options.epochs); },
      stop);
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
  watch.on_stage("writing");
  MCUE_TRY(trained.id, export_version(network, sequences, hold_out, options.remove_seen,
                                      manifest_of(data, parameters, request, trained), ridge, request.out));
  if (request.test) {
    watch.on_stage("testing");
    MCUE_TRY(const auto model, scoring::open_sequence_model(request.out + "/" + trained.id));
    const AddScores add = ridge ? adder(ridge->tables, data, ridge->weight) : AddScores();
    trained.test = check_served(network, sequences, *model, {hold_out.acts, 1}, options, add);
  }
  return trained;
}

}  // namespace matchcue::train
