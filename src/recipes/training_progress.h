#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// How far a training is, as a line of JSON: what matchcue train and matchcue-train say with --progress json, and what
// a server reads of those that it runs. docs/recipes.md draws it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace matchcue::recipes {

/// What is known; the rest is left out.
struct TrainingProgress {
  std::string stage;
  std::optional<double> share;  ///< of the stage, 0..1
  std::optional<std::uint64_t> epoch, epochs;
  std::optional<double> loss;
  std::optional<double> validation;  ///< what chooses the epoch; larger is better
  std::optional<double> eta_s;       ///< at most so long yet
};

/// {"stage":"epoch","epoch":3,...}, without the end of the line.
std::string write_progress(const TrainingProgress& progress);
/// Nothing when the line is something else.
std::optional<TrainingProgress> read_progress(std::string_view line);

}  // namespace matchcue::recipes
