// SPDX-License-Identifier: Apache-2.0
#include "filter/token.h"

#include <algorithm>
#include <array>

#include "filter/complaint.h"

namespace matchcue::filter {

namespace {

constexpr std::array<std::string_view, 9> kSymbols = {"<=", ">=", "<", ">", "=", "(", ")", ",", "."};
constexpr std::array<std::string_view, 5> kForeignQuotes = {"'", "\u201c", "\u201d", "\u2018", "\u2019"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::size_t count_while(std::string_view text, bool (*holds)(char)) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), holds) - text.begin());
}

Error strange_symbol(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  for (const std::string_view quote : kForeignQuotes) {
    if (!rest.starts_with(quote)) continue;
    return complain(text, at, "unexpected " + std::string(quote) + ": text stands in straight double quotes, \"...\"",
                    "invalid_symbol");
  }
  if (rest.starts_with("!=") || rest.starts_with("<>")) {
    return complain(text, at, "there is no " + std::string(rest.substr(0, 2)) + "; write NOT IN (...)",
                    "invalid_symbol");
  }
  std::size_t length = 1;
  while (length < rest.size() && (static_cast<unsigned char>(rest[length]) & 0xc0) == 0x80) ++length;
  return complain(text, at, "unexpected symbol \"" + std::string(rest.substr(0, length)) + "\"", "invalid_symbol");
}

/// Reads the token that begins at token.at: sets kind, value and the length of the spelling.
Result<std::size_t> read_token(std::string_view text, Token& token) {
  const std::string_view rest = text.substr(token.at);
  const char first = rest.front();
  if (first == '"') {
    token.kind = TokenKind::string;
    const std::size_t length = read_string(rest, token.value);
    if (length == 0) return complain(text, token.at, "this text has no closing quote", "invalid_symbol");
    return length;
  }
  if (first == '$') {
    token.kind = TokenKind::placeholder;
    token.value = rest.substr(1, count_while(rest.substr(1), is_word_character));
    if (token.value.empty()) return complain(text, token.at, "expected a name after the $", "invalid_symbol");
    return token.value.size() + 1;
  }
  if (const std::size_t length = read_number(rest); length > 0) {
    token.kind = TokenKind::number;
    if (length < rest.size() && is_word_character(rest[length])) {
      const std::size_t word = length + count_while(rest.substr(length), is_word_character);
      return complain(text, token.at,
                      "\"" + std::string(rest.substr(0, word)) + "\" is not a number; text stands in quotes",
                      "invalid_symbol");
    }
    return length;
  }
  if (is_word_character(first)) {
    token.kind = TokenKind::word;
    return count_while(rest, is_word_character);
  }
  token.kind = TokenKind::symbol;
  if (first == '|' || first == '*') return std::size_t{1};
  if (rest.starts_with("<>")) return strange_symbol(text, token.at);
  for (const std::string_view symbol : kSymbols) {
    if (rest.starts_with(symbol)) return symbol.size();
  }
  return strange_symbol(text, token.at);
}

}  // namespace

bool is_word_character(char c) { return (lower(c) >= 'a' && lower(c) <= 'z') || is_digit(c) || c == '_'; }

bool equal_in_any_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::size_t read_string(std::string_view text, std::string& value) {
  value.clear();
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\' && ++at == text.size()) return 0;
    value.push_back(text[at]);
  }
  return 0;
}

std::size_t read_number(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = count_while(text.substr(at), is_digit);
  if (whole == 0) return 0;
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t digits = count_while(text.substr(at + 1), is_digit);
    if (digits > 0) at += 1 + digits;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t exponent = at + 1;
    if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) ++exponent;
    const std::size_t digits = count_while(text.substr(exponent), is_digit);
    if (digits > 0) at = exponent + digits;
  }
  return at;
}

Result<std::vector<Token>> cut_into_tokens(std::string_view text) {
  std::vector<Token> tokens;
  std::size_t at = 0;
  while (true) {
    at += count_while(text.substr(at), is_blank);
    Token token;
    token.at = at;
    if (at == text.size()) {
      tokens.push_back(std::move(token));
      return tokens;
    }
    MCUE_TRY(const std::size_t length, read_token(text, token));
    token.spelling = text.substr(at, length);
    at += length;
    tokens.push_back(std::move(token));
  }
}

}  // namespace matchcue::filter
