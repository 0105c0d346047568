// SPDX-License-Identifier: Apache-2.0
#include "engine/importer.h"

#include <algorithm>
#include <memory>

#include "base/text.h"
#include "codec/personalize_schema.h"

namespace matchcue::engine {

using domain::DatasetKind;

Importer::Importer(ImportOptions options, RowSink& sink)
    : options_(std::move(options)), sink_(sink), rows_(options_.schema) {
  CHECK(options_.batch_rows_max > 0);
  CHECK(options_.batches_in_flight_max > 0);
}

Importer::~Importer() {
  for (auto& answer : in_flight_) answer.wait();
}

Result<void> Importer::feed(std::string_view chunk) {
  // A large chunk is taken in pieces, so that a failed write ends the import soon.
  constexpr std::size_t kPieceBytes = 65'536;
  for (; !chunk.empty(); chunk.remove_prefix(std::min(chunk.size(), kPieceBytes))) {
    MCUE_TRY_VOID(reader_.feed(chunk.substr(0, kPieceBytes)));
    if (failure_) return *failure_;
  }
  return {};
}

Result<ImportReport> Importer::finish() {
  MCUE_TRY_VOID(reader_.finish());
  write_batch();
  while (!in_flight_.empty() && !failure_) {
    if (auto answer = await_oldest(); !answer.ok()) failure_ = answer.error();
  }
  if (failure_) return *failure_;
  return report_;
}

Result<void> Importer::on_header(std::span<const std::string> columns) { return rows_.take_header(columns); }

void Importer::on_row(std::uint64_t line, std::span<std::string> cells) {
  if (failure_) return;
  ++report_.rows;
  const auto taken = take_row(line, cells);
  if (!taken.ok()) {
    Reject rejected{line, taken.error().field, {}, taken.error().message};
    if (const auto cell = rows_.find_cell(rejected.column, cells)) rejected.value = *cell;
    reject(std::move(rejected));
    return;
  }
  if (std::max({items_.size(), viewers_.size(), interactions_.size()}) >= options_.batch_rows_max) write_batch();
}

void Importer::on_problem(codec::CsvProblem problem) {
  ++report_.rows;
  reject({problem.line, std::move(problem.column), std::move(problem.value), std::move(problem.reason)});
}

/// Checks one row and puts it into the batch.
Result<void> Importer::take_row(std::uint64_t line, std::span<std::string> cells) {
  MCUE_TRY(domain::Values values, rows_.read(cells));
  std::string document = rows_.document_of(values);
  switch (rows_.schema().kind) {
    case DatasetKind::users: {
      MCUE_TRY(auto viewer, codec::make_viewer_row(std::move(values), std::move(document)));
      MCUE_TRY_VOID(take_id(line, codec::id_column(DatasetKind::users), viewer.id.str()));
      viewers_.push_back(std::move(viewer));
      return {};
    }
    case DatasetKind::items: {
      MCUE_TRY(auto item, codec::make_item_row(std::move(values), std::move(document)));
      MCUE_TRY_VOID(take_id(line, codec::id_column(DatasetKind::items), item.id.str()));
      items_.push_back(std::move(item));
      return {};
    }
    case DatasetKind::interactions: {
      MCUE_TRY(auto interaction, codec::make_interaction_row(std::move(values), std::move(document)));
      interactions_.push_back(std::move(interaction));
      return {};
    }
  }
  return {};
}

Result<void> Importer::take_id(std::uint64_t line, std::string_view column, const std::string& id) {
  const auto [known, added] = lines_.emplace(id, line);
  if (added) return {};
  return invalid("duplicate_id", "the same id is on line " + std::to_string(known->second), std::string(column));
}

void Importer::reject(Reject reject) {
  ++report_.rejected_rows;
  if (options_.on_reject) options_.on_reject(reject);
  if (report_.rejects.size() < kRejectsMax) report_.rejects.push_back(std::move(reject));
}

/// Hands the batch to the sink, first waiting until there is room for it.
void Importer::write_batch() {
  if (items_.empty() && viewers_.empty() && interactions_.empty()) return;
  while (in_flight_.size() >= options_.batches_in_flight_max && !failure_) {
    if (auto answer = await_oldest(); !answer.ok()) failure_ = answer.error();
  }
  if (!failure_ && !options_.dry_run) {
    // shared_ptr: std::function must be copyable, and a promise is not.
    auto promise = std::make_shared<std::promise<Result<store::WriteSummary>>>();
    in_flight_.push_back(promise->get_future());
    const Reply<store::WriteSummary> reply = [promise](Result<store::WriteSummary> r) {
      promise->set_value(std::move(r));
    };
    if (!items_.empty()) sink_.put_items(std::move(items_), reply);
    if (!viewers_.empty()) sink_.put_viewers(std::move(viewers_), reply);
    if (!interactions_.empty()) sink_.add_interactions(std::move(interactions_), reply);
  }
  items_.clear();
  viewers_.clear();
  interactions_.clear();
}

Result<void> Importer::await_oldest() {
  auto answer = in_flight_.front().get();
  in_flight_.pop_front();
  if (!answer.ok()) return std::move(answer).error();
  report_.written.added += answer->added;
  report_.written.replaced += answer->replaced;
  report_.written.unchanged += answer->unchanged;
  report_.written.catalogue_version = std::max(report_.written.catalogue_version, answer->catalogue_version);
  return {};
}

std::string to_json(const ImportReport& report) {
  const auto member = [](std::string_view name, std::uint64_t value) {
    return "\"" + std::string(name) + "\":" + std::to_string(value);
  };
  std::string json = "{" + member("rows", report.rows) + "," + member("rejected_rows", report.rejected_rows) +
                     ",\"written\":{" + member("added", report.written.added) + "," +
                     member("replaced", report.written.replaced) + "," + member("unchanged", report.written.unchanged) +
                     "," + member("catalogue_version", report.written.catalogue_version) + "},\"rejects\":[";
  const char* separator = "";
  for (const Reject& reject : report.rejects) {
    json += separator;
    separator = ",";
    json += "{" + member("line", reject.line) + ",\"column\":";
    append_json_string(reject.column, json);
    json += ",\"value\":";
    append_json_string(reject.value, json);
    json += ",\"reason\":";
    append_json_string(reject.reason, json);
    json += "}";
  }
  return json + "]}";
}

}  // namespace matchcue::engine
