#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// One viewer's socket: reads bytes into requests and messages, and sends frames at once or through an outbox.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "access/admission.h"
#include "audience/outbox.h"
#include "base/time.h"
#include "codec/close_code.h"
#include "codec/http_request.h"
#include "codec/websocket.h"
#include "engine/viewer_peer.h"
#include "gateway/address_limits.h"
#include "gateway/viewer_limits.h"
#include "runtime/loop.h"
#include "runtime/socket.h"
#include "runtime/tls.h"

namespace matchcue::gateway {

class ShardGateway;

/// What is spoken over a connection.
enum class Speech : std::uint8_t { http, native, sample, sse };

/// Names a connection for the life of the process.
using ConnectionId = std::uint64_t;

/// Belongs to one ShardGateway at a time, on its loop's thread. Moves between shards once its viewer is known.
class Connection final : public runtime::FdHandler, public engine::ViewerPeer {
 public:
  /// `tls` is null where the connection is in the clear.
  Connection(ConnectionId id, runtime::Fd fd, runtime::TlsContextPtr tls, const codec::HttpLimits& limits,
             SteadyTime now);

  // From the loop and the engine.
  void on_ready(std::uint32_t events) override;
  void send(const engine::OutFrame& frame) override;
  void close(engine::CloseReason reason) override;

  /// Reads requests or messages from bytes that arrived.
  void feed(std::span<char> chunk);
  /// Sends bytes that are framed already.
  void send_raw(std::string_view bytes, audience::WhenSlow when_slow);
  /// Sends one text in the framing of this connection's speech (a WebSocket text frame or an SSE event).
  void send_text(std::string_view text);
  /// Starts the close handshake; later sends are ignored. SSE and HTTP connections end once what waits is sent.
  void close_with(codec::CloseCode code, std::string_view reason);
  /// Becomes a WebSocket or an event stream: what follows the request is its first bytes.
  void become(Speech speech, const codec::FrameLimits& limits, SteadyTime now);
  /// Stops reading until resume_reading(); the bytes that are here already wait.
  void pause_reading();
  void resume_reading();
  /// Ends once what waits is sent.
  void end_after_flush();
  /// Lets a viewer go for whom something waits; they come back and are told what they missed. True when they are gone.
  bool shed_if_slow();

  ConnectionId id() const { return id_; }
  int fd() const { return fd_.get(); }
  Speech speech() const { return speech_; }
  bool closing() const { return closing_; }
  bool flushed() const { return outbox_ == nullptr && !(tls_ && tls_->has_unsent()); }

  ShardGateway* shard = nullptr;   ///< whose connection this is now
  engine::SessionKey session = 0;  ///< 0 until introduced
  SteadyTime opened;               ///< accepted, or became what it speaks now
  SteadyTime heard;                ///< the last byte from the other side
  SteadyTime pinged{};
  SteadyTime closing_since{};
  AddressKey address = 0;  ///< the other side's
  TokenBucket messages;
  ViewerPace* viewer = nullptr;  ///< of whom it is, at the shard that owns them; null until introduced
  std::uint16_t bad_messages = 0;
  /// By which the viewer is here.
  struct Pass {
    access::Ticket ticket;
    access::Visit visit;
    bool warned = false;  ///< told that it expires
  };
  std::unique_ptr<Pass> pass;  ///< null where none is needed, and before hello

 private:
  friend class ShardGateway;

  void read_available();
  void feed_http(std::span<char>& chunk);
  void feed_frames(std::span<char>& chunk);
  ssize_t receive(std::span<char> into);
  ssize_t transmit(std::string_view bytes);
  void flush();
  bool flush_outbox();
  void write(std::string_view bytes, audience::WhenSlow when_slow);
  void drop();

  ConnectionId id_;
  runtime::Fd fd_;
  std::unique_ptr<runtime::TlsStream> tls_;
  Speech speech_ = Speech::http;
  bool closing_ = false;  ///< a close frame is out (or the last response): nothing more is sent
  bool ending_ = false;   ///< ends when the outbox is empty
  bool dropped_ = false;  ///< handed to the shard to be deleted
  bool paused_ = false;
  bool moving_ = false;  ///< on its way to another shard: bytes wait
  std::unique_ptr<codec::HttpRequestReader> http_;
  codec::FrameReader frames_{codec::Role::server};
  std::unique_ptr<audience::Outbox> outbox_;
  std::string waiting_input_;  ///< bytes that came while paused or moving
};

}  // namespace matchcue::gateway
