// SPDX-License-Identifier: Apache-2.0
#include "gateway/connection.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "gateway/shard_gateway.h"

namespace matchcue::gateway {

using codec::CloseCode;

namespace {

constexpr std::size_t kWaitingInputMax = 64 * 1024;
constexpr int kReadsPerWake = 4;

CloseCode close_code_of(engine::CloseReason reason) {
  switch (reason) {
    case engine::CloseReason::unknown_content: return CloseCode::unknown_content;
    case engine::CloseReason::replaced: return CloseCode::session_replaced;
    case engine::CloseReason::going_away: return CloseCode::restart;
  }
  return CloseCode::internal_error;
}

/// Writes `text` so that it ends where `payload` begins; returns the new beginning.
char* prepend(char* payload, std::string_view text) {
  char* begin = payload - text.size();
  std::memcpy(begin, text.data(), text.size());
  return begin;
}

}  // namespace

Connection::Connection(ConnectionId id, runtime::Fd fd, runtime::TlsContextPtr tls, const codec::HttpLimits& limits,
                       SteadyTime now)
    : opened(now),
      heard(now),
      id_(id),
      fd_(std::move(fd)),
      tls_(tls ? std::make_unique<runtime::TlsStream>(std::move(tls), fd_.get()) : nullptr),
      http_(std::make_unique<codec::HttpRequestReader>(limits)) {}

void Connection::on_ready(std::uint32_t events) {
  if ((events & EPOLLOUT) != 0) flush();
  // A client that is gone gets no answer. The kernel reports this until it is acted upon, also while nothing is read.
  if (paused_ && (events & (EPOLLHUP | EPOLLERR)) != 0) return drop();
  if (!dropped_ && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read_available();
}

void Connection::read_available() {
  std::span<char> buffer = shard->read_buffer();
  for (int i = 0; i < kReadsPerWake && !dropped_ && !paused_ && !moving_; ++i) {
    const ssize_t got = receive(buffer);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (got <= 0) return drop();
    heard = shard->now();
    feed(buffer.first(static_cast<std::size_t>(got)));
    if (static_cast<std::size_t>(got) < buffer.size()) return;
  }
}

ssize_t Connection::receive(std::span<char> into) {
  if (!tls_) return ::recv(fd(), into.data(), into.size(), 0);
  const ssize_t got = tls_->read(into);
  if (tls_->has_unsent()) shard->watch(*this, !paused_, true);  // of the handshake
  return got;
}

ssize_t Connection::transmit(std::string_view bytes) {
  if (!tls_) return ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  const ssize_t sent = tls_->write(bytes);
  if (sent > 0 && tls_->has_unsent()) shard->watch(*this, !paused_, true);
  return sent;
}

void Connection::feed(std::span<char> chunk) {
  while (!chunk.empty() && !dropped_) {
    if (paused_ || moving_) {
      if (waiting_input_.size() + chunk.size() > kWaitingInputMax) return drop();
      waiting_input_.append(chunk.data(), chunk.size());
      return;
    }
    if (speech_ == Speech::http) {
      if (closing_) return;  // after the last response, which may still wait, nothing counts
      feed_http(chunk);
    } else if (speech_ == Speech::sse) {
      return;  // an event stream says nothing
    } else {
      feed_frames(chunk);
    }
  }
}

void Connection::feed_http(std::span<char>& chunk) {
  std::string_view rest(chunk.data(), chunk.size());
  const auto whole = http_->feed(rest);
  chunk = chunk.last(rest.size());
  if (!whole.ok()) {
    std::string answer;
    codec::append_refusal(whole.error(), answer);
    send_raw(answer, audience::WhenSlow::kept);
    return end_after_flush();
  }
  if (*whole) shard->on_request(*this, http_->take());
}

void Connection::feed_frames(std::span<char>& chunk) {
  const codec::FrameEvent event = frames_.next(chunk);
  switch (event.kind) {
    case codec::FrameEvent::Kind::none: return;
    case codec::FrameEvent::Kind::text:
      if (!closing_) shard->on_message(*this, event.payload);
      return;
    case codec::FrameEvent::Kind::binary:
      if (closing_) return;
      if (speech_ == Speech::sample) return shard->on_message(*this, "");  // a binary frame takes the default route
      return close_with(CloseCode::unsupported_content, "text messages only");
    case codec::FrameEvent::Kind::ping: {
      if (closing_ || !shard->within_message_limit(*this)) return;
      std::string pong;
      codec::append_frame(codec::Opcode::pong, event.payload, pong);
      return send_raw(pong, audience::WhenSlow::kept);
    }
    case codec::FrameEvent::Kind::pong:
      if (!closing_) shard->within_message_limit(*this);
      return;
    case codec::FrameEvent::Kind::close: {
      const bool answers_ours = closing_;
      if (!answers_ours) {
        std::string frame;
        const std::uint16_t code = event.close_code == codec::kNoCloseCode ? 1000 : event.close_code;
        codec::append_frame(codec::Opcode::close, codec::close_payload(code, event.payload), frame);
        send_raw(frame, audience::WhenSlow::kept);
        closing_ = true;
      }
      return end_after_flush();
    }
    case codec::FrameEvent::Kind::error:
      // Read on until the other side has closed: closing first would reset the socket and lose the close frame.
      return close_with(static_cast<CloseCode>(event.close_code), event.payload);
  }
}

void Connection::send(const engine::OutFrame& frame) {
  if (closing_ || dropped_) return;
  const auto when_slow =
      frame.frame_class == engine::FrameClass::slate ? audience::WhenSlow::superseded : audience::WhenSlow::kept;
  if (speech_ == Speech::sse) {
    char* begin = prepend(frame.payload, "data: ");
    if (frame.sequence.value() > 0) {
      begin = prepend(begin, "id: " + shard->epoch() + ":" + std::to_string(frame.sequence.value()) + "\n");
    }
    std::memcpy(frame.payload + frame.size, "\n\n", 2);
    return write({begin, static_cast<std::size_t>(frame.payload - begin) + frame.size + 2}, when_slow);
  }
  std::array<char, codec::kServerHeaderBytesMax> header;
  const std::size_t bytes = codec::write_frame_header(codec::Opcode::text, frame.size, header);
  char* begin = prepend(frame.payload, {header.data(), bytes});
  write({begin, bytes + frame.size}, when_slow);
}

void Connection::send_text(std::string_view text) {
  std::string framed;
  if (speech_ == Speech::sse) {
    framed.append("data: ").append(text).append("\n\n");
  } else {
    codec::append_frame(codec::Opcode::text, text, framed);
  }
  send_raw(framed, audience::WhenSlow::kept);
}

void Connection::send_raw(std::string_view bytes, audience::WhenSlow when_slow) {
  if (!closing_ && !dropped_) write(bytes, when_slow);
}

void Connection::write(std::string_view bytes, audience::WhenSlow when_slow) {
  bool begun = false;
  if (outbox_ == nullptr) {
    const ssize_t sent = transmit(bytes);
    if (sent == static_cast<ssize_t>(bytes.size())) return;
    if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return drop();
    begun = sent > 0;
    bytes.remove_prefix(begun ? static_cast<std::size_t>(sent) : 0);
    outbox_ = std::make_unique<audience::Outbox>(shard->options().outbox_bytes_max);
    shard->watch(*this, !paused_, true);
  }
  const std::size_t before = outbox_->bytes();
  const auto added = outbox_->add(bytes, when_slow, begun);
  metrics::Metrics& metrics = shard->metrics();
  metrics.session_queue_bytes().Increment(static_cast<double>(outbox_->bytes()) - static_cast<double>(before));
  if (added == audience::Outbox::Added::superseded) metrics.slow_consumer("superseded").Increment();
  if (added != audience::Outbox::Added::full) return;
  metrics.slow_consumer("disconnected").Increment();
  drop();  // the socket takes nothing: a close frame would not get out either
}

void Connection::flush() {
  if (tls_ && tls_->flush() != 0) {
    if (errno != EAGAIN && errno != EWOULDBLOCK) drop();
    return;
  }
  if (!flush_outbox() || !flushed()) return;
  shard->watch(*this, !paused_, false);
  if (ending_) drop();
}

/// False when something is left, or the connection was dropped.
bool Connection::flush_outbox() {
  while (outbox_ != nullptr) {
    const ssize_t sent = transmit(outbox_->front());
    if (sent < 0) {
      if (errno != EAGAIN && errno != EWOULDBLOCK) drop();
      return false;
    }
    shard->metrics().session_queue_bytes().Decrement(static_cast<double>(sent));
    outbox_->consume(static_cast<std::size_t>(sent));
    if (outbox_->empty()) outbox_.reset();
  }
  return true;
}

void Connection::close(engine::CloseReason reason) {
  const CloseCode code = close_code_of(reason);
  session = 0;  // the engine has let go of it
  close_with(code, codec::find_close_code(static_cast<std::uint16_t>(code))->name);
}

void Connection::close_with(CloseCode code, std::string_view reason) {
  if (closing_ || dropped_) return;
  if (speech_ == Speech::native || speech_ == Speech::sample) {
    std::string frame;
    codec::append_close(code, reason, frame);
    send_raw(frame, audience::WhenSlow::kept);
  } else {
    end_after_flush();
  }
  closing_ = true;
  closing_since = shard->now();
}

void Connection::become(Speech speech, const codec::FrameLimits& limits, SteadyTime now) {
  speech_ = speech;
  messages = TokenBucket();  // of messages from now on, not of requests
  http_.reset();
  frames_ = codec::FrameReader(codec::Role::server, limits);
  opened = now;
  heard = now;
}

void Connection::pause_reading() {
  paused_ = true;
  shard->watch(*this, false, !flushed());
}

void Connection::resume_reading() {
  paused_ = false;
  shard->watch(*this, true, !flushed());
  std::string input = std::move(waiting_input_);
  waiting_input_.clear();
  feed(input);
}

void Connection::end_after_flush() {
  ending_ = true;
  closing_ = true;
  closing_since = shard->now();
  if (flushed()) drop();
}

bool Connection::shed_if_slow() {
  if (flushed()) return false;
  shard->metrics().slow_consumer("shed").Increment();
  drop();
  return true;
}

void Connection::drop() {
  if (dropped_) return;
  dropped_ = true;
  if (outbox_ != nullptr) shard->metrics().session_queue_bytes().Decrement(static_cast<double>(outbox_->bytes()));
  shard->retire(*this);
}

}  // namespace matchcue::gateway
