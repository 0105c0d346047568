#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// One thread's epoll loop: file descriptors, timers and a mailbox. Everything that is not a mailbox post happens on
// the loop's own thread.

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>

#include "base/clock.h"
#include "runtime/task.h"

namespace matchcue::runtime {

/// Told when a file descriptor is ready. Must outlive its registration. Loop thread.
class FdHandler {
 public:
  virtual ~FdHandler() = default;
  /// `events` is a set of EPOLLIN, EPOLLOUT, EPOLLHUP, EPOLLERR... May remove and delete itself.
  virtual void on_ready(std::uint32_t events) = 0;
};

/// Names a timer; 0 is none.
using TimerId = std::uint64_t;

/// One per shard (and one for control). post() and stop(): any thread; everything else: the loop's thread, or before
/// start().
class Loop {
 public:
  virtual ~Loop() = default;  ///< stops and joins

  /// Starts the thread, named `name` (at most 15 bytes).
  virtual void start() = 0;
  /// Runs what is in the mailbox, then ends the thread and waits for it. Idempotent. Not from the loop's thread.
  virtual void stop() = 0;

  /// Runs `task` on the loop's thread, in the order of the posts of one thread. Never blocks and never refuses: the
  /// callers' own queues are the bounded ones. False when the loop has stopped; the task is then dropped.
  virtual bool post(Task task) = 0;
  virtual bool on_loop_thread() const = 0;
  /// Waits until a task of some loop has set `done`. Not from a loop's thread. Where all loops share one thread they go
  /// on meanwhile.
  virtual void wait(const std::future<void>& done) = 0;

  /// Watches `fd` for `events` (edge-triggered when EPOLLET is in it) until remove().
  virtual void add(int fd, std::uint32_t events, FdHandler* handler) = 0;
  virtual void modify(int fd, std::uint32_t events, FdHandler* handler) = 0;
  virtual void remove(int fd) = 0;

  /// Runs `task` once after `delay`, or every `period`; precision one millisecond. O(log timers).
  virtual TimerId after(Milliseconds delay, Task task) = 0;
  virtual TimerId every(Milliseconds period, std::function<void()> task) = 0;
  virtual void cancel(TimerId timer) = 0;

  virtual const Clock& clock() const = 0;
};

/// `clock` must outlive the loop.
std::unique_ptr<Loop> make_loop(std::string name, const Clock& clock);

/// How those who run loops of their own get them: make_loop, or a simulation's.
using MakeLoop = std::function<std::unique_ptr<Loop>(std::string name, const Clock& clock)>;

}  // namespace matchcue::runtime
