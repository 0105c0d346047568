// SPDX-License-Identifier: Apache-2.0
#include "runtime/loop.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/check.h"
#include "runtime/socket.h"

namespace matchcue::runtime {

namespace {

constexpr int kEventsPerWake = 512;
constexpr std::uint64_t kWakeKey = ~std::uint64_t{0};

/// What is registered for a descriptor. The generation tells an event of a closed descriptor from one of its successor
/// with the same number.
struct Registration {
  FdHandler* handler = nullptr;
  std::uint32_t generation = 0;
};

struct Timer {
  TimerId id = 0;
  Milliseconds period{0};  ///< 0: once
  Task once;
  std::function<void()> repeatedly;
};

class EpollLoop final : public Loop {
 public:
  EpollLoop(std::string name, const Clock& clock)
      : name_(std::move(name)),
        clock_(clock),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)),
        wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    CHECK(epoll_ && wake_, errno);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = kWakeKey;
    CHECK(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) == 0, errno);
  }
  ~EpollLoop() override { stop(); }

  void start() override {
    CHECK(!thread_.joinable());
    thread_ = std::thread([this] {
      loop_thread_ = std::this_thread::get_id();
      run();
    });
    pthread_setname_np(thread_.native_handle(), name_.substr(0, 15).c_str());
  }

  void stop() override {
    if (!thread_.joinable()) return;
    CHECK(!on_loop_thread());
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake();
    thread_.join();
    loop_thread_ = std::thread::id();
  }

  bool post(Task task) override {
    bool first = false;
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) return false;
      first = mailbox_.empty();
      mailbox_.push_back(std::move(task));
    }
    if (first) wake();
    return true;
  }

  bool on_loop_thread() const override { return std::this_thread::get_id() == loop_thread_.load(); }

  void wait(const std::future<void>& done) override {
    CHECK(!on_loop_thread());
    done.wait();
  }

  void add(int fd, std::uint32_t events, FdHandler* handler) override {
    const bool added = registrations_.try_emplace(fd, Registration{handler, next_generation_}).second;
    CHECK(added, fd);
    next_generation_ = (next_generation_ + 1) & 0x7fffffff;  // so that no key is kWakeKey
    control(EPOLL_CTL_ADD, fd, events);
  }
  void modify(int fd, std::uint32_t events, FdHandler* handler) override {
    const auto registration = registrations_.find(fd);
    CHECK(registration != registrations_.end(), fd);
    registration->second.handler = handler;
    control(EPOLL_CTL_MOD, fd, events);
  }
  void remove(int fd) override {
    if (registrations_.erase(fd) == 0) return;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  }

  TimerId after(Milliseconds delay, Task task) override {
    Timer timer;
    timer.once = std::move(task);
    return schedule(delay, std::move(timer));
  }
  TimerId every(Milliseconds period, std::function<void()> task) override {
    CHECK(period > Milliseconds(0));
    Timer timer;
    timer.period = period;
    timer.repeatedly = std::move(task);
    return schedule(period, std::move(timer));
  }
  void cancel(TimerId id) override {
    const auto when = timer_times_.find(id);
    if (when == timer_times_.end()) return;
    timers_.erase({when->second, id});
    timer_times_.erase(when);
  }

  const Clock& clock() const override { return clock_; }

 private:
  using TimerKey = std::pair<SteadyTime, TimerId>;

  void wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
  }

  void control(int operation, int fd, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = std::uint64_t{registrations_.at(fd).generation} << 32 | static_cast<std::uint32_t>(fd);
    CHECK(::epoll_ctl(epoll_.get(), operation, fd, &event) == 0, fd, errno);
  }

  TimerId schedule(Milliseconds delay, Timer timer) {
    timer.id = next_timer_++;
    const TimerId id = timer.id;
    insert(clock_.steady() + delay, std::move(timer));
    return id;
  }
  void insert(SteadyTime when, Timer timer) {
    timer_times_[timer.id] = when;
    timers_.emplace(TimerKey{when, timer.id}, std::move(timer));
  }

  void run() {
    std::array<epoll_event, kEventsPerWake> events;
    for (;;) {
      const int count = ::epoll_wait(epoll_.get(), events.data(), kEventsPerWake, wait_ms());
      CHECK(count >= 0 || errno == EINTR, errno);
      for (int i = 0; i < count; ++i) dispatch(events[static_cast<std::size_t>(i)]);
      run_timers();
      if (!run_mailbox()) return;
    }
  }

  /// Until the next timer, rounded up so that it is due at the wake-up; -1 when there is none.
  int wait_ms() const {
    if (timers_.empty()) return -1;
    const auto left = timers_.begin()->first.first - clock_.steady();
    if (left <= left.zero()) return 0;
    const auto ms = std::chrono::ceil<Milliseconds>(left).count();
    return static_cast<int>(std::min<std::int64_t>(ms, 60'000));
  }

  void dispatch(const epoll_event& event) {
    if (event.data.u64 == kWakeKey) {
      std::uint64_t count = 0;
      [[maybe_unused]] const auto got = ::read(wake_.get(), &count, sizeof count);
      return;
    }
    // A handler earlier in this wake-up may have removed this descriptor, and its number may be in use again.
    const auto found = registrations_.find(static_cast<int>(event.data.u64 & 0xffffffff));
    if (found == registrations_.end() || found->second.generation != event.data.u64 >> 32) return;
    found->second.handler->on_ready(event.events);
  }

  void run_timers() {
    const SteadyTime now = clock_.steady();
    while (!timers_.empty() && timers_.begin()->first.first <= now) {
      auto node = timers_.extract(timers_.begin());
      Timer timer = std::move(node.mapped());
      timer_times_.erase(timer.id);
      if (timer.period == Milliseconds(0)) {
        timer.once();
        continue;
      }
      const std::function<void()> task = timer.repeatedly;
      insert(now + timer.period, std::move(timer));  // before it runs, so that it can cancel itself
      task();
    }
  }

  /// False when the loop is to end: stop() was called and nothing is left to do.
  bool run_mailbox() {
    std::vector<Task> tasks;
    bool stopping = false;
    {
      const std::lock_guard lock(mutex_);
      tasks.swap(mailbox_);
      stopping = stopping_;
      stopped_ = stopping && tasks.empty();
      if (stopped_) return false;
    }
    for (Task& task : tasks) task();
    if (stopping) wake();  // what the tasks posted is still to run, and then the end
    return true;
  }

  std::string name_;
  const Clock& clock_;
  Fd epoll_;
  Fd wake_;
  std::thread thread_;
  std::atomic<std::thread::id> loop_thread_{};  ///< none while the thread does not run
  std::unordered_map<int, Registration> registrations_;
  std::uint32_t next_generation_ = 0;
  std::map<TimerKey, Timer> timers_;
  std::unordered_map<TimerId, SteadyTime> timer_times_;
  TimerId next_timer_ = 1;

  std::mutex mutex_;  ///< guards what follows
  std::vector<Task> mailbox_;
  bool stopping_ = false;
  bool stopped_ = false;
};

}  // namespace

std::unique_ptr<Loop> make_loop(std::string name, const Clock& clock) {
  return std::make_unique<EpollLoop>(std::move(name), clock);
}

}  // namespace matchcue::runtime
