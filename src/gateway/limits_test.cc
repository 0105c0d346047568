// SPDX-License-Identifier: Apache-2.0
//
// What the viewers' listener does with those who ask for too much, while the others go on: at each limit, one above it
// and far above.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/gateway_fixture.h"

namespace matchcue::gateway {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class LimitsTest : public GatewayFixture {
 protected:
  /// Opens a connection and says whether it is served.
  bool is_served() {
    TestViewer client(server());
    client.request("GET", "/healthz", "Connection: close\r\n");
    return client.read_response().starts_with("HTTP/1.1 200");
  }
  /// The first line of the answer to a request of these bytes.
  std::string answer_to(const std::string& bytes) {
    TestViewer client(server());
    client.send_bytes(bytes);
    return client.read_until("\r\n");
  }
  bool has_metric(const std::string& text) const { return metrics.exposition().find(text) != std::string::npos; }
};

TEST_F(LimitsTest, OneAddressMayHaveSoManyConnections) {
  options.address.uncounted = "";
  options.address.connections_max = 5;
  std::vector<std::unique_ptr<TestViewer>> viewers;
  for (int i = 0; i < 5; ++i) viewers.push_back(native("bob" + std::to_string(i)));
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(is_served());
  push(0, 7, 100);
  EXPECT_EQ(viewers[0]->hear().payload.size(), 100U) << "those who are in stay in";
  viewers.pop_back();
  EXPECT_TRUE(engine.journal.wait_for("bye bob4"));
  EXPECT_TRUE(is_served());
  EXPECT_TRUE(has_metric("matchcue_refused_total{reason=\"address_connections\"} 50"));
}

TEST_F(LimitsTest, OneAddressMayConnectSoOften) {
  options.address.uncounted = "";
  options.address.connects_per_second = 1;
  options.address.connects_burst = 10;
  int served = 0;
  for (int i = 0; i < 100; ++i) served += is_served() ? 1 : 0;
  EXPECT_EQ(served, 10);
  leap(Milliseconds(1'100));
  EXPECT_TRUE(is_served());
}

TEST_F(LimitsTest, OneViewerMayComeSoOftenWhateverTheDevice) {
  options.viewer.hellos_burst = 4;
  std::vector<std::unique_ptr<TestViewer>> viewers;
  for (int i = 0; i < 4; ++i) viewers.push_back(native("bob1", "d" + std::to_string(i)));
  for (int i = 0; i < 36; ++i) {
    TestViewer more(server());
    EXPECT_THAT(more.upgrade("/v1/ws", "matchcue.v1.json"), HasSubstr(" 101 "));
    more.send_text(hello("bob1", "e" + std::to_string(i)));
    EXPECT_EQ(more.hear_close(), 1013);
  }
  native("alice1");
  leap(Milliseconds(2'100));
  native("bob1", "later");
}

TEST_F(LimitsTest, OneViewerMaySaySoMuchOverAllConnectionsAndComingBackChangesNothing) {
  options.viewer = {1, 100, .1, 10};
  const auto say = [](TestViewer& viewer, int first, int last) {
    for (int i = first; i <= last; ++i) viewer.send_text(R"({"t":"ack","seq":)" + std::to_string(i) + "}");
  };
  const auto tv = native("bob1", "tv");
  const auto phone = native("bob1", "phone");
  say(*tv, 1, 5);
  EXPECT_TRUE(engine.journal.wait_for("bob1 ack 5"));
  say(*phone, 6, 10);
  EXPECT_TRUE(engine.journal.wait_for("bob1 ack 10")) << "at the limit";
  say(*tv, 11, 11);
  EXPECT_EQ(tv->hear_close(), 4007) << "one above";
  for (int i = 0; i < 3; ++i) {
    const auto back = native("bob1", "tv");
    say(*back, 12, 41);
    EXPECT_EQ(back->hear_close(), 4007) << "ten times";
  }
  for (int i = 11; i <= 41; ++i) EXPECT_EQ(engine.journal.count("bob1 ack " + std::to_string(i)), 0U);
  TestViewer poster(server());
  poster.post("/v1/interactions", "application/json",
              R"({"viewer":"bob1","id":"i1","cue":"c_MQ.57.djE.2","kind":"click"})");
  EXPECT_THAT(poster.read_response(), AllOf(HasSubstr(" 429 "), HasSubstr("viewer \\\"bob1\\\"")));
  EXPECT_TRUE(has_metric("matchcue_refused_total{reason=\"viewer_pace\"} 5"));
  const auto alice = native("alice1");
  say(*alice, 1, 10);
  EXPECT_TRUE(engine.journal.wait_for("alice1 ack 10")) << "others go on";
  leap(Milliseconds(30'000));
  say(*phone, 42, 44);
  EXPECT_TRUE(engine.journal.wait_for("bob1 ack 44")) << "and so does bob, in time";
}

TEST_F(LimitsTest, OnePosterMayPostForManyViewers) {
  options.viewer = {1, 100, 1, 2};
  TestViewer poster(server());
  const auto post = [&](const std::string& viewer) {
    poster.post("/v1/interactions", "application/json",
                R"({"viewer":")" + viewer + R"(","id":"i1","cue":"c_MQ.57.djE.2","kind":"click"})");
  };
  for (int i = 0; i < 20; ++i) {
    post("bob" + std::to_string(i / 2));
    engine.answer_interaction(engine::FeedbackReceipt{false, true});
    EXPECT_THAT(poster.read_response(), HasSubstr(" 200 ")) << i;
  }
  EXPECT_FALSE(has_metric("matchcue_refused_total{reason=\"viewer_pace\"} 1"));
}

TEST_F(LimitsTest, AFloodOfPingsEndsTheConnectionThatSendsThem) {
  const auto good = native("alice1");
  const auto flood = native("bob1");
  for (int i = 0; i < 59; ++i) flood->send_frame(codec::Opcode::ping, "x");
  int pongs = 0;
  while (pongs < 59 && flood->hear().kind == codec::FrameEvent::Kind::pong) ++pongs;
  EXPECT_EQ(pongs, 59) << "with hello, sixty at once are allowed";
  for (int i = 0; i < 600; ++i) flood->send_frame(codec::Opcode::ping, "x");
  Heard heard = flood->hear();
  while (heard.kind == codec::FrameEvent::Kind::pong) heard = flood->hear();
  EXPECT_EQ(heard.close_code, 4007);
  push(1, 7, 100);
  EXPECT_EQ(good->hear().payload.size(), 100U);
}

TEST_F(LimitsTest, OneConnectionMayAskSoOften) {
  options.requests_per_second = .01;
  options.requests_burst = 5;
  TestViewer client(server());
  for (int i = 0; i < 5; ++i) {
    client.request("GET", "/healthz");
    EXPECT_THAT(client.read_response(), HasSubstr(" 200 "));
  }
  for (int i = 0; i < 50; ++i) client.request("GET", "/healthz");
  EXPECT_THAT(client.read_response(), AllOf(HasSubstr(" 429 "), HasSubstr("too_many_requests")));
  EXPECT_TRUE(client.ends());
}

TEST_F(LimitsTest, ARequestsHeadHasEightKilobytesAndSixtyFourHeaders) {
  const std::string start = "GET /healthz HTTP/1.1\r\nHost: x\r\n";
  const auto head_of = [&](std::size_t bytes) {
    const std::string pad = "X: ";
    return start + pad + std::string(bytes - start.size() - pad.size() - 4, 'x') + "\r\n\r\n";
  };
  EXPECT_THAT(answer_to(head_of(8'192)), HasSubstr(" 200 "));
  EXPECT_THAT(answer_to(head_of(8'193)), HasSubstr(" 431 "));
  EXPECT_THAT(answer_to(head_of(81'920)), HasSubstr(" 431 "));
  const auto headers = [&](int count) {
    std::string head = start;
    for (int i = 1; i < count; ++i) head += "X: 1\r\n";
    return head + "\r\n";
  };
  EXPECT_THAT(answer_to(headers(64)), HasSubstr(" 200 "));
  EXPECT_THAT(answer_to(headers(65)), HasSubstr(" 431 "));
  EXPECT_THAT(answer_to(headers(640)), HasSubstr(" 431 "));
}

TEST_F(LimitsTest, ARequestsBodyHas64Kilobytes) {
  const auto post_of = [](std::size_t bytes) {
    std::string body = R"({"viewer":"bob1","id":"i1","cue":"c_MQ.57.djE.2","kind":"click"})";
    body.resize(bytes, ' ');
    return "POST /v1/interactions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(bytes) + "\r\n\r\n" + body;
  };
  TestViewer client(server());
  client.send_bytes(post_of(65'536));
  engine.answer_interaction(engine::FeedbackReceipt{false, true});
  EXPECT_THAT(client.read_response(), HasSubstr(" 200 "));
  EXPECT_THAT(answer_to(post_of(65'537).substr(0, 1'000)), HasSubstr(" 413 "));
  EXPECT_THAT(answer_to(post_of(655'360).substr(0, 1'000)), HasSubstr(" 413 "));
  EXPECT_EQ(engine.journal.count("posted bob1 i1"), 1U);
}

TEST_F(LimitsTest, AFrameHas16KilobytesAMessage32And32Fragments) {
  /// Says one message in fragments; the close code, or 0 when it was heard.
  const auto say = [&](std::size_t frame_bytes, int fragments) {
    const auto viewer = native("bob1", "d" + std::to_string(frame_bytes) + "." + std::to_string(fragments));
    std::string text = R"({"t":"ack","seq":8})";
    text.resize(frame_bytes * static_cast<std::size_t>(fragments), ' ');
    for (int i = 0; i < fragments; ++i) {
      const auto opcode = i == 0 ? codec::Opcode::text : codec::Opcode::continuation;
      viewer->send_fragment(opcode, text.substr(frame_bytes * static_cast<std::size_t>(i), frame_bytes),
                            i + 1 == fragments);
    }
    viewer->send_frame(codec::Opcode::ping, "");
    const Heard heard = viewer->hear();
    return heard.kind == codec::FrameEvent::Kind::pong ? 0 : static_cast<int>(heard.close_code);
  };
  EXPECT_EQ(say(16'384, 1), 0);
  EXPECT_EQ(say(16'385, 1), 1009);
  EXPECT_EQ(say(163'840, 1), 1009);
  EXPECT_EQ(say(16'384, 2), 0);
  EXPECT_EQ(say(10'923, 3), 1009) << "a byte above";
  EXPECT_EQ(say(16'384, 20), 1009);
  EXPECT_EQ(say(1'024, 32), 0);
  EXPECT_EQ(say(64, 33), 1009);
  EXPECT_EQ(say(64, 320), 1009);
  EXPECT_EQ(engine.journal.count("bob1 ack 8"), 3U);
}

TEST_F(LimitsTest, EmptyFragmentsAndUnaskedCompressionAreProtocolErrors) {
  const auto fragments = native("bob1");
  fragments->send_fragment(codec::Opcode::text, "", false);
  for (int i = 0; i < 65'000; ++i) fragments->send_fragment(codec::Opcode::continuation, "", false);
  EXPECT_EQ(fragments->hear_close(), 1009);
  const auto bomb = native("bob2");
  std::string frame;
  codec::append_masked_frame(codec::Opcode::text, std::string(1'000, '\0'), 1, frame);
  frame[0] = static_cast<char>(frame[0] | 0x40);  // compressed, which was not agreed upon
  bomb->send_bytes(frame);
  EXPECT_EQ(bomb->hear_close(), 1002);
}

TEST_F(LimitsTest, WantOfMemoryShedsNewcomersFirstAndMomentsNever) {
  std::atomic<std::size_t> resident = 0;
  options.memory_bytes_max = 1'000;
  options.resident_bytes = [&] { return resident.load(); };
  const auto viewer = native("bob1");
  resident = 900;
  leap(Milliseconds(1'100));
  EXPECT_FALSE(is_served());
  EXPECT_TRUE(has_metric("matchcue_shedding 1"));
  resident = 950;
  leap(Milliseconds(1'100));
  viewer->send_text(R"({"t":"interaction","id":"i1","cue":"c_MQ.57.djE.2","kind":"click"})");
  EXPECT_THAT(viewer->hear_text(), AllOf(HasSubstr("overloaded"), HasSubstr("i1"), HasSubstr("\"fatal\":false")));
  resident = 2'000;
  leap(Milliseconds(1'100));
  push(1, 7, 100);
  EXPECT_EQ(viewer->hear().payload.size(), 100U) << "who keeps up is not let go";
  resident = 100;
  leap(Milliseconds(1'100));
  EXPECT_TRUE(is_served());
}

}  // namespace
}  // namespace matchcue::gateway
