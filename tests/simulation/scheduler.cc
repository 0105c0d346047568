// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/scheduler.h"

#include <algorithm>
#include <cstdio>

#include "base/check.h"

namespace matchcue::simulation {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

std::unique_ptr<SimLoop> Scheduler::make_loop(std::string name, bool is_world) {
  return std::make_unique<SimLoop>(*this, std::move(name), is_world);
}

SimLoop* Scheduler::next_loop(bool world_too) const {
  SimLoop* next = nullptr;
  SteadyTime soonest = SteadyTime::max();
  for (SimLoop* loop : loops_) {
    if (loop->is_world_ && !world_too) continue;
    const SteadyTime time = loop->next_time();
    if (time < soonest) {
      soonest = time;
      next = loop;
    }
  }
  return next;
}

bool Scheduler::turn(SteadyTime until) {
  SimLoop* next = next_loop(true);
  if (next == nullptr || next->next_time() > until) {
    clock_.advance_to(until);
    return false;
  }
  run(*next);
  return true;
}

void Scheduler::wait(const std::future<void>& done) {
  CHECK(running_ == nullptr, "waits inside a turn");
  while (done.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    SimLoop* next = next_loop(false);
    CHECK(next != nullptr, "waits for what never comes");
    run(*next);
  }
}

void Scheduler::run(SimLoop& loop) {
  clock_.advance_to(loop.next_time());
  ++turns_;
  running_ = &loop;
  loop.take_turn();
  running_ = nullptr;
}

nanoseconds Scheduler::draw_turn() {
  if (pace_.stall_share > 0 && random_.uniform() < pace_.stall_share) {
    return microseconds(random_.below(static_cast<std::uint64_t>(microseconds(pace_.stall_max).count()) + 1));
  }
  return microseconds(random_.below(pace_.turn_us_max + 1));
}

void Scheduler::trace(std::string_view what) {
  const std::int64_t now = clock_.steady().time_since_epoch().count();
  trace_hash_ = stable_hash(what, trace_hash_ ^ mix64(static_cast<std::uint64_t>(now)));
  if (!printing_) return;
  std::printf("%12.6f %s\n", static_cast<double>(now) / 1e9, std::string(what).c_str());
}

SimLoop::SimLoop(Scheduler& scheduler, std::string name, bool is_world)
    : scheduler_(scheduler), name_(std::move(name)), is_world_(is_world) {
  scheduler_.loops_.push_back(this);
}

SimLoop::~SimLoop() {
  stop();
  std::erase(scheduler_.loops_, this);
}

void SimLoop::drain() {
  SimLoop* const outer = std::exchange(scheduler_.running_, this);
  while (mailbox_size() > 0) take_mail()();
  scheduler_.running_ = outer;
}

void SimLoop::stop() {
  if (stopped_) return;
  drain();
  stopped_ = true;
  timers_.clear();
}

bool SimLoop::post(runtime::Task task) {
  if (stopped_) return false;
  if (mailbox_size() == 0) mail_at_ = scheduler_.clock_.steady() + scheduler_.draw_turn();
  mailbox_.push_back(std::move(task));
  return true;
}

void SimLoop::add(int fd, std::uint32_t, runtime::FdHandler*) { CHECK(false, fd); }
void SimLoop::modify(int fd, std::uint32_t, runtime::FdHandler*) { CHECK(false, fd); }
void SimLoop::remove(int fd) { CHECK(false, fd); }

void SimLoop::insert(Timer timer) {
  timers_.push_back(std::move(timer));
  std::push_heap(timers_.begin(), timers_.end(),
                 [](const Timer& a, const Timer& b) { return a.when != b.when ? a.when > b.when : a.id > b.id; });
}

runtime::TimerId SimLoop::after(Milliseconds delay, runtime::Task task) {
  const runtime::TimerId id = next_timer_++;
  insert({scheduler_.clock_.steady() + delay, id, Milliseconds(0), nullptr, std::move(task)});
  return id;
}

runtime::TimerId SimLoop::every(Milliseconds period, std::function<void()> task) {
  const runtime::TimerId id = next_timer_++;
  insert(
      {scheduler_.clock_.steady() + period, id, period, std::make_shared<std::function<void()>>(std::move(task)), {}});
  return id;
}

void SimLoop::at(SteadyTime time, runtime::Task task) {
  insert({time, next_timer_++, Milliseconds(0), nullptr, std::move(task)});
}

void SimLoop::cancel(runtime::TimerId timer) { cancelled_.push_back(timer); }

SteadyTime SimLoop::next_time() const {
  SteadyTime next = mailbox_size() > 0 ? mail_at_ : SteadyTime::max();
  if (!timers_.empty()) next = std::min(next, timers_.front().when);
  return next == SteadyTime::max() ? next : std::max(next, busy_until_);
}

runtime::Task SimLoop::take_mail() {
  runtime::Task task = std::move(mailbox_[taken_++]);
  if (taken_ == mailbox_.size()) {
    mailbox_.clear();
    taken_ = 0;
  }
  return task;
}

SimLoop::Timer SimLoop::take_timer() {
  std::pop_heap(timers_.begin(), timers_.end(),
                [](const Timer& a, const Timer& b) { return a.when != b.when ? a.when > b.when : a.id > b.id; });
  Timer timer = std::move(timers_.back());
  timers_.pop_back();
  return timer;
}

void SimLoop::take_turn() {
  const SteadyTime now = scheduler_.clock_.steady();
  if (!timers_.empty() && timers_.front().when <= now) {
    Timer timer = take_timer();
    if (const auto gone = std::find(cancelled_.begin(), cancelled_.end(), timer.id); gone != cancelled_.end()) {
      cancelled_.erase(gone);
      return;
    }
    if (timer.period == Milliseconds(0)) {
      timer.once();
    } else {
      const auto task = timer.repeatedly;
      timer.when = now + timer.period;
      insert(std::move(timer));
      (*task)();
    }
  } else {
    runtime::Task task = take_mail();
    if (!is_world_ && scheduler_.on_process_turn) scheduler_.on_process_turn();
    task();
    if (mailbox_size() > 0) mail_at_ = now;
  }
  if (!is_world_) busy_until_ = now + scheduler_.draw_turn();
}

}  // namespace matchcue::simulation
