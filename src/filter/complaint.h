#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// How this folder says that a text is wrong: what, and where, with the line and a caret below the place.

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace matchcue::filter {

/// The 1-based column, in characters, of the byte `at` of UTF-8 text.
std::size_t column_of(std::string_view text, std::size_t at);

/// An error at the byte `at` of `text` (text.size(): its end). The message has three lines:
///
///   column 29: expected ")" or ",", found the end
///     EXCLUDE ItemID WHERE Items.ITEM_TYPE IN ("A"
///                                                 ^
///
/// Of a long text only what is around the place is shown. `code` is that of the error.
Error complain(std::string_view text, std::size_t at, std::string_view what,
               std::string_view code = "invalid_expression");

}  // namespace matchcue::filter
