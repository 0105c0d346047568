// SPDX-License-Identifier: Apache-2.0
#include "filter/resolve.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "filter/complaint.h"
#include "filter/parse.h"
#include "filter/token.h"

namespace matchcue::filter {

namespace {

using domain::Field;
using domain::FieldType;

constexpr std::string_view kEventType = "EVENT_TYPE";

const domain::Schema& schema_of(const Condition& condition, const Schemas& schemas) {
  switch (condition.dataset) {
    case Dataset::items:
    case Dataset::actions: return schemas.items;
    case Dataset::interactions:
    case Dataset::action_interactions: return schemas.interactions;
    case Dataset::users:
    case Dataset::current_user: return schemas.users;
  }
  return schemas.items;
}

bool is_numeric(const Field& field) { return field.type != FieldType::string && field.type != FieldType::boolean; }

std::string name_of(const Condition& condition) {
  return std::string(to_string(condition.dataset)) + "." + condition.column;
}

/// The column that is meant, or nothing.
const Field* find_column(const Condition& condition, const domain::Schema& schema) {
  if (const Field* exact = schema.find_field(condition.column)) return exact;
  const Field* found = nullptr;
  for (const Field& field : schema.fields) {
    if (!equal_in_any_case(field.name, condition.column)) continue;
    if (found != nullptr) return nullptr;
    found = &field;
  }
  return found;
}

std::string unknown_column(const Condition& condition, const domain::Schema& schema) {
  if (condition.dataset == Dataset::interactions) return "of Interactions only EVENT_TYPE can be tested";
  std::string what = std::string(to_string(condition.dataset)) + " has no column \"" + condition.column + "\"";
  std::vector<std::string> names;
  for (const Field& field : schema.fields) names.push_back(field.name);
  if (const auto near = nearest_name(condition.column, names)) what += "; did you mean " + *near + "?";
  return what;
}

/// One filter's text with what is checked in it.
class Resolver {
 public:
  Resolver(std::string_view text, const Schemas& schemas) : text_(text), schemas_(schemas) {}

  Result<void> resolve(Filter& filter) {
    for (Expression& expression : filter.expressions) {
      MCUE_TRY_VOID(check_subject(expression));
      for (auto& alternative : expression.alternatives) {
        for (Condition& condition : alternative) MCUE_TRY_VOID(resolve(condition));
      }
      for (Condition& condition : expression.viewer_conditions) MCUE_TRY_VOID(resolve(condition));
    }
    return {};
  }

 private:
  Result<void> check_subject(const Expression& expression) const {
    if (expression.subject != Subject::item) {
      const bool user = expression.subject == Subject::user;
      return complain(text_, expression.subject_place.at,
                      std::string(to_string(expression.subject)) + " filters " + (user ? "user segments" : "actions") +
                          ", which are not offered; items are ItemID",
                      "unsupported_subject");
    }
    const Condition& first = expression.alternatives.front().front();
    if (first.dataset == Dataset::items || first.dataset == Dataset::interactions) return {};
    return complain(text_, first.place.at,
                    "ItemID is filtered by Items or Interactions, found \"" + std::string(to_string(first.dataset)) +
                        "\"" + (first.dataset == Dataset::users ? "; the viewer is tested with IF CurrentUser" : ""));
  }

  Result<void> resolve(Condition& condition) {
    const domain::Schema& schema = schema_of(condition, schemas_);
    const Field* field = find_column(condition, schema);
    const bool past = condition.dataset == Dataset::interactions;
    if (field == nullptr || (past && field->name != kEventType)) {
      return complain(text_, condition.column_place.at, unknown_column(condition, schema), "unknown_column");
    }
    condition.column = field->name;
    MCUE_TRY_VOID(check_type(condition, *field));
    const std::pair<Dataset, std::string> key{condition.dataset, condition.column};
    if (std::find(fields_.begin(), fields_.end(), key) == fields_.end()) fields_.push_back(key);
    if (fields_.size() > kFieldsMax) {
      return complain(text_, condition.column_place.at,
                      name_of(condition) + " is the " + std::to_string(fields_.size()) +
                          "th column that this filter tests; at most " + std::to_string(kFieldsMax));
    }
    return {};
  }

  Result<void> check_type(const Condition& condition, const Field& field) const {
    const auto complain_at = [&](Place place, const std::string& what) { return complain(text_, place.at, what); };
    const std::string name = name_of(condition);
    if (field.textual) return complain_at(condition.column_place, name + " is free text, which cannot be filtered");
    if (field.type == FieldType::boolean) {
      return complain_at(condition.column_place,
                         name + " is boolean, which cannot be filtered; use text, such as \"Y\"");
    }
    if (condition.any && condition.dataset != Dataset::interactions) {
      return complain_at(condition.value_place, "* stands for every value of Interactions.EVENT_TYPE only");
    }
    if (condition.orders() && !is_numeric(field)) {
      return complain_at(condition.column_place,
                         std::string(to_string(condition.op)) + " compares numbers, and " + name + " is text");
    }
    if (!is_numeric(field)) return {};
    for (const Literal& value : condition.values) {
      if (parse_double(value.text)) continue;
      return complain_at(value.place,
                         name + " is a number, and \"" + std::string(first_characters(value.text, 40)) + "\" is not");
    }
    return {};
  }

  std::string_view text_;
  const Schemas& schemas_;
  std::vector<std::pair<Dataset, std::string>> fields_;
};

}  // namespace

Result<Filter> resolve_filter(std::string_view text, const Schemas& schemas) {
  MCUE_TRY(Filter filter, parse_filter(text));
  const std::size_t characters = column_of(text, text.size()) - 1;
  if (characters > kExpressionCharactersMax) {
    return invalid("invalid_expression",
                   "the expression has " + std::to_string(characters) + " characters; at most " +
                       std::to_string(kExpressionCharactersMax),
                   "expression");
  }
  MCUE_TRY_VOID(Resolver(text, schemas).resolve(filter));
  return filter;
}

Result<ReadValues> resolve_values(const Filter& filter, const FilterValues& values, const Schemas& schemas) {
  const std::string text = to_text(filter);
  MCUE_TRY(Filter again, parse_filter(text));  // so that its places are those of `text`
  MCUE_TRY_VOID(Resolver(text, schemas).resolve(again));
  MCUE_TRY(ReadValues read, read_filter_values(filter, values));
  Result<void> checked;
  for_each_condition(filter, [&](const Expression&, const Condition& condition) {
    const auto found = read.find(condition.placeholder);
    if (!checked.ok() || found == read.end()) return;
    const Field* field = find_column(condition, schema_of(condition, schemas));
    if (field == nullptr || !is_numeric(*field)) return;
    for (const Literal& value : found->second) {
      if (parse_double(value.text)) continue;
      checked = invalid("invalid_filter_value",
                        "the value of $" + condition.placeholder + ": " + name_of(condition) + " is a number, and \"" +
                            std::string(first_characters(value.text, 40)) + "\" is not",
                        "filter_values." + condition.placeholder);
      return;
    }
  });
  if (!checked.ok()) return checked.error();
  return read;
}

}  // namespace matchcue::filter
