// SPDX-License-Identifier: Apache-2.0
// size: table
//
// The language by example: what passes for whom, and what each mistake is answered with.
#include <gtest/gtest.h>

#include "filter/test_world.h"

namespace matchcue::filter {
namespace {

using test::adult;
using test::kid;
using test::passing;
using test::Person;
using test::stranger;

constexpr const char* kAll = "bet poll quiz reserve shop star trainers";

struct Case {
  const char* name;
  Person person;
  const char* expression;
  FilterValues values;
  const char* expected;  ///< the ids that pass; "" is none
};

void check(const std::vector<Case>& cases) {
  for (const Case& row : cases) {
    EXPECT_EQ(passing(row.person, row.expression, row.values), row.expected) << row.name << ": " << row.expression;
  }
}

TEST(FilterCases, TheExamplesOfTheManual) {
  check({
      {"several types of act",
       kid(),
       R"(EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click", "stream"))",
       {},
       "bet reserve shop trainers"},
      {"any act", kid(), "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (*)", {}, "bet reserve shop trainers"},
      {"a type given later",
       kid(),
       "INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ($EVENT_TYPE)",
       {{"EVENT_TYPE", "\"stream\""}},
       "quiz"},
      {"an item type given later",
       kid(),
       "INCLUDE ItemID WHERE Items.ITEM_TYPE IN ($TYPE)",
       {{"TYPE", "\"SOCIAL\",\"GENERAL\""}},
       "poll quiz"},
      {"two item types", kid(), R"(INCLUDE ItemID WHERE Items.ITEM_TYPE IN ("SOCIAL","GENERAL"))", {}, "poll quiz"},
      {"a flag", kid(), R"(EXCLUDE ItemID WHERE Items.IS_MONETIZE IN ("Y"))", {}, "poll quiz reserve star trainers"},
      {"the young",
       kid(),
       R"(EXCLUDE ItemID WHERE Items.ITEM_TYPE IN ("MONETIZE") IF CurrentUser.AGE < 18)",
       {},
       "poll quiz reserve star"},
      {"not the grown up",
       adult(),
       R"(EXCLUDE ItemID WHERE Items.ITEM_TYPE IN ("MONETIZE") IF CurrentUser.AGE < 18)",
       {},
       kAll},
      {"the young of one country",
       kid(),
       R"(EXCLUDE ItemID WHERE Items.ITEM_LABEL IN ("BET") IF CurrentUser.AGE < 18 AND CurrentUser.COUNTRY IN ("FRANCE"))",
       {},
       "poll quiz reserve shop star trainers"},
      {"not of another country",
       kid(),
       R"(EXCLUDE ItemID WHERE Items.ITEM_LABEL IN ("BET") IF CurrentUser.AGE < 18 AND CurrentUser.COUNTRY IN ("SPAIN"))",
       {},
       kAll},
      {"a number and a label",
       kid(),
       R"(INCLUDE ItemID WHERE Items.FIFA_OVR_RATE >= 89 AND Items.COUNTRY IN ("FRANCE"))",
       {},
       "star"},
      {"in and not in",
       kid(),
       R"(EXCLUDE ItemID WHERE Items.CATEGORY IN ("shoe") AND Items.DESCRIPTION NOT IN ("boot"))",
       {},
       "bet poll quiz reserve shop star"},
      {"a price given later", kid(), "INCLUDE ItemID WHERE Items.PRICE <= $PRICE", {{"PRICE", "25.5"}}, "bet shop"},
      {"a date given later",
       kid(),
       "INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP < $DATE",
       {{"DATE", "\"1700000200\""}},
       "bet"},
      {"placeholders on both sides of IF",
       kid(),
       "EXCLUDE ItemID WHERE Items.GENRE IN ($GENRE) IF CurrentUser.AGE = $AGE",
       {{"GENRE", "\"drama\""}, {"AGE", "12"}},
       "bet reserve shop star trainers"},
      {"include without exclude",
       kid(),
       R"(INCLUDE ItemID WHERE Items.ITEM_TYPE IN ("PLAYER") | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click"))",
       {},
       "reserve"},
      {"two includes",
       kid(),
       R"(INCLUDE ItemID WHERE Items.CATEGORY IN ($CATEGORY) | INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("favorite"))",
       {{"CATEGORY", "\"boot\""}},
       "shop star"},
  });
}

TEST(FilterCases, Words) {
  check({
      {"lower case", kid(), R"(include itemid where items.ITEM_TYPE in ("SOCIAL"))", {}, "poll"},
      {"mixed case", kid(), R"(Exclude itemId Where ITEMS.item_type Not In ("SOCIAL"))", {}, "poll"},
      {"old examples",
       kid(),
       R"(EXCLUDE itemId WHERE INTERACTIONS.event_type in ("*"))",
       {},
       "bet reserve shop trainers"},
      {"no blanks",
       kid(),
       R"(INCLUDE ItemID WHERE Items.PRICE<=10|INCLUDE ItemID WHERE Items.GENRE IN("comedy"))",
       {},
       "bet poll"},
      {"line ends", kid(), "INCLUDE ItemID\n\tWHERE Items . GENRE\r\n IN (\n\"comedy\" )\n", {}, "poll"},
      {"quotes in quotes", kid(), R"(INCLUDE ItemID WHERE Items.ITEM_LABEL IN ("POLL \"who wins\""))", {}, "poll"},
      {"a keyword as text", kid(), R"(INCLUDE ItemID WHERE Items.GENRE IN ("WHERE | IF (", "comedy"))", {}, "poll"},
  });
}

TEST(FilterCases, TextAndLabels) {
  check({
      {"exact case", kid(), R"(INCLUDE ItemID WHERE Items.ITEM_TYPE IN ("social"))", {}, ""},
      {"no trimming", kid(), R"(INCLUDE ItemID WHERE Items.ITEM_TYPE IN (" SOCIAL"))", {}, ""},
      {"one label of several", kid(), R"(INCLUDE ItemID WHERE Items.COUNTRY IN ("SPAIN"))", {}, "star"},
      {"no part of a label", kid(), R"(INCLUDE ItemID WHERE Items.COUNTRY IN ("SPA"))", {}, ""},
      {"the whole text", kid(), R"(INCLUDE ItemID WHERE Items.COUNTRY IN ("FRANCE|SPAIN"))", {}, "star"},
      {"labels not in",
       kid(),
       R"(INCLUDE ItemID WHERE Items.COUNTRY NOT IN ("SPAIN"))",
       {},
       "bet poll quiz reserve shop trainers"},
      {"equal to a label", kid(), R"(INCLUDE ItemID WHERE Items.GENRE = "comedy")", {}, "poll"},
      {"an item by its id",
       kid(),
       R"(EXCLUDE ItemID WHERE Items.ITEM_ID IN ("bet", "shop", "nothing"))",
       {},
       "poll quiz reserve star trainers"},
      {"a star is text in Items", kid(), R"(INCLUDE ItemID WHERE Items.GENRE IN ("*"))", {}, ""},
      {"the viewer's labels",
       kid(),
       R"(INCLUDE ItemID WHERE Items.GENRE IN ("comedy") IF CurrentUser.TEAMS IN ("blues"))",
       {},
       "poll"},
      {"the viewer's id",
       kid(),
       R"(INCLUDE ItemID WHERE Items.GENRE IN ("comedy") IF CurrentUser.USER_ID = "kid")",
       {},
       "poll"},
      {"the viewer's country is as stored",
       adult(),
       R"(INCLUDE ItemID WHERE Items.GENRE IN ("comedy") IF CurrentUser.COUNTRY IN ("GERMANY"))",
       {},
       kAll},
  });
}

TEST(FilterCases, Numbers) {
  check({
      {"equal", kid(), "INCLUDE ItemID WHERE Items.FIFA_OVR_RATE = 91", {}, "star"},
      {"equal, written otherwise", kid(), "INCLUDE ItemID WHERE Items.FIFA_OVR_RATE = 9.1e1", {}, "star"},
      {"in quotes", kid(), R"(INCLUDE ItemID WHERE Items.FIFA_OVR_RATE = "91")", {}, "star"},
      {"in a list", kid(), R"(INCLUDE ItemID WHERE Items.PRICE IN (10, "60.0"))", {}, "bet trainers"},
      {"not in a list", kid(), "EXCLUDE ItemID WHERE Items.PRICE NOT IN (10)", {}, "bet"},
      {"less", kid(), "INCLUDE ItemID WHERE Items.PRICE < 25.5", {}, "bet"},
      {"at most", kid(), "INCLUDE ItemID WHERE Items.PRICE <= 25.5", {}, "bet shop"},
      {"more", kid(), "INCLUDE ItemID WHERE Items.PRICE > 25.5", {}, "trainers"},
      {"at least", kid(), "INCLUDE ItemID WHERE Items.PRICE >= 25.5", {}, "shop trainers"},
      {"negative", kid(), "INCLUDE ItemID WHERE Items.PRICE > -1", {}, "bet shop trainers"},
      {"large whole numbers exactly", kid(), "INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP = 1700000200", {}, "shop"},
  });
}

TEST(FilterCases, MissingValues) {
  check({
      {"in", kid(), R"(INCLUDE ItemID WHERE Items.GENRE IN (""))", {}, ""},
      {"not in", kid(), R"(INCLUDE ItemID WHERE Items.GENRE NOT IN ("drama"))", {}, "bet reserve shop star trainers"},
      {"null is missing",
       kid(),
       R"(INCLUDE ItemID WHERE Items.COUNTRY NOT IN ("FRANCE"))",
       {},
       "poll quiz shop trainers"},
      {"equal", kid(), R"(EXCLUDE ItemID WHERE Items.GENRE = "")", {}, kAll},
      {"less and more",
       kid(),
       "EXCLUDE ItemID WHERE Items.PRICE < 1 OR Items.PRICE >= 0",
       {},
       "poll quiz reserve star"},
      {"an unknown age is not young",
       stranger(),
       R"(EXCLUDE ItemID WHERE Items.ITEM_TYPE IN ("MONETIZE") IF CurrentUser.AGE < 18)",
       {},
       kAll},
      {"an unknown country is not in the list",
       stranger(),
       R"(EXCLUDE ItemID WHERE Items.ITEM_LABEL IN ("BET") IF CurrentUser.COUNTRY NOT IN ("GERMANY"))",
       {},
       "poll quiz reserve shop star trainers"},
  });
}

TEST(FilterCases, AndOrAndSeveralExpressions) {
  check({
      {"or", kid(), R"(INCLUDE ItemID WHERE Items.PRICE > 50 OR Items.GENRE IN ("comedy"))", {}, "poll trainers"},
      {"and binds more strongly",
       kid(),
       R"(INCLUDE ItemID WHERE Items.PRICE > 50 OR Items.IS_MONETIZE IN ("Y") AND Items.PRICE < 20)",
       {},
       "bet trainers"},
      {"and before or",
       kid(),
       R"(INCLUDE ItemID WHERE Items.PRICE < 20 AND Items.IS_MONETIZE IN ("Y") OR Items.PRICE > 50)",
       {},
       "bet trainers"},
      {"two excludes",
       kid(),
       R"(EXCLUDE ItemID WHERE Items.PRICE > 50 | EXCLUDE ItemID WHERE Items.GENRE IN ("drama"))",
       {},
       "bet reserve shop star"},
      {"two of each",
       kid(),
       R"(INCLUDE ItemID WHERE Items.PRICE > 0 | EXCLUDE ItemID WHERE Items.PRICE > 50 | INCLUDE ItemID WHERE Items.GENRE IN ("drama") | EXCLUDE ItemID WHERE Items.GENRE IN ("comedy"))",
       {},
       "bet quiz shop"},
      {"the order does not matter",
       kid(),
       R"(EXCLUDE ItemID WHERE Items.GENRE IN ("comedy") | INCLUDE ItemID WHERE Items.GENRE IN ("drama"))",
       {},
       "quiz"},
  });
}

TEST(FilterCases, If) {
  check({
      {"an include that does not apply admits everything",
       adult(),
       R"(INCLUDE ItemID WHERE Items.GENRE IN ("comedy") IF CurrentUser.AGE < 18)",
       {},
       kAll},
      {"beside another include it is as if it were not there",
       adult(),
       R"(INCLUDE ItemID WHERE Items.GENRE IN ("comedy") IF CurrentUser.AGE < 18 | INCLUDE ItemID WHERE Items.PRICE > 50)",
       {},
       "trainers"},
      {"both apply",
       kid(),
       R"(INCLUDE ItemID WHERE Items.GENRE IN ("comedy") IF CurrentUser.AGE < 18 | INCLUDE ItemID WHERE Items.PRICE > 50)",
       {},
       "poll trainers"},
      {"with acts",
       kid(),
       R"(EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click") IF CurrentUser.AGE >= 12)",
       {},
       "bet quiz reserve shop trainers"},
      {"the expression before is not touched",
       adult(),
       R"(EXCLUDE ItemID WHERE Items.PRICE > 50 | EXCLUDE ItemID WHERE Items.PRICE < 50 IF CurrentUser.AGE < 18)",
       {},
       "bet poll quiz reserve shop star"},
  });
}

TEST(FilterCases, ActsOfTheViewer) {
  check({
      {"in any case", kid(), R"(INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("FAVORITE"))", {}, "star"},
      {"of this viewer only", adult(), R"(INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click"))", {}, "bet"},
      {"equal", kid(), R"(INCLUDE ItemID WHERE Interactions.EVENT_TYPE = "stream")", {}, "quiz"},
      {"not in",
       kid(),
       R"(INCLUDE ItemID WHERE Interactions.EVENT_TYPE NOT IN ("click"))",
       {},
       "bet quiz reserve shop trainers"},
      {"two of one item",
       kid(),
       R"(INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click") AND Interactions.EVENT_TYPE IN ("favorite"))",
       {},
       "star"},
      {"one and not another",
       kid(),
       R"(INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click") AND Interactions.EVENT_TYPE NOT IN ("favorite"))",
       {},
       "poll"},
      {"either",
       kid(),
       R"(INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("stream") OR Interactions.EVENT_TYPE IN ("favorite"))",
       {},
       "quiz star"},
      {"no past, included", stranger(), "INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (*)", {}, ""},
      {"no past, excluded", stranger(), "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (*)", {}, kAll},
      {"any, given later",
       kid(),
       "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ($T)",
       {{"T", "\"*\""}},
       "bet reserve shop trainers"},
  });
}

TEST(FilterCases, Placeholders) {
  constexpr const char* kGenre = "INCLUDE ItemID WHERE Items.GENRE IN ($GENRE)";
  check({
      {"one quoted list is one value", kid(), kGenre, {{"GENRE", "\"comedy, drama\""}}, ""},
      {"blanks between values", kid(), kGenre, {{"GENRE", " \"comedy\" , \"drama\" "}}, "poll quiz"},
      {"a comma in a value", kid(), kGenre, {{"GENRE", R"("comedy,drama","drama")"}}, "poll quiz"},
      {"a quote in a value",
       kid(),
       "INCLUDE ItemID WHERE Items.ITEM_LABEL IN ($L)",
       {{"L", R"("POLL \"who wins\"")"}},
       "poll"},
      {"twice",
       kid(),
       "INCLUDE ItemID WHERE Items.PRICE < $N | INCLUDE ItemID WHERE Items.FIFA_OVR_RATE > $N",
       {{"N", "60"}},
       "bet reserve shop star"},
      {"not in",
       kid(),
       "INCLUDE ItemID WHERE Items.ITEM_TYPE NOT IN ($T)",
       {{"T", "\"PLAYER\",\"MONETIZE\""}},
       "poll quiz"},
      {"an exclude without its value is left out",
       kid(),
       R"(INCLUDE ItemID WHERE Items.ITEM_TYPE IN ("PLAYER") | EXCLUDE ItemID WHERE Items.COUNTRY IN ($COUNTRY))",
       {},
       "reserve star"},
      {"so is one whose IF misses it",
       kid(),
       R"(EXCLUDE ItemID WHERE Items.ITEM_TYPE IN ("PLAYER") IF CurrentUser.AGE < $AGE)",
       {},
       kAll},
      {"an include without its value", kid(), kGenre, {}, "$GENRE has no value, and an INCLUDE expression needs it"},
      {"an include whose IF misses it",
       kid(),
       R"(INCLUDE ItemID WHERE Items.ITEM_TYPE IN ("PLAYER") IF CurrentUser.AGE < $AGE)",
       {},
       "$AGE has no value, and an INCLUDE expression needs it"},
      {"names have their case", kid(), kGenre, {{"genre", "\"comedy\""}}, "the filter has no placeholder $genre"},
      {"a near name",
       kid(),
       kGenre,
       {{"GENRES", "\"comedy\""}},
       "the filter has no placeholder $GENRES; did you mean $GENRE?"},
      {"no quotes",
       kid(),
       kGenre,
       {{"GENRE", "comedy"}},
       "the value of $GENRE: expected text in quotes or a number, found \"comedy\"; write text as \"...\""},
      {"no closing quote", kid(), kGenre, {{"GENRE", "\"comedy"}}, "the value of $GENRE: a quote is not closed"},
      {"empty", kid(), kGenre, {{"GENRE", ""}}, "the value of $GENRE: empty"},
      {"a comma at the end",
       kid(),
       kGenre,
       {{"GENRE", "\"a\","}},
       "the value of $GENRE: expected text in quotes or a number, found the end"},
      {"no comma", kid(), kGenre, {{"GENRE", "\"a\" \"b\""}}, "the value of $GENRE: expected a comma, found \"\"b\"\""},
      {"two for one",
       kid(),
       "INCLUDE ItemID WHERE Items.PRICE = $P",
       {{"P", "1,2"}},
       "the value of $P: 2 values, and = takes one"},
      {"text for an order",
       kid(),
       "INCLUDE ItemID WHERE Items.PRICE < $P",
       {{"P", "\"cheap\""}},
       "the value of $P: \"cheap\" is not a number, and < compares numbers"},
      {"text for a number",
       kid(),
       "INCLUDE ItemID WHERE Items.PRICE IN ($P)",
       {{"P", "1,\"cheap\""}},
       "the value of $P: Items.PRICE is a number, and \"cheap\" is not"},
  });
}

struct Mistake {
  const char* expression;
  const char* complaint;
};

void check(const std::vector<Mistake>& mistakes) {
  for (const Mistake& row : mistakes) {
    EXPECT_EQ(passing(kid(), row.expression), row.complaint) << row.expression;
  }
}

TEST(FilterMistakes, Grammar) {
  check(std::vector<Mistake>{
      {"", "column 1: expected INCLUDE or EXCLUDE, found the end"},
      {"INCLUD ItemID WHERE", "column 1: expected INCLUDE or EXCLUDE, found \"INCLUD\"; did you mean INCLUDE?"},
      {"INCLUDE Item WHERE", "column 9: expected ItemID, UserID or ActionID, found \"Item\""},
      {"INCLUDE ItemID Items.PRICE > 1", "column 16: expected WHERE, found \"Items\""},
      {"INCLUDE ItemID WHERE PRICE > 1",
       "column 22: expected Items, Interactions, Users, Actions or Action_Interactions, found \"PRICE\""},
      {"INCLUDE ItemID WHERE Items > 1", "column 28: expected \".\" and a column of Items, found \">\""},
      {"INCLUDE ItemID WHERE Items.\"PRICE\" > 1", "column 28: expected a column of Items, found \"PRICE\""},
      {"INCLUDE ItemID WHERE Items.PRICE",
       "column 33: expected IN, NOT IN, \"=\", \"<\", \"<=\", \">\" or \">=\", found the end"},
      {"INCLUDE ItemID WHERE Items.PRICE NOT 5", "column 38: expected IN, found \"5\""},
      {"INCLUDE ItemID WHERE Items.PRICE >",
       "column 35: expected text in quotes, a number or a placeholder ($NAME), found the end"},
      {"INCLUDE ItemID WHERE Items.GENRE IN \"a\"", "column 37: expected \"(\", found \"a\""},
      {"INCLUDE ItemID WHERE Items.GENRE IN ()",
       "column 38: expected text in quotes, a number or a placeholder ($NAME), found \")\""},
      {"INCLUDE ItemID WHERE Items.GENRE IN (\"a\"", "column 41: expected \",\" or \")\", found the end"},
      {"INCLUDE ItemID WHERE Items.GENRE IN (\"a\",)",
       "column 42: expected text in quotes, a number or a placeholder ($NAME), found \")\""},
      {"INCLUDE ItemID WHERE Items.GENRE IN (comedy)",
       "column 38: expected text in quotes, a number or a placeholder ($NAME), found \"comedy\""},
      {"INCLUDE ItemID WHERE Items.GENRE IN ($A, $B)",
       "column 40: a placeholder stands alone in its list; its value may be a list"},
      {"INCLUDE ItemID WHERE Items.GENRE IN (\"a\", $B)",
       "column 43: a placeholder stands alone in its list; its value may be a list"},
      {"INCLUDE ItemID WHERE Items.PRICE > 1)", "column 37: expected AND, OR, IF, \"|\" or the end, found \")\""},
      {"INCLUDE ItemID WHERE Items.PRICE > 1 |", "column 39: expected INCLUDE or EXCLUDE, found the end"},
      {"INCLUDE ItemID WHERE Items.PRICE > 1 IF CurrentUser.AGE < 18 OR CurrentUser.AGE > 60",
       "column 62: conditions after IF are joined with AND only"},
      {"INCLUDE ItemID WHERE Items.PRICE > 1 IF CurrentUser.AGE < 18 IF CurrentUser.AGE > 60",
       "column 62: one IF an expression; more conditions on CurrentUser are joined with AND"},
  });
}

TEST(FilterMistakes, Symbols) {
  check(std::vector<Mistake>{
      {"INCLUDE ItemID WHERE Items.GENRE IN (\"a)", "column 38: this text has no closing quote"},
      {"INCLUDE ItemID WHERE Items.GENRE IN ('a')",
       "column 38: unexpected ': text stands in straight double quotes, \"...\""},
      {"INCLUDE ItemID WHERE Items.GENRE IN (\u201ca\u201d)",
       "column 38: unexpected \u201c: text stands in straight double quotes, \"...\""},
      {"INCLUDE ItemID WHERE Items.GENRE != \"a\"", "column 34: there is no !=; write NOT IN (...)"},
      {"INCLUDE ItemID WHERE Items.GENRE <> \"a\"", "column 34: there is no <>; write NOT IN (...)"},
      {"INCLUDE ItemID WHERE Items.PRICE > 18abc", "column 36: \"18abc\" is not a number; text stands in quotes"},
      {"INCLUDE ItemID WHERE Items.PRICE > $", "column 36: expected a name after the $"},
      {"INCLUDE ItemID WHERE Items.PRICE > 1;", "column 37: unexpected symbol \";\""},
      {"\u00e9", "column 1: unexpected symbol \"\u00e9\""},
      {"\xff", "the expression is not UTF-8"},
  });
}

TEST(FilterMistakes, DatasetsAndColumns) {
  check(std::vector<Mistake>{
      {"INCLUDE ItemID WHERE Items.PRICE > 1 AND Interactions.EVENT_TYPE IN (*)",
       "column 42: expected another condition on Items, found \"Interactions\": the conditions of one expression are "
       "on "
       "one dataset; join expressions with \"|\""},
      {"INCLUDE ItemID WHERE Interactions.LOCATION IN (\"home\")",
       "column 35: of Interactions only EVENT_TYPE can be tested"},
      {"INCLUDE ItemID WHERE CurrentUser.AGE < 18", "column 22: CurrentUser can be tested only after IF"},
      {"INCLUDE ItemID WHERE Items.PRICE > 1 AND CurrentUser.AGE < 18",
       "column 42: CurrentUser can be tested only after IF"},
      {"INCLUDE ItemID WHERE Items.PRICE > 1 IF Items.PRICE < 5",
       "column 41: after IF only CurrentUser can be tested, found \"Items\""},
      {"INCLUDE ItemID WHERE Items.PRICE > 1 IF User.AGE < 5", "column 41: expected CurrentUser, found \"User\""},
      {"INCLUDE ItemID WHERE Users.AGE < 18",
       "column 22: ItemID is filtered by Items or Interactions, found \"Users\"; the viewer is tested with IF "
       "CurrentUser"},
      {"INCLUDE ItemID WHERE Items.GENER IN (\"a\")", "column 28: Items has no column \"GENER\"; did you mean GENRE?"},
      {"INCLUDE ItemID WHERE Items.X IN (\"a\")", "column 28: Items has no column \"X\""},
      {"INCLUDE ItemID WHERE Items.PRICE > 1 IF CurrentUser.AGES < 5",
       "column 53: CurrentUser has no column \"AGES\"; did you mean AGE?"},
      {"INCLUDE ItemID WHERE Items.SYNOPSIS IN (\"a\")",
       "column 28: Items.SYNOPSIS is free text, which cannot be filtered"},
      {"INCLUDE ItemID WHERE Items.IN_STOCK IN (\"true\")",
       "column 28: Items.IN_STOCK is boolean, which cannot be filtered; use text, such as \"Y\""},
      {"INCLUDE ItemID WHERE Items.GENRE IN (*)",
       "column 38: * stands for every value of Interactions.EVENT_TYPE only"},
      {"INCLUDE ItemID WHERE Items.GENRE < 5", "column 28: < compares numbers, and Items.GENRE is text"},
      {"INCLUDE ItemID WHERE Items.PRICE < \"cheap\"", "column 36: Items.PRICE is a number, and \"cheap\" is not"},
      {"INCLUDE ItemID WHERE Items.PRICE IN (1, \"cheap\")",
       "column 41: Items.PRICE is a number, and \"cheap\" is not"},
      {"INCLUDE UserID WHERE Users.MEMBERSHIP_STATUS IN ($MEMBERSHIP)",
       "column 9: UserID filters user segments, which are not offered; items are ItemID"},
      {"EXCLUDE ActionID WHERE Actions.VALUE > 5",
       "column 9: ActionID filters actions, which are not offered; items are ItemID"},
      {"INCLUDE ItemID WHERE Items.PRICE > 1 AND Items.GENRE = \"a\" AND Items.COUNTRY = \"b\" AND Items.CATEGORY = "
       "\"c\" AND Items.PRICE < 5 | EXCLUDE ItemID WHERE Items.ITEM_TYPE = \"d\" IF CurrentUser.AGE < 5",
       "column 189: CurrentUser.AGE is the 6th column that this filter tests; at most 5"},
  });
}

TEST(FilterMistakes, TheLineAndACaretAreShown) {
  const auto filter = resolve_filter("INCLUDE ItemID WHERE Items.GENER IN (\"a\")", test::schemas());
  EXPECT_EQ(filter.error().code, "unknown_column");
  EXPECT_EQ(filter.error().field, "expression");
  EXPECT_EQ(filter.error().message,
            "column 28: Items has no column \"GENER\"; did you mean GENRE?\n"
            "  INCLUDE ItemID WHERE Items.GENER IN (\"a\")\n"
            "                             ^");
}

TEST(FilterMistakes, OfALongTextOnlyThePlaceIsShown) {
  const std::string expression =
      "INCLUDE ItemID WHERE Items.GENRE IN (\"" + std::string(200, 'a') + "\") AN Items." + std::string(100, 'b');
  const auto filter = resolve_filter(expression, test::schemas());
  EXPECT_EQ(filter.error().message,
            "column 242: expected AND, OR, IF, \"|\" or the end, found \"AN\"; did you mean AND?\n"
            "  ..." +
                std::string(57, 'a') + "\") AN Items." + std::string(21, 'b') +
                "...\n"
                "  " +
                std::string(63, ' ') + "^");
}

TEST(FilterMistakes, ColumnsAreCountedInCharacters) {
  EXPECT_EQ(passing(kid(), "INCLUDE ItemID WHERE Items.GENRE IN (\"\u00e9\u00e9\u20ac\") X"),
            "column 45: expected AND, OR, IF, \"|\" or the end, found \"X\"");
}

TEST(FilterMistakes, AnExpressionHasAtMost2500Characters) {
  const auto of_length = [](std::size_t characters) {
    const std::string front = "INCLUDE ItemID WHERE Items.GENRE IN (\"";
    std::string text;
    for (std::size_t i = front.size() + 2; i < characters; ++i) text += "\u00e9";
    return front + text + "\")";
  };
  EXPECT_EQ(passing(kid(), of_length(2'500)), "");
  EXPECT_EQ(passing(kid(), of_length(2'501)), "the expression has 2501 characters; at most 2500");
}

TEST(FilterMistakes, AFilterHasAtMost25Placeholders) {
  std::string expression = "EXCLUDE ItemID WHERE Items.GENRE IN ($A0)";
  for (int i = 1; i < 25; ++i) expression += " OR Items.GENRE IN ($A" + std::to_string(i) + ")";
  EXPECT_EQ(passing(kid(), expression), kAll);
  EXPECT_EQ(passing(kid(), expression + " OR Items.GENRE IN ($A25)"),
            "column " + std::to_string(expression.size() + 21) + ": $A25 is the 26th placeholder; at most 25");
}

}  // namespace
}  // namespace matchcue::filter
