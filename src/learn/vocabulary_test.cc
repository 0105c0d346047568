// SPDX-License-Identifier: Apache-2.0
#include "learn/vocabulary.h"

#include <gtest/gtest.h>

#include "learn/model.h"

namespace matchcue::learn {
namespace {

using domain::Value;
using domain::Values;

Values text(const std::string& field, const std::string& value) { return {{field, Value{value}}}; }
Values number(const std::string& field, std::int64_t value) { return {{field, Value{value}}}; }

TEST(Vocabulary, TellsValuesAndFieldsApart) {
  Vocabulary vocabulary(10);
  for (const char* value : {"GOAL", "THROW"}) vocabulary.add(text("EVENT", value));
  for (const char* value : {"GOAL", "LATE"}) vocabulary.add(text("TIMING", value));
  const auto event = vocabulary.find(text("EVENT", "GOAL"));
  const auto timing = vocabulary.find(text("TIMING", "GOAL"));
  ASSERT_EQ(event.size(), 1u);
  ASSERT_EQ(timing.size(), 1u);
  EXPECT_NE(event, timing);
  EXPECT_NE(vocabulary.field_of(event[0]), vocabulary.field_of(timing[0]));
  EXPECT_EQ(vocabulary.describe(event[0]), "EVENT=GOAL");
}

TEST(Texts, HowAnItemIsDrawnIsNothingToLearnFrom) {
  const Values fields = {{"COUNTRY", Value{std::string("FRANCE")}},
                         {"PRICE", Value{2.0}},
                         {"REMOTE", Value{std::string(R"({"remote":"bet","module":"./Bet"})")}}};
  EXPECT_EQ(texts_of(fields), text("COUNTRY", "FRANCE"));
}

TEST(Vocabulary, UnknownValuesAreNoFeatureAndConstantFieldsTellNothing) {
  Vocabulary vocabulary(10);
  vocabulary.add(text("VENUE", "Amsterdam"));
  EXPECT_EQ(vocabulary.find(text("VENUE", "Amsterdam")).size(), 1u);
  EXPECT_TRUE(vocabulary.find_telling(text("VENUE", "Amsterdam")).empty());
  vocabulary.add(text("VENUE", "Paris"));
  EXPECT_EQ(vocabulary.find_telling(text("VENUE", "Amsterdam")).size(), 1u);
  EXPECT_TRUE(vocabulary.find(text("VENUE", "Rome")).empty());
  EXPECT_TRUE(vocabulary.find(text("REFEREE", "Paris")).empty());
}

TEST(Vocabulary, LaterNumbersCountAsTheNearestOfTheFirst) {
  Vocabulary vocabulary(100);
  for (std::int64_t age = 0; age < 16; ++age) vocabulary.add(number("AGE", 10 * age));
  vocabulary.add(number("AGE", 33));
  EXPECT_EQ(vocabulary.size(), Vocabulary::kNumbersMax);
  EXPECT_EQ(vocabulary.find(number("AGE", 33)), vocabulary.find(number("AGE", 30)));
  EXPECT_EQ(vocabulary.find(number("AGE", 36)), vocabulary.find(number("AGE", 40)));
  EXPECT_EQ(vocabulary.find(number("AGE", 9'999)), vocabulary.find(number("AGE", 150)));
  EXPECT_EQ(vocabulary.find(number("AGE", -5)), vocabulary.find(number("AGE", 0)));
}

TEST(Vocabulary, IsBounded) {
  Vocabulary vocabulary(3);
  for (const char* value : {"a", "b", "c", "d"}) vocabulary.add(text("EVENT", value));
  EXPECT_EQ(vocabulary.size(), 3u);
  EXPECT_TRUE(vocabulary.find(text("EVENT", "d")).empty());
}

}  // namespace
}  // namespace matchcue::learn
