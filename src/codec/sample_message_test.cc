// SPDX-License-Identifier: Apache-2.0
#include "codec/sample_message.h"

#include <gtest/gtest.h>

namespace matchcue::codec {
namespace {

TEST(SampleMessage, ReadsTheSamplesIntroduction) {
  const auto message =
      parse_sample_message(R"({ "action": "sendmessage", "consumer_id": "1", "device_id": "d1", "content_id": "c1"})");
  const auto& introduction = std::get<SampleIntroduction>(message);
  EXPECT_EQ(introduction.consumer.str(), "1");
  EXPECT_EQ(introduction.device, "d1");
  EXPECT_EQ(introduction.content.str(), "c1");
}

TEST(SampleMessage, ANumberStandsForItsText) {
  const auto message =
      parse_sample_message(R"({"action":"sendmessage","consumer_id":17,"device_id":"d","content_id":"c"})");
  EXPECT_EQ(std::get<SampleIntroduction>(message).consumer.str(), "17");
}

TEST(SampleMessage, AnythingThatIsNotASendmessageTakesTheDefaultRoute) {
  for (const char* text : {"", "hello", "5", "[1]", "null", "{}", R"({"action":null})", R"({"action":"SENDMESSAGE"})",
                           R"({"action":"sendmessage ","consumer_id":"1"})", R"({"action":["sendmessage"]})"}) {
    EXPECT_TRUE(std::holds_alternative<SampleDefault>(parse_sample_message(text))) << text;
  }
}

TEST(SampleMessage, ASendmessageWithoutAKeyFails) {
  for (const char* text :
       {R"({"action":"sendmessage"})", R"({"action":"sendmessage","consumer_id":"1","device_id":"d"})",
        R"({"action":"sendmessage","consumer_id":null,"device_id":"d","content_id":"c"})",
        R"({"action":"sendmessage","consumer_id":"","device_id":"d","content_id":"c"})"}) {
    EXPECT_TRUE(std::holds_alternative<SampleFailure>(parse_sample_message(text))) << text;
  }
}

TEST(SampleMessage, WritesTheGatewaysFailureFrame) {
  EXPECT_EQ(write_sample_failure("L0SM9cOFvHcCIhw=", "abc="),
            R"({"message": "Internal server error", "connectionId":"L0SM9cOFvHcCIhw=", "requestId":"abc="})");
}

}  // namespace
}  // namespace matchcue::codec
