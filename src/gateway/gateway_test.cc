// SPDX-License-Identifier: Apache-2.0
//
// Starting, stopping and running out of file descriptors.
#include "gateway/gateway.h"

#include <sys/resource.h>
#include <unistd.h>

#include <latch>

#include "gateway/gateway_fixture.h"

namespace matchcue::gateway {
namespace {

using testing::HasSubstr;

class GatewayTest : public GatewayFixture {};

TEST_F(GatewayTest, ASecondGatewayOnTheSamePortIsRefused) {
  options.listen = server();
  const auto second = start_gateway(options, Surroundings{engine, metrics, admission}, loop_pointers());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(second.error().message, HasSubstr(options.listen.text()));
}

TEST_F(GatewayTest, ServesManyViewersOnEveryLoop) {
  std::vector<std::unique_ptr<TestViewer>> viewers;
  for (int i = 0; i < 40; ++i) viewers.push_back(native("v" + std::to_string(i)));
  push(0, 8, 300);
  push(1, 8, 300);
  for (const auto& viewer : viewers) EXPECT_THAT(viewer->hear_text(), HasSubstr(R"("seq":8)"));
}

int reconnect_in_ms(const std::string& goaway) {
  constexpr std::string_view kField = "{\"t\":\"goaway\",\"reconnect_in_ms\":";
  EXPECT_THAT(goaway, testing::StartsWith(std::string(kField)));
  return goaway.size() > kField.size() ? std::stoi(goaway.substr(kField.size())) : -1;
}

TEST_F(GatewayTest, StoppingSendsEverybodyAwayEachInTheirOwnTime) {
  std::vector<std::unique_ptr<TestViewer>> viewers;
  for (int i = 0; i < 8; ++i) viewers.push_back(native("v" + std::to_string(i)));
  const auto on_sample = sample("1");
  TestViewer stream(server());
  stream.request("GET", "/v1/sse?viewer=v9&content=c1");
  ASSERT_TRUE(engine.journal.wait_for("hello v9 on 1"));
  const runtime::Address address = server();
  gateway->stop();
  gateway->stop();

  std::vector<int> waits;
  for (const auto& viewer : viewers) {
    waits.push_back(reconnect_in_ms(viewer->hear_text()));
    EXPECT_GE(waits.back(), 0);
    EXPECT_LE(waits.back(), 15'000);
    EXPECT_EQ(viewer->hear_close(), 4000);
    EXPECT_TRUE(viewer->ends());
  }
  EXPECT_GT(*std::max_element(waits.begin(), waits.end()) - *std::min_element(waits.begin(), waits.end()), 1'000);
  EXPECT_EQ(on_sample->hear_close(), 1001);
  EXPECT_THAT(stream.read_until("}\n\n"), HasSubstr("welcome"));
  EXPECT_THAT(stream.read_until("}\n\n"), HasSubstr("goaway"));
  EXPECT_TRUE(stream.ends());
  for (int i = 0; i < 8; ++i) EXPECT_EQ(engine.journal.count("bye v" + std::to_string(i)), 1U) << i;
  EXPECT_EQ(engine.journal.count("bye 1"), 1U);
  EXPECT_TRUE(metric(R"(matchcue_connections{transport="websocket"} 0)"));
}

TEST_F(GatewayTest, AViewerWhoDoesNotReadHoldsUpStoppingForASecondAtMost) {
  const auto slow = native("v1", "d1", 4096);
  for (std::uint64_t sequence = 8; sequence < 2'000; ++sequence) {
    push(1, sequence, 8 * 1024);
    if (metric(R"(matchcue_slow_consumer_total{policy="superseded"} 1)")) break;
  }
  const SteadyTime before = clock.steady();
  gateway->stop();
  EXPECT_LT(clock.steady() - before, Milliseconds(3'000));
  EXPECT_EQ(engine.journal.count("bye v1"), 1U);
}

TEST_F(GatewayTest, NothingRunsAfterItIsGoneThoughItsLoopsGoOn) {
  const auto viewer = native("v1");
  TestViewer posting(server());
  posting.post("/v1/interactions", "application/json",
               R"({"viewer":"v1","id":"i1","cue":"c_MQ.57.djE.2","kind":"click"})");
  ASSERT_TRUE(engine.journal.wait_for("posted v1 i1"));
  gateway->stop();
  engine.answer_interaction(engine::FeedbackReceipt{});
  for (std::size_t i = 0; i < kShards; ++i) on_loop(i, [] {});
  gateway.reset();
  leap(Milliseconds(10'000));  // a timer left behind would run now, on freed memory
}

TEST_F(GatewayTest, WithoutFileDescriptorsItTurnsPeopleAwayAndGoesOn) {
  const auto staying = native("v1");
  // Once before: a sanitizer that sees a kind of task for the first time needs a descriptor to look at it.
  push(1, 7, 100);
  EXPECT_THAT(staying->hear_text(), HasSubstr(R"("seq":7)"));
  std::promise<void> limited;
  std::shared_future<void> go_on = limited.get_future().share();
  std::latch held(static_cast<std::ptrdiff_t>(loops.size()));
  for (const auto& loop : loops) {
    loop->post([&held, go_on] {
      held.count_down();
      go_on.wait();
    });
  }
  held.wait();                       // for the same reason
  TestViewer turned_away(server());  // waits in the backlog
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit before = limit;
  const int next_free = ::dup(0);
  ASSERT_GE(next_free, 0);
  ::close(next_free);
  limit.rlim_cur = static_cast<rlim_t>(next_free);  // no number below it is free
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  limited.set_value();
  const bool ended = turned_away.ends();
  push(1, 8, 100);
  EXPECT_THAT(staying->hear_text(), HasSubstr(R"("seq":8)"));
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_TRUE(ended);
  native("v3");
}

}  // namespace
}  // namespace matchcue::gateway
