// SPDX-License-Identifier: Apache-2.0
#include "cli/api_calls.h"

#include <gtest/gtest.h>

#include "codec/personalize_schema.h"

namespace matchcue::cli {
namespace {

/// The interactions schema, with a number in place of the venue.
Json schema() {
  domain::Schema with_minute = codec::builtin_schema(domain::DatasetKind::interactions);
  std::erase_if(with_minute.fields, [](const domain::Field& field) { return field.name == "MATCH_VENUE"; });
  with_minute.fields.push_back({"MINUTE", domain::FieldType::int32, true, false, false});
  return Json::parse(codec::write_schema(with_minute));
}

TEST(TypedValues, HaveTheTypesOfTheSchema) {
  const auto values = typed_values(schema(), {"MINUTE=67", "MATCH_EVENT=GOAL=1", "SCORE_DIFFERENCE=2", "MATCH_TYPE="});
  ASSERT_TRUE(values.ok()) << values.error().message;
  EXPECT_EQ(values->at("MINUTE"), 67);
  EXPECT_EQ(values->at("MATCH_EVENT"), "GOAL=1");
  EXPECT_EQ(values->at("SCORE_DIFFERENCE"), "2");
  EXPECT_TRUE(values->at("MATCH_TYPE").is_null());
}

TEST(TypedValues, RefuseWhatCannotBeReadByName) {
  EXPECT_EQ(typed_values(schema(), {"MINUTE=late"}).error().field, "MINUTE");
  EXPECT_EQ(typed_values(schema(), {"GOAL"}).error().code, "invalid_value");
  EXPECT_EQ(typed_values(schema(), {"=1"}).error().code, "invalid_value");
}

TEST(TypedValues, LeaveUnknownFieldsToTheServer) {
  EXPECT_EQ(typed_values(schema(), {"MATCH_EVNT=GOAL"})->at("MATCH_EVNT"), "GOAL");
}

TEST(FilterValues, PutPlainTextInQuotesAndLeaveTheRest) {
  const auto values = filter_values({"A=comedy", "B=18.5", R"(C="a","b")", "D=", "E=1,2"});
  EXPECT_EQ(*values, (Json{{"A", "\"comedy\""}, {"B", "18.5"}, {"C", R"("a","b")"}, {"D", "\"\""}, {"E", "1,2"}}));
  EXPECT_EQ(filter_values({"comedy"}).error().code, "invalid_value");
}

TEST(ApiPath, EscapesEachPart) { EXPECT_EQ(api_path({"events", "a/b"}), "/v1/events/a%2Fb"); }

TEST(ReadableChange, SaysWhatHappenedInOneLine) {
  const Json moment = {{"sequence", 7},
                       {"at", "2026-06-11T19:04:05.000Z"},
                       {"kind", "correction"},
                       {"corrects", 5},
                       {"override", nullptr},
                       {"filter", nullptr},
                       {"after", {{"MATCH_EVENT", "FOUL"}, {"MINUTE", 67}}},
                       {"subject", "ITEM_1"},
                       {"reason", "VAR"}};
  EXPECT_EQ(readable_change(moment),
            "#7 2026-06-11T19:04:05.000Z correction of #5 MATCH_EVENT=FOUL MINUTE=67 subject=ITEM_1 (VAR)");
}

TEST(ReadableChange, NamesTheFilterThatIsPutInForce) {
  const Json change = {{"sequence", 8},       {"at", "2026-06-11T19:04:05.000Z"},
                       {"kind", "filter"},    {"corrects", nullptr},
                       {"override", nullptr}, {"filter", {{"in_force", true}, {"filter", "young"}}}};
  EXPECT_EQ(readable_change(change), "#8 2026-06-11T19:04:05.000Z filter use young");
}

}  // namespace
}  // namespace matchcue::cli
