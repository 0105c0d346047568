// SPDX-License-Identifier: Apache-2.0
#include "train/factorization_machine.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "recipes/recipe.h"
#include "scoring/factorization_model.h"
#include "scoring/open_sequence_model.h"
#include "train/factorization_fit.h"

namespace matchcue::train {

namespace {

using recipes::Parameters;
using Json = nlohmann::json;

FactorizationOptions options_of(const Parameters& parameters, const FactorizationRequest& request) {
  FactorizationOptions options;
  options.objective = parameters.choice("objective") == "ranking" ? FactorizationObjective::ranking
                                                                  : FactorizationObjective::probability;
  options.epochs = epoch_options(parameters, request);
  options.batch_rows = parameters.whole("batch_rows");
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

Json metrics_of(const TrainedFactorization& trained) {
  return {{"best_epoch", trained.fitted.best_epoch},
          {"validation", json_of(trained.validation, "interactions")},
          {"calibration", json_of(trained.scale)},
          {"curve", json_of(trained.fitted.curve, "interactions")}};
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
  Factorization machine = make_machine(parameters, rest, options.objective, options.epochs.seed);
  options.epochs.checkpoint.clear();
  options.epochs.last_epoch = epochs;
  fit_factorization(machine, rest, {}, options, {}, stop);
  return stop ? nullptr : model_of(tables_of(machine, rest, options.objective, history_acts));
}

/// Of how many questions of a test the scores are compared with the trainer's.
constexpr std::size_t kComparedMax = 500;

ServedCheck test_served(Factorization& machine, FactorizationData& data, FactorizationObjective objective,
                        const scoring::SequenceModel& model, const HeldOutRows& left_out,
                        const std::vector<Question>& questions) {
  const bool ranking = objective == FactorizationObjective::ranking;
  RankingCount places;
  ProbabilityCount answers;
  ServedCheck test;
  ask_served(model, data.data(), left_out, questions, [&](std::size_t number, std::span<const float> served) {
    const Question& question = questions[number];
    if (ranking) {
      places.add(place_of(served, question.item));
    } else {
      answers.add(served[question.item], question.value > 0);
    }
    if (number % (questions.size() / kComparedMax + 1) != 0) return;
    ask_machine(machine, data, objective, {&question, 1}, [&](const Question&, std::span<const float> trained) {
      compare(trained, ranking ? served : served.subspan(question.item, 1), test);
    });
  });
  test.quality = ranking ? places.finish() : answers.finish();
  return test;
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
                                                         const FactorizationRequest& request, const TrainWatch& watch,
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
  watch.on_stage("training");
  trained.fitted = fit_factorization(
      machine, asked, validation.questions, options,
      [&](const EpochReport& epoch) { watch.on_epoch(epoch, options.epochs.epochs); }, stop);
  if (trained.fitted.curve.empty()) return stopped_too_early();
  trained.validation = judge(machine, asked, options.objective, validation.questions);

  scoring::FactorizationTables tables = tables_of(machine, asked, options.objective, history_acts);
  trained.scale.calibration.scale = 1;
  if (options.objective == FactorizationObjective::ranking) {
    watch.on_stage("measuring what differences of scores are worth");
    const scoring::SequenceModelPtr written = model_of(tables);
    ScaleQuestion question{
        .setting = parameters.choice("calibration"), .model = *written, .left_out = validation.left_out};
    if (request.validation) question.validation = validation.questions;
    question.train_without = [&](std::span<const std::size_t> moments) {
      return train_without(data, moments, validation.left_out, parameters, options, trained.fitted.best_epoch, stop);
    };
    MCUE_TRY(trained.scale, measure_scale(data, question));
  }
  watch.on_stage("writing");
  tables.log_odds_scale = trained.scale.calibration.scale;
  Json manifest = manifest_of(scoring::kFactorizationMachine, data, parameters, request, metrics_of(trained));
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
