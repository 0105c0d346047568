// SPDX-License-Identifier: Apache-2.0
#include "codec/personalize_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace matchcue::codec {
namespace {

using domain::DatasetKind;
using domain::FieldType;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::array kKinds = {DatasetKind::users, DatasetKind::items, DatasetKind::interactions};

std::string file(const std::string& name) {
  std::ifstream stream("schema/personalize/" + name);
  std::stringstream text;
  text << stream.rdbuf();
  EXPECT_FALSE(text.str().empty()) << name;
  return text.str();
}

/// A record of this kind around the fields of `inside`.
std::string record(DatasetKind kind, const std::string& inside) {
  return R"({"type":"record","name":")" + builtin_schema(kind).name +
         R"(","namespace":"com.amazonaws.personalize.schema","version":"1.0","fields":[)" + inside + "]}";
}
const std::string kIds =
    R"({"name":"USER_ID","type":"string"},{"name":"ITEM_ID","type":"string"},{"name":"TIMESTAMP","type":"long"})";
std::string interactions(const std::string& more) { return record(DatasetKind::interactions, kIds + more); }
std::string items(const std::string& more) {
  return record(DatasetKind::items, R"({"name":"ITEM_ID","type":"string"},)" + more);
}

/// "FIELD: message" of every problem.
std::vector<std::string> problems(DatasetKind kind, const std::string& text) {
  std::vector<std::string> lines;
  for (const SchemaRemark& remark : read_schema(kind, text).problems) {
    lines.push_back(remark.field + ": " + remark.message);
  }
  return lines;
}
std::vector<std::string> interaction_problems(const std::string& more) {
  return problems(DatasetKind::interactions, interactions(more));
}

TEST(PersonalizeSchema, BuiltInSchemasAreTheGoldenFilesAndReadBackTheSame) {
  for (const DatasetKind kind : kKinds) {
    const std::string text = write_schema(builtin_schema(kind));
    EXPECT_EQ(text, file(std::string(to_string(kind)) + ".json"));
    const auto schema = parse_schema(kind, text);
    ASSERT_TRUE(schema.ok()) << schema.error().message;
    EXPECT_EQ(write_schema(*schema), text);
  }
}

TEST(PersonalizeSchema, TheSamplesReadmeIsExplainedFieldByFieldAndCorrected) {
  for (const DatasetKind kind : kKinds) {
    const std::string name = "aws-sample-readme/" + std::string(to_string(kind));
    const auto schema = parse_schema(kind, file(name + ".txt"));
    ASSERT_FALSE(schema.ok());
    EXPECT_EQ(schema.error().code, "invalid_schema");
    EXPECT_EQ(schema.error().message, file(name + ".expected.txt"));
  }
}

TEST(PersonalizeSchema, UnionsAllowNullInEitherPlace) {
  const auto schema =
      parse_schema(DatasetKind::interactions,
                   interactions(R"(,{"name":"A","type":["null","string"]},{"name":"B","type":["int","null"]},)"
                                R"({"name":"C","type":["double"]})"));
  ASSERT_TRUE(schema.ok()) << schema.error().message;
  EXPECT_TRUE(schema->find_field("A")->nullable);
  EXPECT_TRUE(schema->find_field("B")->nullable);
  EXPECT_EQ(schema->find_field("B")->type, FieldType::int32);
  EXPECT_FALSE(schema->find_field("C")->nullable);
}

TEST(PersonalizeSchema, EveryAvroTypeIsRead) {
  const auto schema =
      parse_schema(DatasetKind::items,
                   items(R"({"name":"A","type":"string"},{"name":"B","type":"int"},{"name":"C","type":"long"},)"
                         R"({"name":"D","type":"float"},{"name":"E","type":"double"},{"name":"F","type":"boolean"})"));
  ASSERT_TRUE(schema.ok()) << schema.error().message;
  std::vector<std::string> words;
  for (const auto& field : schema->fields) words.emplace_back(to_string(field.type));
  EXPECT_THAT(words, ElementsAre("string", "string", "int", "long", "float", "double", "boolean"));
}

TEST(PersonalizeSchema, TheFormOfTheRecordIsChecked) {
  const std::string fields = R"("fields":[{"name":"ITEM_ID","type":"string"},{"name":"A","type":"int"}])";
  EXPECT_THAT(problems(DatasetKind::items, "{" + fields + "}"), ElementsAre(HasSubstr("not an Avro record")));
  EXPECT_THAT(problems(DatasetKind::items, R"({"type":"record","name":"Users",)" + fields + "}"),
              ElementsAre(R"(: the record's name is "Users" and must be "Items")"));
  EXPECT_THAT(problems(DatasetKind::items, R"({"type":"record",)" + fields + "}"),
              ElementsAre(": the record has no name"));
  EXPECT_THAT(problems(DatasetKind::items, R"({"type":"record","name":"Items","fields":[1]})"),
              Contains(HasSubstr("entry 1 of the fields")));
  EXPECT_THAT(problems(DatasetKind::items, "nonsense"), Contains(": not JSON, and nothing could be read from it"));
}

TEST(PersonalizeSchema, RequiredFieldsAndTheirTypesAreChecked) {
  EXPECT_THAT(problems(DatasetKind::users, record(DatasetKind::users, R"({"name":"A","type":"int"})")),
              ElementsAre("USER_ID: required, and missing: \"string\", the viewer's id"));
  EXPECT_THAT(problems(DatasetKind::users, record(DatasetKind::users, R"({"name":"USER_ID","type":"string"})")),
              ElementsAre(": there is no metadata column, and at least one is required"));
  EXPECT_THAT(interaction_problems(R"(,{"name":"EVENT_VALUE","type":"string"})"),
              ElementsAre(R"(EVENT_VALUE: the type is "string" and must be "float": it holds how much of it)"));
  EXPECT_THAT(interaction_problems(R"(,{"name":"EVENT_TYPE","type":"string","categorical":true})"),
              ElementsAre("EVENT_TYPE: it can be neither categorical nor textual"));
  EXPECT_THAT(interaction_problems(R"(,{"name":"EVENT_TYPE","type":["null","string"]})"),
              ElementsAre("EVENT_TYPE: it must not be null"));
  EXPECT_THAT(interaction_problems(R"(,{"name":"eventtype","type":"string"})"),
              ElementsAre("eventtype: this must be spelled EVENT_TYPE"));
}

TEST(PersonalizeSchema, NamesAreUniqueByTheirLettersAndDigits) {
  EXPECT_THAT(
      interaction_problems(R"(,{"name":"GENRES_FIELD_1","type":"string"},{"name":"GENRESFIELD1","type":"int"})"),
      ElementsAre("GENRESFIELD1: the name differs from GENRES_FIELD_1 in underscores and case only"));
  EXPECT_THAT(interaction_problems(R"(,{"name":"TIMESTAMP","type":"long"})"),
              ElementsAre("TIMESTAMP: the name is given twice"));
  EXPECT_THAT(interaction_problems(R"(,{"name":"a-b","type":"int"})"),
              ElementsAre(R"(a_b: the name "a-b" has more than letters, digits and _)"));
}

TEST(PersonalizeSchema, TypesAreFlatAndAvros) {
  EXPECT_THAT(interaction_problems(R"(,{"name":"A","type":"integer"})"),
              ElementsAre(R"(A: "integer" is not an Avro type: write "int")"));
  EXPECT_THAT(interaction_problems(R"(,{"name":"A","type":{"type":"array","items":"string"}})"),
              ElementsAre(HasSubstr("A: arrays, maps and nested records are not allowed")));
  EXPECT_THAT(interaction_problems(R"(,{"name":"A","type":["int","string"]})"),
              ElementsAre(HasSubstr("A: a union holds one type and \"null\"")));
  EXPECT_THAT(interaction_problems(R"(,{"name":"A"})"), ElementsAre(HasSubstr("A: no type is given")));
}

TEST(PersonalizeSchema, AKeyThatStandsTwiceIsRefused) {
  EXPECT_THAT(interaction_problems(R"(,{"name":"A","type":"int","type":"string"})"),
              ElementsAre(HasSubstr("the key \"type\" stands twice")));
}

TEST(PersonalizeSchema, CategoricalAndTextualHaveTheirPlaces) {
  EXPECT_THAT(interaction_problems(R"(,{"name":"A","type":"int","categorical":true})"),
              ElementsAre("A: only strings can be categorical"));
  EXPECT_THAT(interaction_problems(R"(,{"name":"A","type":"string","textual":true})"),
              ElementsAre("A: only items have textual columns"));
  EXPECT_THAT(interaction_problems(R"(,{"name":"A","type":"string","categorical":"yes"})"),
              ElementsAre(R"(A: "categorical" is not true or false)"));
  const std::string textual = R"("type":"string","textual":true)";
  EXPECT_THAT(problems(DatasetKind::items, items(R"({"name":"A",)" + textual + R"(},{"name":"B",)" + textual + "}")),
              ElementsAre("B: only one column can be textual"));
}

TEST(PersonalizeSchema, MetadataColumnsAreLimitedPerKind) {
  const auto many = [](DatasetKind kind, const std::string& ids, int count) {
    std::string fields = ids;
    for (int i = 0; i < count; ++i) fields += R"(,{"name":"M)" + std::to_string(i) + R"(","type":"int"})";
    return problems(kind, record(kind, fields));
  };
  const std::string user = R"({"name":"USER_ID","type":"string"})";
  const std::string item = R"({"name":"ITEM_ID","type":"string"})";
  EXPECT_THAT(many(DatasetKind::interactions, kIds, 5), IsEmpty());
  EXPECT_THAT(many(DatasetKind::interactions, kIds, 6),
              ElementsAre(": there are 6 metadata columns, and at most 5 are allowed"));
  EXPECT_THAT(many(DatasetKind::users, user, 25), IsEmpty());
  EXPECT_EQ(many(DatasetKind::users, user, 26).size(), 1U);
  EXPECT_THAT(many(DatasetKind::items, item, 100), IsEmpty());
  EXPECT_EQ(many(DatasetKind::items, item, 101).size(), 1U);
}

TEST(PersonalizeSchema, ADifferentButValidSchemaIsTakenAsItIs) {
  const SchemaReading reading =
      read_schema(DatasetKind::users, record(DatasetKind::users, R"({"name":"USER_ID","type":"string"},)"
                                                                 R"({"name":"gender","type":"string"})"));
  ASSERT_TRUE(reading.schema.has_value());
  EXPECT_THAT(reading.advice, IsEmpty());
  EXPECT_NE(reading.schema->find_field("gender"), nullptr);
}

TEST(PersonalizeSchema, WhateverTheTextTheCorrectedSchemaIsValid) {
  const std::vector<std::string> texts = {
      "",
      "[]",
      "{}",
      "null",
      "[[[",
      "[{\"name\":\"USERID\",\"type\":\"string\"}]",
      R"({"A":"text","user_id":"int"})",
      R"([{"name":"1","type":"null"},{"name":"_1","type":[]},{"name":"é","type":7}])",
      std::string(20'001, '['),
      file("aws-sample-readme/users.txt"),
      file("aws-sample-readme/items.txt"),
      file("aws-sample-readme/interactions.txt")};
  for (const DatasetKind kind : kKinds) {
    for (const std::string& text : texts) {
      const std::string corrected = write_schema(read_schema(kind, text).corrected);
      EXPECT_THAT(problems(kind, corrected), IsEmpty()) << text << "\n" << corrected;
    }
  }
}

}  // namespace
}  // namespace matchcue::codec
