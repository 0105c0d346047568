// SPDX-License-Identifier: Apache-2.0
//
// Solution versions: training them, and those that there are.
#include <cmath>

#include "api/json_input.h"
#include "api/render.h"
#include "api/route.h"
#include "api/training_desk.h"

namespace matchcue::api {
namespace {

/// Whole numbers that a JSON number holds exactly.
constexpr std::uint64_t kSeedMaxWhole = 9'007'199'254'740'992;
constexpr auto kSeedMax = static_cast<double>(kSeedMaxWhole);

engine::Reply<Training> answer(const Call& call, int status) {
  return answer_with<Training>(call, status, [](const Training& training) { return to_json(training); });
}

engine::Reply<Json> answer_document(const Call& call) {
  return answer_with<Json>(call, 200, [](const Json& document) { return document; });
}

std::optional<double> read_number(Fields& fields, const nlohmann::json& body, const char* name) {
  const double number = fields.optional_number(name, 0);
  return body.contains(name) && !body[name].is_null() ? std::optional(number) : std::nullopt;
}

/// Compared as it is written: beyond the greatest, a double would be a neighbour that is none.
std::optional<std::uint64_t> read_seed(Fields& fields, const nlohmann::json& body) {
  const auto number = read_number(fields, body, "seed");
  if (!number) return std::nullopt;
  const nlohmann::json& written = body["seed"];
  const bool is_whole = *number >= 0 && *number <= kSeedMax && *number == std::floor(*number);
  if (is_whole && (!written.is_number_unsigned() || written <= kSeedMaxWhole)) {
    return static_cast<std::uint64_t>(*number);
  }
  fields.refuse(
      invalid("out_of_range", "seed " + written.dump() + " is not a whole number of 0..9007199254740992", "seed"));
  return std::nullopt;
}

Result<TrainingOrder> read_order(const Call& call) {
  MCUE_TRY(const auto body, parse_object(call.request.body));
  Fields fields(body);
  TrainingOrder order;
  order.recipe = fields.text("recipe");
  order.event_type = fields.optional_text("event_type");
  order.event_value_min = read_number(fields, body, "event_value_min");
  for (const auto& [name, value] : fields.values("hyperparameters")) {
    order.hyperparameters[name] = domain::to_text(value);
  }
  order.seed = read_seed(fields, body);
  MCUE_TRY_VOID(fields.finish());
  return order;
}

Result<void> start_training(Call& call) {
  MCUE_TRY(TrainingOrder order, read_order(call));
  call.services.trainings.start(std::move(order), answer(call, 202));
  return {};
}

Result<void> list_versions(Call& call) {
  call.services.trainings.list_versions(answer_document(call));
  return {};
}

Result<void> get_version(Call& call) {
  call.services.trainings.find_version(call.arguments.text("version"), answer_document(call));
  return {};
}

Result<void> list_trainings(Call& call) {
  call.services.trainings.list(
      answer_with<std::vector<Training>>(call, 200, [](const std::vector<Training>& trainings) {
        Json all = Json::array();
        for (const Training& training : trainings) all.push_back(to_json(training));
        return Json{{"trainings", std::move(all)}};
      }));
  return {};
}

Result<void> get_training(Call& call) {
  call.services.trainings.find(call.arguments.text("training"), answer(call, 200));
  return {};
}

Result<void> stop_training(Call& call) {
  call.services.trainings.stop(call.arguments.text("training"), answer(call, 202));
  return {};
}

}  // namespace

std::string_view to_string(Training::State state) {
  switch (state) {
    case Training::State::pending: return "pending";
    case Training::State::running: return "running";
    case Training::State::done: return "done";
    case Training::State::failed: return "failed";
    case Training::State::stopped: return "stopped";
  }
  return "";
}

std::vector<Route> training_routes() {
  return {
      {"POST",
       "/v1/solution-versions",
       "createSolutionVersion",
       "Trains a recipe on what is stored, beside the server; getTraining tells how far it is, and deployCampaign "
       "serves "
       "what came of it",
       {},
       "TrainingOrder",
       202,
       "Training",
       {409, 413, 415, 501},
       start_training},
      {"GET",
       "/v1/solution-versions",
       "listSolutionVersions",
       "Every trained version, oldest first",
       {},
       "",
       200,
       "SolutionVersionList",
       {},
       list_versions},
      {"GET",
       "/v1/solution-versions/{version}",
       "getSolutionVersion",
       "How a version was made, and what was measured in training",
       {path_id("version", "the version's id")},
       "",
       200,
       "SolutionVersion",
       {404},
       get_version},
      {"GET",
       "/v1/trainings",
       "listTrainings",
       "The running training and the recent ones, newest first, until the server ends",
       {},
       "",
       200,
       "TrainingList",
       {},
       list_trainings},
      {"GET",
       "/v1/trainings/{training}",
       "getTraining",
       "How far a training is, and what came of it",
       {path_id("training", "the training's id, t_..")},
       "",
       200,
       "Training",
       {404},
       get_training},
      {"DELETE",
       "/v1/trainings/{training}",
       "stopTraining",
       "Asks a training to end; a network that has learned something is kept. Asked twice, it ends at once",
       {path_id("training", "the training's id, t_..")},
       "",
       202,
       "Training",
       {404, 409},
       stop_training},
  };
}

}  // namespace matchcue::api
