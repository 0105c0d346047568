// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <variant>

#include "base/text.h"
#include "learn/log_learner.h"

namespace matchcue::learn {

namespace {

/// One setting: its name, where it is kept, and its bounds, both inclusive.
struct Setting {
  std::string name;
  std::variant<double*, std::uint64_t*, Milliseconds*, bool*> place;
  double least = 0;
  double most = 1;
};

constexpr double kSdMin = 0.001;
constexpr double kSdMax = 10;
constexpr double kHourMs = 3'600'000;

void add_model(Options& model, std::vector<Setting>& settings) {
  const std::vector<Setting> own = {{"base_log_odds", &model.base_log_odds, -15, 15},
                                    {"exploration", &model.exploration, 0, 10},
                                    {"group_appeal_sd", &model.group_appeal_sd, kSdMin, kSdMax},
                                    {"group_context_sd", &model.group_context_sd, kSdMin, kSdMax},
                                    {"appeal_sd", &model.appeal_sd, kSdMin, kSdMax},
                                    {"context_sd", &model.context_sd, kSdMin, kSdMax},
                                    {"item_taste_sd", &model.item_taste_sd, kSdMin, kSdMax},
                                    {"context_taste_sd", &model.context_taste_sd, kSdMin, kSdMax},
                                    {"subject_sd", &model.subject_sd, kSdMin, kSdMax},
                                    {"drift_sd", &model.drift_sd, 0, 1},
                                    {"fatigue_decay", &model.fatigue_decay},
                                    {"click_decay", &model.click_decay},
                                    {"sequence_decay", &model.sequence_decay},
                                    {"subject_decay", &model.subject_decay},
                                    {"recent_items_max", &model.recent_items_max, 1, 1'000},
                                    {"context_values_max", &model.context_values_max, 1, 1'000},
                                    {"metadata_values_max", &model.metadata_values_max, 1, 1'000},
                                    {"use_context", &model.use_context},
                                    {"use_history", &model.use_history},
                                    {"use_taste", &model.use_taste},
                                    {"use_context_taste", &model.use_context_taste},
                                    {"use_subject", &model.use_subject}};
  settings.insert(settings.end(), own.begin(), own.end());
}

/// Every setting by name: one table for both ways.
std::vector<Setting> table_of(Settings& settings) {
  RewardRule& reward = settings.reward;
  GuardOptions& guard = settings.guard;
  std::vector<Setting> table = {{"click_value", &reward.click, -1, 1},
                                {"dismiss_value", &reward.dismiss, -1, 1},
                                {"answer_value", &reward.answer, -1, 1},
                                {"convert_value", &reward.convert, -1, 1},
                                {"reward_window_ms", &reward.window, 1'000, kHourMs},
                                {"click_wait_ms", &reward.wait, 0, kHourMs},
                                {"guard_window_ms", &guard.window, 60'000, kHourMs},
                                {"guard_rest_ms", &guard.rest, 60'000, 24 * kHourMs},
                                {"guard_trials_min", &guard.trials_min, 1, 1e9},
                                {"guard_sigmas", &guard.sigmas, 1, 10}};
  add_model(settings.model, table);
  return table;
}

struct Write {
  nlohmann::json operator()(const Milliseconds* ms) const { return ms->count(); }
  template <typename T>
  nlohmann::json operator()(const T* value) const {
    return *value;
  }
};

/// Puts a JSON value in its place; false when it is of another type or out of bounds.
struct Read {
  const nlohmann::json& value;
  const Setting& setting;

  bool in_bounds() const {
    return value.is_number() && value.get<double>() >= setting.least && value.get<double>() <= setting.most;
  }
  bool operator()(double* place) const {
    if (!in_bounds()) return false;
    *place = value.get<double>();
    return true;
  }
  bool operator()(bool* place) const {
    if (!value.is_boolean()) return false;
    *place = value.get<bool>();
    return true;
  }
  bool operator()(std::uint64_t* place) const {
    if (!value.is_number_integer() || !in_bounds()) return false;
    *place = value.get<std::uint64_t>();
    return true;
  }
  bool operator()(Milliseconds* place) const {
    if (!value.is_number_integer() || !in_bounds()) return false;
    *place = Milliseconds(value.get<std::int64_t>());
    return true;
  }
};

Error unknown_setting(const std::string& name, const std::vector<Setting>& table) {
  std::vector<std::string> names;
  for (const Setting& setting : table) names.push_back(setting.name);
  const auto nearest = nearest_name(name, names);
  return invalid("unknown_setting",
                 "unknown setting \"" + name + "\" of the learner" +
                     (nearest ? "; did you mean \"" + *nearest + "\"?" : std::string()),
                 name);
}

std::string wanted(const Setting& setting) {
  if (std::holds_alternative<bool*>(setting.place)) return "true or false";
  const bool whole = !std::holds_alternative<double*>(setting.place);
  const domain::Value least = setting.least;
  const domain::Value most = setting.most;
  return std::string(whole ? "a whole number" : "a number") + " of " + domain::to_text(least) + ".." +
         domain::to_text(most);
}

Result<void> apply(const std::vector<Setting>& table, const std::string& name, const nlohmann::json& value) {
  const auto known = std::find_if(table.begin(), table.end(), [&](const Setting& each) { return each.name == name; });
  if (known == table.end()) return unknown_setting(name, table);
  if (!std::visit(Read{value, *known}, known->place)) {
    return invalid("invalid_setting", name + " cannot be " + value.dump() + "; it is " + wanted(*known), name);
  }
  return {};
}

}  // namespace

std::vector<SettingText> describe(const Settings& settings) {
  Settings copy = settings;
  std::vector<SettingText> texts;
  for (const Setting& setting : table_of(copy)) {
    texts.push_back({setting.name, std::visit(Write(), setting.place).dump(), wanted(setting)});
  }
  return texts;
}

Result<void> apply_setting(Settings& settings, const std::string& name, const std::string& text) {
  auto value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_discarded()) value = text;
  return apply(table_of(settings), name, value);
}

std::string to_json(const Settings& settings) {
  Settings copy = settings;
  nlohmann::json object;
  for (const Setting& setting : table_of(copy)) object[setting.name] = std::visit(Write(), setting.place);
  return object.dump();
}

Result<Settings> parse_settings(std::string_view json) {
  Settings settings;
  const auto object = nlohmann::json::parse(json, nullptr, false);
  if (!object.is_object()) {
    return invalid("invalid_setting",
                   "the learner's settings are not a JSON object: " + std::string(first_characters(json, 60)), "");
  }
  const std::vector<Setting> table = table_of(settings);
  for (const auto& [name, value] : object.items()) MCUE_TRY_VOID(apply(table, name, value));
  return settings;
}

}  // namespace matchcue::learn
