#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Training on a part of the data, to ask about the rest.

#include <functional>
#include <string>

#include "base/result.h"
#include "cli/command.h"
#include "cli/training_config.h"
#include "cli/training_data.h"
#include "dataset/dataset.h"
#include "evaluate/holdout.h"
#include "recipes/recipe.h"
#include "scoring/sequence_model.h"

namespace matchcue::cli {

/// What one of them is trained on.
struct TrainingPart {
  const dataset::Dataset& data;              ///< already without what is held out
  const evaluate::HoldOutRequest& hold_out;  ///< what that is
};

/// Trains with these hyperparameters on a part. Errors: those of the recipe.
using TrainOnPart = std::function<Result<scoring::SequenceModelPtr>(
    const recipes::ParameterTexts& parameters, const TrainingPart& part, const recipes::Progress& progress)>;

/// Of a recipe in closed form: as rankings alone, scores need no scale and none is measured.
TrainOnPart train_closed_form(const recipes::Recipe& recipe);

/// By matchcue-train, which reads the data itself, holds out the same, and has to come to the same hash of the part.
/// config  has the recipe and the seed; its hyperparameters are those of each trial
/// Errors: also trainer_missing, trainer_failed, corrupt.
TrainOnPart train_by_program(const Globals& globals, const DataFlags& flags, const TrainingConfig& config);

/// The same on all of the data, into a folder that stays. Returns the version's id. Errors: trainer_missing,
/// trainer_failed, corrupt.
Result<std::string> train_all_by_program(const Globals& globals, const DataFlags& flags, const TrainingConfig& config,
                                         const std::string& out);

}  // namespace matchcue::cli
