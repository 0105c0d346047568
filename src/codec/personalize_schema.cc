// SPDX-License-Identifier: Apache-2.0
#include "codec/personalize_schema.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"
#include "codec/schema_text.h"

namespace matchcue::codec {

namespace {

using domain::DatasetKind;
using domain::Field;
using domain::FieldType;
using domain::Schema;

/// A column whose meaning Personalize fixes.
struct Reserved {
  std::string_view name;
  FieldType type;
  bool required;
  bool may_be_null;
  std::string_view holds;
};

constexpr std::array kUsersReserved = {
    Reserved{"USER_ID", FieldType::string, true, false, "the viewer's id"},
};
constexpr std::array kItemsReserved = {
    Reserved{"ITEM_ID", FieldType::string, true, false, "the item's id"},
    Reserved{"CREATION_TIMESTAMP", FieldType::int64, false, true, "epoch seconds"},
};
constexpr std::array kInteractionsReserved = {
    Reserved{"USER_ID", FieldType::string, true, false, "the viewer's id"},
    Reserved{"ITEM_ID", FieldType::string, true, false, "the item's id"},
    Reserved{"TIMESTAMP", FieldType::int64, true, false, "epoch seconds"},
    Reserved{"EVENT_TYPE", FieldType::string, false, false, "what the viewer did"},
    Reserved{"EVENT_VALUE", FieldType::float32, false, true, "how much of it"},
    Reserved{"IMPRESSION", FieldType::string, false, true, "the item ids shown, joined by '|'"},
    Reserved{"RECOMMENDATION_ID", FieldType::string, false, true, "the decision it answers"},
    Reserved{"EVENT_ATTRIBUTION_SOURCE", FieldType::string, false, true, "where it came from"},
};

std::span<const Reserved> reserved_of(DatasetKind kind) {
  switch (kind) {
    case DatasetKind::users: return kUsersReserved;
    case DatasetKind::items: return kItemsReserved;
    case DatasetKind::interactions: return kInteractionsReserved;
  }
  return {};
}

const Reserved* find_reserved(DatasetKind kind, std::string_view name) {
  for (const Reserved& reserved : reserved_of(kind)) {
    if (reserved.name == name) return &reserved;
  }
  return nullptr;
}

std::size_t metadata_max(DatasetKind kind) {
  switch (kind) {
    case DatasetKind::users: return 25;
    case DatasetKind::items: return 100;
    case DatasetKind::interactions: return 5;
  }
  return 0;
}

std::string_view record_name_of(DatasetKind kind) {
  switch (kind) {
    case DatasetKind::users: return "Users";
    case DatasetKind::items: return "Items";
    case DatasetKind::interactions: return "Interactions";
  }
  return "";
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

/// What two names may not share: their letters and digits.
std::string reduced(std::string_view name) {
  std::string out = upper(name);
  std::erase(out, '_');
  return out;
}

std::string type_text(FieldType type, bool nullable) {
  const std::string word = "\"" + std::string(to_string(type)) + "\"";
  return nullable ? "[\"null\", " + word + "]" : word;
}

/// Goes through a written schema once, remarking on it and building the corrected one.
class Checker {
 public:
  explicit Checker(DatasetKind kind) : kind_(kind) {
    reading_.corrected.kind = kind;
    reading_.corrected.name = record_name_of(kind);
  }

  SchemaReading check(const WrittenSchema& written) {
    for (const std::string& problem : written.problems) reject("", problem);
    if (!written.record_name.empty() && written.record_name != record_name_of(kind_)) {
      reject("", "the record's name is \"" + written.record_name + "\" and must be \"" +
                     std::string(record_name_of(kind_)) + "\"");
    }
    id_written_ = std::any_of(written.fields.begin(), written.fields.end(), [&](const WrittenField& field) {
      return reduced(field.name) == reduced(id_column(kind_));
    });
    for (const WrittenField& field : written.fields) take(field);
    require_columns();
    limit_textual();
    if (metadata_count() == 0 && kind_ != DatasetKind::interactions) {
      reject("", "there is no metadata column, and at least one is required");
    }
    if (metadata_count() > metadata_max(kind_)) {
      reject("", "there are " + std::to_string(metadata_count()) + " metadata columns, and at most " +
                     std::to_string(metadata_max(kind_)) + " are allowed");
    }
    if (!reading_.problems.empty()) complete();
    drop_surplus();
    if (reading_.problems.empty()) {
      reading_.advice.clear();
      reading_.schema = reading_.corrected;
    }
    return std::move(reading_);
  }

 private:
  void reject(std::string field, std::string message) {
    reading_.problems.push_back({std::move(field), std::move(message)});
  }
  void advise(std::string field, std::string message) {
    reading_.advice.push_back({std::move(field), std::move(message)});
  }
  const Field* known(std::string_view name) const { return builtin_schema(kind_).find_field(name); }
  /// The built-in column that `name` is, whatever its case and underscores.
  const Field* meant_column(std::string_view name) const {
    const std::string wanted = reduced(name);
    for (const Field& field : builtin_schema(kind_).fields) {
      if (reduced(field.name) == wanted) return &field;
    }
    return nullptr;
  }
  const Reserved* meant_reserved(std::string_view name) const {
    const std::string wanted = reduced(name);
    for (const Reserved& reserved : reserved_of(kind_)) {
      if (reduced(reserved.name) == wanted) return &reserved;
    }
    return nullptr;
  }
  bool has(std::string_view name) const { return reading_.corrected.find_field(name) != nullptr; }

  void take(const WrittenField& written) {
    for (const std::string& problem : written.problems) reject(written.name, problem);
    Field field{written.name, written.meant, written.nullable, written.categorical, written.textual};
    rename(field);
    if (const Field* same = find_reduced(field.name)) {
      reject(written.name, same->name == field.name
                               ? "the name is given twice"
                               : "the name differs from " + same->name + " in underscores and case only");
      return;
    }
    if (const Reserved* reserved = find_reserved(kind_, field.name)) {
      check_reserved(written, *reserved, field);
    } else {
      check_metadata(written, field);
    }
    reading_.corrected.fields.push_back(std::move(field));
  }

  /// Gives a column its proper name when the written one is another spelling of it, or another data set's.
  void rename(Field& field) {
    const std::string name = upper(field.name);
    const bool foreign_id = (name == "USER_ID" || name == "ITEM_ID") && name != id_column(kind_);
    if (kind_ != DatasetKind::interactions && foreign_id && !id_written_) {
      reject(field.name, "this is the id of another data set; " + std::string(to_string(kind_)) + " have " +
                             std::string(id_column(kind_)));
      field.name = id_column(kind_);
    } else if (const Reserved* reserved = meant_reserved(field.name); reserved && reserved->name != field.name) {
      reject(field.name, "this must be spelled " + std::string(reserved->name));
      field.name = reserved->name;
    } else if (const Field* column = meant_column(field.name); column && column->name != field.name) {
      advise(field.name, "names are case-sensitive: the column that is used is " + column->name);
    }
  }

  const Field* find_reduced(std::string_view name) const {
    const std::string wanted = reduced(name);
    for (const Field& field : reading_.corrected.fields) {
      if (reduced(field.name) == wanted) return &field;
    }
    return nullptr;
  }

  void check_reserved(const WrittenField& written, const Reserved& reserved, Field& field) {
    if (written.type && *written.type != reserved.type) {
      reject(written.name, "the type is \"" + std::string(to_string(*written.type)) + "\" and must be " +
                               type_text(reserved.type, false) + ": it holds " + std::string(reserved.holds));
    } else if (!written.type) {
      reject_type(written, type_text(reserved.type, false) + ": it holds " + std::string(reserved.holds));
    }
    if (field.nullable && !reserved.may_be_null) reject(written.name, "it must not be null");
    if (field.categorical || field.textual) reject(written.name, "it can be neither categorical nor textual");
    field.type = reserved.type;
    field.nullable = field.nullable && reserved.may_be_null;
    field.categorical = field.textual = false;
  }

  void reject_type(const WrittenField& written, const std::string& instead) {
    if (written.wrong_type.empty()) return;  // its form is wrong, and was remarked on
    reject(written.name, "\"" + written.wrong_type + "\" is not an Avro type: write " + instead);
  }

  void check_metadata(const WrittenField& written, Field& field) {
    const bool is_text = field.type == FieldType::string;
    if (field.categorical && !is_text) reject(written.name, "only strings can be categorical");
    if (field.textual && !is_text) reject(written.name, "only strings can be textual");
    if (field.textual && kind_ != DatasetKind::items) reject(written.name, "only items have textual columns");
    if (field.textual && field.categorical) reject(written.name, "it is either categorical or textual, not both");
    field.textual = field.textual && is_text && kind_ == DatasetKind::items;
    field.categorical = field.categorical && is_text && !field.textual;
    const Field* sample = meant_column(field.name);
    if (!written.type) {
      reject_type(written, sample ? type_text(sample->type, sample->nullable) : type_text(written.meant, false));
    } else if (sample == nullptr) {
      return;
    } else if (*written.type != sample->type) {
      advise(written.name, "\"" + std::string(to_string(*written.type)) + "\" is allowed, but the sample's column is " +
                               type_text(sample->type, sample->nullable));
    } else if (sample->categorical && !field.categorical) {
      advise(written.name, "without \"categorical\": true it takes no part in training");
    }
  }

  void require_columns() {
    std::size_t place = 0;
    for (const Reserved& reserved : reserved_of(kind_)) {
      if (!reserved.required) continue;
      if (!has(reserved.name)) {
        const std::string name(reserved.name);
        reject(name, "required, and missing: " + type_text(reserved.type, false) + ", " + std::string(reserved.holds));
        auto& fields = reading_.corrected.fields;
        fields.insert(fields.begin() + static_cast<std::ptrdiff_t>(std::min(place, fields.size())),
                      Field{name, reserved.type, false, false, false});
      }
      ++place;
    }
  }

  void limit_textual() {
    bool seen = false;
    for (Field& field : reading_.corrected.fields) {
      if (field.textual && seen) {
        reject(field.name, "only one column can be textual");
        field.textual = false;
      }
      seen = seen || field.textual;
    }
  }

  std::size_t metadata_count() const {
    const auto& fields = reading_.corrected.fields;
    return static_cast<std::size_t>(std::count_if(
        fields.begin(), fields.end(), [&](const Field& field) { return !is_reserved_column(kind_, field.name); }));
  }

  /// Turns a schema that has to be written again anyway into one of the sample's shape, where it looks like that.
  void complete() {
    auto& fields = reading_.corrected.fields;
    for (Field& field : fields) {
      const Field* sample = meant_column(field.name);
      if (sample != nullptr && !is_reserved_column(kind_, field.name)) field = *sample;
    }
    const auto is_sample_column = [&](const Field& field) {
      return known(field.name) != nullptr && !is_reserved_column(kind_, field.name);
    };
    const auto sample_columns = std::count_if(fields.begin(), fields.end(), is_sample_column);
    if (kind_ == DatasetKind::interactions) {
      if (sample_columns == 0) add_missing("the live event's context: without it no decision can depend on it");
    } else if (2 * sample_columns >= static_cast<std::ptrdiff_t>(metadata_count())) {
      add_missing("a column of the sample, added");
    }
  }

  /// Adds the sample's metadata columns, matchcue's own excepted.
  void add_missing(const std::string& why) {
    for (const Field& field : builtin_schema(kind_).fields) {
      const bool own = field.name == "MIN_AGE" || field.name == "COUNTRIES" || field.name == "REMOTE" ||
                       field.name == "SUPPORTED_TEAM";
      if (own || is_reserved_column(kind_, field.name) || find_reduced(field.name) != nullptr) continue;
      advise(field.name, "missing: " + why);
      reading_.corrected.fields.push_back(field);
    }
  }

  /// Drops metadata columns beyond the limit, the sample's last.
  void drop_surplus() {
    auto& fields = reading_.corrected.fields;
    for (const bool sample_too : {false, true}) {
      for (std::size_t i = fields.size(); i-- > 0 && metadata_count() > metadata_max(kind_);) {
        if (is_reserved_column(kind_, fields[i].name) || (!sample_too && known(fields[i].name) != nullptr)) continue;
        advise(fields[i].name, "dropped: " + std::string(to_string(kind_)) + " have at most " +
                                   std::to_string(metadata_max(kind_)) + " metadata columns");
        fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(i));
      }
    }
  }

  DatasetKind kind_;
  SchemaReading reading_;
  bool id_written_ = false;  ///< one of the fields is the id column
};

}  // namespace

SchemaReading read_schema(DatasetKind kind, std::string_view text) {
  if (text.size() > kSchemaBytesMax) {
    SchemaReading reading;
    reading.problems.push_back({"", "longer than " + std::to_string(kSchemaBytesMax) + " bytes"});
    reading.corrected = builtin_schema(kind);
    return reading;
  }
  return Checker(kind).check(read_schema_text(text));
}

Result<Schema> parse_schema(DatasetKind kind, std::string_view text) {
  SchemaReading reading = read_schema(kind, text);
  if (!reading.schema) return invalid("invalid_schema", explain_schema(reading));
  return std::move(*reading.schema);
}

std::string explain_schema(const SchemaReading& reading) {
  std::string text = "this is not a valid schema for " + std::string(to_string(reading.corrected.kind)) + ":\n";
  for (const auto* remarks : {&reading.problems, &reading.advice}) {
    for (const SchemaRemark& remark : *remarks) {
      text += "  - " + (remark.field.empty() ? std::string() : remark.field + ": ") + remark.message + "\n";
    }
  }
  return text + "The corrected schema:\n" + write_schema(reading.corrected);
}

std::string write_schema(const Schema& schema) {
  std::string text = "{\n  \"type\": \"record\",\n  \"name\": ";
  append_json_string(schema.name, text);
  text += ",\n  \"namespace\": \"com.amazonaws.personalize.schema\",\n  \"fields\": [";
  const char* separator = "\n";
  for (const Field& field : schema.fields) {
    text += separator;
    text += "    {\"name\": ";
    append_json_string(field.name, text);
    text += ", \"type\": " + type_text(field.type, field.nullable);
    if (field.categorical) text += ", \"categorical\": true";
    if (field.textual) text += ", \"textual\": true";
    text += "}";
    separator = ",\n";
  }
  return text + "\n  ],\n  \"version\": \"1.0\"\n}\n";
}

std::optional<DatasetKind> parse_dataset_kind(std::string_view text) {
  for (const DatasetKind kind : {DatasetKind::users, DatasetKind::items, DatasetKind::interactions}) {
    if (text == to_string(kind)) return kind;
  }
  return std::nullopt;
}

std::string_view id_column(DatasetKind kind) {
  switch (kind) {
    case DatasetKind::users: return "USER_ID";
    case DatasetKind::items: return "ITEM_ID";
    case DatasetKind::interactions: return "";
  }
  return "";
}

bool is_reserved_column(DatasetKind kind, std::string_view name) { return find_reserved(kind, name) != nullptr; }

}  // namespace matchcue::codec
