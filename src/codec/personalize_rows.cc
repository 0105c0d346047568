// SPDX-License-Identifier: Apache-2.0
#include "codec/personalize_rows.h"

#include <algorithm>

#include "base/text.h"
#include "codec/json_values.h"
#include "codec/personalize_schema.h"
#include "domain/ids.h"

namespace matchcue::codec {

namespace {

using domain::DatasetKind;
using domain::Field;
using domain::Value;
using domain::Values;

constexpr std::size_t kImpressionBytesMax = 1'000;
constexpr std::int64_t kSecondsMax = 253'402'300'799;  // the end of the year 9999
constexpr std::int64_t kLooksLikeMilliseconds = 100'000'000'000;

Result<void> check_rules(DatasetKind kind, const Field& field, const Value& value) {
  const bool is_time = field.name == "TIMESTAMP" || field.name == "CREATION_TIMESTAMP";
  if (const auto* seconds = std::get_if<std::int64_t>(&value);
      seconds && is_time && is_reserved_column(kind, field.name)) {
    if (*seconds > kLooksLikeMilliseconds && *seconds <= kSecondsMax * 1000) {
      return invalid("out_of_range", "epoch seconds are required, and this looks like milliseconds", field.name);
    }
    if (*seconds < 0 || *seconds > kSecondsMax) {
      return invalid("out_of_range", "not a time in epoch seconds", field.name);
    }
  }
  const auto* impression = field.name == "IMPRESSION" ? std::get_if<std::string>(&value) : nullptr;
  if (impression != nullptr && impression->size() > kImpressionBytesMax) {
    return invalid("too_long", "longer than " + std::to_string(kImpressionBytesMax) + " bytes", field.name);
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

Result<void> RowReader::take_header(std::span<const std::string> columns) {
  std::vector<std::string> missing;
  std::vector<std::string> names;
  for (const Field& field : schema_.fields) {
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
    if (schema_.find_field(column) != nullptr) continue;
    const auto nearest = nearest_name(column, names);
    return invalid("unknown_column",
                   "column \"" + column + "\" is not in the schema of " + std::string(to_string(schema_.kind)) +
                       (nearest ? "; the nearest is " + *nearest : ""),
                   column);
  }
  return {};
}

Result<Values> RowReader::read(std::span<const std::string> cells) const {
  Values values;
  for (const Column& column : columns_) {
    MCUE_TRY(Value value, domain::parse_value(column.field, cells[column.cell]));
    MCUE_TRY_VOID(check_rules(schema_.kind, column.field, value));
    values.emplace(column.field.name, std::move(value));
  }
  for (const Field& field : schema_.fields) values.try_emplace(field.name, Value{});
  return values;
}

std::string RowReader::document_of(const Values& values) const {
  std::string document = "{";
  for (const Column& column : columns_) {
    if (document.size() > 1) document.push_back(',');
    append_json_string(column.field.name, document);
    document.push_back(':');
    append_json(values.find(column.field.name)->second, document);
  }
  document.push_back('}');
  return document;
}

std::optional<std::string_view> RowReader::find_cell(std::string_view name, std::span<const std::string> cells) const {
  for (const Column& column : columns_) {
    if (column.field.name == name) return cells[column.cell];
  }
  return std::nullopt;
}

Result<domain::Item> make_item_row(Values values, std::string document) {
  std::string id = take_text(values, id_column(DatasetKind::items));
  MCUE_TRY_VOID(domain::check_id(id, id_column(DatasetKind::items)));
  return domain::make_item(domain::ItemId(std::move(id)), std::move(values), std::move(document));
}

Result<domain::Viewer> make_viewer_row(Values values, std::string document) {
  std::string id = take_text(values, id_column(DatasetKind::users));
  MCUE_TRY_VOID(domain::check_id(id, id_column(DatasetKind::users)));
  return domain::make_viewer(domain::ViewerId(std::move(id)), std::move(values), std::move(document));
}

Result<domain::Interaction> make_interaction_row(Values values, std::string document) {
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
           is_reserved_column(DatasetKind::interactions, value.first);
  });
  interaction.context = std::move(values);
  interaction.document = std::move(document);
  return interaction;
}

}  // namespace matchcue::codec
