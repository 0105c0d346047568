// SPDX-License-Identifier: Apache-2.0
//
// Both routes as their viewers see them.
#include "gateway/shard_gateway.h"

#include "gateway/gateway_fixture.h"

namespace matchcue::gateway {
namespace {

using codec::FrameEvent;
using testing::HasSubstr;
using testing::MatchesRegex;

class SampleRoute : public GatewayFixture {};

TEST_F(SampleRoute, SaysNothingOnConnectAndThenExactlyWhatTheSampleSays) {
  TestViewer viewer(server());
  EXPECT_THAT(viewer.upgrade("/dev"), HasSubstr(" 101 "));
  viewer.send_text("hello?");
  EXPECT_EQ(viewer.hear_text(), R"("this is default route. please use right action key")");
  viewer.send_text(sendmessage("1"));
  EXPECT_EQ(viewer.hear_text(), R"({"status": "success"})");
  EXPECT_EQ(engine.journal.lines(), std::vector<std::string>{"hello 1 on 1"});
}

TEST_F(SampleRoute, AFailureNamesTheConnectionAsApiGatewayDoesAndTheConnectionGoesOn) {
  TestViewer viewer(server());
  viewer.upgrade("/dev");
  viewer.send_text(R"({"action":"sendmessage","consumer_id":"1"})");
  const std::string first = viewer.hear_text();
  EXPECT_THAT(
      first,
      MatchesRegex(
          R"re(\{"message": "Internal server error", "connectionId":"[A-Za-z0-9_-]{15}=", "requestId":"[A-Za-z0-9_-]{15}="\})re"));
  viewer.send_text(R"({"action":"sendmessage","consumer_id":"1"})");
  const std::string second = viewer.hear_text();
  const std::size_t request_id = first.find("requestId");
  EXPECT_EQ(first.substr(0, request_id), second.substr(0, request_id)) << "one connection has one id";
  EXPECT_NE(first, second) << "each request has its own";
  viewer.send_text(sendmessage("1"));
  EXPECT_EQ(viewer.hear_text(), R"({"status": "success"})");
}

TEST_F(SampleRoute, ANumericConsumerIsTheViewerOfThatText) {
  TestViewer viewer(server());
  viewer.upgrade("/dev");
  viewer.send_text(R"({"action":"sendmessage","consumer_id":4,"device_id":"d1","content_id":"c1"})");
  EXPECT_EQ(viewer.hear_text(), R"({"status": "success"})");
  EXPECT_TRUE(engine.journal.wait_for("hello 4 on 0"));
}

TEST_F(SampleRoute, AViewerMayBecomeAnotherWhomAnotherShardOwns) {
  const auto viewer = sample("1");
  for (const char* next : {"2", "3", "3", "4"}) {
    viewer->send_text(sendmessage(next));
    EXPECT_EQ(viewer->hear_text(), R"({"status": "success"})");
  }
  EXPECT_EQ(engine.journal.lines(),
            (std::vector<std::string>{"hello 1 on 1", "bye 1", "hello 2 on 0", "bye 2", "hello 3 on 1", "bye 3",
                                      "hello 3 on 1", "bye 3", "hello 4 on 0"}));
  push(0, 8, 100);
  EXPECT_THAT(viewer->hear_text(), HasSubstr(R"("seq":8)"));
}

TEST_F(SampleRoute, ABinaryMessageTakesTheDefaultRoute) {
  TestViewer viewer(server());
  viewer.upgrade("/dev");
  viewer.send_frame(codec::Opcode::binary, "abc");
  EXPECT_EQ(viewer.hear_text(), R"("this is default route. please use right action key")");
}

TEST_F(SampleRoute, TakesMessagesUpToApiGatewaysLimits) {
  const std::string frame(32 * 1024, ' ');
  {
    TestViewer viewer(server());
    viewer.upgrade("/dev");
    viewer.send_fragment(codec::Opcode::text, frame, false);
    viewer.send_fragment(codec::Opcode::continuation, frame, false);
    viewer.send_fragment(codec::Opcode::continuation, frame, false);
    viewer.send_fragment(codec::Opcode::continuation, frame, true);
    EXPECT_EQ(viewer.hear_text(), R"("this is default route. please use right action key")");
  }
  TestViewer viewer(server());
  viewer.upgrade("/dev");
  viewer.send_text(frame + " ");
  EXPECT_EQ(viewer.hear_close(), 1009);
  EXPECT_TRUE(viewer.ends());
}

TEST_F(SampleRoute, IsClosedAfterTenIdleMinutesAndAfterTwoHours) {
  const auto idle = sample("1");
  const auto busy = sample("2");
  for (int i = 0; i < 13; ++i) {
    leap(Milliseconds(590'000));
    if (i == 0) {
      idle->send_text("x");
      EXPECT_THAT(idle->hear_text(), HasSubstr("default route"));
    }
    busy->send_text("x");
    if (i < 12) {
      EXPECT_THAT(busy->hear_text(), HasSubstr("default route"));
    }
  }
  EXPECT_EQ(idle->hear_close(), 1001);
  EXPECT_EQ(busy->hear_close(), 1001);
}

class NativeRoute : public GatewayFixture {};

TEST_F(NativeRoute, EchoesTheSubprotocolWelcomesAndMovesToTheOwnersShard) {
  TestViewer viewer(server());
  EXPECT_THAT(viewer.upgrade("/v1/ws", "other.v9, matchcue.v1.json"),
              HasSubstr("Sec-WebSocket-Protocol: matchcue.v1.json\r\n"));
  viewer.send_text(R"({"t":"hello","viewer":"v1","content":"c1","resume":{"epoch":"k2","seq":5}})");
  EXPECT_THAT(viewer.hear_text(), HasSubstr(R"("t":"welcome")"));
  EXPECT_EQ(engine.journal.lines(), (std::vector<std::string>{"hello v1 on 1", "resume k2 5"}));
}

TEST_F(NativeRoute, NeedsNoSubprotocolButRefusesAnother) {
  TestViewer plain(server());
  const std::string head = plain.upgrade("/v1/ws");
  EXPECT_THAT(head, HasSubstr(" 101 "));
  EXPECT_EQ(head.find("Sec-WebSocket-Protocol"), std::string::npos);
  TestViewer other(server());
  other.request("GET", "/v1/ws",
                "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: other.v9\r\n");
  const std::string refusal = other.read_response();
  EXPECT_THAT(refusal, HasSubstr(" 400 "));
  EXPECT_THAT(refusal, HasSubstr("matchcue.v1.json"));
}

TEST_F(NativeRoute, FramesSentTogetherWithHelloArriveInOrderOnTheOwnersShard) {
  for (const char* name : {"v0", "v1"}) {
    TestViewer viewer(server());
    viewer.upgrade("/v1/ws");
    std::string all;
    codec::append_masked_frame(codec::Opcode::text, hello(name), 1, all);
    for (int i = 1; i <= 40; ++i) {
      codec::append_masked_frame(codec::Opcode::text, R"({"t":"ack","seq":)" + std::to_string(i) + "}", 7, all);
    }
    viewer.send_bytes(all);
    ASSERT_TRUE(engine.journal.wait_for(std::string(name) + " ack 40"));
    std::vector<std::string> expected = {"hello " + std::string(name) + " on " + name[1]};
    for (int i = 1; i <= 40; ++i) expected.push_back(std::string(name) + " ack " + std::to_string(i));
    auto heard = engine.journal.lines();
    std::erase_if(heard, [&](const std::string& line) { return line.find(name) == std::string::npos; });
    EXPECT_EQ(heard, expected);
  }
}

TEST_F(NativeRoute, WhoSignedInIsIdentifiedBeforeTheyAreIntroduced) {
  for (const char* name : {"v0", "v1"}) {  // introduced where they are, and after a move
    TestViewer viewer(server());
    viewer.upgrade("/v1/ws");
    std::string all;
    codec::append_masked_frame(
        codec::Opcode::text,
        R"({"t":"hello","viewer":")" + std::string(name) + R"(","content":"c1","previously":"anon"})", 1, all);
    codec::append_masked_frame(codec::Opcode::text, R"({"t":"ack","seq":8})", 7, all);
    viewer.send_bytes(all);
    EXPECT_THAT(viewer.hear_text(), HasSubstr(R"("t":"welcome")"));
    ASSERT_TRUE(engine.journal.wait_for(std::string(name) + " ack 8"));
    auto heard = engine.journal.lines();
    std::erase_if(heard, [&](const std::string& line) { return line.find(name) == std::string::npos; });
    EXPECT_EQ(heard, (std::vector<std::string>{"identify anon as " + std::string(name),
                                               "hello " + std::string(name) + " on " + name[1],
                                               std::string(name) + " ack 8"}));
  }
}

TEST_F(NativeRoute, AClaimThatIsRefusedIsSaidAndTheViewerWatchesAllTheSame) {
  TestViewer viewer(server());
  viewer.upgrade("/v1/ws");
  viewer.send_text(R"({"t":"hello","viewer":"v1","content":"c1","previously":"taken"})");
  const std::string error = viewer.hear_text();
  EXPECT_THAT(error, HasSubstr(R"("code":"already_identified")"));
  EXPECT_THAT(error, HasSubstr(R"("fatal":false)"));
  EXPECT_THAT(viewer.hear_text(), HasSubstr(R"("t":"welcome")"));
}

TEST_F(NativeRoute, AHelloThatIsRefusedIdentifiesNobody) {
  options.viewer.hellos_burst = 1;
  for (const char* name : {"v0", "v1"}) {
    TestViewer viewer(server());
    viewer.upgrade("/v1/ws");
    viewer.send_text(R"({"t":"hello","viewer":")" + std::string(name) +
                     R"(","content":"nowhere","previously":"anon"})");
    EXPECT_THAT(viewer.hear_text(), HasSubstr(R"("code":"unknown_content")"));
    EXPECT_EQ(viewer.hear_close(), 4004);
  }
  TestViewer hasty(server());  // v1 has just said hello
  hasty.upgrade("/v1/ws");
  hasty.send_text(R"({"t":"hello","viewer":"v1","content":"c1","previously":"anon"})");
  EXPECT_EQ(hasty.hear_close(), 1013);
  EXPECT_TRUE(engine.journal.lines().empty());
}

TEST_F(NativeRoute, AMalformedFrameIsNamedAndHarmlessUntilThereAreTooMany) {
  options.bad_messages_max = 3;
  const auto viewer = native("v1");
  for (int i = 0; i < 3; ++i) {
    viewer->send_text(R"({"t":"ack","seq":-1})");
    const std::string error = viewer->hear_text();
    EXPECT_THAT(error, HasSubstr(R"("field":"ack.seq")"));
    EXPECT_THAT(error, HasSubstr(R"("fatal":false)"));
  }
  viewer->send_text(R"({"t":"ack","seq":8})");
  EXPECT_TRUE(engine.journal.wait_for("v1 ack 8"));
  viewer->send_text("[]");
  EXPECT_THAT(viewer->hear_text(), HasSubstr(R"("fatal":true)"));
  EXPECT_EQ(viewer->hear_close(), 4001);
  EXPECT_TRUE(viewer->ends());
  EXPECT_TRUE(engine.journal.wait_for("bye v1"));
}

TEST_F(NativeRoute, UnknownMessagesAreIgnored) {
  const auto viewer = native("v1");
  viewer->send_text(R"({"t":"dance","steps":3})");
  viewer->send_text(R"({"t":"ack","seq":8,"colour":"red"})");
  EXPECT_TRUE(engine.journal.wait_for("v1 ack 8"));
}

TEST_F(NativeRoute, TheFirstFrameMustBeHello) {
  TestViewer viewer(server());
  viewer.upgrade("/v1/ws");
  viewer.send_text(R"({"t":"ack","seq":1})");
  const std::string error = viewer.hear_text();
  EXPECT_THAT(error, HasSubstr(R"("code":"hello_expected")"));
  EXPECT_THAT(error, HasSubstr(R"("fatal":true)"));
  EXPECT_EQ(viewer.hear_close(), 4001);
}

TEST_F(NativeRoute, ASecondHelloIsRefusedAndChangesNothing) {
  const auto viewer = native("v1");
  viewer->send_text(hello("v2"));
  EXPECT_THAT(viewer->hear_text(), HasSubstr(R"("code":"already_introduced")"));
  viewer->send_text(R"({"t":"ack","seq":8})");
  EXPECT_TRUE(engine.journal.wait_for("v1 ack 8"));
}

TEST_F(NativeRoute, AnUnknownContentAndAServerThatIsFullHaveTheirOwnCloseCodes) {
  for (const char* name : {"v0", "v1"}) {  // introduced where they are, and after a move
    TestViewer lost(server());
    lost.upgrade("/v1/ws");
    lost.send_text(R"({"t":"hello","viewer":")" + std::string(name) + R"(","content":"nowhere"})");
    EXPECT_THAT(lost.hear_text(), HasSubstr(R"("code":"unknown_content")"));
    EXPECT_EQ(lost.hear_close(), 4004);
  }
  TestViewer late(server());
  late.upgrade("/v1/ws");
  late.send_text(hello("full"));
  EXPECT_THAT(late.hear_text(), HasSubstr(R"("code":"shutting_down")"));
  EXPECT_EQ(late.hear_close(), 1013);
  for (const std::string& line : engine.journal.lines()) EXPECT_FALSE(line.starts_with("bye")) << line;
}

TEST_F(NativeRoute, AReplacedSessionIsClosedAndOnlyItsSuccessorIsServed) {
  const auto first = native("v1");
  const auto second = native("v1");
  EXPECT_EQ(first->hear_close(), 4003);
  push(1, 8, 100);
  EXPECT_THAT(second->hear_text(), HasSubstr(R"("seq":8)"));
  EXPECT_EQ(engine.journal.count("bye v1"), 0U) << "the engine replaced it and needs not be told";
}

TEST_F(NativeRoute, TwentyMessagesASecondAreTakenAndABurstOfSixty) {
  const auto viewer = native("v1");  // hello was the first message
  for (int i = 1; i <= 59; ++i) viewer->send_text(R"({"t":"ack","seq":)" + std::to_string(i) + "}");
  ASSERT_TRUE(engine.journal.wait_for("v1 ack 59"));
  leap(Milliseconds(1'000));
  for (int i = 60; i <= 79; ++i) viewer->send_text(R"({"t":"ack","seq":)" + std::to_string(i) + "}");
  ASSERT_TRUE(engine.journal.wait_for("v1 ack 79"));
  for (int i = 0; i < 600; ++i) viewer->send_text(R"({"t":"ack","seq":99})");
  EXPECT_EQ(viewer->hear_close(), 4007);
}

TEST_F(NativeRoute, IsPingedWhenSilentAndClosedWhenDead) {
  const auto alive = native("v1");
  const auto dead = native("v2");
  leap(Milliseconds(21'000));
  EXPECT_EQ(alive->hear().kind, FrameEvent::Kind::ping);
  EXPECT_EQ(dead->hear().kind, FrameEvent::Kind::ping);
  alive->send_frame(codec::Opcode::pong, "");
  alive->send_text(R"({"t":"ack","seq":1})");
  ASSERT_TRUE(engine.journal.wait_for("v1 ack 1"));
  leap(Milliseconds(25'000));
  Heard heard = dead->hear();
  while (heard.kind == FrameEvent::Kind::ping) heard = dead->hear();
  EXPECT_EQ(heard.close_code, 4005);
  EXPECT_EQ(alive->hear().kind, FrameEvent::Kind::ping);
  leap(Milliseconds(3'000));  // the dead do not answer the close either
  EXPECT_TRUE(engine.journal.wait_for("bye v2"));
  EXPECT_TRUE(dead->ends());
}

TEST_F(NativeRoute, HasTenSecondsToSayHello) {
  TestViewer viewer(server());
  viewer.upgrade("/v1/ws");
  leap(Milliseconds(9'000));
  leap(Milliseconds(2'000));
  EXPECT_EQ(viewer.hear_close(), 4006);
}

TEST_F(NativeRoute, ConnectionsAreCountedByTransport) {
  const auto one = native("v1");
  auto two = native("v2");
  const auto three = sample("3");
  EXPECT_TRUE(metric(R"(matchcue_connections{transport="websocket"} 2)"));
  EXPECT_TRUE(metric(R"(matchcue_connections{transport="sample"} 1)"));
  two.reset();
  ASSERT_TRUE(engine.journal.wait_for("bye v2"));
  EXPECT_TRUE(metric(R"(matchcue_connections{transport="websocket"} 1)"));
}

}  // namespace
}  // namespace matchcue::gateway
