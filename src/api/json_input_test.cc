// SPDX-License-Identifier: Apache-2.0
#include "api/json_input.h"

#include <gtest/gtest.h>

namespace matchcue::api {
namespace {

std::string code_of(std::string_view text) {
  const auto parsed = parse_object(text);
  return parsed ? "" : parsed.error().code;
}

Error read_error(std::string_view text) {
  const auto body = parse_object(text);
  CHECK(body.ok());
  Fields fields(*body);
  fields.id<domain::ViewerId>("viewer");
  fields.values("context");
  fields.optional_time("media_time");
  fields.optional_text("reason");
  fields.optional_number("value", 1);
  const auto finished = fields.finish();
  return finished ? Error{ErrorKind::internal, "", "", ""} : finished.error();
}

const domain::Schema kSchema{domain::DatasetKind::items,
                             "Items",
                             {{"ITEM_ID", domain::FieldType::string, false, false, false},
                              {"ITEM_TYPE", domain::FieldType::string, false, true, false},
                              {"PRICE", domain::FieldType::float32, true, false, false}}};

TEST(ParseObject, RefusesWhatIsNotOneJsonObject) {
  EXPECT_EQ(code_of("{\"a\":1}"), "");
  EXPECT_EQ(code_of(""), "");
  EXPECT_EQ(code_of("{\"a\":1"), "invalid_json");
  EXPECT_EQ(code_of("{} {}"), "invalid_json");
  EXPECT_EQ(code_of("{\"a\":\"\xff\"}"), "invalid_json");
  EXPECT_EQ(code_of("[]"), "wrong_type");
  EXPECT_EQ(code_of("{\"a\":1e999}"), "out_of_range");
}

TEST(ParseObject, RefusesWhatIsReadDifferentlyByDifferentReaders) {
  EXPECT_EQ(code_of(R"({"a":1,"a":2})"), "duplicate_key");
  EXPECT_EQ(code_of("{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}"), "too_deep");
}

TEST(Fields, NameWhatIsWrong) {
  EXPECT_EQ(read_error(R"({"viewer":"v"})").code, "");
  EXPECT_EQ(read_error(R"({})").code, "missing_value");
  EXPECT_EQ(read_error(R"({"viewer":1})").field, "viewer");
  EXPECT_EQ(read_error(R"({"viewer":""})").code, "invalid_id");
  EXPECT_EQ(read_error(R"({"viewer":"v","context":[]})").field, "context");
  EXPECT_EQ(read_error(R"({"viewer":"v","context":{"A":[1]}})").field, "context.A");
  EXPECT_EQ(read_error(R"({"viewer":"v","context":{"A":18446744073709551615}})").code, "out_of_range");
  EXPECT_EQ(read_error(R"({"viewer":"v","media_time":"noon"})").field, "media_time");
  EXPECT_EQ(read_error(R"({"viewer":"v","media_time":""})").field, "media_time");
  EXPECT_EQ(read_error(R"({"viewer":"v","value":"1"})").field, "value");
  EXPECT_EQ(read_error(R"({"viewer":"v","reason":null,"media_time":null})").code, "");
}

TEST(Fields, TextHasALimitAndNoZeroByte) {
  EXPECT_EQ(read_error(R"({"viewer":"v","reason":"a\u0000b"})").code, "invalid_text");
  EXPECT_EQ(read_error(R"({"viewer":"v","context":{"A":"\u0000"}})").field, "context.A");
  const auto reason = [](std::size_t bytes) {
    return read_error(R"({"viewer":"v","reason":")" + std::string(bytes, 'x') + "\"}").code;
  };
  EXPECT_EQ(reason(10'000), "");
  EXPECT_EQ(reason(10'001), "too_long");
}

TEST(Fields, IdsAreBetweenOneAndSoMany) {
  const auto read = [](const std::string& items) {
    const auto body = parse_object("{\"items\":" + items + "}");
    Fields fields(*body);
    const auto ids = fields.ids<domain::ItemId>("items", 2);
    const auto finished = fields.finish();
    return finished ? std::to_string(ids.size()) : finished.error().field + " " + finished.error().code;
  };
  EXPECT_EQ(read(R"(["a","b"])"), "2");
  EXPECT_EQ(read(R"(["a","b","c"])"), "items out_of_range");
  EXPECT_EQ(read("[]"), "items out_of_range");
  EXPECT_EQ(read("null"), "items wrong_type");
  EXPECT_EQ(read(R"("a")"), "items wrong_type");
  EXPECT_EQ(read(R"(["a",7])"), "items.1 wrong_type");
  EXPECT_EQ(read("[\"" + std::string(domain::kIdBytesMax + 1, 'x') + "\"]"), "items.0 invalid_id");
}

TEST(Fields, AnUnknownFieldNamesItsNearestRelative) {
  const Error error = read_error(R"({"viewer":"v","reson":"x"})");
  EXPECT_EQ(error.code, "unknown_field");
  EXPECT_EQ(error.field, "reson");
  EXPECT_NE(error.message.find("\"reason\""), std::string::npos) << error.message;
}

TEST(ToRow, ChecksEveryColumnOfTheSchema) {
  const auto row = [](std::string_view text) { return to_row(*parse_object(text), kSchema, "ITEM_ID", "I1"); };
  const auto good = row(R"({"ITEM_ID":"I1","ITEM_TYPE":"GENERAL","PRICE":2})");
  ASSERT_TRUE(good.ok()) << good.error().message;
  EXPECT_EQ(good->at("PRICE"), domain::Value(2.0));
  EXPECT_FALSE(good->contains("ITEM_ID"));
  EXPECT_EQ(row(R"({"ITEM_TYPE":"GENERAL"})")->at("PRICE"), domain::Value());
  EXPECT_EQ(row(R"({"ITEM_ID":"I2","ITEM_TYPE":"G"})").error().code, "id_mismatch");
  EXPECT_EQ(row(R"({"PRICE":1})").error().code, "missing_value");
  EXPECT_EQ(row(R"({"ITEM_TYPE":"G","PRICE":"x"})").error().field, "PRICE");
  EXPECT_NE(row(R"({"ITEM_TYP":"G"})").error().message.find("ITEM_TYPE"), std::string::npos);
}

}  // namespace
}  // namespace matchcue::api
