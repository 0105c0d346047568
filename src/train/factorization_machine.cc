// SPDX-License-Identifier: Apache-2.0
#include "train/factorization_machine.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "recipes/recipe.h"
#include "scoring/factorization_model.h"
#include "scoring/open_sequence_model.h"
#include "train/fit.h"
#include "train/served_answers.h"

namespace matchcue::train {

namespace {

using recipes::Parameters;
using Json = nlohmann::json;

FactorizationOptions options_of(const Parameters& parameters, const FactorizationRequest& request) {
  FactorizationOptions options;
  options.objective = parameters.choice("objective") == "ranking" ? FactorizationObjective::ranking
                                                                  : FactorizationObjective::probability;
  options.seed = request.seed;
  options.epochs = static_cast<std::int64_t>(parameters.whole("epochs"));
  options.patience = static_cast<std::int64_t>(parameters.whole("patience"));
  options.batch_rows = parameters.whole("batch_rows");
  options.learning_rate = parameters.number("learning_rate");
  options.weight_decay = parameters.number("weight_decay");
  return options;
}

FactorizationShape shape_of(const Parameters& parameters, const FactorizationData& data) {
  FactorizationShape shape;
  shape.width = static_cast<std::int64_t>((parameters.whole("hidden_dimension") + 7) / 8 * 8);
  shape.items = static_cast<std::int64_t>(data.data().item_count());
  shape.item_labels = data.item_labels();
  shape.viewer_labels = data.viewer_labels();
  shape.context_labels = data.context_labels();
  shape.levels = data.level_count();
  return shape;
}

/// 1 for the items that training has something to learn about.
torch::Tensor known_items(const FactorizationData& data, FactorizationObjective objective) {
  auto known = torch::zeros({static_cast<std::int64_t>(data.data().item_count())});
  const auto& rows = objective == FactorizationObjective::ranking ? data.acts() : data.rows();
  for (const std::size_t row : rows) known.data_ptr<float>()[data.data().item[row]] = 1;
  return known;
}

/// What can be asked: rankings for what was acted upon, probabilities of items that are there.
Result<std::vector<Question>> askable(std::vector<Question> questions, FactorizationObjective objective,
                                      const char* name) {
  std::erase_if(questions, [&](const Question& question) {
    return objective == FactorizationObjective::ranking ? question.value <= 0 : question.item == kNotThere;
  });
  if (questions.empty()) return invalid("no_questions", std::string("nothing can be asked for the ") + name, name);
  return questions;
}

/// What is not trained on, and what is asked after each epoch.
struct Validation {
  HeldOutRows left_out;
  std::vector<Question> questions;
};

Result<Validation> make_validation(const dataset::Dataset& data, const FactorizationRequest& request,
                                   FactorizationObjective objective) {
  Validation made;
  if (!request.validation) {
    made.left_out =
        objective == FactorizationObjective::ranking ? hold_out_last_acts(data) : hold_out_tenth(data, request.seed);
  }
  auto questions = request.validation ? questions_of(*request.validation, data) : questions_of(made.left_out, data);
  MCUE_TRY(made.questions, askable(std::move(questions), objective, "validation"));
  return made;
}

Json json_of(const Quality& quality, FactorizationObjective objective) {
  if (objective == FactorizationObjective::probability) {
    return {{"auc", quality.auc}, {"log_loss", quality.log_loss}, {"interactions", quality.asked}};
  }
  return {{"hit_at_10", quality.hit},
          {"normalized_discounted_cumulative_gain_at_10", quality.ndcg},
          {"mean_reciprocal_rank", quality.mrr},
          {"interactions", quality.asked}};
}

Json manifest_of(const dataset::Dataset& data, const Parameters& parameters, const FactorizationRequest& request,
                 const TrainedFactorization& trained) {
  Json curve = Json::array();
  for (const FactorizationEpoch& each : trained.fitted.curve) {
    curve.push_back(
        {{"epoch", each.epoch}, {"loss", each.loss}, {"validation", json_of(each.validation, trained.objective)}});
  }
  return {{"recipe", scoring::kFactorizationMachine},
          {"parameters", parameters.texts()},
          {"seed", request.seed},
          {"data",
           {{"hash", data.hash},
            {"interactions", data.interaction_count()},
            {"viewers", data.viewer_count()},
            {"items", data.item_count()},
            {"event_type", request.event_type}}},
          {"metrics",
           {{"best_epoch", trained.fitted.best_epoch},
            {"validation", json_of(trained.validation, trained.objective)},
            {"calibration", json_of(trained.scale)},
            {"curve", curve}}}};
}

Factorization make_machine(const Parameters& parameters, const FactorizationData& data,
                           FactorizationObjective objective, std::uint64_t seed) {
  torch::manual_seed(seed);
  Factorization machine(shape_of(parameters, data), data.item_shares(), known_items(data, objective));
  machine->set_dropout(parameters.number("dropout"), parameters.number("id_dropout"));
  return machine;
}

scoring::SequenceModelPtr model_of(scoring::FactorizationTables tables) {
  return scoring::make_factorization_model("machine", "machine", std::move(tables));
}

/// What would be served of a training of as many epochs without these interactions and those of the validation.
scoring::SequenceModelPtr train_without(const dataset::Dataset& data, std::span<const std::size_t> moments,
                                        const HeldOutRows& validation, const Parameters& parameters,
                                        FactorizationOptions options, std::int64_t epochs,
                                        const std::atomic<bool>& stop) {
  HeldOutRows left_out;
  std::set_union(moments.begin(), moments.end(), validation.begin(), validation.end(), std::back_inserter(left_out));
  const std::size_t history_acts = parameters.whole("history_acts");
  FactorizationData rest(data, left_out, parameters.flag("use_context"), history_acts);
  Factorization machine = make_machine(parameters, rest, options.objective, options.seed);
  options.last_epoch = epochs;
  fit_factorization(machine, rest, {}, options, {}, stop);
  return stop ? nullptr : model_of(tables_of(machine, rest, options.objective, history_acts));
}

/// Of how many questions of a test the scores are compared with the trainer's.
constexpr std::size_t kComparedMax = 500;

FactorizationTest test_served(Factorization& machine, FactorizationData& data, FactorizationObjective objective,
                              const scoring::SequenceModel& model, const HeldOutRows& left_out,
                              const std::vector<Question>& questions) {
  const bool ranking = objective == FactorizationObjective::ranking;
  RankingQuality hits;
  ProbabilityQuality odds;
  FactorizationTest test;
  ask_served(model, data.data(), left_out, questions, [&](std::size_t number, std::span<const float> served) {
    const Question& question = questions[number];
    if (ranking) {
      hits.add(served, question.item);
    } else {
      odds.add(served[question.item], question.value > 0);
    }
    if (number % (questions.size() / kComparedMax + 1) != 0) return;
    ask_machine(machine, data, objective, {&question, 1}, [&](const Question&, std::span<const float> trained) {
      for (std::size_t k = 0; k < trained.size(); ++k) {
        const double difference = std::abs(trained[k] - served[ranking ? k : question.item]);
        test.largest_difference = std::max(test.largest_difference, difference);
      }
    });
  });
  test.quality = ranking ? hits.finish() : odds.finish();
  return test;
}

recipes::Calibration measure_on_validation(const scoring::SequenceModel& model, const dataset::Dataset& data,
                                           const FactorizationRequest& request, const Validation& validation) {
  // A file of questions does not say what was seen; the data may.
  if (request.validation) return measure_on_questions(model, data, validation.left_out, validation.questions);
  return recipes::fit_scale(recipes::score_choices(model, data, validation.left_out, {}));
}

/// Probabilities need both: what was acted upon and what was only shown.
Result<void> check_labels(const dataset::Dataset& data, FactorizationObjective objective) {
  if (objective == FactorizationObjective::ranking) return {};
  const auto shown_only =
      std::count_if(data.event_value.begin(), data.event_value.end(), [](float v) { return v <= 0; });
  if (shown_only > 0 && shown_only < static_cast<std::ptrdiff_t>(data.interaction_count())) return {};
  return invalid("too_little_data",
                 shown_only == 0
                     ? "objective probability needs interactions with EVENT_VALUE 0, shown and not acted upon, "
                       "beside those acted upon; the data has none"
                     : "objective probability needs interactions with an EVENT_VALUE above 0, acted upon; the "
                       "data has none",
                 "EVENT_VALUE");
}

}  // namespace

Result<TrainedFactorization> train_factorization_machine(const dataset::Dataset& data,
                                                         const FactorizationRequest& request,
                                                         const FactorizationWatch& watch,
                                                         const std::atomic<bool>& stop) {
  MCUE_TRY(const Parameters parameters, recipes::find_recipe(scoring::kFactorizationMachine)->read(request.parameters));
  MCUE_TRY_VOID(dataset::check_minimum(data, request.event_type));
  const FactorizationOptions options = options_of(parameters, request);
  MCUE_TRY_VOID(check_labels(data, options.objective));
  MCUE_TRY(const Validation validation, make_validation(data, request, options.objective));
  std::vector<Question> test;
  if (request.test) {
    MCUE_TRY(test, askable(questions_of(*request.test, data), options.objective, "test"));
  }

  const std::size_t history_acts = parameters.whole("history_acts");
  FactorizationData asked(data, validation.left_out, parameters.flag("use_context"), history_acts);
  Factorization machine = make_machine(parameters, asked, options.objective, request.seed);
  TrainedFactorization trained;
  trained.objective = options.objective;
  watch.on_stage("training");
  trained.fitted = fit_factorization(
      machine, asked, validation.questions, options,
      [&](const FactorizationEpoch& epoch) { watch.on_epoch(epoch, options); }, stop);
  if (trained.fitted.curve.empty()) return stopped_too_early();
  trained.validation = judge(machine, asked, options.objective, validation.questions);

  scoring::FactorizationTables tables = tables_of(machine, asked, options.objective, history_acts);
  trained.scale.calibration.scale = 1;
  if (options.objective == FactorizationObjective::ranking) {
    watch.on_stage("measuring what differences of scores are worth");
    MCUE_TRY(
        trained.scale,
        measure_scale(data, {.setting = parameters.choice("calibration"),
                             .validation_file = request.validation.has_value(),
                             .train_without =
                                 [&](std::span<const std::size_t> left_out) {
                                   return train_without(data, left_out, validation.left_out, parameters, options,
                                                        trained.fitted.best_epoch, stop);
                                 },
                             .on_validation =
                                 [&] { return measure_on_validation(*model_of(tables), data, request, validation); }}));
  }
  watch.on_stage("writing");
  tables.log_odds_scale = trained.scale.calibration.scale;
  Json manifest = manifest_of(data, parameters, request, trained);
  std::vector<scoring::Tensor> tensors;
  scoring::write_factorization_tables(tables, manifest, tensors);
  MCUE_TRY(trained.id, scoring::write_solution_folder(request.out, manifest.dump(), tensors));
  if (request.test) {
    watch.on_stage("testing");
    MCUE_TRY(const auto model, scoring::open_sequence_model(request.out + "/" + trained.id));
    trained.test = test_served(machine, asked, options.objective, *model, validation.left_out, test);
  }
  return trained;
}

}  // namespace matchcue::train
