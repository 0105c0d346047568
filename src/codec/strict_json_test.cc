// SPDX-License-Identifier: Apache-2.0
#include "codec/strict_json.h"

#include <gtest/gtest.h>

namespace matchcue::codec {
namespace {

Error read_error(std::string_view text) {
  const auto parsed = parse_strict_json(text);
  return parsed.ok() ? Error{ErrorKind::internal, "", "", ""} : parsed.error();
}

std::string lists(int depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(StrictJson, ReadsOneTextOfAnyKind) {
  EXPECT_EQ(parse_strict_json(R"({"a":[1,null,"[[x\"]]"]})")->dump(), R"({"a":[1,null,"[[x\"]]"]})");
  EXPECT_EQ(*parse_strict_json(" 7 "), 7);
}

TEST(StrictJson, RefusesWhatIsNotJsonAndSaysWhere) {
  for (const char* text : {"", "{", "{}x", "{} {}", "NaN", "{\"a\":01}", "{\"a\":\"\xff\"}", R"({"a":"\ud800"})"}) {
    EXPECT_EQ(read_error(text).code, "invalid_json") << text;
  }
  const Error error = read_error(R"({"state":{"A":1,"B":Infinity}})");
  EXPECT_EQ(error.field, "state.B");
  EXPECT_NE(error.message.find("byte 21, in state.B"), std::string::npos) << error.message;
}

TEST(StrictJson, RefusesAByteOrderMarkAndZeroBytes) {
  EXPECT_EQ(read_error("\xEF\xBB\xBF{}").code, "invalid_json");
  EXPECT_EQ(read_error(std::string_view("{}\0", 3)).code, "invalid_json");
  EXPECT_EQ(read_error(std::string_view("{\"a\":\"\0\"}", 9)).code, "invalid_json");
}

TEST(StrictJson, RefusesNestingBeyond32LevelsAndBuildsNothingOfIt) {
  EXPECT_EQ(read_error(lists(32)).code, "");
  EXPECT_EQ(read_error(lists(33)).code, "too_deep");
  EXPECT_EQ(read_error(lists(320)).code, "too_deep");
  EXPECT_EQ(read_error(std::string(1'000'000, '[')).code, "too_deep");
  EXPECT_EQ(read_error("\"" + lists(100) + "\"").code, "");
}

TEST(StrictJson, RefusesDuplicateKeysAtAnyDepthByName) {
  const Error error = read_error(R"({"state":{"A":1,"B":2,"A":3}})");
  EXPECT_EQ(error.code, "duplicate_key");
  EXPECT_EQ(error.field, "state.A");
  EXPECT_EQ(read_error(R"({"x":{"A":1},"y":{"A":1}})").code, "");
}

TEST(StrictJson, RefusesNumbersThatNoDoubleHoldsByNameAndValue) {
  const Error error = read_error(R"({"value":-1e400})");
  EXPECT_EQ(error.code, "out_of_range");
  EXPECT_EQ(error.field, "value");
  EXPECT_EQ(error.message, "value is out of range: -1e400");
}

}  // namespace
}  // namespace matchcue::codec
