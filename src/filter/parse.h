#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The filter language's grammar:
//
//   filter      = expression { "|" expression }
//   expression  = ( INCLUDE | EXCLUDE ) subject WHERE chain [ IF viewer { AND viewer } ]
//   subject     = ItemID | UserID | ActionID
//   chain       = condition { ( AND | OR ) condition }        all on one dataset; AND binds more strongly than OR
//   condition   = dataset "." column ( [ NOT ] IN "(" values ")" | compare value )
//   viewer      = CurrentUser "." column ( [ NOT ] IN "(" values ")" | compare value )
//   dataset     = Items | Interactions | Users | Actions | Action_Interactions
//   compare     = "=" | "<" | "<=" | ">" | ">="
//   values      = "*" | placeholder | literal { "," literal }
//   value       = placeholder | literal
//
// Words may be written in any case; names of placeholders are as they are written.

#include <string_view>

#include "base/result.h"
#include "filter/expression.h"

namespace matchcue::filter {

constexpr std::size_t kPlaceholdersMax = 25;
constexpr std::size_t kPlaceholderNameMax = 50;  ///< characters

/// Reads a whole filter of any length. What needs the schemas is checked by resolve_filter(). `text` need not be UTF-8.
/// Errors: invalid_expression, invalid_symbol; the message has the column, what was found, what was expected, and the
/// text with a caret. O(characters). Any thread.
Result<Filter> parse_filter(std::string_view text);

}  // namespace matchcue::filter
