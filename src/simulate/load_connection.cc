// SPDX-License-Identifier: Apache-2.0
#include "simulate/load_connection.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/check.h"
#include "codec/native_message.h"
#include "simulate/load_shard.h"

namespace matchcue::simulate {
namespace {

constexpr std::string_view kKey = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr codec::FrameLimits kServerFrames = {1 << 20, 1 << 20, 32};
constexpr std::size_t kHeadBytesMax = 8 * 1024;
constexpr std::size_t kOutBytesMax = 1 << 20;
constexpr int kStuckReceiveBytes = 4 * 1024;
constexpr std::uint32_t kReconnectMsMax = 1'000;

std::string write_upgrade(LoadProtocol protocol, const runtime::Address& server) {
  const bool native = protocol == LoadProtocol::native;
  return fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {}\r\n"
      "Sec-WebSocket-Version: 13\r\n{}{}{}\r\n",
      native ? "/v1/ws" : "/dev", server.text(), kKey, native ? "Sec-WebSocket-Protocol: " : "",
      native ? codec::kNativeSubprotocol : "", native ? "\r\n" : "");
}

/// The address a viewer of this number comes from; nothing when one address is enough or the server is elsewhere.
void bind_source(int fd, const LoadOptions& options, std::size_t number) {
  if (options.viewers <= kViewersPerSourceAddress || !options.server.host.starts_with("127.")) return;
  // The port is chosen at connect, when the other end is known, so that each address has all its ports once more.
  const int on = 1;
  ::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  sockaddr_in source{};
  source.sin_family = AF_INET;
  source.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + static_cast<std::uint32_t>(number / kViewersPerSourceAddress));
  ::bind(fd, reinterpret_cast<const sockaddr*>(&source), sizeof source);
}

int connect_to(int fd, const runtime::Address& server) {
  if (server.host.find(':') == std::string::npos) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port);
    if (::inet_pton(AF_INET, server.host.c_str(), &address.sin_addr) != 1) return EINVAL;
    return ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
  }
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(server.port);
  if (::inet_pton(AF_INET6, server.host.c_str(), &address.sin6_addr) != 1) return EINVAL;
  return ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
}

}  // namespace

LoadConnection::LoadConnection(LoadShard& shard, std::size_t number, Fate fate)
    : shard_(shard),
      number_(number),
      fate_(fate),
      random_(mix64(shard.options_.seed ^ mix64(number))),
      viewer_(domain::ViewerId(fmt::format("{}{}", shard.options_.viewer_prefix, number + 1)), shard.options_.viewer,
              shard.options_.seed, shard),
      reader_(codec::Role::client, kServerFrames) {}

void LoadConnection::open() {
  CHECK(state_ == State::closed, number_);
  counted_opening_ = true;
  ++shard_.opening_;
  if (!connect_socket()) return close(fmt::format("cannot connect: {}", std::strerror(errno)));
  state_ = State::connecting;
  wants_write_ = true;
  shard_.loop_->add(fd_.get(), EPOLLIN | EPOLLOUT, this);
}

bool LoadConnection::connect_socket() {
  const LoadOptions& options = shard_.options_;
  const int family = options.server.host.find(':') == std::string::npos ? AF_INET : AF_INET6;
  fd_.reset(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd_) return false;
  if (fate_ == Fate::stuck) {
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &kStuckReceiveBytes, sizeof kStuckReceiveBytes);
  }
  bind_source(fd_.get(), options, number_);
  runtime::set_no_delay(fd_.get());
  const int error = connect_to(fd_.get(), options.server);
  errno = error;
  return error == 0 || error == EINPROGRESS;
}

void LoadConnection::on_ready(std::uint32_t events) {
  if (state_ == State::connecting) {
    on_connected();
    return;
  }
  if ((events & EPOLLOUT) != 0) flush();
  if (state_ != State::closed && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read_all();
}

void LoadConnection::on_connected() {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return close(fmt::format("cannot connect: {}", std::strerror(error)));
  state_ = State::upgrading;
  out_ = write_upgrade(shard_.options_.viewer.protocol, shard_.options_.server);
  const LoadOptions& options = shard_.options_;
  if (!options.tls) return flush();
  tls_ = std::make_unique<runtime::TlsStream>(options.tls, fd_.get(), options.server.host);
  read_all();  // begins the handshake
}

void LoadConnection::read_all() {
  const ssize_t count =
      tls_ ? tls_->read(shard_.buffer_) : ::recv(fd_.get(), shard_.buffer_.data(), shard_.buffer_.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return tls_ ? flush() : void();
  if (count <= 0) return close(count == 0 ? "the server ended the connection" : std::strerror(errno));
  std::span<char> chunk(shard_.buffer_.data(), static_cast<std::size_t>(count));
  if (state_ == State::upgrading) chunk = take_upgrade_answer(chunk);
  if (state_ == State::open) read_frames(chunk);
}

/// Removes the answer to the upgrade from the front; what is left belongs to frames.
std::span<char> LoadConnection::take_upgrade_answer(std::span<char> chunk) {
  const std::size_t before = head_.size();
  head_.append(chunk.data(), chunk.size());
  const std::size_t end = head_.find("\r\n\r\n");
  if (end == std::string::npos) {
    if (head_.size() > kHeadBytesMax) close("an endless answer to the upgrade");
    return {};
  }
  const std::string answer = head_.substr(0, end);
  head_.clear();
  if (!answer.starts_with("HTTP/1.1 101 ") || answer.find(codec::accept_key(kKey)) == std::string::npos) {
    close(fmt::format("the upgrade was answered with: {}", answer.substr(0, answer.find('\r'))));
    return {};
  }
  state_ = State::open;
  viewer_.on_open(messages_);
  say_all();
  return chunk.subspan(end + 4 - before);
}

void LoadConnection::read_frames(std::span<char> chunk) {
  while (state_ == State::open) {
    const codec::FrameEvent event = reader_.next(chunk);
    switch (event.kind) {
      case codec::FrameEvent::Kind::none: return;
      case codec::FrameEvent::Kind::text: on_message(event.payload); break;
      case codec::FrameEvent::Kind::ping: say(codec::Opcode::pong, event.payload); break;
      case codec::FrameEvent::Kind::pong: break;
      case codec::FrameEvent::Kind::binary: return close("a binary message");
      case codec::FrameEvent::Kind::close:
        return close(fmt::format("the server closed with {} {}", event.close_code, event.payload));
      case codec::FrameEvent::Kind::error: return close(fmt::format("a broken frame: {}", event.payload));
    }
  }
}

void LoadConnection::on_message(std::string_view text) {
  const bool was_welcomed = viewer_.welcomed();
  slates_before_ = viewer_.tally().slates;
  viewer_.on_text(text, shard_.loop_->clock().steady(), messages_);
  after_message(was_welcomed);
  say_all();
}

void LoadConnection::after_message(bool was_welcomed) {
  LoadCounters& counters = shard_.counters_;
  if (!was_welcomed && viewer_.welcomed()) {
    ++counters.welcomed;
    counted_opening_ = false;
    --shard_.opening_;
    if (fate_ == Fate::stuck) {
      ++counters.stuck;
      shard_.loop_->remove(fd_.get());
      state_ = State::idle;
      return;
    }
  }
  if (viewer_.tally().slates > slates_before_) {
    ++counters.slates;
    counters.last_slate_ns.store(shard_.loop_->clock().steady().time_since_epoch().count(), std::memory_order_relaxed);
    if (fate_ == Fate::killed && viewer_.tally().slates >= shard_.options_.kill_at) return kill();
  }
  if (!owing_ && viewer_.owes_acknowledgement()) {
    owing_ = true;
    shard_.owing_.push_back(this);
  }
}

void LoadConnection::acknowledge() {
  owing_ = false;
  if (state_ != State::open || !viewer_.welcomed() || !viewer_.owes_acknowledgement()) return;
  viewer_.acknowledge(messages_);
  say_all();
}

void LoadConnection::act(std::string_view cue, std::string_view kind) {
  viewer_.act(cue, kind, shard_.loop_->clock().steady(), messages_);
  say_all();  // without a connection it is said after the next welcome
}

bool LoadConnection::waits_for(const Expectation& due) const {
  const bool gone = state_ == State::closed && !shard_.options_.comes_back();
  if (!accountable() || gone) return false;
  // The sample route has no sequences: who lacks a slate cannot be told from who was due none.
  const bool native = shard_.options_.viewer.protocol == LoadProtocol::native;
  return viewer_.unacknowledged() > 0 || (native && !is_served(viewer_, due));
}

void LoadConnection::say(codec::Opcode opcode, std::string_view payload) {
  codec::append_masked_frame(opcode, payload, next_mask(), out_);
  flush();
}

void LoadConnection::say_all() {
  if (state_ == State::open) {
    for (const std::string& message : messages_) {
      codec::append_masked_frame(codec::Opcode::text, message, next_mask(), out_);
    }
    flush();
  }
  messages_.clear();
}

ssize_t LoadConnection::transmit() {
  if (!tls_) return ::send(fd_.get(), out_.data(), out_.size(), MSG_NOSIGNAL);
  return tls_->flush() == 0 ? tls_->write(out_) : -1;
}

void LoadConnection::flush() {
  if (tls_) tls_->flush();
  while (!out_.empty()) {
    const ssize_t sent = transmit();
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno != EAGAIN) return close(std::strerror(errno));
    if (sent < 0) break;
    out_.erase(0, static_cast<std::size_t>(sent));
  }
  if (out_.size() > kOutBytesMax) return close("the server does not read");
  // What waits for the end of a handshake waits for bytes of the other side.
  const bool wants_write = tls_ ? tls_->has_unsent() : !out_.empty();
  if (wants_write == wants_write_) return;
  wants_write_ = wants_write;
  shard_.loop_->modify(fd_.get(), wants_write ? EPOLLIN | EPOLLOUT : EPOLLIN, this);
}

void LoadConnection::kill() {
  ++shard_.counters_.killed;
  vanish();
  tls_.reset();
  state_ = State::idle;
}

void LoadConnection::break_off() {
  if (state_ != State::open || !viewer_.welcomed()) return;
  ++shard_.counters_.reconnects;
  vanish();
  forget_connection();
  open();
}

/// A reset instead of a farewell, as when a phone loses its network.
void LoadConnection::vanish() {
  const linger abrupt{1, 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &abrupt, sizeof abrupt);
  --shard_.counters_.welcomed;
  viewer_.on_close();
  shard_.loop_->remove(fd_.get());
  fd_.reset();  // in front of tls_, which would say goodbye
}

void LoadConnection::close(std::string_view why) {
  if (shard_.problem_.empty()) shard_.problem_ = fmt::format("viewer {}: {}", viewer_.id().str(), why);
  if (viewer_.welcomed()) {
    --shard_.counters_.welcomed;
    ++shard_.counters_.closed;
  }
  if (counted_opening_) {
    counted_opening_ = false;
    --shard_.opening_;
  }
  viewer_.on_close();
  if (state_ != State::closed && fd_) shard_.loop_->remove(fd_.get());
  forget_connection();
  retry_or_give_up();
}

void LoadConnection::forget_connection() {
  tls_.reset();
  fd_.reset();
  state_ = State::closed;
  out_.clear();
  head_.clear();
  messages_.clear();
  wants_write_ = false;
  reader_ = codec::FrameReader(codec::Role::client, kServerFrames);
}

void LoadConnection::retry_or_give_up() {
  if (!shard_.options_.comes_back()) {
    ++shard_.counters_.given_up;
    return;
  }
  const Milliseconds wait(100 + static_cast<std::int64_t>(random_.below(kReconnectMsMax)));
  shard_.loop_->after(wait, [this] {
    ++shard_.counters_.reconnects;
    open();
  });
}

}  // namespace matchcue::simulate
