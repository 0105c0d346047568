// SPDX-License-Identifier: Apache-2.0
#include "domain/filter.h"

#include <algorithm>

#include "base/quoted_text.h"

namespace matchcue::domain {

namespace {

constexpr std::size_t kFilterNameMax = 63;  // as Amazon Personalize has it

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

}  // namespace

Result<void> check_filter_name(std::string_view name, std::string_view field) {
  const bool allowed =
      !name.empty() && name.size() <= kFilterNameMax && is_letter_or_digit(name.front()) &&
      std::all_of(name.begin(), name.end(), [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; });
  if (allowed) return {};
  return invalid("invalid_id",
                 std::string(field) + ": " + quoted_text(name) +
                     " is not a filter's name: 1 to 63 letters, digits, - and _, the first a letter or a digit",
                 std::string(field));
}

}  // namespace matchcue::domain
