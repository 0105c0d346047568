#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A filter's text cut into words, numbers, strings, placeholders and symbols.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace matchcue::filter {

enum class TokenKind { word, number, string, placeholder, symbol, end };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string_view spelling;  ///< into the text; empty at the end
  std::string value;          ///< string: without quotes and escapes; placeholder: without the $
  std::size_t at = 0;         ///< byte offset of the spelling

  bool is_symbol(std::string_view symbol) const { return kind == TokenKind::symbol && spelling == symbol; }
};

/// Letters and digits of ASCII, and "_".
bool is_word_character(char c);
/// Equal but for the case of ASCII letters.
bool equal_in_any_case(std::string_view a, std::string_view b);

/// Cuts UTF-8 text, which the tokens look at; the last token is the end. Blanks, tabs and line ends separate.
/// Errors: invalid_symbol, at the place. O(bytes).
Result<std::vector<Token>> cut_into_tokens(std::string_view text);

/// How many bytes at the front of `text`, which begins with a quote, are a string in quotes; 0 when nothing closes it.
/// Its value goes to `value`: after a backslash the next character stands for itself.
std::size_t read_string(std::string_view text, std::string& value);
/// How many bytes at the front of `text` are a number: -1.5e3; 0 when it begins with none.
std::size_t read_number(std::string_view text);

}  // namespace matchcue::filter
