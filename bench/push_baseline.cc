// SPDX-License-Identifier: Apache-2.0
#include "push_baseline.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "base/check.h"
#include "codec/websocket.h"
#include "learner_crowd.h"

namespace matchcue::bench {

PushBaseline::PushBaseline(std::size_t sockets) : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  const runtime::Fd listener = runtime::listen_on({"127.0.0.1", 0}, runtime::PortUse::first).value();
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(runtime::bound_address(listener.get()).value().port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (std::size_t i = 0; i < sockets; ++i) {
    theirs_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int connected = ::connect(theirs_.back().get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    CHECK(connected == 0, errno, i);
    ours_.emplace_back(::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    CHECK(ours_.back().get() >= 0, errno, i);
    runtime::set_no_delay(ours_.back().get());
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = theirs_.back().get();
    CHECK(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, theirs_.back().get(), &event) == 0, errno);
  }
  reader_ = std::thread([this] { read_all(); });
}

PushBaseline::~PushBaseline() {
  stopping_ = true;
  reader_.join();
}

void PushBaseline::read_all() {
  constexpr int kEvents = 256;
  constexpr int kWaitMs = 50;
  std::array<epoll_event, kEvents> events;
  std::array<char, 65'536> buffer;
  while (!stopping_) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), kEvents, kWaitMs);
    for (int i = 0; i < count; ++i) {
      const ssize_t got = ::recv(events[static_cast<std::size_t>(i)].data.fd, buffer.data(), buffer.size(), 0);
      CHECK(got > 0, got, errno);
      read_bytes_ += static_cast<std::size_t>(got);
    }
  }
}

double PushBaseline::us_a_push(const engine::SlateRenderer& renderer, std::span<const domain::ViewerId> viewers,
                               std::span<const domain::Choice> choices, bool send) {
  const double before = thread_cpu_us();
  for (std::size_t i = 0; i < ours_.size(); ++i) {
    const engine::OutFrame frame = renderer.slate(viewers[i], choices.data(), scratch_);
    std::array<char, codec::kServerHeaderBytesMax> header;
    const std::size_t header_bytes = codec::write_frame_header(codec::Opcode::text, frame.size, header);
    char* const begin = frame.payload - header_bytes;
    std::memcpy(begin, header.data(), header_bytes);
    frame_bytes_ = header_bytes + frame.size;
    if (!send) continue;
    const ssize_t sent = ::send(ours_[i].get(), begin, frame_bytes_, MSG_NOSIGNAL | MSG_DONTWAIT);
    CHECK(sent == static_cast<ssize_t>(frame_bytes_), sent, errno);
    sent_bytes_ += frame_bytes_;
  }
  const double us = (thread_cpu_us() - before) / static_cast<double>(ours_.size());
  while (read_bytes_ != sent_bytes_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return us;
}

}  // namespace matchcue::bench
