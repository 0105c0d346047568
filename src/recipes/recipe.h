#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The recipes: what each is, what can be set of it, and from a Dataset to a solution version for those in closed form.
// The others are trained by train/, in a program of its own that links libtorch.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dataset/dataset.h"
#include "recipes/calibration.h"
#include "recipes/parameters.h"
#include "recipes/window_training.h"

namespace matchcue::recipes {

/// One of them.
struct Recipe {
  std::string_view name;
  std::string_view summary;  ///< one line
  std::vector<ParameterSpec> parameters;
  /// Fills tables from all of the data; `parameters` were read by this recipe's specs. log_odds_scale is left 0. Null
  /// when it is not in closed form.
  Result<scoring::WindowTables> (*train)(const dataset::Dataset& dataset, const Parameters& parameters,
                                         const Progress& progress);

  bool is_closed_form() const { return train != nullptr; }
  /// Errors: those of Parameters::read.
  Result<Parameters> read(const ParameterTexts& given) const { return Parameters::read(name, parameters, given); }
};

/// All of them, by name.
std::span<const Recipe> all_recipes();
/// The recipe with this name, or null.
const Recipe* find_recipe(std::string_view name);

struct TrainOptions {
  ParameterTexts parameters;
  std::string event_type;  ///< that the data was filtered by; "" is none
  std::uint64_t seed = 1;  ///< of what others a choice is compared with
  std::string out;         ///< folder of solution versions; made when missing
};

struct TrainedVersion {
  std::string id;
  Calibration calibration;
};

/// Trains without the middle fifth of the time, measures on it what a difference of scores is worth (and with which
/// floor that says most), trains again with all, and writes OUT/ID. The same data, parameters and seed give the same
/// id. The recipe is in closed form. The caller's thread. Errors: too_little_data, unknown_hyperparameter,
/// invalid_hyperparameter, those of the recipe, unavailable.
Result<TrainedVersion> train_version(const Recipe& recipe, const dataset::Dataset& dataset, const TrainOptions& options,
                                     const Progress& progress);

}  // namespace matchcue::recipes
