// SPDX-License-Identifier: Apache-2.0
#include "cli/training_config.h"

#include <toml++/toml.h>

#include <sstream>
#include <string_view>

#include "base/text.h"
#include "domain/value.h"

namespace matchcue::cli {

namespace {

Error at(const std::string& path, const toml::node& node, const std::string& message) {
  return invalid("invalid_config", path + ":" + std::to_string(node.source().begin.line) + ": " + message);
}

/// A value as it would stand behind NAME=.
Result<std::string> text_of(const std::string& path, std::string_view name, const toml::node& node) {
  if (!node.is_value()) return at(path, node, std::string(name) + " is not one value");
  if (node.is_string()) return std::string(**node.as_string());
  if (node.is_floating_point()) return domain::to_text(**node.as_floating_point());  // "0.9", not more digits
  std::ostringstream out;
  node.visit([&out](const auto& each) { out << each; });
  return out.str();
}

Result<void> apply(TrainingConfig& config, const std::string& path, std::string_view name, const toml::node& node) {
  if (name == "hyperparameters") {
    const toml::table* table = node.as_table();
    if (table == nullptr) return at(path, node, "hyperparameters is not a table");
    for (const auto& [key, value] : *table) {
      MCUE_TRY(std::string text, text_of(path, key.str(), value));
      config.hyperparameters[std::string(key.str())] = std::move(text);
    }
    return {};
  }
  MCUE_TRY(std::string text, text_of(path, name, node));
  if (name == "recipe") {
    config.recipe = std::move(text);
  } else if (name == "event_type") {
    config.event_type = std::move(text);
  } else if (name == "event_value_min") {
    config.event_value_min = parse_double(text);
    if (!config.event_value_min) return at(path, node, "event_value_min is not a number");
  } else if (name == "seed") {
    const auto seed = parse_int(text);
    if (!seed || *seed < 0) return at(path, node, "seed is not a whole number of 0 or more");
    config.seed = static_cast<std::uint64_t>(*seed);
  } else {
    const std::vector<std::string> names = {"recipe", "event_type", "event_value_min", "seed", "hyperparameters"};
    const auto nearest = nearest_name(name, names);
    Error error = at(path, node,
                     "unknown setting \"" + std::string(name) + "\"" +
                         (nearest ? "; did you mean " + *nearest + "?" : std::string()));
    error.code = "unknown_setting";
    return error;
  }
  return {};
}

}  // namespace

Result<TrainingConfig> load_training_config(const std::string& path) {
  TrainingConfig config;
  try {
    const toml::table table = toml::parse_file(path);
    for (const auto& [name, node] : table) MCUE_TRY_VOID(apply(config, path, name.str(), node));
  } catch (const toml::parse_error& error) {
    const auto& place = error.source().begin;
    if (place.line == 0) return invalid("unreadable_config", path + ": " + std::string(error.description()));
    return invalid("invalid_config", path + ":" + std::to_string(place.line) + ": " + std::string(error.description()));
  }
  return config;
}

std::string write_training_config(const TrainingConfig& config, const std::string& comment) {
  std::ostringstream out;
  out << "# " << comment << "\n";
  out << "recipe = " << toml::value(config.recipe) << "\n";
  if (config.event_type) out << "event_type = " << toml::value(*config.event_type) << "\n";
  if (config.event_value_min) out << "event_value_min = " << domain::to_text(*config.event_value_min) << "\n";
  if (config.seed) out << "seed = " << *config.seed << "\n";
  out << "\n[hyperparameters]\n";
  for (const auto& [name, text] : config.hyperparameters) {
    const bool is_bare = parse_double(text) || text == "true" || text == "false";
    out << name << " = ";
    if (is_bare) out << text;  // as it was drawn: TOML's own writer gives 0.1 seventeen digits
    if (!is_bare) out << toml::value(text);
    out << "\n";
  }
  return out.str();
}

std::vector<std::string> training_words(const TrainingConfig& config) {
  std::vector<std::string> words = {"--recipe=" + config.recipe};
  if (config.event_type) words.push_back("--event-type=" + *config.event_type);
  if (config.event_value_min) words.push_back("--event-value-min=" + domain::to_text(*config.event_value_min));
  if (config.seed) words.push_back("--seed=" + std::to_string(*config.seed));
  for (const auto& [name, value] : config.hyperparameters) words.push_back("--set=" + name + "=" + value);
  return words;
}

}  // namespace matchcue::cli
