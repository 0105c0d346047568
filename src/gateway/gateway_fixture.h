#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A gateway of two loops over a fake engine on a free loopback port, with a clock that can be moved forward.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "gateway/fake_engine.h"
#include "gateway/gateway.h"
#include "gateway/test_viewer.h"

namespace matchcue::gateway {

/// The machine's clock plus what a test adds. Any thread.
class LeapingClock final : public Clock {
 public:
  WallTime wall() const override { return system_.wall() + Milliseconds(ahead_ms_.load()); }
  SteadyTime steady() const override { return system_.steady() + Milliseconds(ahead_ms_.load()); }
  void leap(Milliseconds by) { ahead_ms_ += by.count(); }

 private:
  SystemClock system_;
  std::atomic<std::int64_t> ahead_ms_ = 0;
};

class GatewayFixture : public testing::Test {
 protected:
  static constexpr std::size_t kShards = 2;

  GatewayFixture() {
    options.listen = {"127.0.0.1", 0};
    for (std::size_t i = 0; i < kShards; ++i) {
      loops.push_back(runtime::make_loop("test-" + std::to_string(i), clock));
      engine.shard(i).loop = loops[i].get();
      loops[i]->start();
    }
  }
  ~GatewayFixture() override {
    if (gateway) gateway->stop();
    for (const auto& loop : loops) loop->stop();
    gateway.reset();
  }

  /// With `options`; called by server() when a test has not.
  void start() {
    auto started = start_gateway(options, Surroundings{engine, metrics, admission, tls.get()}, loop_pointers());
    ASSERT_TRUE(started.ok()) << started.error().message;
    gateway = std::move(started).value();
  }
  const runtime::Address& server() {
    if (!gateway) start();
    return gateway->address();
  }
  std::vector<runtime::Loop*> loop_pointers() const {
    std::vector<runtime::Loop*> pointers;
    for (const auto& loop : loops) pointers.push_back(loop.get());
    return pointers;
  }

  /// Runs on a loop's thread and waits for it.
  void on_loop(std::size_t index, const std::function<void()>& work) {
    std::promise<void> done;
    ASSERT_TRUE(loops[index]->post([&] {
      work();
      done.set_value();
    }));
    done.get_future().wait();
  }
  void push(std::size_t shard, std::uint64_t sequence, std::size_t bytes,
            engine::FrameClass frame_class = engine::FrameClass::slate) {
    on_loop(shard, [&] { engine.shard(shard).push(domain::Sequence(sequence), bytes, frame_class); });
  }
  /// Time passes at once, and the loops notice: their timers run before what is posted after them.
  void leap(Milliseconds by) {
    const auto pass_through_all = [&] {
      for (std::size_t i = 0; i < kShards; ++i) on_loop(i, [] {});
    };
    pass_through_all();  // a shard that was not open yet would set its timers by the time that follows
    clock.leap(by);
    pass_through_all();
    pass_through_all();
  }

  /// A native viewer who has been welcomed.
  std::unique_ptr<TestViewer> native(const std::string& viewer, const std::string& device = "d1",
                                     int receive_bytes = 0) {
    auto socket = std::make_unique<TestViewer>(server(), receive_bytes);
    EXPECT_THAT(socket->upgrade("/v1/ws", "matchcue.v1.json"), testing::HasSubstr(" 101 "));
    socket->send_text(hello(viewer, device));
    EXPECT_THAT(socket->hear_text(), testing::HasSubstr(R"("t":"welcome")"));
    return socket;
  }
  /// A viewer of the sample route who has been introduced.
  std::unique_ptr<TestViewer> sample(const std::string& viewer) {
    auto socket = std::make_unique<TestViewer>(server());
    EXPECT_THAT(socket->upgrade("/dev"), testing::HasSubstr(" 101 "));
    socket->send_text(sendmessage(viewer));
    EXPECT_EQ(socket->hear_text(), R"({"status": "success"})");
    return socket;
  }
  static std::string hello(const std::string& viewer, const std::string& device = "d1") {
    return R"({"t":"hello","viewer":")" + viewer + R"(","content":"c1","device":")" + device + "\"}";
  }
  static std::string sendmessage(const std::string& viewer) {
    return R"({"action":"sendmessage","consumer_id":")" + viewer + R"(","device_id":"d1","content_id":"c1"})";
  }
  bool metric(const std::string& line) const {
    return ("\n" + metrics.exposition()).find("\n" + line + "\n") != std::string::npos;
  }

  LeapingClock clock;
  metrics::Metrics metrics{"test"};
  access::Admission admission{access::AdmissionPolicy()};
  std::unique_ptr<Replaceable<runtime::TlsContext>> tls;  ///< null: in the clear
  FakeEngine engine{kShards};
  std::vector<std::unique_ptr<runtime::Loop>> loops;
  Options options;
  std::unique_ptr<Gateway> gateway;
};

}  // namespace matchcue::gateway
