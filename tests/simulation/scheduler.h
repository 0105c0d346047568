#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// One thread that plays all threads: loops with mailboxes and timers on virtual time. Whose turn it is, and how long a
// turn takes, is drawn from a seed, so every order that real threads can come to is one seed away.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "runtime/loop.h"

namespace matchcue::simulation {

/// Moves when the scheduler says so. The wall may be stepped, as operators and NTP do.
class VirtualClock final : public Clock {
 public:
  WallTime wall() const override {
    return wall_start_ + std::chrono::floor<Milliseconds>(steady_.time_since_epoch()) + wall_step_;
  }
  SteadyTime steady() const override { return steady_; }
  void advance_to(SteadyTime time) { steady_ = std::max(steady_, time); }
  void step_wall(Milliseconds by) { wall_step_ += by; }

 private:
  WallTime wall_start_ = wall_time_from_ms(1'780'000'000'000);
  Milliseconds wall_step_{0};
  SteadyTime steady_{};
};

/// How long turns take. Most take microseconds; a thread that is starved now and then takes much longer.
struct Pace {
  double stall_share = 0;          ///< of turns, 0..1
  Milliseconds stall_max{1};       ///< a stalled turn takes up to this
  std::uint64_t turn_us_max = 40;  ///< other turns take up to this
};

class SimLoop;

/// Owns no loop: loops register themselves. Single thread.
class Scheduler {
 public:
  Scheduler(std::uint64_t seed, Pace pace) : random_(seed), pace_(pace) {}

  VirtualClock& clock() { return clock_; }
  void set_pace(Pace pace) { pace_ = pace; }

  /// `is_world` loops stand for what is outside the process: they stand still while somebody waits inside.
  std::unique_ptr<SimLoop> make_loop(std::string name, bool is_world = false);

  /// Runs the next turn; false when there is none before `until`, and then it is `until`.
  bool turn(SteadyTime until);
  /// Lets the process, but not the world, go on until `done` is set. Not from inside a turn.
  void wait(const std::future<void>& done);

  /// Called before each turn of a loop of the process that takes something from its mailbox.
  std::function<void()> on_process_turn;
  /// Mixes what was seen into trace_hash(), and prints it when wanted.
  void trace(std::string_view what);
  void print_trace() { printing_ = true; }
  std::uint64_t trace_hash() const { return trace_hash_; }
  std::uint64_t turns() const { return turns_; }

 private:
  friend class SimLoop;
  SimLoop* next_loop(bool world_too) const;
  void run(SimLoop& loop);
  std::chrono::nanoseconds draw_turn();

  VirtualClock clock_;
  Random random_;
  Pace pace_;
  std::vector<SimLoop*> loops_;
  SimLoop* running_ = nullptr;
  std::uint64_t turns_ = 0;
  std::uint64_t trace_hash_ = 0;
  bool printing_ = false;
};

/// A loop of the scheduler. Everything as runtime::Loop says, but that there are no descriptors.
class SimLoop final : public runtime::Loop {
 public:
  SimLoop(Scheduler& scheduler, std::string name, bool is_world);
  ~SimLoop() override;

  void start() override {}
  void stop() override;
  bool post(runtime::Task task) override;
  bool on_loop_thread() const override { return scheduler_.running_ == this; }
  void wait(const std::future<void>& done) override { scheduler_.wait(done); }
  void add(int fd, std::uint32_t events, runtime::FdHandler* handler) override;
  void modify(int fd, std::uint32_t events, runtime::FdHandler* handler) override;
  void remove(int fd) override;
  runtime::TimerId after(Milliseconds delay, runtime::Task task) override;
  runtime::TimerId every(Milliseconds period, std::function<void()> task) override;
  void cancel(runtime::TimerId timer) override;
  const Clock& clock() const override { return scheduler_.clock_; }

  /// Runs what is in the mailbox, and what that posts here.
  void drain();
  /// Runs `task` at a time, in the order of the calls where times are equal.
  void at(SteadyTime time, runtime::Task task);
  std::size_t mailbox_size() const { return mailbox_.size() - taken_; }

 private:
  friend class Scheduler;
  struct Timer {
    SteadyTime when;
    runtime::TimerId id = 0;
    Milliseconds period{0};
    std::shared_ptr<std::function<void()>> repeatedly;  // shared: it may cancel itself while it runs
    runtime::Task once;
  };
  SteadyTime next_time() const;
  void take_turn();
  void insert(Timer timer);
  runtime::Task take_mail();
  Timer take_timer();

  Scheduler& scheduler_;
  std::string name_;
  bool is_world_;
  std::vector<runtime::Task> mailbox_;
  std::size_t taken_ = 0;  ///< of the mailbox's front
  SteadyTime mail_at_{};
  SteadyTime busy_until_{};
  std::vector<Timer> timers_;  ///< a heap, soonest first
  std::vector<runtime::TimerId> cancelled_;
  runtime::TimerId next_timer_ = 1;
  bool stopped_ = false;
};

}  // namespace matchcue::simulation
