// SPDX-License-Identifier: Apache-2.0
#include "filter/parse.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "filter/complaint.h"
#include "filter/token.h"

namespace matchcue::filter {

namespace {

using Words = std::vector<std::string>;

constexpr std::array kDatasets = {Dataset::items, Dataset::interactions, Dataset::users, Dataset::actions,
                                  Dataset::action_interactions};
constexpr std::array kComparisons = {Operator::equal, Operator::less, Operator::less_equal, Operator::greater,
                                     Operator::greater_equal};

/// `A`, `A or B`, `A, B or C`
std::string one_of(const Words& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 < words.size() ? ", " : " or ";
    text += words[i];
  }
  return text;
}

/// Walks over the tokens. Each read_ function leaves the place behind what it read.
class Parser {
 public:
  Parser(std::string_view text, const std::vector<Token>& tokens) : text_(text), tokens_(tokens) {}

  Result<Filter> read_filter();

 private:
  Result<Expression> read_expression();
  Result<void> read_chain(Expression& expression);
  Result<void> read_viewer_conditions(Expression& expression);
  Result<Condition> read_condition(Dataset dataset);
  Result<void> read_list(Condition& condition);
  Result<void> read_value(Condition& condition);
  /// `first` is the dataset of the chain's first condition, if this is another one.
  Result<Dataset> read_dataset(std::optional<Dataset> first);

  const Token& here() const { return tokens_[next_]; }
  bool is_word(std::string_view word) const {
    return here().kind == TokenKind::word && equal_in_any_case(here().spelling, word);
  }
  bool take_word(std::string_view word) {
    const bool found = is_word(word);
    if (found) ++next_;
    return found;
  }
  bool take_symbol(std::string_view symbol) {
    const bool found = here().is_symbol(symbol);
    if (found) ++next_;
    return found;
  }
  Place place() const { return Place{here().at}; }
  bool at_literal() const { return here().kind == TokenKind::string || here().kind == TokenKind::number; }
  Literal take_literal() {
    const Token& token = tokens_[next_++];
    const bool quoted = token.kind == TokenKind::string;
    return Literal{quoted ? token.value : std::string(token.spelling), quoted, Place{token.at}};
  }

  Error complain_here(const std::string& what) const { return complain(text_, here().at, what); }
  /// "expected A or B, found C", with the word that was probably meant.
  Error expected(const Words& wanted) const;

  std::string_view text_;
  const std::vector<Token>& tokens_;
  std::size_t next_ = 0;
};

Error Parser::expected(const Words& wanted) const {
  std::string what = "expected " + one_of(wanted) + ", found ";
  if (here().kind == TokenKind::end) return complain_here(what + "the end");
  std::string found(first_characters(here().spelling, 40));
  if (found.size() < here().spelling.size()) found += "...";
  what += here().kind == TokenKind::string ? found : "\"" + found + "\"";
  if (here().kind == TokenKind::word && here().spelling.size() > 1) {
    std::string upper(here().spelling);
    for (char& c : upper) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    if (const auto near = nearest_name(upper, wanted)) what += "; did you mean " + *near + "?";
  }
  return complain_here(what);
}

Result<Filter> Parser::read_filter() {
  Filter filter;
  do {
    MCUE_TRY(Expression expression, read_expression());
    filter.expressions.push_back(std::move(expression));
  } while (take_symbol("|"));
  if (here().kind == TokenKind::end) return filter;
  const Expression& last = filter.expressions.back();
  if (!last.viewer_conditions.empty() && is_word("IF")) {
    return complain_here("one IF an expression; more conditions on CurrentUser are joined with AND");
  }
  if (!last.viewer_conditions.empty() && is_word("OR")) {
    return complain_here("conditions after IF are joined with AND only");
  }
  Words wanted = last.viewer_conditions.empty() ? Words{"AND", "OR", "IF"} : Words{"AND"};
  wanted.insert(wanted.end(), {"\"|\"", "the end"});
  return expected(wanted);
}

Result<Expression> Parser::read_expression() {
  Expression expression;
  expression.place = place();
  if (take_word("EXCLUDE")) {
    expression.effect = Effect::exclude;
  } else if (!take_word("INCLUDE")) {
    return expected({"INCLUDE", "EXCLUDE"});
  }
  expression.subject_place = place();
  if (take_word("UserID")) {
    expression.subject = Subject::user;
  } else if (take_word("ActionID")) {
    expression.subject = Subject::action;
  } else if (!take_word("ItemID")) {
    return expected({"ItemID", "UserID", "ActionID"});
  }
  if (!take_word("WHERE")) return expected({"WHERE"});
  MCUE_TRY_VOID(read_chain(expression));
  if (take_word("IF")) MCUE_TRY_VOID(read_viewer_conditions(expression));
  return expression;
}

Result<Dataset> Parser::read_dataset(std::optional<Dataset> first) {
  if (is_word("CurrentUser")) return complain_here("CurrentUser can be tested only after IF");
  Words names;
  for (const Dataset dataset : kDatasets) {
    names.emplace_back(to_string(dataset));
    if (!is_word(to_string(dataset))) continue;
    if (first.value_or(dataset) != dataset) {
      return complain_here("expected another condition on " + std::string(to_string(*first)) + ", found \"" +
                           std::string(here().spelling) +
                           "\": the conditions of one expression are on one dataset; join expressions with \"|\"");
    }
    ++next_;
    return dataset;
  }
  return expected(names);
}

Result<void> Parser::read_chain(Expression& expression) {
  std::optional<Dataset> first;
  do {
    std::vector<Condition>& all = expression.alternatives.emplace_back();
    do {
      const Place begin = place();
      MCUE_TRY(first, read_dataset(first));
      MCUE_TRY(Condition condition, read_condition(*first));
      condition.place = begin;
      all.push_back(std::move(condition));
    } while (take_word("AND"));
  } while (take_word("OR"));
  return {};
}

Result<void> Parser::read_viewer_conditions(Expression& expression) {
  do {
    const Place begin = place();
    if (!take_word("CurrentUser")) {
      for (const Dataset dataset : kDatasets) {
        if (!is_word(to_string(dataset))) continue;
        return complain_here("after IF only CurrentUser can be tested, found \"" + std::string(here().spelling) + "\"");
      }
      return expected({"CurrentUser"});
    }
    MCUE_TRY(Condition condition, read_condition(Dataset::current_user));
    condition.place = begin;
    expression.viewer_conditions.push_back(std::move(condition));
  } while (take_word("AND"));
  return {};
}

Result<Condition> Parser::read_condition(Dataset dataset) {
  Condition condition;
  condition.dataset = dataset;
  if (!take_symbol(".")) return expected({"\".\" and a column of " + std::string(to_string(dataset))});
  condition.column_place = place();
  if (here().kind != TokenKind::word) return expected({"a column of " + std::string(to_string(dataset))});
  condition.column = tokens_[next_++].spelling;
  for (const Operator op : kComparisons) {
    if (!take_symbol(to_string(op))) continue;
    condition.op = op;
    MCUE_TRY_VOID(read_value(condition));
    return condition;
  }
  if (take_word("NOT")) {
    condition.op = Operator::not_in;
    if (!take_word("IN")) return expected({"IN"});
  } else if (!take_word("IN")) {
    return expected({"IN", "NOT IN", "\"=\"", "\"<\"", "\"<=\"", "\">\"", "\">=\""});
  }
  MCUE_TRY_VOID(read_list(condition));
  return condition;
}

Result<void> Parser::read_list(Condition& condition) {
  if (!take_symbol("(")) return expected({"\"(\""});
  condition.value_place = place();
  if (here().kind == TokenKind::placeholder) {
    condition.placeholder = tokens_[next_++].value;
    if (here().is_symbol(",")) return complain_here("a placeholder stands alone in its list; its value may be a list");
    if (!take_symbol(")")) return expected({"\")\""});
    return {};
  }
  if (take_symbol("*")) {
    condition.any = true;
    if (!take_symbol(")")) return expected({"\")\""});
    return {};
  }
  do {
    if (here().kind == TokenKind::placeholder) {
      return complain_here("a placeholder stands alone in its list; its value may be a list");
    }
    if (!at_literal()) return expected({"text in quotes", "a number", "a placeholder ($NAME)"});
    condition.values.push_back(take_literal());
  } while (take_symbol(","));
  if (!take_symbol(")")) return expected({"\",\"", "\")\""});
  return {};
}

Result<void> Parser::read_value(Condition& condition) {
  condition.value_place = place();
  if (here().kind == TokenKind::placeholder) {
    condition.placeholder = tokens_[next_++].value;
    return {};
  }
  if (!at_literal()) return expected({"text in quotes", "a number", "a placeholder ($NAME)"});
  condition.values.push_back(take_literal());
  return {};
}

Result<void> check_placeholders(std::string_view text, const Filter& filter) {
  const std::vector<std::string> names = placeholders_of(filter);
  Result<void> checked;
  for_each_condition(filter, [&](const Expression&, const Condition& condition) {
    if (!checked.ok() || condition.placeholder.empty()) return;
    if (condition.placeholder.size() > kPlaceholderNameMax) {
      checked = complain(text, condition.value_place.at,
                         "a placeholder's name has at most " + std::to_string(kPlaceholderNameMax) + " characters");
    } else if (names.size() > kPlaceholdersMax && condition.placeholder == names[kPlaceholdersMax]) {
      checked = complain(text, condition.value_place.at,
                         "$" + condition.placeholder + " is the " + std::to_string(kPlaceholdersMax + 1) +
                             "th placeholder; at most " + std::to_string(kPlaceholdersMax));
    }
  });
  return checked;
}

}  // namespace

Result<Filter> parse_filter(std::string_view text) {
  if (!is_utf8(text)) return invalid("invalid_symbol", "the expression is not UTF-8", "expression");
  MCUE_TRY(const std::vector<Token> tokens, cut_into_tokens(text));
  MCUE_TRY(Filter filter, Parser(text, tokens).read_filter());
  MCUE_TRY_VOID(check_placeholders(text, filter));
  return filter;
}

}  // namespace matchcue::filter
