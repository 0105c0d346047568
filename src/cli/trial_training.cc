// SPDX-License-Identifier: Apache-2.0
#include "cli/trial_training.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/temporary_folder.h"
#include "cli/trainer_program.h"
#include "scoring/open_sequence_model.h"
#include "scoring/solution_folder.h"
#include "scoring/window_model.h"

namespace matchcue::cli {

namespace {

using Json = nlohmann::json;

Error bad_answer(const std::string& what) { return {ErrorKind::corrupt, "corrupt", kTrainer + (" " + what), {}}; }

/// Returns the id in what `matchcue-train --json` answers.
Result<std::string> run_training(const Globals& globals, const DataFlags& flags, const TrainingConfig& config,
                                 const std::string& out, std::vector<std::string> words) {
  for (std::string& word : data_words(globals, flags)) words.push_back(std::move(word));
  for (std::string& word : training_words(config)) words.push_back(std::move(word));
  words.insert(words.end(), {"--json", "--out=" + out});
  if (globals.quiet) words.emplace_back("--quiet");
  MCUE_TRY(const std::string answer, run_trainer(std::move(words)));
  const Json json = Json::parse(answer, nullptr, false);
  if (!json.is_object() || !json.contains("solution_version")) return bad_answer("answered \"" + answer + "\"");
  return json["solution_version"].get<std::string>();
}

Result<scoring::SequenceModelPtr> open_trained_on(const std::string& hash, const std::string& path) {
  MCUE_TRY(const auto folder, scoring::open_solution_folder(path));
  const Json manifest = Json::parse(folder->manifest(), nullptr, false);
  if (manifest.at("data").at("hash") != hash) {
    return bad_answer("trained on other data than were read here; did they change meanwhile?");
  }
  return scoring::open_sequence_model(folder);
}

}  // namespace

TrainOnPart train_closed_form(const recipes::Recipe& recipe) {
  return [&recipe](const recipes::ParameterTexts& texts, const TrainingPart& part,
                   const recipes::Progress& progress) -> Result<scoring::SequenceModelPtr> {
    MCUE_TRY(const auto parameters, recipe.read(texts));
    MCUE_TRY(scoring::WindowTables tables, recipe.train(part.data, parameters, progress));
    return scoring::make_window_model(std::string(recipe.name), std::string(recipe.name), std::move(tables));
  };
}

TrainOnPart train_by_program(const Globals& globals, const DataFlags& flags, const TrainingConfig& config) {
  return [globals, flags, config](const recipes::ParameterTexts& texts, const TrainingPart& part,
                                  const recipes::Progress&) -> Result<scoring::SequenceModelPtr> {
    // The weights stay mapped when the folder is gone.
    MCUE_TRY(const TemporaryFolder folder, TemporaryFolder::make("trial"));
    TrainingConfig trial = config;
    trial.hyperparameters = texts;
    std::vector<std::string> words = {fmt::format("--hold-out={}", to_string(part.hold_out.protocol)),
                                      fmt::format("--hold-out-seed={}", part.hold_out.seed)};
    if (part.hold_out.has_validation) words.emplace_back("--hold-out-validation");
    MCUE_TRY(const std::string id, run_training(globals, flags, trial, folder.path(), std::move(words)));
    return open_trained_on(part.data.hash, folder.path() + "/" + id);
  };
}

Result<std::string> train_all_by_program(const Globals& globals, const DataFlags& flags, const TrainingConfig& config,
                                         const std::string& out) {
  return run_training(globals, flags, config, out, {});
}

}  // namespace matchcue::cli
