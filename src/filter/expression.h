#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A filter as a tree: what parse.h reads, resolve.h checks and catalogue_filter.h evaluates. Plain values.
//
// The language is that of Amazon Personalize (docs/filters.md): expressions joined by "|", each of which includes or
// excludes what meets its conditions, and may hold only IF the viewer meets some.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace matchcue::filter {

/// Where in the text something stands, in bytes. Equal to any other: two filters are the same wherever their words
/// stand.
struct Place {
  std::size_t at = 0;
  friend bool operator==(Place, Place) { return true; }
};

enum class Dataset { items, interactions, users, actions, action_interactions, current_user };
enum class Operator { in, not_in, equal, less, less_equal, greater, greater_equal };
enum class Effect { include, exclude };
enum class Subject { item, user, action };  ///< what the expression filters: ItemID, UserID, ActionID

/// A value as it was written.
struct Literal {
  std::string text;     ///< without quotes and escapes
  bool quoted = false;  ///< false: a number
  Place place;
  friend bool operator==(const Literal&, const Literal&) = default;
};

/// One comparison. Its right side is exactly one of: `values`, `placeholder`, or `any`.
struct Condition {
  Dataset dataset = Dataset::items;
  std::string column;
  Operator op = Operator::in;
  std::vector<Literal> values;  ///< one, unless op is in or not_in
  std::string placeholder;      ///< its name without the $
  bool any = false;             ///< IN (*): every value
  Place place;                  ///< of the dataset
  Place column_place;
  Place value_place;
  friend bool operator==(const Condition&, const Condition&) = default;

  /// IN and NOT IN take a list, the others one value.
  bool takes_list() const { return op == Operator::in || op == Operator::not_in; }
  /// The operators that compare numbers.
  bool orders() const { return !takes_list() && op != Operator::equal; }
};

/// INCLUDE or EXCLUDE, with what it applies to and to whom.
struct Expression {
  Effect effect = Effect::include;
  Subject subject = Subject::item;
  /// Alternatives, joined by OR; the conditions of one are joined by AND. Never empty, all on one dataset.
  std::vector<std::vector<Condition>> alternatives;
  std::vector<Condition> viewer_conditions;  ///< after IF, joined by AND; on current_user
  Place place;
  Place subject_place;
  friend bool operator==(const Expression&, const Expression&) = default;
};

/// Never empty.
struct Filter {
  std::vector<Expression> expressions;
  friend bool operator==(const Filter&, const Filter&) = default;
};

std::string_view to_string(Dataset dataset);  ///< as it is written: "Items", "CurrentUser", ...
std::string_view to_string(Operator op);      ///< "IN", "NOT IN", "<=", ...
std::string_view to_string(Effect effect);    ///< "INCLUDE", "EXCLUDE"
std::string_view to_string(Subject subject);  ///< "ItemID", ...

/// Writes the filter in one spelling: parse_filter() of the result gives an equal filter.
std::string to_text(const Filter& filter);
std::string to_text(const Condition& condition);

/// Calls visit(const Expression&, const Condition&) for every condition in the order of the text.
template <typename Visit>
void for_each_condition(const Filter& filter, Visit visit) {
  for (const Expression& expression : filter.expressions) {
    for (const auto& alternative : expression.alternatives) {
      for (const Condition& condition : alternative) visit(expression, condition);
    }
    for (const Condition& condition : expression.viewer_conditions) visit(expression, condition);
  }
}

/// The names of the placeholders, each once, in the order of the text.
std::vector<std::string> placeholders_of(const Filter& filter);

/// True when some condition asks what the viewer did before (Interactions).
bool needs_past(const Filter& filter);

}  // namespace matchcue::filter
