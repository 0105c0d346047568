// SPDX-License-Identifier: Apache-2.0
#include "store/values_json.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "base/random.h"

namespace matchcue::store {
namespace {

domain::Values reread(const domain::Values& values) { return parse_values(to_json(values)).value(); }

TEST(ValuesJson, KeepsWholeNumbersAndNumbersApart) {
  const domain::Values values = {{"whole", domain::Value(std::int64_t{1})}, {"number", domain::Value(1.0)}};
  EXPECT_EQ(to_json(values), R"({"number":1.0,"whole":1})");
  EXPECT_EQ(reread(values), values);
}

TEST(ValuesJson, KeepsEveryTypeAndAwkwardText) {
  const domain::Values values = {{"", domain::Value()},
                                 {"flag", domain::Value(true)},
                                 {"low", domain::Value(std::numeric_limits<std::int64_t>::min())},
                                 {"high", domain::Value(std::numeric_limits<std::int64_t>::max())},
                                 {"a \"quoted\"\n\\name", domain::Value(std::string("\x01\t\"\\\xc3\xa9"))},
                                 {"nul", domain::Value(std::string("a\0b", 3))}};
  EXPECT_EQ(reread(values), values);
}

TEST(ValuesJson, KeepsTheBitsOfAnyNumber) {
  Random random(7);
  for (int i = 0; i < 20'000; ++i) {
    const double number = std::bit_cast<double>(random.next());
    if (!std::isfinite(number)) continue;
    const domain::Values back = reread({{"x", domain::Value(number)}});
    ASSERT_TRUE(std::holds_alternative<double>(back.at("x"))) << number;
    ASSERT_EQ(std::bit_cast<std::uint64_t>(std::get<double>(back.at("x"))), std::bit_cast<std::uint64_t>(number));
  }
  const domain::Values zero = reread({{"x", domain::Value(-0.0)}});
  EXPECT_TRUE(std::signbit(std::get<double>(zero.at("x"))));
}

TEST(ValuesJson, KeepsOverrides) {
  const std::vector<domain::ItemOverride> overrides = {{domain::OverrideAction::pin, domain::ItemId("a\"b")},
                                                       {domain::OverrideAction::block, domain::ItemId("c")}};
  EXPECT_EQ(parse_overrides(to_json(overrides)).value(), overrides);
}

TEST(ValuesJson, KeepsTraits) {
  const domain::ViewerTraits known = {30, "C\"D", {{"VIP", domain::Value(true)}, {"HOURS", domain::Value(2.0)}}};
  EXPECT_EQ(to_json(known), R"({"age":30,"country":"C\"D","fields":{"HOURS":2.0,"VIP":true}})");
  EXPECT_EQ(*parse_traits(to_json(known)).value(), known);
  EXPECT_EQ(*parse_traits(to_json(*domain::no_traits())).value(), *domain::no_traits());
}

TEST(ValuesJson, KeepsFilters) {
  const domain::FilterUse use{domain::FilterName("genre"), "INCLUDE \"x\"", {{"A", "\"a\",\"b\""}, {"B", "1"}}};
  EXPECT_EQ(to_json(std::vector{use}),
            R"([{"expression":"INCLUDE \"x\"","filter":"genre","values":{"A":"\"a\",\"b\"","B":"1"}}])");
  EXPECT_EQ(parse_filter_uses(to_json(std::vector{use, use})).value(), (std::vector{use, use}));
  EXPECT_EQ(parse_filter_uses("[]").value(), std::vector<domain::FilterUse>());
  for (const bool in_force : {true, false}) {
    const domain::FilterChange change{in_force, use};
    EXPECT_EQ(parse_filter_change(to_json(change)).value(), change);
  }
}

TEST(ValuesJson, RefusesWhatItDidNotWrite) {
  for (const char* text :
       {"", "{}", "[1]", R"([{"expression":"","filter":""}])", R"([{"expression":"","filter":"","values":{"a":1}}])"}) {
    EXPECT_FALSE(parse_filter_uses(text).ok()) << text;
    EXPECT_FALSE(parse_filter_change(text).ok()) << text;
  }
  for (const char* text :
       {"", "[]", "{", R"({"a":[]})", R"({"a":{}})", R"({"a":18446744073709551615})", "{\"a\":\"\xff\"}"}) {
    const auto values = parse_values(text);
    ASSERT_FALSE(values.ok()) << text;
    EXPECT_EQ(values.error().kind, ErrorKind::corrupt);
  }
  for (const char* text : {"{}", "[1]", R"([{"action":"pin"}])", R"([{"action":"hide","item":"a"}])"}) {
    EXPECT_FALSE(parse_overrides(text).ok()) << text;
  }
  for (const char* text :
       {"null", "{}", R"({"age":null,"country":""})", R"({"age":-1,"country":"","fields":{}})",
        R"({"age":4294967296,"country":"","fields":{}})", R"({"age":1.5,"country":"","fields":{}})",
        R"({"age":null,"country":null,"fields":{}})", R"({"age":null,"country":"","fields":[]})",
        R"({"age":null,"country":"","fields":{"a":[]}})", R"({"age":null,"country":"","fields":{},"more":1})"}) {
    EXPECT_FALSE(parse_traits(text).ok()) << text;
  }
}

}  // namespace
}  // namespace matchcue::store
