// SPDX-License-Identifier: Apache-2.0
#include "filter/comparison.h"

#include <algorithm>
#include <type_traits>

#include "base/text.h"
#include "filter/token.h"

namespace matchcue::filter {

namespace {

template <typename Number>
bool compare(Operator op, Number left, Number right) {
  switch (op) {
    case Operator::in:
    case Operator::not_in:
    case Operator::equal: return left == right;
    case Operator::less: return left < right;
    case Operator::less_equal: return left <= right;
    case Operator::greater: return left > right;
    case Operator::greater_equal: return left >= right;
  }
  return false;
}

}  // namespace

Comparison::Comparison(const Condition& condition, const ReadValues& values)
    : column_(condition.column), op_(condition.op), any_(condition.any) {
  const std::vector<Literal>* literals = &condition.values;
  if (!condition.placeholder.empty()) {
    const auto found = values.find(condition.placeholder);
    CHECK(found != values.end(), condition.placeholder);
    literals = &found->second;
  }
  for (const Literal& literal : *literals) {
    targets_.push_back({literal.text, parse_double(literal.text), parse_int(literal.text)});
  }
}

bool Comparison::is_target(std::string_view text) const {
  return std::any_of(targets_.begin(), targets_.end(), [&](const Target& target) { return target.text == text; });
}

template <typename Number>
bool Comparison::number_holds(Number number) const {
  return std::any_of(targets_.begin(), targets_.end(), [&](const Target& target) {
    if constexpr (std::is_same_v<Number, std::int64_t>) {  // exactly, where a double would not be exact
      if (target.whole) return compare(op_, number, *target.whole);
    }
    return target.number && compare(op_, static_cast<double>(number), *target.number);
  });
}

bool Comparison::holds(const domain::Value* value) const {
  bool found = false;
  if (value != nullptr) {
    if (const auto* whole = std::get_if<std::int64_t>(value)) {
      found = number_holds(*whole);
    } else if (const auto* number = std::get_if<double>(value)) {
      found = number_holds(*number);
    } else if (const auto* text = std::get_if<std::string>(value);
               text != nullptr && (op_ == Operator::equal || op_ == Operator::in || negated())) {
      found = is_target(*text);
      if (!found && text->find('|') != std::string::npos) {
        const auto labels = split(*text, '|');
        found = std::any_of(labels.begin(), labels.end(), [&](std::string_view label) { return is_target(label); });
      }
    }
  }
  return found != negated();
}

bool Comparison::holds_for_id(std::string_view id) const { return is_target(id) != negated(); }

bool Comparison::names_event_type(std::string_view event_type) const {
  return any_ || std::any_of(targets_.begin(), targets_.end(), [&](const Target& target) {
           return target.text == "*" || equal_in_any_case(target.text, event_type);
         });
}

}  // namespace matchcue::filter
