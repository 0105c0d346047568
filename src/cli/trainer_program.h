#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// matchcue-train, the program beside this one that links libtorch: what it is told, and running it.

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/command.h"
#include "cli/training_data.h"

namespace matchcue::cli {

constexpr const char* kTrainer = "matchcue-train";

/// Its words for the same data, but which of the interactions: training_words says that. Values stand behind "=", so
/// that none is taken for a flag.
std::vector<std::string> data_words(const Globals& globals, const DataFlags& flags);

/// Its path, beside this program. Errors: trainer_missing.
Result<std::string> find_trainer(const std::string& recipe);

/// Becomes it; returns only when that failed. Errors: trainer_missing, trainer_failed.
Error become_trainer(const std::string& recipe, std::vector<std::string> words);

/// Runs it and waits; what it says of its progress goes where this program's does. Ctrl-C does not reach it, so that it
/// ends whole, and it ends when this program does. Returns what it answered on standard output. Errors: trainer_failed.
Result<std::string> run_trainer(std::vector<std::string> words);

}  // namespace matchcue::cli
