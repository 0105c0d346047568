// SPDX-License-Identifier: Apache-2.0
#include "cli/training_data.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "dataset/load_store.h"
#include "store/sqlite/sqlite_store.h"

namespace matchcue::cli {

namespace {

using dataset::Dataset;

Result<Dataset> load_directory(const Globals& globals, const DataFlags& flags) {
  if (!flags.files.users.empty() || !flags.files.items.empty()) {
    return invalid("invalid_flag", "--users and --items go with --interactions; a data directory has its own",
                   "interactions");
  }
  dataset::StoreRows rows;
  rows.filter = {flags.event_type, flags.event_value_min};
  MCUE_TRY(rows.feedback, dataset::read_feedback_flag(flags.feedback));
  MCUE_TRY(const auto reader, store::open_sqlite_reader(data_directory(globals)));
  return dataset::load_dataset_store(*reader, rows);
}

Result<Dataset> load_files(const Globals& globals, const DataFlags& flags) {
  if (!flags.feedback.empty()) {
    return invalid("invalid_flag", "--feedback reads a data directory, and --interactions names files", "feedback");
  }
  MCUE_TRY(auto loaded, dataset::load_dataset_files(flags.files, {flags.event_type, flags.event_value_min}));
  const dataset::LoadReport& report = loaded.report;
  if (report.rejected_rows > 0 && !globals.quiet) {
    std::fprintf(stderr, "%s\n", fmt::format("{} of {} rows were left out", report.rejected_rows, report.rows).c_str());
    for (const dataset::RejectedRow& row : report.rejects) {
      const std::string column = row.column.empty() ? "" : ", column " + row.column;
      std::fprintf(stderr, "  %s\n", fmt::format("{}:{}{}: {}", row.file, row.line, column, row.reason).c_str());
    }
  }
  return std::move(loaded.dataset);
}

}  // namespace

void add_data_flags(CLI::App& command, DataFlags& flags) {
  command.add_option("--interactions", flags.files.interactions, "CSV files; default: what the data directory holds")
      ->delimiter(',');
  command.add_option("--users", flags.files.users, "CSV file");
  command.add_option("--items", flags.files.items, "CSV file");
  command.add_option("--interactions-schema", flags.files.interactions_schema, "Avro JSON; default: the sample's");
  command.add_option("--users-schema", flags.files.users_schema, "Avro JSON; default: the sample's");
  command.add_option("--items-schema", flags.files.items_schema, "Avro JSON; default: the sample's");
  command
      .add_option("--feedback", flags.feedback,
                  "data directory: feedback of these kinds counts as interactions too, or none; default: click")
      ->delimiter(',');
  command.add_option("--event-type", flags.event_type, "only interactions of this EVENT_TYPE");
  command.add_option("--event-value-min", flags.event_value_min, "only interactions with at least this EVENT_VALUE");
}

std::string data_directory(const Globals& globals) {
  return globals.data_dir.empty() ? store::SqliteOptions().directory : globals.data_dir;
}

std::string versions_directory(const Globals& globals) { return data_directory(globals) + "/versions"; }

std::string name_of_data(const Globals& globals, const DataFlags& flags) {
  const auto& files = flags.files.interactions;
  if (files.empty()) return data_directory(globals);
  std::string names;
  for (const std::string& file : files) {
    names += (names.empty() ? "" : ", ") + std::filesystem::path(file).filename().string();
  }
  return names;
}

Result<Dataset> load_training_data(const Globals& globals, const DataFlags& flags) {
  MCUE_TRY(Dataset data,
           flags.files.interactions.empty() ? load_directory(globals, flags) : load_files(globals, flags));
  if (globals.quiet) return data;
  std::fprintf(stderr, "%s\n",
               fmt::format("{} interactions of {} viewers with {} items", data.interaction_count(), data.viewer_count(),
                           data.item_count())
                   .c_str());
  for (const dataset::LeftOutColumn& column : data.left_out) {
    std::fprintf(stderr, "  %s\n",
                 fmt::format("{}: {} takes no part: {}", column.table, column.column, column.reason).c_str());
  }
  return data;
}

}  // namespace matchcue::cli
