// SPDX-License-Identifier: Apache-2.0
//
// One connection: frames, the close handshake, and viewers who read slowly, vanish or misbehave.
#include "gateway/connection.h"

#include "gateway/gateway_fixture.h"

namespace matchcue::gateway {
namespace {

using codec::FrameEvent;
using testing::HasSubstr;

class ConnectionTest : public GatewayFixture {
 protected:
  /// Pushes slates of 8 KiB until the viewers of shard 1 who do not read make frames wait. Returns the last sequence.
  std::uint64_t push_until(const std::string& metric_line, engine::FrameClass frame_class = engine::FrameClass::slate) {
    for (std::uint64_t sequence = 8; sequence < 4'000; ++sequence) {
      push(1, sequence, 8 * 1024, frame_class);
      if (metric(metric_line)) return sequence;
    }
    ADD_FAILURE() << metric_line << " never came";
    return 0;
  }
};

std::uint64_t sequence_of(const std::string& frame) {
  const std::size_t at = frame.find("\"seq\":");
  return at == std::string::npos ? 0 : std::stoull(frame.substr(at + 6));
}

TEST_F(ConnectionTest, AnswersAPingWithItsPayload) {
  const auto viewer = native("v1");
  viewer->send_frame(codec::Opcode::ping, "still there?");
  const Heard pong = viewer->hear();
  EXPECT_EQ(pong.kind, FrameEvent::Kind::pong);
  EXPECT_EQ(pong.payload, "still there?");
}

TEST_F(ConnectionTest, AnswersACloseAndEndsTheConnection) {
  const auto viewer = native("v1");
  viewer->send_frame(codec::Opcode::close, codec::close_payload(1000, "bye"));
  EXPECT_EQ(viewer->hear_close(), 1000);
  EXPECT_TRUE(viewer->ends());
  EXPECT_TRUE(engine.journal.wait_for("bye v1"));
}

TEST_F(ConnectionTest, AnswersACloseWithoutACode) {
  const auto viewer = sample("1");
  viewer->send_frame(codec::Opcode::close, "");
  EXPECT_EQ(viewer->hear().kind, FrameEvent::Kind::close);
  EXPECT_TRUE(viewer->ends());
}

TEST_F(ConnectionTest, ABrokenFrameIsNamedInTheClose) {
  const auto viewer = native("v1");
  viewer->send_bytes("\x81\x02hi");  // not masked
  EXPECT_EQ(viewer->hear_close(), 1002);
  EXPECT_TRUE(viewer->ends());
  EXPECT_TRUE(engine.journal.wait_for("bye v1"));
}

TEST_F(ConnectionTest, NativeFramesAndMessagesAreBounded) {
  const std::string frame(16 * 1024, ' ');
  {
    const auto viewer = native("v1");
    viewer->send_text(frame + " ");
    EXPECT_EQ(viewer->hear_close(), 1009);
  }
  const auto viewer = native("v3");
  viewer->send_fragment(codec::Opcode::text, frame, false);
  viewer->send_fragment(codec::Opcode::continuation, frame, false);
  viewer->send_fragment(codec::Opcode::continuation, " ", true);
  EXPECT_EQ(viewer->hear_close(), 1009);
}

TEST_F(ConnectionTest, ABinaryMessageOnTheNativeRouteIsRefused) {
  const auto viewer = native("v1");
  viewer->send_frame(codec::Opcode::binary, "abc");
  EXPECT_EQ(viewer->hear_close(), 1003);
}

TEST_F(ConnectionTest, AViewerWhoVanishesHarmsNobody) {
  const auto vanishing = native("v1");
  const auto staying = native("v3");
  vanishing->reset();
  for (std::uint64_t sequence = 8; sequence < 12; ++sequence) {
    push(1, sequence, 1'000);
    EXPECT_EQ(sequence_of(staying->hear_text()), sequence);
  }
  EXPECT_TRUE(engine.journal.wait_for("bye v1"));
  EXPECT_EQ(engine.journal.count("bye v1"), 1U);
}

TEST_F(ConnectionTest, ASlowViewerSkipsToTheNewestSlateAndDelaysNobody) {
  const auto slow = native("v1", "d1", 4096);
  const auto quick = native("v3");
  std::uint64_t last = 0;
  for (std::uint64_t sequence = 8; sequence < 4'000 && last == 0; ++sequence) {
    push(1, sequence, 8 * 1024);
    ASSERT_EQ(sequence_of(quick->hear_text()), sequence);
    if (metric(R"(matchcue_slow_consumer_total{policy="superseded"} 10)")) last = sequence;
  }
  ASSERT_GT(last, 0U);
  std::uint64_t previous = 7;
  std::uint64_t received = 0;
  while (previous < last) {
    const std::string slate = slow->hear_text();
    ASSERT_EQ(slate.size(), 8U * 1024) << "a frame was cut";
    ASSERT_GT(sequence_of(slate), previous);
    previous = sequence_of(slate);
    ++received;
  }
  EXPECT_EQ(received + 10, last - 7) << "what was not superseded has arrived";
  EXPECT_TRUE(metric("matchcue_session_queue_bytes 0"));
  push(1, last + 1, 100);
  EXPECT_EQ(sequence_of(slow->hear_text()), last + 1);
}

TEST_F(ConnectionTest, AViewerTooSlowForWhatMayNotBeDroppedIsDisconnected) {
  const auto slow = native("v1", "d1", 4096);
  push_until(R"(matchcue_slow_consumer_total{policy="disconnected"} 1)", engine::FrameClass::retract);
  EXPECT_TRUE(engine.journal.wait_for("bye v1"));
  EXPECT_TRUE(metric("matchcue_session_queue_bytes 0"));
  EXPECT_TRUE(slow->ends());
}

TEST_F(ConnectionTest, WhatWaitsIsForgottenWhenItsViewerVanishes) {
  const auto slow = native("v1", "d1", 4096);
  push_until(R"(matchcue_slow_consumer_total{policy="superseded"} 1)");
  EXPECT_FALSE(metric("matchcue_session_queue_bytes 0"));
  slow->reset();
  EXPECT_TRUE(engine.journal.wait_for("bye v1"));
  EXPECT_TRUE(metric("matchcue_session_queue_bytes 0"));
}

}  // namespace
}  // namespace matchcue::gateway
