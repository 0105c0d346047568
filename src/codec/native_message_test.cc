// SPDX-License-Identifier: Apache-2.0
#include "codec/native_message.h"

#include "base/text.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace matchcue::codec {
namespace {

using ::testing::HasSubstr;

const domain::CueId kCue{{domain::EventId("1"), domain::Sequence(57), domain::ViewerId("v1")}, 2};

std::string golden(const std::string& name) {
  std::ifstream file("schema/native/" + name + ".json");
  std::stringstream text;
  text << file.rdbuf();
  std::string out = text.str();
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

template <typename Message>
Message read(const std::string& text) {
  auto message = parse_client_message(text);
  EXPECT_TRUE(message.ok()) << text;
  return std::get<Message>(message.value());
}

TEST(NativeMessage, ReadsTheGoldenHello) {
  const auto hello = read<HelloMessage>(golden("hello"));
  EXPECT_EQ(hello.viewer.str(), "v1");
  EXPECT_EQ(hello.content.str(), "c1");
  EXPECT_EQ(hello.device, "d1");
  EXPECT_EQ(hello.resume, (ResumePoint{"k3", domain::Sequence(812)}));
}

TEST(NativeMessage, ReadsTheGoldenHelloOfSomebodyWhoSignedIn) {
  const auto hello = read<HelloMessage>(golden("hello_identified"));
  EXPECT_EQ(hello.viewer.str(), "bob");
  EXPECT_EQ(hello.previously, domain::ViewerId("anon-7f3a"));
  EXPECT_FALSE(read<HelloMessage>(golden("hello")).previously);
  const auto same = read<HelloMessage>(R"({"t":"hello","viewer":"bob","content":"c","previously":"bob"})");
  EXPECT_FALSE(same.previously) << "nothing was before";
}

TEST(NativeMessage, ReadsTheGoldenHelloWithATicketAndTheNewerOne) {
  const auto hello = read<HelloMessage>(golden("hello_ticket"));
  EXPECT_TRUE(hello.viewer.str().empty()) << "it is whom the ticket names";
  EXPECT_EQ(hello.ticket, read<TicketMessage>(golden("ticket")).ticket);
}

TEST(NativeMessage, ResumeAndDeviceAreOptionalAndUnknownFieldsAreIgnored) {
  const auto hello = read<HelloMessage>(R"({"t":"hello","viewer":"v","content":"c","resume":null,"future":[1]})");
  EXPECT_FALSE(hello.resume);
  EXPECT_EQ(hello.device, "");
}

TEST(NativeMessage, ReadsTheGoldenClockAckAndInteraction) {
  EXPECT_EQ(read<ClockMessage>(golden("clock")).rate, 1);
  EXPECT_EQ(read<AckMessage>(golden("client_ack")).sequence, domain::Sequence(813));
  const auto interaction = read<InteractionMessage>(golden("interaction"));
  EXPECT_EQ(interaction.cue, kCue);
  EXPECT_EQ(interaction.kind, domain::FeedbackKind::click);
}

TEST(NativeMessage, AnUnknownTypeIsNotAnError) {
  EXPECT_EQ(read<UnknownMessage>(R"({"t":"teleport"})").type, "teleport");
}

TEST(NativeMessage, WritesTheGoldenServerFrames) {
  EXPECT_EQ(write_welcome("7", "k3", domain::Sequence(812), Continuity::kept, 20, {500, 15'000}), golden("welcome"));
  EXPECT_EQ(write_interaction_ack("i-1"), golden("server_ack"));
  EXPECT_EQ(write_goaway(7312), golden("goaway"));
  const WallTime expires = parse_rfc3339("2026-06-11T19:04:05.123Z").value();
  EXPECT_EQ(write_ticket_ack(expires), golden("ticket_ack"));
  EXPECT_EQ(write_ticket_expiring(expires), golden("ticket_expiring"));
  EXPECT_EQ(write_error(unavailable("storage_full", "no"), false, "i7"),
            R"({"t":"error","code":"storage_full","message":"no","id":"i7","fatal":false})");
  EXPECT_EQ(write_error(not_found("unknown_content", "unknown content \"c9\"", "hello.content"), true),
            golden("error"));
}

TEST(NativeMessage, ReadsAPostedInteraction) {
  const auto posted = parse_posted_interaction(R"({"viewer":"v1","device":"tv","id":"a","cue":")" + to_string(kCue) +
                                               R"(","kind":"impression"})");
  ASSERT_TRUE(posted.ok());
  EXPECT_EQ(posted->viewer.str(), "v1");
  EXPECT_EQ(posted->device, "tv");
  EXPECT_EQ(posted->interaction.value, 1);
}

struct BadFrame {
  const char* text;
  const char* field;
  const char* says;
};

TEST(NativeMessage, BadFramesNameTheFieldAndTheValue) {
  const std::string long_id(257, 'x');
  const std::string long_viewer = R"({"t":"hello","viewer":")" + long_id + R"(","content":"c"})";
  const BadFrame frames[] = {
      {"", "", "JSON"},
      {"[]", "", "object"},
      {"{", "", "JSON"},
      {R"({"t":5})", "t", "5"},
      {R"({})", "t", "missing"},
      {R"({"t":"hello","content":"c"})", "hello.viewer", "missing"},
      {R"({"t":"hello","viewer":"","content":"c"})", "hello.viewer", "empty"},
      {R"({"t":"hello","viewer":7,"content":"c"})", "hello.viewer", "7"},
      {R"({"t":"hello","viewer":"a","viewer":"b","content":"c"})", "hello.viewer", "twice"},
      {R"({"t":"hello","viewer":"a\u0000b","content":"c"})", "hello.viewer", "control"},
      {R"({"t":"hello","viewer":"a","content":"c","resume":5})", "hello.resume", "5"},
      {R"({"t":"hello","viewer":"a","content":"c","resume":{"epoch":"k"}})", "hello.resume.seq", "missing"},
      {R"({"t":"hello","viewer":"a","content":"c","resume":{"epoch":"k","seq":-1}})", "hello.resume.seq", "-1"},
      {R"({"t":"hello","viewer":"a","content":"c","resume":{"epoch":"","seq":1}})", "hello.resume.epoch", "empty"},
      {R"({"t":"interaction","id":"a\u0000","cue":"c","kind":"click"})", "interaction.id", "control"},
      {R"({"t":"hello","viewer":"a","content":"c","previously":""})", "hello.previously", "empty"},
      {R"({"t":"hello","viewer":"a","content":"c","previously":7})", "hello.previously", "7"},
      {R"({"t":"clock","pdt":"yesterday"})", "clock.pdt", "yesterday"},
      {R"({"t":"clock","pdt":"2026-06-11T19:00:00Z","rate":99})", "clock.rate", "99"},
      {R"({"t":"ack","seq":1.5})", "ack.seq", "1.5"},
      {R"({"t":"interaction","id":"","cue":"c","kind":"click"})", "interaction.id", "0 bytes"},
      {R"({"t":"interaction","id":"a","cue":"c_zzz","kind":"click"})", "interaction.cue", "c_zzz"},
      {R"({"t":"interaction","id":"a","cue":"c_MQ.57.djE.2","kind":"hug"})", "interaction.kind", "hug"},
      {R"({"t":"interaction","id":"a","cue":"c_MQ.57.djE.2","kind":"click","value":"1"})", "interaction.value", "1"},
      {R"({"t":"x","a":[[[[[[[[[[1]]]]]]]]]]})", "", "JSON"},
      {long_viewer.c_str(), "hello.viewer", "257"},
  };
  for (const BadFrame& frame : frames) {
    const auto message = parse_client_message(frame.text);
    ASSERT_FALSE(message.ok()) << frame.text;
    EXPECT_EQ(message.error().field, frame.field) << frame.text;
    EXPECT_THAT(message.error().message, HasSubstr(frame.says)) << frame.text;
  }
}

TEST(ClientMessage, AShownValueIsNeverCutWithinACharacter) {
  std::string value = "x";
  for (int i = 0; i < 100; ++i) value += "\u00e4";
  for (const std::string& frame : {
           R"({"t":"interaction","id":"a","cue":"c_MQ.57.djE.2","kind":")" + value + "\"}",
           R"({"t":"interaction","id":"a","cue":"c_)" + value + R"(","kind":"click"})",
           R"({"t":"clock","pdt":")" + value + "\"}",
           R"({"t":["","xx)" + value + "\"]}",
           R"({"t":["x)" + value + "\"]}",
       }) {
    const auto message = parse_client_message(frame);
    ASSERT_FALSE(message.ok()) << frame;
    EXPECT_TRUE(is_utf8(message.error().message)) << message.error().message;
    EXPECT_LT(message.error().message.size(), 400u) << frame;
  }
}

}  // namespace
}  // namespace matchcue::codec
