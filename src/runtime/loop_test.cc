// SPDX-License-Identifier: Apache-2.0
#include "runtime/loop.h"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <thread>

#include "runtime/socket.h"

namespace matchcue::runtime {
namespace {

struct LoopTest : ::testing::Test {
  SystemClock clock;
  std::unique_ptr<Loop> loop = make_loop("test", clock);

  /// Runs on the loop's thread and waits for it.
  template <typename F>
  void on_loop(F work) {
    std::promise<void> done;
    ASSERT_TRUE(loop->post([&] {
      work();
      done.set_value();
    }));
    done.get_future().wait();
  }
};

TEST_F(LoopTest, PostsOfOneThreadRunInOrderOnTheLoopsThread) {
  loop->start();
  std::vector<int> seen;
  for (int i = 0; i < 1'000; ++i) {
    loop->post([&seen, i, this] {
      EXPECT_TRUE(loop->on_loop_thread());
      seen.push_back(i);
    });
  }
  on_loop([] {});
  ASSERT_EQ(seen.size(), 1'000u);
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(seen[static_cast<std::size_t>(i)], i);
}

TEST_F(LoopTest, NothingPostedByManyThreadsIsLost) {
  loop->start();
  std::atomic<int> ran = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10'000; ++i) loop->post([&] { ++ran; });
    });
  }
  for (std::thread& thread : threads) thread.join();
  loop->stop();
  EXPECT_EQ(ran, 40'000);
}

TEST_F(LoopTest, StopRunsWhatIsInTheMailboxAndThenRefuses) {
  loop->start();
  int ran = 0;
  loop->post([&] {
    ++ran;
    loop->post([&] { ++ran; });
  });
  loop->stop();
  EXPECT_EQ(ran, 2);
  EXPECT_FALSE(loop->post([&] { ++ran; }));
  EXPECT_EQ(ran, 2);
}

TEST_F(LoopTest, TimersRunInTheOrderOfTheirTimesAndCanBeCancelled) {
  loop->start();
  std::vector<int> order;
  std::promise<void> last;
  on_loop([&] {
    loop->after(Milliseconds(20), [&] {
      order.push_back(2);
      last.set_value();
    });
    loop->after(Milliseconds(5), [&] { order.push_back(1); });
    loop->cancel(loop->after(Milliseconds(1), [&] { order.push_back(99); }));
  });
  last.get_future().wait();
  loop->stop();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST_F(LoopTest, APeriodicTimerMayCancelItself) {
  loop->start();
  std::promise<void> third;
  int runs = 0;
  TimerId timer = 0;
  on_loop([&] {
    timer = loop->every(Milliseconds(1), [&] {
      if (++runs < 3) return;
      loop->cancel(timer);
      third.set_value();
    });
  });
  third.get_future().wait();
  on_loop([] {});
  loop->stop();
  EXPECT_EQ(runs, 3);
}

struct PipeReader final : FdHandler {
  explicit PipeReader(int fd) : fd_(fd) {}
  void on_ready(std::uint32_t) override {
    char byte = 0;
    if (::read(fd_, &byte, 1) == 1) got.set_value(byte);
  }
  int fd_;
  std::promise<char> got;
};

TEST_F(LoopTest, ReportsReadyDescriptors) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  Fd read_end(ends[0]);
  Fd write_end(ends[1]);
  PipeReader reader(read_end.get());
  loop->start();
  on_loop([&] { loop->add(read_end.get(), EPOLLIN, &reader); });
  ASSERT_EQ(::write(write_end.get(), "x", 1), 1);
  EXPECT_EQ(reader.got.get_future().get(), 'x');
  on_loop([&] { loop->remove(read_end.get()); });
}

// Closes the other descriptor and gives its number to a new pipe, as a server does that closes one connection and
// accepts another in one round.
struct Replacer final : FdHandler {
  void on_ready(std::uint32_t) override {
    if (++calls > 1) return;
    loop->remove(other->get());
    const int number = other->get();
    other->reset();
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    ASSERT_EQ(ends[0], number);
    other->reset(ends[0]);
    writer.reset(ends[1]);
    loop->add(number, EPOLLIN | EPOLLET, successor);
  }
  Loop* loop = nullptr;
  Fd* other = nullptr;
  FdHandler* successor = nullptr;
  Fd writer;
  int calls = 0;
};
struct Counter final : FdHandler {
  void on_ready(std::uint32_t) override { ++calls; }
  int calls = 0;
};

TEST_F(LoopTest, AnEventOfAClosedDescriptorDoesNotReachTheNextOfItsNumber) {
  int a[2];
  int b[2];
  ASSERT_EQ(::pipe(a), 0);
  ASSERT_EQ(::pipe(b), 0);
  Fd read_a(a[0]);
  const Fd write_a(a[1]);
  Fd read_b(b[0]);
  const Fd write_b(b[1]);
  Counter successor;
  Counter first_owner;
  Replacer replacer;
  replacer.loop = loop.get();
  replacer.other = &read_b;
  replacer.successor = &successor;
  // Both are ready before the loop starts, so one wake-up reports both, in the order in which they became so.
  loop->add(read_a.get(), EPOLLIN | EPOLLET, &replacer);
  loop->add(read_b.get(), EPOLLIN | EPOLLET, &first_owner);
  ASSERT_EQ(::write(write_a.get(), "x", 1), 1);
  ASSERT_EQ(::write(write_b.get(), "x", 1), 1);
  loop->start();
  on_loop([] {});
  loop->stop();
  EXPECT_EQ(replacer.calls, 1);
  EXPECT_EQ(first_owner.calls, 0);
  EXPECT_EQ(successor.calls, 0);
}

TEST_F(LoopTest, ATaskPostedBeforeTheStartFindsItselfOnTheLoopsThread) {
  bool on_loop_thread = false;
  loop->post([&] { on_loop_thread = loop->on_loop_thread(); });
  EXPECT_FALSE(loop->on_loop_thread());
  loop->start();
  EXPECT_FALSE(loop->on_loop_thread());
  loop->stop();
  EXPECT_TRUE(on_loop_thread);
}

}  // namespace
}  // namespace matchcue::runtime
