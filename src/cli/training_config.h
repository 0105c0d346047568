#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What a training is to be, from a TOML file and flags:
//
//   recipe = "sims"
//   event_type = "CLICK"          # optional: only these interactions
//   event_value_min = 0.5         # optional
//   seed = 1                      # optional
//
//   [hyperparameters]
//   popularity_discount_factor = 0.5

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace matchcue::cli {

struct TrainingConfig {
  std::string recipe;
  std::optional<std::string> event_type;
  std::optional<double> event_value_min;
  std::optional<std::uint64_t> seed;
  std::map<std::string, std::string> hyperparameters;  ///< as text, whatever their type; the recipe checks them
};

/// Errors: unreadable_config, invalid_config (file, line), unknown_setting (with the nearest key).
Result<TrainingConfig> load_training_config(const std::string& path);

/// The configuration as TOML that load_training_config reads back, with `comment` (a line) before it.
std::string write_training_config(const TrainingConfig& config, const std::string& comment);

/// The same as flags, which `matchcue train` and matchcue-train both take. Values stand behind "=", so that none is
/// taken for a flag.
std::vector<std::string> training_words(const TrainingConfig& config);

}  // namespace matchcue::cli
