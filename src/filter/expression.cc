// SPDX-License-Identifier: Apache-2.0
#include "filter/expression.h"

#include <algorithm>

namespace matchcue::filter {

namespace {

void append_literal(const Literal& literal, std::string& out) {
  if (!literal.quoted) {
    out += literal.text;
    return;
  }
  out.push_back('"');
  for (const char c : literal.text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
}

void append_values(const Condition& condition, std::string& out) {
  if (condition.any) {
    out.push_back('*');
  } else if (!condition.placeholder.empty()) {
    out.push_back('$');
    out += condition.placeholder;
  } else {
    const char* separator = "";
    for (const Literal& value : condition.values) {
      out += separator;
      append_literal(value, out);
      separator = ", ";
    }
  }
}

void append_condition(const Condition& condition, std::string& out) {
  out += to_string(condition.dataset);
  out.push_back('.');
  out += condition.column;
  out.push_back(' ');
  out += to_string(condition.op);
  out += condition.takes_list() ? " (" : " ";
  append_values(condition, out);
  if (condition.takes_list()) out.push_back(')');
}

void append_all(const std::vector<Condition>& conditions, std::string& out) {
  const char* separator = "";
  for (const Condition& condition : conditions) {
    out += separator;
    append_condition(condition, out);
    separator = " AND ";
  }
}

void append_expression(const Expression& expression, std::string& out) {
  out += to_string(expression.effect);
  out.push_back(' ');
  out += to_string(expression.subject);
  out += " WHERE ";
  const char* separator = "";
  for (const auto& alternative : expression.alternatives) {
    out += separator;
    append_all(alternative, out);
    separator = " OR ";
  }
  if (expression.viewer_conditions.empty()) return;
  out += " IF ";
  append_all(expression.viewer_conditions, out);
}

}  // namespace

std::string_view to_string(Dataset dataset) {
  switch (dataset) {
    case Dataset::items: return "Items";
    case Dataset::interactions: return "Interactions";
    case Dataset::users: return "Users";
    case Dataset::actions: return "Actions";
    case Dataset::action_interactions: return "Action_Interactions";
    case Dataset::current_user: return "CurrentUser";
  }
  return "Items";
}

std::string_view to_string(Operator op) {
  switch (op) {
    case Operator::in: return "IN";
    case Operator::not_in: return "NOT IN";
    case Operator::equal: return "=";
    case Operator::less: return "<";
    case Operator::less_equal: return "<=";
    case Operator::greater: return ">";
    case Operator::greater_equal: return ">=";
  }
  return "IN";
}

std::string_view to_string(Effect effect) { return effect == Effect::include ? "INCLUDE" : "EXCLUDE"; }

std::string_view to_string(Subject subject) {
  switch (subject) {
    case Subject::item: return "ItemID";
    case Subject::user: return "UserID";
    case Subject::action: return "ActionID";
  }
  return "ItemID";
}

std::string to_text(const Filter& filter) {
  std::string out;
  for (const Expression& expression : filter.expressions) {
    if (!out.empty()) out += " | ";
    append_expression(expression, out);
  }
  return out;
}

std::string to_text(const Condition& condition) {
  std::string out;
  append_condition(condition, out);
  return out;
}

std::vector<std::string> placeholders_of(const Filter& filter) {
  std::vector<std::string> names;
  for_each_condition(filter, [&](const Expression&, const Condition& condition) {
    if (condition.placeholder.empty()) return;
    if (std::find(names.begin(), names.end(), condition.placeholder) == names.end()) {
      names.push_back(condition.placeholder);
    }
  });
  return names;
}

bool needs_past(const Filter& filter) {
  bool needs = false;
  for_each_condition(filter, [&](const Expression&, const Condition& condition) {
    needs = needs || condition.dataset == Dataset::interactions;
  });
  return needs;
}

}  // namespace matchcue::filter
