#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The flags that say what is trained on (or evaluated), and the data they name.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/command.h"
#include "dataset/load_files.h"

namespace matchcue::cli {

/// What the flags were set to.
struct DataFlags {
  dataset::DatasetFiles files;        ///< without interactions: the data directory
  std::vector<std::string> feedback;  ///< kinds that count as interactions; see dataset::read_feedback_flag
  std::string event_type;
  std::optional<double> event_value_min;
};

/// Adds --interactions, --users, --items, their schemas, --feedback, --event-type and --event-value-min.
void add_data_flags(CLI::App& command, DataFlags& flags);

/// The data directory that a command without --data-dir means.
std::string data_directory(const Globals& globals);
/// Where its solution versions are: DATA_DIR/versions.
std::string versions_directory(const Globals& globals);

/// For people: the names of the files, or of the data directory.
std::string name_of_data(const Globals& globals, const DataFlags& flags);

/// Reads the files, or what is stored in the data directory, which a server may have open. Says on stderr, unless
/// quiet, how much was read, which rows were left out and which columns are not trained on.
/// Errors: invalid_flag, not_found, and those of dataset::load_dataset_files and load_dataset_store.
Result<dataset::Dataset> load_training_data(const Globals& globals, const DataFlags& flags);

}  // namespace matchcue::cli
