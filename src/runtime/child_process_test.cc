// SPDX-License-Identifier: Apache-2.0
#include "runtime/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <future>

namespace matchcue::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct ChildProcessTest : ::testing::Test {
  SystemClock clock;
  std::unique_ptr<Loop> loop = make_loop("test", clock);
  std::unique_ptr<ChildProcess> child;
  std::promise<ChildEnd> ended;
  std::promise<void> began;  ///< it has said its first line
  std::vector<std::string> lines;

  ChildProcessTest() { loop->start(); }
  ~ChildProcessTest() override {
    on_loop([&] { child.reset(); });
    loop->stop();
  }

  void on_loop(const std::function<void()>& work) {
    std::promise<void> done;
    loop->post([&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }
  /// Runs a line of shell.
  void run(const std::string& script) {
    ChildProcess::Events events;
    events.on_line = [this](std::string_view line) {
      lines.emplace_back(line);
      if (lines.size() == 1) began.set_value();
    };
    events.on_end = [this](ChildEnd end) { ended.set_value(std::move(end)); };
    on_loop([&] { child = start_child(*loop, {"/bin/sh", "-c", script}, std::move(events)).value(); });
  }
  ChildEnd end() { return ended.get_future().get(); }
};

TEST_F(ChildProcessTest, WhatItSaysComesLineByLineAndItsOutputAtTheEnd) {
  run("echo one >&2; echo result; printf 'two\\n\\nhalf' >&2; exit 3");
  const ChildEnd over = end();
  EXPECT_EQ(over.output, "result\n");
  EXPECT_EQ(over.status, 3);
  EXPECT_EQ(over.signal, 0);
  EXPECT_THAT(lines, ElementsAre("one", "two", "", "half"));
}

TEST_F(ChildProcessTest, MoreOutputThanIsKeptDoesNotHoldItUp) {
  run("head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2");
  EXPECT_EQ(end().output.size(), 64U * 1024);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].size(), 64U * 1024);
}

TEST_F(ChildProcessTest, ItHoldsNothingOfOurs) {
  run("ls /proc/self/fd | wc -l; head -c 1 | wc -c");
  EXPECT_EQ(end().output, "4\n0\n");  // the fourth is the folder that ls reads
}

TEST_F(ChildProcessTest, ASignalEndsItUnlessItTakesIt) {
  run("trap 'echo kept; exit 0' INT; echo ready >&2; while :; do sleep 0.01; done");
  began.get_future().wait();
  on_loop([&] { child->signal(SIGINT); });
  EXPECT_EQ(end().output, "kept\n");
}

TEST_F(ChildProcessTest, ASignalThatItDoesNotTakeIsTold) {
  run("echo ready >&2; exec sleep 600");
  began.get_future().wait();
  on_loop([&] { child->signal(SIGTERM); });
  EXPECT_EQ(end().signal, SIGTERM);
}

TEST_F(ChildProcessTest, ItEndsWithItsOwner) {
  run("echo $$ >&2; exec sleep 600");
  began.get_future().wait();
  const pid_t pid = std::stoi(lines.at(0));
  on_loop([&] { child.reset(); });
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST_F(ChildProcessTest, AProgramThatIsNotThereIsAnError) {
  on_loop([&] {
    const auto started = start_child(*loop, {"/no/such/program"}, {});
    ASSERT_FALSE(started.ok());
    EXPECT_THAT(started.error().message, HasSubstr("/no/such/program"));
  });
}

}  // namespace
}  // namespace matchcue::runtime
