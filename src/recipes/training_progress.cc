// SPDX-License-Identifier: Apache-2.0
#include "recipes/training_progress.h"

#include <nlohmann/json.hpp>

namespace matchcue::recipes {

namespace {

using Json = nlohmann::ordered_json;

template <typename T>
void read_into(std::optional<T>& value, const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found != json.end() && found->is_number()) value = found->get<T>();
}

}  // namespace

std::string write_progress(const TrainingProgress& progress) {
  Json json = {{"stage", progress.stage}};
  const auto add = [&json](const char* name, const auto& value) {
    if (value) json[name] = *value;
  };
  add("share", progress.share);
  add("epoch", progress.epoch);
  add("epochs", progress.epochs);
  add("loss", progress.loss);
  add("validation", progress.validation);
  add("eta_s", progress.eta_s);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<TrainingProgress> read_progress(std::string_view line) {
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("stage") || !json["stage"].is_string()) return std::nullopt;
  TrainingProgress progress;
  progress.stage = json["stage"].get<std::string>();
  read_into(progress.share, json, "share");
  read_into(progress.epoch, json, "epoch");
  read_into(progress.epochs, json, "epochs");
  read_into(progress.loss, json, "loss");
  read_into(progress.validation, json, "validation");
  read_into(progress.eta_s, json, "eta_s");
  return progress;
}

}  // namespace matchcue::recipes
