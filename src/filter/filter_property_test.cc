// SPDX-License-Identifier: Apache-2.0
//
// What holds for every filter: what is written is read back the same, and the masks pass what the rules, followed item
// by item, pass.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "filter/parse.h"
#include "filter/test_world.h"

namespace matchcue::filter {
namespace {

rc::Gen<std::string> any_text() {
  return rc::gen::element<std::string>("comedy", "drama", "FRANCE", "SPAIN", "Y", "", "*", "a|b", "a \"b\" \\ c",
                                       "\u00e9\n", "10", "WHERE");
}

rc::Gen<Literal> any_number() {
  return rc::gen::map(rc::gen::element<std::string>("0", "-1", "10", "25.5", "91", "1e2", "1700000200"),
                      [](std::string text) {
                        return Literal{std::move(text), false, {}};
                      });
}

rc::Gen<Literal> any_literal(bool number) {
  if (number) return any_number();
  return rc::gen::map(any_text(), [](std::string text) { return Literal{std::move(text), true, {}}; });
}

struct Column {
  std::string name;
  bool number;
};
const std::vector<Column> kItemColumns = {{"GENRE", false},   {"COUNTRY", false}, {"IS_MONETIZE", false},
                                          {"ITEM_ID", false}, {"PRICE", true},    {"FIFA_OVR_RATE", true}};
const std::vector<Column> kViewerColumns = {{"COUNTRY", false}, {"TEAMS", false}, {"AGE", true}, {"USER_ID", false}};
const std::vector<Column> kActColumns = {{"EVENT_TYPE", false}};

Condition any_condition(Dataset dataset) {
  Condition condition;
  condition.dataset = dataset;
  const auto& columns = dataset == Dataset::items          ? kItemColumns
                        : dataset == Dataset::current_user ? kViewerColumns
                                                           : kActColumns;
  const Column column = columns[*rc::gen::inRange<std::size_t>(0, columns.size())];
  condition.column = column.name;
  condition.op = static_cast<Operator>(*rc::gen::inRange(0, column.number ? 7 : 3));
  if (*rc::gen::inRange(0, 4) == 0) {
    condition.placeholder = column.number ? "NUMBER" : "TEXT";
    return condition;
  }
  if (dataset == Dataset::interactions && condition.takes_list() && *rc::gen::inRange(0, 4) == 0) {
    condition.any = true;
    return condition;
  }
  const auto count = condition.takes_list() ? *rc::gen::inRange<std::size_t>(1, 4) : 1;
  if (dataset == Dataset::interactions) {
    for (std::size_t i = 0; i < count; ++i) {
      condition.values.push_back({*rc::gen::element<std::string>("click", "FAVORITE", "stream", "*", ""), true, {}});
    }
  } else {
    condition.values = *rc::gen::container<std::vector<Literal>>(count, any_literal(column.number));
  }
  return condition;
}

std::vector<Condition> any_conditions(Dataset dataset, std::size_t least) {
  std::vector<Condition> conditions;
  const auto count = *rc::gen::inRange<std::size_t>(least, 3);
  for (std::size_t i = 0; i < count; ++i) conditions.push_back(any_condition(dataset));
  return conditions;
}

Filter any_filter() {
  Filter filter;
  const auto expressions = *rc::gen::inRange<std::size_t>(1, 4);
  for (std::size_t e = 0; e < expressions; ++e) {
    Expression expression;
    expression.effect = *rc::gen::arbitrary<bool>() ? Effect::include : Effect::exclude;
    const Dataset dataset = *rc::gen::inRange(0, 3) == 0 ? Dataset::interactions : Dataset::items;
    const auto alternatives = *rc::gen::inRange<std::size_t>(1, 4);
    for (std::size_t a = 0; a < alternatives; ++a) expression.alternatives.push_back(any_conditions(dataset, 1));
    expression.viewer_conditions = any_conditions(Dataset::current_user, 0);
    filter.expressions.push_back(std::move(expression));
  }
  return filter;
}

TEST(FilterProperty, WhatIsWrittenIsReadBackTheSame) {
  EXPECT_TRUE(rc::check([] {
    const Filter filter = any_filter();
    const std::string text = to_text(filter);
    const auto again = parse_filter(text);
    RC_ASSERT(again.ok());
    RC_ASSERT(*again == filter);
    RC_ASSERT(to_text(*again) == text);
  }));
}

// The rules, followed naively. Nothing is shared with what is tested but the reading of numbers.
struct Naive {
  const ReadValues& values;
  const test::Person& person;

  std::vector<std::string> wanted(const Condition& condition) const {
    std::vector<std::string> texts;
    for (const Literal& literal : condition.placeholder.empty() ? condition.values : values.at(condition.placeholder)) {
      texts.push_back(literal.text);
    }
    return texts;
  }

  bool compares(const Condition& condition, double left) const {
    for (const std::string& text : wanted(condition)) {
      const double right = std::stod(text);
      switch (condition.op) {
        case Operator::in:
        case Operator::not_in:
        case Operator::equal:
          if (left == right) return true;
          break;
        case Operator::less: return left < right;
        case Operator::less_equal: return left <= right;
        case Operator::greater: return left > right;
        case Operator::greater_equal: return left >= right;
      }
    }
    return false;
  }

  bool lists(const Condition& condition, const std::string& text, bool labels) const {
    const auto texts = wanted(condition);
    std::string label;
    std::vector<std::string> candidates = {text};
    for (const char c : text + "|") {
      if (c == '|') {
        if (labels) candidates.push_back(label);
        label.clear();
      } else {
        label += c;
      }
    }
    for (const std::string& candidate : candidates) {
      if (std::find(texts.begin(), texts.end(), candidate) != texts.end()) return true;
    }
    return false;
  }

  bool row_holds(const Condition& condition, const std::string& id, const domain::Values& fields) const {
    bool found = false;
    const auto value = fields.find(condition.column);
    if (condition.column == "ITEM_ID" || condition.column == "USER_ID") {
      found = lists(condition, id, false);
    } else if (value != fields.end()) {
      if (const auto* text = std::get_if<std::string>(&value->second)) found = lists(condition, *text, true);
      if (const auto* number = std::get_if<double>(&value->second)) found = compares(condition, *number);
      if (const auto* whole = std::get_if<std::int64_t>(&value->second)) {
        found = compares(condition, static_cast<double>(*whole));
      }
    }
    return found != (condition.op == Operator::not_in);
  }

  bool act_holds(const Condition& condition, const std::string& item) const {
    bool found = false;
    for (const auto& [event_type, upon] : person.did) {
      if (upon != item) continue;
      if (condition.any) found = true;
      if (condition.any) continue;
      for (std::string text : wanted(condition)) {
        std::string type = event_type;
        for (std::string* each : {&text, &type}) {
          for (char& c : *each) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
        found = found || text == "*" || text == type;
      }
    }
    return found != (condition.op == Operator::not_in);
  }

  bool applies(const Expression& expression) const {
    bool applies = true;
    for_each_condition(Filter{{expression}}, [&](const Expression&, const Condition& condition) {
      if (!condition.placeholder.empty() && !values.contains(condition.placeholder)) applies = false;
    });
    for (const Condition& condition : expression.viewer_conditions) {
      applies = applies && row_holds(condition, person.id, person.traits.fields);
    }
    return applies;
  }

  bool names(const Expression& expression, const domain::Item& item) const {
    for (const auto& alternative : expression.alternatives) {
      bool all = true;
      for (const Condition& condition : alternative) {
        all = all && (condition.dataset == Dataset::interactions ? act_holds(condition, item.id.str())
                                                                 : row_holds(condition, item.id.str(), item.fields));
      }
      if (all) return true;
    }
    return false;
  }

  bool passes(const Filter& filter, const domain::Item& item) const {
    bool includes = false;
    bool included = false;
    bool excluded = false;
    for (const Expression& expression : filter.expressions) {
      if (!applies(expression)) continue;
      if (expression.effect == Effect::include) {
        includes = true;
        included = included || names(expression, item);
      } else {
        excluded = excluded || names(expression, item);
      }
    }
    return (included || !includes) && !excluded;
  }
};

TEST(FilterProperty, MasksPassWhatTheRulesPassItemByItem) {
  EXPECT_TRUE(rc::check([] {
    const Filter filter = any_filter();
    ReadValues values;
    if (*rc::gen::arbitrary<bool>()) values["NUMBER"] = {*any_number()};
    if (*rc::gen::arbitrary<bool>()) values["TEXT"] = {{*any_text(), true, {}}};
    const auto whom = *rc::gen::inRange(0, 3);
    const test::Person person = whom == 0 ? test::kid() : whom == 1 ? test::adult() : test::stranger();
    const CatalogueFilter folded(filter, values, test::catalogue());
    const ItemMask passed = test::passed_by(folded, person);
    const Naive naive{values, person};
    for (std::size_t i = 0; i < test::catalogue().items().size(); ++i) {
      RC_ASSERT(passed.test(i) == naive.passes(filter, test::catalogue().items()[i]));
    }
    if (!folded.personal()) RC_ASSERT(passed == folded.passed());
  }));
}

}  // namespace
}  // namespace matchcue::filter
