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
  options.hellos_burst = 4;
  std::vector<std::unique_ptr<TestViewer>> viewers;
  for (int i = 0; i < 4; ++i) viewers.push_back(native("bob1", "d" + std::to_string(i)));
  for (int i = 0; i < 3; ++i) {
    TestViewer more(server());
    EXPECT_THAT(more.upgrade("/v1/ws", "matchcue.v1.json"), HasSubstr(" 101 "));
    more.send_text(hello("bob1", "e" + std::to_string(i)));
    EXPECT_EQ(more.hear_close(), 1013);
  }
  native("alice1");
  leap(Milliseconds(2'100));
  native("bob1", "later");
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
