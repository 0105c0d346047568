// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>
#include <variant>

#include "base/text.h"
#include "learn/log_learner.h"

namespace matchcue::learn {

namespace {

using Place = std::variant<double*, std::uint64_t*, Milliseconds*, bool*>;

/// Every setting by name: one table for both ways.
std::vector<std::pair<std::string, Place>> places_of(Settings& settings) {
  Options& model = settings.model;
  RewardRule& reward = settings.reward;
  GuardOptions& guard = settings.guard;
  return {{"base_log_odds", &model.base_log_odds},
          {"exploration", &model.exploration},
          {"group_appeal_sd", &model.group_appeal_sd},
          {"group_context_sd", &model.group_context_sd},
          {"appeal_sd", &model.appeal_sd},
          {"context_sd", &model.context_sd},
          {"item_taste_sd", &model.item_taste_sd},
          {"context_taste_sd", &model.context_taste_sd},
          {"subject_sd", &model.subject_sd},
          {"drift_sd", &model.drift_sd},
          {"fatigue_decay", &model.fatigue_decay},
          {"click_decay", &model.click_decay},
          {"sequence_decay", &model.sequence_decay},
          {"subject_decay", &model.subject_decay},
          {"recent_items_max", &model.recent_items_max},
          {"context_values_max", &model.context_values_max},
          {"metadata_values_max", &model.metadata_values_max},
          {"use_context", &model.use_context},
          {"use_history", &model.use_history},
          {"use_taste", &model.use_taste},
          {"use_context_taste", &model.use_context_taste},
          {"use_subject", &model.use_subject},
          {"click_value", &reward.click},
          {"dismiss_value", &reward.dismiss},
          {"answer_value", &reward.answer},
          {"convert_value", &reward.convert},
          {"reward_window_ms", &reward.window},
          {"click_wait_ms", &reward.wait},
          {"guard_window_ms", &guard.window},
          {"guard_rest_ms", &guard.rest},
          {"guard_trials_min", &guard.trials_min},
          {"guard_sigmas", &guard.sigmas}};
}

struct Write {
  nlohmann::json operator()(const Milliseconds* ms) const { return ms->count(); }
  template <typename T>
  nlohmann::json operator()(const T* value) const {
    return *value;
  }
};

/// Puts a JSON value in its place; false when it is of another type or out of range.
struct Read {
  const nlohmann::json& value;

  bool operator()(double* place) const {
    if (!value.is_number()) return false;
    *place = value.get<double>();
    return true;
  }
  bool operator()(bool* place) const {
    if (!value.is_boolean()) return false;
    *place = value.get<bool>();
    return true;
  }
  bool operator()(std::uint64_t* place) const {
    if (!value.is_number_unsigned()) return false;
    *place = value.get<std::uint64_t>();
    return true;
  }
  bool operator()(Milliseconds* place) const {
    if (!value.is_number_unsigned()) return false;
    *place = Milliseconds(value.get<std::int64_t>());
    return true;
  }
};

}  // namespace

std::string to_json(const Settings& settings) {
  Settings copy = settings;
  nlohmann::json object;
  for (const auto& [name, place] : places_of(copy)) object[name] = std::visit(Write(), place);
  return object.dump();
}

Result<Settings> parse_settings(std::string_view json) {
  Settings settings;
  const auto object = nlohmann::json::parse(json, nullptr, false);
  if (!object.is_object()) return invalid("invalid_setting", "the learner's settings are not a JSON object", "");
  const auto places = places_of(settings);
  for (const auto& [name, value] : object.items()) {
    const auto known =
        std::find_if(places.begin(), places.end(), [&](const auto& place) { return place.first == name; });
    if (known == places.end()) {
      return invalid("unknown_setting", "unknown setting \"" + name + "\" of the learner", name);
    }
    if (!std::visit(Read{value}, known->second)) {
      return invalid("invalid_setting", name + " cannot be " + value.dump(), name);
    }
  }
  return settings;
}

}  // namespace matchcue::learn
