#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Small functions on text that several folders need.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace matchcue {

/// Writes bytes as URL-safe base64 without padding (RFC 4648 section 5), appending to `out`.
void append_base64url(std::string_view bytes, std::string& out);
/// Reads URL-safe base64 without padding; nothing when the text is not that.
std::optional<std::string> decode_base64url(std::string_view text);

/// The candidate that differs from `word` by the fewest single-letter edits, if that is at most a third of its
/// length (at least 2): what the writer probably meant.
std::optional<std::string> nearest_name(std::string_view word, std::span<const std::string> candidates);

/// Reads a whole decimal integer; nothing when the text is anything else or does not fit.
std::optional<std::int64_t> parse_int(std::string_view text);
/// Reads a whole finite decimal number; nothing when the text is anything else.
std::optional<double> parse_double(std::string_view text);

/// Splits at every `separator`; "" gives one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

/// True when the bytes are well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF).
bool is_utf8(std::string_view bytes);

/// The beginning of UTF-8 text, at most `bytes_max` bytes and never a part of a character: for showing a stranger's
/// input in a message.
std::string_view first_characters(std::string_view text, std::size_t bytes_max);

/// Writes `text` as a JSON string with its quotes, appending to `out`. `text` must be UTF-8.
void append_json_string(std::string_view text, std::string& out);

}  // namespace matchcue
