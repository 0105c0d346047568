#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// JSON from strangers: exactly what RFC 8259 says and nothing that readers could understand differently.

#include <nlohmann/json.hpp>
#include <string_view>

#include "base/result.h"

namespace matchcue::codec {

/// Deepest nesting that is read: [[1]] has two levels.
constexpr int kStrictDepthMax = 32;

/// Reads one JSON text of any kind. Cost: linear; deep nesting is refused before anything is built of it.
///
/// Errors  invalid_json (no JSON, a byte order mark, a zero byte; the message has the place), too_deep, duplicate_key,
///         out_of_range (a number that no double holds); Error.field is the member that was being read ("state.SCORE")
Result<nlohmann::json> parse_strict_json(std::string_view text);

/// Whether a text, JSON or not, is nested at most `levels` deep. Errors: too_deep. O(size), builds nothing.
Result<void> check_depth(std::string_view text, int levels);

}  // namespace matchcue::codec
