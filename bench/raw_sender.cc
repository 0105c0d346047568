// SPDX-License-Identifier: Apache-2.0
//
// The raw limit: a server that only sends ready frames. It accepts and upgrades like matchcue, one epoll loop a core on
// one port (SO_REUSEPORT), and for every line on standard input hands the same ready WebSocket frame to every
// connection, in the order in which they came. tools/bench_fanout compares matchcue with it.
//
//   raw_sender --bytes 900 [--port 0] [--threads 2]
//
// Prints "listening PORT"; then for each line N of input: "sent N FIRST_NS LAST_NS CONNECTIONS" (CLOCK_MONOTONIC, when
// the first loop began and the last one ended). The end of input ends it.
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <atomic>
#include <cerrno>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "codec/http_request.h"
#include "codec/native_message.h"
#include "codec/websocket.h"
#include "runtime/socket.h"

namespace matchcue {
namespace {

constexpr std::size_t kBufferBytes = 64 * 1024;
constexpr int kEventsPerWake = 512;

/// A slate of exactly `bytes` bytes where that is possible, as a frame.
std::string make_slate(std::uint64_t sequence, std::size_t bytes) {
  std::string text = fmt::format(R"({{"t":"slate","seq":{},"event":"1","decision":"d_","cues":[],"data":")", sequence);
  const std::string end = "\"}";
  if (text.size() + end.size() < bytes) text.append(bytes - text.size() - end.size(), 'x');
  text += end;
  std::string frame;
  codec::append_frame(codec::Opcode::text, text, frame);
  return frame;
}

std::int64_t now_ns() { return SystemClock().steady().time_since_epoch().count(); }

/// One core's loop. Its own thread, but for what is atomic.
class Sender {
 public:
  explicit Sender(runtime::Fd listener)
      : listener_(std::move(listener)),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)),
        wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    watch(listener_.get());
    watch(wake_.get());
    thread_ = std::thread([this] { run(); });
  }
  ~Sender() {
    stopping_ = true;
    wake();
    thread_.join();
  }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  /// `frame` must live until done() is true.
  void send_to_all(const std::string& frame) {
    done_ = false;
    frame_ = &frame;
    wake();
  }
  bool done() const { return done_; }
  std::int64_t begun_ns() const { return begun_ns_; }
  std::int64_t ended_ns() const { return ended_ns_; }
  std::size_t sent() const { return sent_; }

 private:
  struct Connection {
    runtime::Fd fd;
    codec::HttpRequestReader http;
    codec::FrameReader frames{codec::Role::server};
    bool open = false;
  };

  void watch(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    CHECK(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0, errno);
  }
  void wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
  }

  void run() {
    std::array<epoll_event, kEventsPerWake> events;
    while (!stopping_) {
      const int count = ::epoll_wait(epoll_.get(), events.data(), kEventsPerWake, -1);
      for (int i = 0; i < count; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        if (fd == wake_.get()) {
          on_wake();
        } else if (fd == listener_.get()) {
          accept_all();
        } else {
          read(fd);
        }
      }
    }
  }

  void on_wake() {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(wake_.get(), &count, sizeof count);
    const std::string* const frame = frame_.exchange(nullptr);
    if (frame == nullptr) return;
    begun_ns_ = now_ns();
    std::size_t sent = 0;
    for (const int fd : order_) {
      if (connections_[static_cast<std::size_t>(fd)] == nullptr) continue;
      if (::send(fd, frame->data(), frame->size(), MSG_NOSIGNAL | MSG_DONTWAIT) > 0) ++sent;
    }
    sent_ = sent;
    ended_ns_ = now_ns();
    done_ = true;
  }

  void accept_all() {
    for (;;) {
      const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return;
      runtime::set_no_delay(fd);
      if (connections_.size() <= static_cast<std::size_t>(fd)) connections_.resize(static_cast<std::size_t>(fd) + 1);
      connections_[static_cast<std::size_t>(fd)] = std::make_unique<Connection>();
      connections_[static_cast<std::size_t>(fd)]->fd.reset(fd);
      watch(fd);
    }
  }

  void read(int fd) {
    Connection& connection = *connections_[static_cast<std::size_t>(fd)];
    const ssize_t count = ::recv(fd, buffer_.data(), buffer_.size(), 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return drop(fd);
    const std::span<char> chunk(buffer_.data(), static_cast<std::size_t>(count));
    if (connection.open) return read_frames(connection, chunk);
    std::string_view text(chunk.data(), chunk.size());
    const auto whole = connection.http.feed(text);
    if (!whole) return drop(fd);
    if (!*whole) return;
    const auto upgrade = codec::validate_upgrade(connection.http.take());
    if (!upgrade) return drop(fd);
    std::string answer;
    codec::append_switching_protocols(*upgrade, codec::kNativeSubprotocol, answer);
    reply(fd, answer);
    connection.open = true;
  }

  /// Hello is answered with a welcome; everything else is read and forgotten.
  void read_frames(Connection& connection, std::span<char> chunk) {
    const int fd = connection.fd.get();
    for (;;) {
      const codec::FrameEvent event = connection.frames.next(chunk);
      if (event.kind == codec::FrameEvent::Kind::none) return;
      if (event.kind != codec::FrameEvent::Kind::text) return drop(fd);
      if (event.payload.find("\"hello\"") == std::string_view::npos) continue;
      std::string welcome;
      codec::append_frame(codec::Opcode::text,
                          codec::write_welcome("s", "raw", domain::Sequence(0), codec::Continuity::kept, 20, {}),
                          welcome);
      reply(fd, welcome);
      order_.push_back(fd);
    }
  }

  static void reply(int fd, const std::string& bytes) {
    [[maybe_unused]] const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  void drop(int fd) {
    std::erase(order_, fd);
    connections_[static_cast<std::size_t>(fd)] = nullptr;
  }

  runtime::Fd listener_;
  runtime::Fd epoll_;
  runtime::Fd wake_;
  std::vector<std::unique_ptr<Connection>> connections_;  ///< by descriptor
  std::vector<int> order_;                                ///< descriptors that are welcomed, in that order
  std::array<char, kBufferBytes> buffer_{};
  std::atomic<const std::string*> frame_{nullptr};
  std::atomic<std::int64_t> begun_ns_{0};
  std::atomic<std::int64_t> ended_ns_{0};
  std::atomic<std::size_t> sent_{0};
  std::atomic<bool> done_{true};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

void send_once(const std::vector<std::unique_ptr<Sender>>& senders, std::uint64_t sequence, std::size_t bytes) {
  const std::string frame = make_slate(sequence, bytes);
  for (const auto& sender : senders) sender->send_to_all(frame);
  std::int64_t first = INT64_MAX;
  std::int64_t last = 0;
  std::size_t sent = 0;
  for (const auto& sender : senders) {
    while (!sender->done()) std::this_thread::sleep_for(std::chrono::microseconds(200));
    first = std::min(first, sender->begun_ns());
    last = std::max(last, sender->ended_ns());
    sent += sender->sent();
  }
  std::cout << "sent " << sequence << ' ' << first << ' ' << last << ' ' << sent << std::endl;
}

int serve(std::uint16_t port, std::size_t threads, std::size_t bytes) {
  std::vector<std::unique_ptr<Sender>> senders;
  for (std::size_t i = 0; i < threads; ++i) {
    auto listener = runtime::listen_on({"127.0.0.1", port});
    if (!listener) {
      std::cerr << listener.error().message << '\n';
      return 1;
    }
    port = runtime::bound_address(listener->get()).value().port;
    senders.push_back(std::make_unique<Sender>(std::move(*listener)));
  }
  std::cout << "listening " << port << std::endl;
  std::uint64_t sequence = 0;
  while (std::cin >> sequence) send_once(senders, sequence, bytes);
  return 0;
}

}  // namespace
}  // namespace matchcue

int main(int argc, char** argv) {
  CLI::App app("Sends ready frames as fast as the kernel takes them");
  std::uint16_t port = 0;
  std::size_t threads = std::max(1U, std::thread::hardware_concurrency());
  std::size_t bytes = 900;
  app.add_option("--port", port, "0 takes a free one");
  app.add_option("--threads", threads, "Loops")->check(CLI::Range(1, 64));
  app.add_option("--bytes", bytes, "Size of a slate")->check(CLI::Range(100, 60'000));
  CLI11_PARSE(app, argc, argv);
  return matchcue::serve(port, threads, bytes);
}
