#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A Dataset from CSV files as Personalize defines them.

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "dataset/dataset.h"
#include "dataset/dataset_builder.h"

namespace matchcue::dataset {

/// Where the rows are. Users and items are optional: without them nothing but ids is known of viewers and items.
struct DatasetFiles {
  std::vector<std::string> interactions;  ///< at least one
  std::string users;                      ///< "" is none
  std::string items;
  std::string users_schema;  ///< Avro JSON; "" is the built-in schema
  std::string items_schema;
  std::string interactions_schema;
};

/// A row that was left out.
struct RejectedRow {
  std::string file;
  std::uint64_t line = 0;  ///< 1 is the header
  std::string column;      ///< "" when the whole row is meant
  std::string reason;
};

/// What reading came to.
struct LoadReport {
  std::uint64_t rows = 0;
  std::uint64_t rejected_rows = 0;
  std::vector<RejectedRow> rejects;  ///< the first kRejectsShownMax of them
};
constexpr std::size_t kRejectsShownMax = 10;

struct LoadedDataset {
  Dataset dataset;
  LoadReport report;
};

/// Reads and checks the files; rows that an import would reject are left out and reported. The caller's thread.
/// Errors: file_not_found, file_unreadable, invalid_schema, invalid_csv_header, missing_columns, unknown_column (each
/// naming the file), and those of DatasetBuilder::build. Cost: about 3 s a million rows.
Result<LoadedDataset> load_dataset_files(const DatasetFiles& files, const InteractionFilter& filter);

struct LoadedInteractions {
  std::vector<domain::Interaction> interactions;
  LoadReport report;
};

/// Reads and checks one file of interactions by a schema ("" is the built-in one) and leaves them as they are, in the
/// file's order: what a model is asked about. Errors: as above.
Result<LoadedInteractions> load_interaction_file(const std::string& path, const std::string& schema,
                                                 const InteractionFilter& filter);

}  // namespace matchcue::dataset
