// SPDX-License-Identifier: Apache-2.0
#include "cli/recipe_flags.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/trainer_program.h"

namespace matchcue::cli {

void add_recipe_flags(CLI::App& command, RecipeFlags& flags) {
  command.add_option("--recipe", flags.recipe, "which; docs/recipes.md describes them");
  command.add_option("--config", flags.config, "TOML file: recipe, event_type, seed, [hyperparameters]");
  command.add_option("--set", flags.set, "a hyperparameter: NAME=VALUE");
}

Result<TrainingConfig> read_config(const RecipeFlags& flags, const DataFlags& data) {
  TrainingConfig config;
  if (!flags.config.empty()) {
    MCUE_TRY(config, load_training_config(flags.config));
  }
  if (!flags.recipe.empty()) config.recipe = flags.recipe;
  if (!data.event_type.empty()) config.event_type = data.event_type;
  if (data.event_value_min) config.event_value_min = data.event_value_min;
  MCUE_TRY_VOID(recipes::add_assignments(config.hyperparameters, flags.set));
  return config;
}

DataFlags with_config(DataFlags flags, const TrainingConfig& config) {
  flags.event_type = config.event_type.value_or("");
  flags.event_value_min = config.event_value_min;
  return flags;
}

std::string recipe_names() {
  std::string all;
  for (const recipes::Recipe& recipe : recipes::all_recipes()) {
    if (!all.empty()) all += ", ";
    all += recipe.name;
  }
  return all;
}

Result<const recipes::Recipe*> find_recipe(const std::string& name) {
  if (const recipes::Recipe* recipe = recipes::find_recipe(name)) return recipe;
  if (name.empty()) return invalid("invalid_flag", "--recipe says which: " + recipe_names(), "recipe");
  std::vector<std::string> names;
  for (const recipes::Recipe& recipe : recipes::all_recipes()) names.emplace_back(recipe.name);
  const auto nearest = nearest_name(name, names);
  return invalid("unknown_recipe",
                 fmt::format("unknown recipe \"{}\"{}; there are {}", name,
                             nearest ? "; did you mean " + *nearest + "?" : std::string(), recipe_names()),
                 "recipe");
}

Result<void> check_training(const TrainingConfig& config) {
  MCUE_TRY(const recipes::Recipe* recipe, find_recipe(config.recipe));
  MCUE_TRY_VOID(recipe->read(config.hyperparameters));
  if (!recipe->is_closed_form()) MCUE_TRY_VOID(find_trainer(config.recipe));
  return {};
}

}  // namespace matchcue::cli
