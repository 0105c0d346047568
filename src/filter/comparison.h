#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// One condition with its values at hand, ready to be asked again and again.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/value.h"
#include "filter/expression.h"
#include "filter/filter_values.h"

namespace matchcue::filter {

/// Immutable; any thread.
class Comparison {
 public:
  /// `values` holds those of the condition's placeholder, if it has one.
  Comparison(const Condition& condition, const ReadValues& values);

  const std::string& column() const { return column_; }

  /// Compares a row's value; null when the row has none. Text is compared exactly, and a text of several labels joined
  /// by '|' is in a list when one of its labels is, or the whole text. Numbers are compared as numbers, however they
  /// are written. Of a missing value, and of a boolean, only NOT IN holds. O(values x labels).
  bool holds(const domain::Value* value) const;
  /// Compares an id, which is one label.
  bool holds_for_id(std::string_view id) const;
  /// Compares the type of something done, in any case; "*" is every type. NOT IN is as IN here: the caller turns it.
  bool names_event_type(std::string_view event_type) const;
  bool negated() const { return op_ == Operator::not_in; }

 private:
  /// A value to compare with.
  struct Target {
    std::string text;
    std::optional<double> number;
    std::optional<std::int64_t> whole;
  };

  bool is_target(std::string_view text) const;
  template <typename Number>
  bool number_holds(Number number) const;

  std::string column_;
  Operator op_;
  bool any_;
  std::vector<Target> targets_;
};

}  // namespace matchcue::filter
