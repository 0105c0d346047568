#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// From a CSV file to stored rows: checks every row against a schema, writes the good ones in bounded batches and
// reports the others. Works over a running engine and over a store that no engine has open.

#include <deque>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "codec/csv.h"
#include "codec/personalize_rows.h"
#include "domain/catalogue.h"
#include "domain/value.h"
#include "engine/engine.h"
#include "store/store.h"

namespace matchcue::engine {

/// Where rows go. The reply may come on any thread.
class RowSink {
 public:
  virtual ~RowSink() = default;
  virtual void put_items(std::vector<domain::Item> rows, Reply<store::WriteSummary> reply) = 0;
  virtual void put_viewers(std::vector<domain::Viewer> rows, Reply<store::WriteSummary> reply) = 0;
  virtual void add_interactions(std::vector<domain::Interaction> rows, Reply<store::WriteSummary> reply) = 0;
};

/// A sink over an Engine or a store::Store, which must outlive it.
template <typename Target>
class RowSinkTo final : public RowSink {
 public:
  explicit RowSinkTo(Target& target) : target_(target) {}
  void put_items(std::vector<domain::Item> rows, Reply<store::WriteSummary> reply) override {
    target_.put_items(std::move(rows), std::move(reply));
  }
  void put_viewers(std::vector<domain::Viewer> rows, Reply<store::WriteSummary> reply) override {
    target_.put_viewers(std::move(rows), std::move(reply));
  }
  void add_interactions(std::vector<domain::Interaction> rows, Reply<store::WriteSummary> reply) override {
    target_.add_interactions(std::move(rows), std::move(reply));
  }

 private:
  Target& target_;
};

struct ImportOptions {
  domain::Schema schema;                         ///< also says which kind of rows these are
  bool dry_run = false;                          ///< check everything, write nothing
  std::size_t batch_rows_max = 5'000;            ///< rows in one write
  std::size_t batches_in_flight_max = 2;         ///< writes not answered yet
  std::function<void(const Reject&)> on_reject;  ///< told every rejected row, also those that the report leaves out
};

/// One import of one file. One thread, which waits while batches_in_flight_max writes are not answered: not an event
/// loop's. Memory: those batches, one CSV row, and for users and items their ids.
///
/// Columns are found by name, in any order. A nullable column may be missing and is then null. Rows of users and items
/// replace the stored row with the same id as a whole; importing a file a second time changes nothing.
class Importer final : private codec::CsvHandler {
 public:
  /// `sink` must outlive the importer.
  Importer(ImportOptions options, RowSink& sink);
  ~Importer() override;  ///< waits for the writes in flight
  Importer(const Importer&) = delete;
  Importer& operator=(const Importer&) = delete;

  /// Takes the file's next bytes. Errors end the import: invalid_csv_header, missing_columns, unknown_column, and what
  /// a write was answered with. Batches before the failed one stay written.
  Result<void> feed(std::string_view chunk);
  /// The file ends here: writes the rest and waits for every answer. Errors: as feed.
  Result<ImportReport> finish();

  /// What was read so far.
  const ImportReport& report() const { return report_; }

 private:
  Result<void> on_header(std::span<const std::string> columns) override;
  void on_row(std::uint64_t line, std::span<std::string> cells) override;
  void on_problem(codec::CsvProblem problem) override;

  Result<void> take_row(std::uint64_t line, std::span<std::string> cells);
  Result<void> take_id(std::uint64_t line, std::string_view column, const std::string& id);
  void reject(Reject reject);
  void write_batch();
  Result<void> await_oldest();

  ImportOptions options_;
  RowSink& sink_;
  codec::CsvReader reader_{*this};
  codec::RowReader rows_;
  std::unordered_map<std::string, std::uint64_t> lines_;  ///< users, items: id -> line it was on
  std::vector<domain::Item> items_;                       ///< the batch being filled: one of these three
  std::vector<domain::Viewer> viewers_;
  std::vector<domain::Interaction> interactions_;
  std::deque<std::future<Result<store::WriteSummary>>> in_flight_;  ///< oldest first
  std::optional<Error> failure_;                                    ///< of a write
  ImportReport report_;
};

/// {"rows":..,"rejected_rows":..,"written":{"added":..,"replaced":..,"unchanged":..,"catalogue_version":..},
/// "rejects":[{"line":..,"column":..,"value":..,"reason":..}]}: what the API answers and the command line prints.
std::string to_json(const ImportReport& report);

}  // namespace matchcue::engine
