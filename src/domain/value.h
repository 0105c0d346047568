#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Typed values and the schemas that say which values are allowed: the Personalize (Avro) subset.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace matchcue::domain {

/// null, boolean, whole number, number, text.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string>;
/// Named values in name order, so that two equal sets look the same everywhere.
using Values = std::map<std::string, Value, std::less<>>;

enum class FieldType { string, int32, int64, float32, float64, boolean };

struct Field {
  std::string name;
  FieldType type = FieldType::string;
  bool nullable = false;
  bool categorical = false;  ///< string only: takes part in training; several labels are joined by '|'
  bool textual = false;      ///< string only, items only: free text
};

enum class DatasetKind { users, items, interactions };

/// An immutable list of fields with unique names.
struct Schema {
  DatasetKind kind = DatasetKind::items;
  std::string name;  ///< the Avro record name, "Items"
  std::vector<Field> fields;

  const Field* find_field(std::string_view name) const;
};

std::string_view to_string(FieldType type);    ///< the Avro word: "string", "int", "long", ...
std::string_view to_string(DatasetKind kind);  ///< "users", "items", "interactions"

/// How a value is written where it is a key or is shown: null "", 1, 2.5, true, text as it is.
std::string to_text(const Value& value);

/// Reads `text` (a CSV cell, a command-line value) as a value of `field`; "" is null.
/// Errors: wrong_type, missing_value; Error.field is the field's name and the message has the value.
Result<Value> parse_value(const Field& field, std::string_view text);

/// Checks that `value` (from JSON) may stand in `field`, widening whole numbers to numbers where the field asks for
/// them. Errors: wrong_type, missing_value, out_of_range, too_long (a label), invalid_text.
Result<Value> check_value(const Field& field, Value value);

}  // namespace matchcue::domain
