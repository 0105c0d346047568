#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Data set schemas as Personalize writes them: a flat Avro record in JSON. A schema that breaks a rule is answered with
// everything that is wrong with it and with a schema that is right.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/value.h"

namespace matchcue::codec {

constexpr std::size_t kSchemaBytesMax = 20'000;

/// One remark about a schema.
struct SchemaRemark {
  std::string field;    ///< as the schema spells it; empty when the whole schema is meant
  std::string message;  ///< what is wrong and what to write instead
};

/// What reading a schema came to.
struct SchemaReading {
  std::optional<domain::Schema> schema;  ///< nothing when there are problems
  std::vector<SchemaRemark> problems;    ///< broken rules
  std::vector<SchemaRemark> advice;      ///< allowed, but probably not meant; given together with problems only
  domain::Schema corrected;              ///< the nearest schema that breaks no rule; equal to `schema` if there is one
};

/// Reads Avro JSON text. Also understands, in order to correct them, a bare list of fields, a list under any name, and
/// commas before a closing bracket. Never fails: whatever the bytes, `corrected` is a valid schema of this kind.
SchemaReading read_schema(domain::DatasetKind kind, std::string_view text);

/// As read_schema. Errors: invalid_schema; the message is explain_schema's text.
Result<domain::Schema> parse_schema(domain::DatasetKind kind, std::string_view text);

/// All remarks, one a line, and then the corrected schema as text.
std::string explain_schema(const SchemaReading& reading);

/// The schema in force until another is put: the AWS sample's columns, and matchcue's own MIN_AGE, COUNTRIES and
/// REMOTE.
const domain::Schema& builtin_schema(domain::DatasetKind kind);

/// Avro JSON, one field a line. read_schema reads the same schema from it.
std::string write_schema(const domain::Schema& schema);

std::optional<domain::DatasetKind> parse_dataset_kind(std::string_view text);  ///< "users", "items", "interactions"

/// The column that identifies a row: USER_ID or ITEM_ID; empty for interactions.
std::string_view id_column(domain::DatasetKind kind);
/// True for columns whose meaning Personalize fixes (USER_ID, TIMESTAMP, EVENT_TYPE...); all others are metadata.
bool is_reserved_column(domain::DatasetKind kind, std::string_view name);

}  // namespace matchcue::codec
