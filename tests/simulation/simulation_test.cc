// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/simulation.h"

#include <gtest/gtest.h>

#include "tests/simulation/scheduler.h"

namespace matchcue::simulation {
namespace {

TEST(Simulation, TheSameSeedIsTheSameRun) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Outcome once = run_seed(draw_plan(seed), false);
    const Outcome again = run_seed(draw_plan(seed), false);
    EXPECT_EQ(once.trace_hash, again.trace_hash) << seed;
    EXPECT_EQ(once.turns, again.turns) << seed;
  }
}

TEST(Simulation, AnotherSeedIsAnotherRun) {
  EXPECT_NE(run_seed(draw_plan(1), false).trace_hash, run_seed(draw_plan(2), false).trace_hash);
}

TEST(Simulation, SeedsDrawEveryFault) {
  std::string all;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) all += to_string(draw_plan(seed));
  for (const char* fault : {"power cuts", "storage refuses", "network cuts", "half-open", "stuck viewers",
                            "clock steps", "poison", "duplicates", "corrections"}) {
    EXPECT_NE(all.find(fault), std::string::npos) << fault;
  }
}

struct SchedulerTest : ::testing::Test {
  Scheduler scheduler{7, {.2, Milliseconds(5), 100}};
  std::unique_ptr<SimLoop> one = scheduler.make_loop("one");
  std::unique_ptr<SimLoop> two = scheduler.make_loop("two");
  std::string ran;

  void go_on(Milliseconds duration) {
    const SteadyTime until = scheduler.clock().steady() + duration;
    while (scheduler.turn(until)) {
    }
  }
};

TEST_F(SchedulerTest, AMailboxKeepsItsOrderWhateverTheOthersDo) {
  for (int i = 0; i < 9; ++i) {
    one->post([this, i] { ran += std::to_string(i); });
    two->post([] {});
  }
  go_on(Milliseconds(1'000));
  EXPECT_EQ(ran, "012345678");
}

TEST_F(SchedulerTest, TimersRunAtTheirTimesUntilTheyAreCancelled) {
  const auto ticks = one->every(Milliseconds(100), [this] { ran += 't'; });
  two->after(Milliseconds(250), [&] {
    one->post([&, this] {
      ran += 'c';
      one->cancel(ticks);
    });
  });
  go_on(Milliseconds(1'000));
  EXPECT_EQ(ran, "ttc");
  EXPECT_EQ(scheduler.clock().steady().time_since_epoch(), Milliseconds(1'000));
}

TEST_F(SchedulerTest, WaitingLetsTheOthersGoOn) {
  std::promise<void> done;
  one->post([&] { two->post([&] { done.set_value(); }); });
  one->wait(done.get_future());
  SUCCEED();
}

TEST_F(SchedulerTest, AStoppedLoopRunsWhatItHasAndRefusesTheRest) {
  one->post([this] { ran += 'a'; });
  one->stop();
  EXPECT_FALSE(one->post([this] { ran += 'b'; }));
  EXPECT_EQ(ran, "a");
}

}  // namespace
}  // namespace matchcue::simulation
