// SPDX-License-Identifier: Apache-2.0
#include "filter/filter_values.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "filter/complaint.h"
#include "filter/token.h"

namespace matchcue::filter {

namespace {

std::string field_of(std::string_view name) { return "filter_values." + std::string(name); }

Error invalid_value(std::string_view name, const std::string& what) {
  return invalid("invalid_filter_value", "the value of $" + std::string(name) + ": " + what, field_of(name));
}

/// Checks the values of one placeholder for one of the conditions that it stands in.
Result<void> check_use(const Condition& condition, const std::vector<Literal>& values) {
  if (condition.takes_list()) return {};
  if (values.size() != 1) {
    return invalid_value(condition.placeholder, std::to_string(values.size()) + " values, and " +
                                                    std::string(to_string(condition.op)) + " takes one");
  }
  if (condition.orders() && !parse_double(values.front().text)) {
    return invalid_value(condition.placeholder, "\"" + values.front().text + "\" is not a number, and " +
                                                    std::string(to_string(condition.op)) + " compares numbers");
  }
  return {};
}

}  // namespace

Result<std::vector<Literal>> read_filter_value(std::string_view name, std::string_view text) {
  if (!is_utf8(text)) return invalid_value(name, "not UTF-8");
  if (const std::size_t characters = column_of(text, text.size()) - 1; characters > kFilterValueCharactersMax) {
    return invalid_value(
        name, std::to_string(characters) + " characters; at most " + std::to_string(kFilterValueCharactersMax));
  }
  std::vector<Literal> values;
  const auto skip_blanks = [&] { text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size())); };
  while (true) {
    skip_blanks();
    Literal literal;
    std::size_t length = 0;
    if (text.starts_with('"')) {
      literal.quoted = true;
      length = read_string(text, literal.text);
      if (length == 0) return invalid_value(name, "a quote is not closed");
    } else {
      length = read_number(text);
      literal.text = text.substr(0, length);
    }
    if (length == 0) {
      return invalid_value(name, values.empty() && text.empty()
                                     ? "empty"
                                     : "expected text in quotes or a number, found " +
                                           (text.empty() ? "the end"
                                                         : "\"" + std::string(first_characters(text, 40)) +
                                                               "\"; write text as \"...\""));
    }
    values.push_back(std::move(literal));
    text.remove_prefix(length);
    skip_blanks();
    if (text.empty()) return values;
    if (!text.starts_with(',')) {
      return invalid_value(name, "expected a comma, found \"" + std::string(first_characters(text, 40)) + "\"");
    }
    text.remove_prefix(1);
  }
}

Result<ReadValues> read_filter_values(const Filter& filter, const FilterValues& values) {
  const std::vector<std::string> names = placeholders_of(filter);
  ReadValues read;
  for (const auto& [name, text] : values) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      std::string message = "the filter has no placeholder $" + name;
      if (const auto near = nearest_name(name, names)) message += "; did you mean $" + *near + "?";
      return invalid("unknown_placeholder", std::move(message), field_of(name));
    }
    MCUE_TRY(read[name], read_filter_value(name, text));
  }
  Result<void> checked;
  for_each_condition(filter, [&](const Expression& expression, const Condition& condition) {
    if (!checked.ok() || condition.placeholder.empty()) return;
    const auto found = read.find(condition.placeholder);
    if (found != read.end()) {
      checked = check_use(condition, found->second);
    } else if (expression.effect == Effect::include) {
      checked = invalid("unset_placeholder",
                        "$" + condition.placeholder + " has no value, and an INCLUDE expression needs it",
                        field_of(condition.placeholder));
    }
  });
  if (!checked.ok()) return checked.error();
  return read;
}

}  // namespace matchcue::filter
