// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <variant>

#include "base/text.h"
#include "learn/log_learner.h"

namespace matchcue::learn {

namespace {

/// One setting: its name, what it means, where it is kept, and its bounds, both inclusive.
struct Setting {
  std::string name;
  std::string help;
  std::variant<double*, std::uint64_t*, Milliseconds*, bool*> place;
  double least = 0;
  double most = 1;
};

constexpr auto kCampaignKey = "campaign";
constexpr auto kVersionKey = "version";
constexpr auto kInteractionsKey = "interactions";
constexpr auto kLinksKey = "links";
constexpr double kSdMin = 0.001;
constexpr double kSdMax = 10;
constexpr double kHourMs = 3'600'000;

void add_model(Options& model, std::vector<Setting>& settings) {
  const std::vector<Setting> own = {
      {"base_log_odds", "log-odds of a click that a slot starts with", &model.base_log_odds, -15, 15},
      {"exploration", "standard deviations that a draw may differ by; 0 is greedy", &model.exploration, 0, 10},
      {"exploration_trials",
       "a slot explores in sqrt(this / trials an item had) of the slates, at most all, at least 1/16",
       &model.exploration_trials, 1, 1e9},
      {"group_appeal_sd", "prior: what items of one slot or metadata value have in common", &model.group_appeal_sd,
       kSdMin, kSdMax},
      {"group_context_sd", "prior: the same for each context value", &model.group_context_sd, kSdMin, kSdMax},
      {"appeal_sd", "prior: an item's appeal", &model.appeal_sd, kSdMin, kSdMax},
      {"context_sd", "prior: an item's response to a context value", &model.context_sd, kSdMin, kSdMax},
      {"item_taste_sd", "prior: each dimension of an item's taste vector", &model.item_taste_sd, kSdMin, kSdMax},
      {"context_taste_sd", "prior: each entry of a context value's taste matrix", &model.context_taste_sd, kSdMin,
       kSdMax},
      {"subject_sd", "prior: what a moment makes of its subject", &model.subject_sd, kSdMin, kSdMax},
      {"drift_sd", "an item's change of appeal from one moment to the next", &model.drift_sd, 0, 1},
      {"event_keep", "share of what was learned that stays for the next event, under a campaign", &model.event_keep},
      {"fatigue_decay", "what a slate leaves of the times an item was seen", &model.fatigue_decay},
      {"click_decay", "the same of its clicks", &model.click_decay},
      {"sequence_decay", "the same of what was clicked before", &model.sequence_decay},
      {"subject_decay", "what a moment leaves of the interest in its subject", &model.subject_decay},
      {"recent_items_max", "items of which a viewer's history is kept", &model.recent_items_max, 1, 1'000},
      {"context_values_max", "context values told apart; further ones count as none", &model.context_values_max, 1,
       1'000},
      {"metadata_values_max", "the same for metadata values", &model.metadata_values_max, 1, 1'000},
      {"use_context", "off: the moment does not matter", &model.use_context},
      {"use_history", "off: fatigue, clicks and sequence do not matter", &model.use_history},
      {"use_taste", "off: all viewers are alike", &model.use_taste},
      {"use_context_taste", "off: the moment does not change tastes", &model.use_context_taste},
      {"use_subject", "off: the acting player does not matter", &model.use_subject}};
  settings.insert(settings.end(), own.begin(), own.end());
}

/// Every setting by name: one table for both ways.
std::vector<Setting> table_of(Settings& settings) {
  RewardRule& reward = settings.reward;
  GuardOptions& guard = settings.guard;
  std::vector<Setting> table = {
      {"click_value", "what a click is worth", &reward.click, -1, 1},
      {"dismiss_value", "what dismissing a cue is worth", &reward.dismiss, -1, 1},
      {"answer_value", "what an answer is worth", &reward.answer, -1, 1},
      {"convert_value", "what a conversion is worth", &reward.convert, -1, 1},
      {"reward_window_ms", "acts later than this after the impression count nothing", &reward.window, 1'000, kHourMs},
      {"trial_wait_ms", "an impression is judged after this", &reward.wait, 0, kHourMs},
      {"guard_window_ms", "how far back learner and popularity are compared", &guard.window, 60'000, kHourMs},
      {"guard_rest_ms", "how long popularity decides when the learner has lost", &guard.rest, 60'000, 24 * kHourMs},
      {"guard_trials_min", "fewer trials prove nothing", &guard.trials_min, 1, 1e9},
      {"guard_sigmas", "how sure it must be that the learner is worse, in standard errors", &guard.sigmas, 1, 10}};
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
    texts.push_back({setting.name, setting.help, std::visit(Write(), setting.place).dump(), wanted(setting)});
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
  if (!settings.campaign.version.empty()) {
    object[kCampaignKey] = {{kVersionKey, settings.campaign.version},
                            {kInteractionsKey, settings.campaign.interactions},
                            {kLinksKey, settings.campaign.links}};
  }
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
  for (const auto& [name, value] : object.items()) {
    if (name != kCampaignKey) {
      MCUE_TRY_VOID(apply(table, name, value));
      continue;
    }
    // Deployments from before viewers could be identified do not say how many were.
    const nlohmann::json links = value.is_object() ? value.value(kLinksKey, nlohmann::json(0U)) : nlohmann::json();
    const bool whole = links.is_number_unsigned() && value.value(kVersionKey, nlohmann::json()).is_string() &&
                       value.value(kInteractionsKey, nlohmann::json()).is_number_unsigned();
    if (!whole) return invalid("invalid_setting", "the campaign cannot be " + value.dump(), kCampaignKey);
    settings.campaign = {value[kVersionKey].get<std::string>(), value[kInteractionsKey].get<std::uint64_t>(),
                         links.get<std::uint64_t>()};
  }
  return settings;
}

}  // namespace matchcue::learn
