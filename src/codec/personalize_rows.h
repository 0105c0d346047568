#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// From the cells of a CSV row to a user, an item or an interaction, by a data set's schema.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/catalogue.h"
#include "domain/value.h"

namespace matchcue::codec {

/// Reads the rows of one file. One thread. Columns are found by name, in any order. A nullable column may be missing
/// and is then null.
class RowReader {
 public:
  explicit RowReader(domain::Schema schema) : schema_(std::move(schema)) {}

  const domain::Schema& schema() const { return schema_; }

  /// Finds the schema's columns; once, before any row. Errors: missing_columns, unknown_column.
  Result<void> take_header(std::span<const std::string> columns);

  /// Reads one row: every field of the schema, null where the file has no such column. `cells` has as many entries as
  /// the header. Errors: wrong_type, missing_value, out_of_range (also: a time in milliseconds), too_long (categorical
  /// values and impressions over 1,000 bytes); Error.field is the column.
  Result<domain::Values> read(std::span<const std::string> cells) const;
  /// The row as a JSON object of the columns that the file has, in the schema's order. `values` is what read()
  /// returned.
  std::string document_of(const domain::Values& values) const;
  /// What stands in a column of the file; nothing when it has no such column.
  std::optional<std::string_view> find_cell(std::string_view column, std::span<const std::string> cells) const;

 private:
  /// A schema field and the column of the file that holds it.
  struct Column {
    domain::Field field;
    std::size_t cell;
  };

  domain::Schema schema_;
  std::vector<Column> columns_;
};

/// Each takes what RowReader::read returned for a schema of its kind. Errors: invalid_id, and wrong_type for ages out
/// of range.
Result<domain::Item> make_item_row(domain::Values values, std::string document);
Result<domain::Viewer> make_viewer_row(domain::Values values, std::string document);
/// The context is the metadata columns that are not null.
Result<domain::Interaction> make_interaction_row(domain::Values values, std::string document);

}  // namespace matchcue::codec
