// SPDX-License-Identifier: Apache-2.0
#include "engine/importer.h"

#include <algorithm>
#include <memory>

#include "base/text.h"
#include "codec/json_values.h"
#include "codec/personalize_schema.h"
#include "domain/ids.h"

namespace matchcue::engine {

namespace {

using domain::DatasetKind;
using domain::Field;
using domain::Value;
using domain::Values;

constexpr std::size_t kLabelBytesMax = 1'000;          // Personalize's limit on categorical values and impressions
constexpr std::int64_t kSecondsMax = 253'402'300'799;  // the end of the year 9999
constexpr std::int64_t kLooksLikeMilliseconds = 100'000'000'000;

Result<void> check_rules(DatasetKind kind, const Field& field, const Value& value) {
  const bool is_time = field.name == "TIMESTAMP" || field.name == "CREATION_TIMESTAMP";
  if (const auto* seconds = std::get_if<std::int64_t>(&value);
      seconds && is_time && codec::is_reserved_column(kind, field.name)) {
    if (*seconds > kLooksLikeMilliseconds && *seconds <= kSecondsMax * 1000) {
      return invalid("out_of_range", "epoch seconds are required, and this looks like milliseconds", field.name);
    }
    if (*seconds < 0 || *seconds > kSecondsMax) {
      return invalid("out_of_range", "not a time in epoch seconds", field.name);
    }
  }
  const bool is_label = field.categorical || field.name == "IMPRESSION";
  if (const auto* text = std::get_if<std::string>(&value); text && is_label && text->size() > kLabelBytesMax) {
    return invalid("too_long", "longer than " + std::to_string(kLabelBytesMax) + " bytes", field.name);
  }
  return {};
}

std::string join(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string take_text(Values& values, std::string_view name) {
  const auto found = values.find(name);
  if (found == values.end()) return {};
  std::string text = domain::to_text(found->second);
  values.erase(found);
  return text;
}

}  // namespace

Importer::Importer(ImportOptions options, RowSink& sink) : options_(std::move(options)), sink_(sink) {
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

Result<void> Importer::on_header(std::span<const std::string> columns) {
  std::vector<std::string> missing;
  std::vector<std::string> names;
  for (const Field& field : options_.schema.fields) {
    names.push_back(field.name);
    const auto found = std::find(columns.begin(), columns.end(), field.name);
    if (found != columns.end()) {
      columns_.push_back({field, static_cast<std::size_t>(found - columns.begin())});
    } else if (!field.nullable) {
      missing.push_back(field.name);
    }
  }
  if (!missing.empty()) {
    return invalid("missing_columns", "Input CSV is missing the following columns: [" + join(missing) + "]");
  }
  for (const std::string& column : columns) {
    if (options_.schema.find_field(column) != nullptr) continue;
    const auto nearest = nearest_name(column, names);
    return invalid("unknown_column",
                   "column \"" + column + "\" is not in the schema of " + std::string(to_string(options_.schema.kind)) +
                       (nearest ? "; the nearest is " + *nearest : ""),
                   column);
  }
  return {};
}

void Importer::on_row(std::uint64_t line, std::span<std::string> cells) {
  if (failure_) return;
  ++report_.rows;
  const auto taken = take_row(line, cells);
  if (!taken.ok()) {
    Reject rejected{line, taken.error().field, {}, taken.error().message};
    for (const Column& column : columns_) {
      if (column.field.name == rejected.column) rejected.value = cells[column.cell];
    }
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
  const DatasetKind kind = options_.schema.kind;
  const std::string_view id_column = codec::id_column(kind);
  Values values;
  std::string document = "{";
  for (const Column& column : columns_) {
    MCUE_TRY(Value value, domain::parse_value(column.field, cells[column.cell]));
    MCUE_TRY_VOID(check_rules(kind, column.field, value));
    if (document.size() > 1) document.push_back(',');
    append_json_string(column.field.name, document);
    document.push_back(':');
    codec::append_json(value, document);
    values.emplace(column.field.name, std::move(value));
  }
  document.push_back('}');
  for (const Field& field : options_.schema.fields) values.try_emplace(field.name, Value{});

  if (kind == DatasetKind::interactions) return take_interaction(std::move(values), std::move(document));
  std::string id = take_text(values, id_column);
  MCUE_TRY_VOID(domain::check_id(id, id_column));
  if (kind == DatasetKind::items) {
    MCUE_TRY(auto item, domain::make_item(domain::ItemId(id), std::move(values), std::move(document)));
    MCUE_TRY_VOID(take_id(line, id_column, id));
    items_.push_back(std::move(item));
  } else {
    MCUE_TRY(auto viewer, domain::make_viewer(domain::ViewerId(id), std::move(values), std::move(document)));
    MCUE_TRY_VOID(take_id(line, id_column, id));
    viewers_.push_back(std::move(viewer));
  }
  return {};
}

Result<void> Importer::take_id(std::uint64_t line, std::string_view column, const std::string& id) {
  const auto [known, added] = lines_.emplace(id, line);
  if (added) return {};
  return invalid("duplicate_id", "the same id is on line " + std::to_string(known->second), std::string(column));
}

Result<void> Importer::take_interaction(Values values, std::string document) {
  domain::Interaction interaction;
  interaction.viewer = domain::ViewerId(take_text(values, "USER_ID"));
  interaction.item = domain::ItemId(take_text(values, "ITEM_ID"));
  MCUE_TRY_VOID(domain::check_id(interaction.viewer.str(), "USER_ID"));
  MCUE_TRY_VOID(domain::check_id(interaction.item.str(), "ITEM_ID"));
  interaction.timestamp_s = std::get<std::int64_t>(values.at("TIMESTAMP"));
  interaction.event_type = take_text(values, "EVENT_TYPE");
  if (const auto value = values.find("EVENT_VALUE"); value != values.end()) {
    if (const auto* number = std::get_if<double>(&value->second)) interaction.event_value = *number;
  }
  std::erase_if(values, [](const auto& value) {
    return std::holds_alternative<std::monostate>(value.second) ||
           codec::is_reserved_column(DatasetKind::interactions, value.first);
  });
  interaction.context = std::move(values);
  interaction.document = std::move(document);
  interactions_.push_back(std::move(interaction));
  return {};
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
