#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Checks a filter against the schemas, once, when it is stored: afterwards it can be evaluated without them.

#include <string_view>

#include "base/result.h"
#include "domain/value.h"
#include "filter/expression.h"
#include "filter/filter_values.h"

namespace matchcue::filter {

constexpr std::size_t kExpressionCharactersMax = 2'500;  ///< of a filter as it is put
constexpr std::size_t kFieldsMax = 5;                    ///< distinct columns that one filter may test

/// The schemas in force. Borrowed.
struct Schemas {
  const domain::Schema& users;
  const domain::Schema& items;
  const domain::Schema& interactions;
};

/// Reads and checks a filter of items. In the result every column has the spelling of its schema (a column may be
/// written in another case where that is unambiguous).
/// Errors: those of parse_filter(); too long a text; invalid_expression, unknown_column at the place: a column that is
/// not in the schema, or is free text or boolean; a dataset that does not fit ItemID; an ordering of text; text beside
/// a numeric column; more than kFieldsMax columns. unsupported_subject: UserID and ActionID, which filter user segments
/// and actions, and those are not offered. Cost: O(text + conditions x columns). Any thread.
Result<Filter> resolve_filter(std::string_view text, const Schemas& schemas);

/// read_filter_values(), and numbers for numeric columns. `filter` comes from resolve_filter() with these schemas, or
/// with older ones: what has become of its columns meanwhile is checked too. Errors: also unknown_column.
Result<ReadValues> resolve_values(const Filter& filter, const FilterValues& values, const Schemas& schemas);

}  // namespace matchcue::filter
