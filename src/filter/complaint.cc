// SPDX-License-Identifier: Apache-2.0
#include "filter/complaint.h"

#include <algorithm>

namespace matchcue::filter {

namespace {

constexpr std::size_t kShownBefore = 60;  ///< characters of a long text that are shown before the place
constexpr std::size_t kShownAfter = 30;
constexpr std::string_view kCut = "...";

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

/// The byte `count` characters after (or before) the byte `at`.
std::size_t forward(std::string_view text, std::size_t at, std::size_t count) {
  while (at < text.size() && count > 0) {
    ++at;
    while (at < text.size() && !begins_character(text[at])) ++at;
    --count;
  }
  return at;
}
std::size_t backward(std::string_view text, std::size_t at, std::size_t count) {
  while (at > 0 && count > 0) {
    --at;
    while (at > 0 && !begins_character(text[at])) --at;
    --count;
  }
  return at;
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

}  // namespace

std::size_t column_of(std::string_view text, std::size_t at) { return count_characters(text.substr(0, at)) + 1; }

Error complain(std::string_view text, std::size_t at, std::string_view what, std::string_view code) {
  at = std::min(at, text.size());
  std::size_t first = backward(text, at, kShownBefore);
  std::size_t end = forward(text, at, kShownAfter);
  if (first <= kCut.size()) first = 0;
  if (text.size() - end <= kCut.size()) end = text.size();
  std::string shown(text.substr(first, end - first));
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  std::size_t caret = count_characters(text.substr(first, at - first));
  if (first > 0) {
    shown.insert(0, kCut);
    caret += kCut.size();
  }
  if (end < text.size()) shown += kCut;
  std::string message = "column " + std::to_string(column_of(text, at)) + ": " + std::string(what);
  message += "\n  " + shown + "\n  " + std::string(caret, ' ') + "^";
  return invalid(std::string(code), std::move(message), "expression");
}

}  // namespace matchcue::filter
