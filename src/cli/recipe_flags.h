#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The flags that say which recipe is trained with which settings.

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/command.h"
#include "cli/training_config.h"
#include "cli/training_data.h"
#include "recipes/recipe.h"

namespace matchcue::cli {

/// What the flags were set to.
struct RecipeFlags {
  std::string recipe;
  std::string config;            ///< a file
  std::vector<std::string> set;  ///< "NAME=VALUE"
};

/// Adds --recipe, --config and --set.
void add_recipe_flags(CLI::App& command, RecipeFlags& flags);

/// The configuration file with the flags over it, those of the data too; recipe names are not looked at.
/// Errors: those of load_training_config and recipes::add_assignments.
Result<TrainingConfig> read_config(const RecipeFlags& flags, const DataFlags& data);

/// The same data flags with what the configuration says of them.
DataFlags with_config(DataFlags flags, const TrainingConfig& config);

/// Their names, for messages: "factorization-machine, personalized-ranking, ...".
std::string recipe_names();

/// Errors: unknown_recipe (which there are, and the nearest), invalid_flag when `name` is empty.
Result<const recipes::Recipe*> find_recipe(const std::string& name);

/// Whether there is this recipe, whether it takes these hyperparameters, and whether what trains it is there. Errors:
/// unknown_recipe, unknown_hyperparameter, invalid_hyperparameter, trainer_missing.
Result<void> check_training(const TrainingConfig& config);

}  // namespace matchcue::cli
