#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// WebSocket frames (RFC 6455) as bytes <-> structure: the server's side, and the same reader and a masked writer for
// clients. No extensions are negotiated, so every reserved bit is an error. Start at FrameReader.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "codec/close_code.h"
#include "codec/utf8_stream.h"

namespace matchcue::codec {

/// RFC 6455 section 5.2. The other eleven values are reserved.
enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Which end of the connection we are: a server reads masked frames and writes unmasked ones, a client the reverse.
enum class Role : std::uint8_t { server, client };

/// What a peer may send. Exceeding any of these is answered with close code 1009.
struct FrameLimits {
  std::uint32_t frame_bytes_max = 16 * 1024;    ///< payload of one data frame
  std::uint32_t message_bytes_max = 32 * 1024;  ///< payload of all frames of one message together
  std::uint32_t fragments_max = 32;             ///< frames of one message, at least 1
};

/// The limits of the sample route: what an AWS API Gateway WebSocket accepts.
inline constexpr FrameLimits kSampleRouteLimits = {32 * 1024, 128 * 1024, 256};

/// Something whole that a peer said.
struct FrameEvent {
  enum class Kind : std::uint8_t {
    none,    ///< everything fed so far has been reported; feed more
    text,    ///< `payload` is one message, well-formed UTF-8
    binary,  ///< `payload` is one message
    ping,    ///< answer with a pong of the same `payload`, at most 125 bytes
    pong,    ///< `payload` is what our ping carried, or anything
    close,   ///< `close_code` (kNoCloseCode when there is none) and the reason in `payload`; nothing comes after it
    error,   ///< the peer broke a rule: close with `close_code`; `payload` names the rule; nothing comes after it
  };
  Kind kind = Kind::none;
  std::uint16_t close_code = 0;
  std::string_view payload;  ///< valid until the next call of FrameReader::next, and while the fed chunk lives
};

/// Turns a stream of bytes, cut anywhere, into messages and control frames.
///
///   std::span<char> chunk = what was just received;
///   for (FrameEvent e = reader.next(chunk); e.kind != FrameEvent::Kind::none; e = reader.next(chunk)) handle(e);
///
/// 1. What is reported depends only on the bytes, never on how they were cut.
/// 2. A rule is reported as broken at the first byte that breaks it, also in the middle of a message.
/// 3. Memory is held only while a message or control frame is incomplete, and it grows with what has arrived, never
///    with what a length field announces. An unfragmented message that lies within one chunk is never copied.
///
/// Single shard. 48 bytes when idle.
class FrameReader {
 public:
  explicit FrameReader(Role role, const FrameLimits& limits = {}) : limits_(limits), role_(role) {}

  /// Reports the next event in `chunk` and removes from its front what was read. Payloads are unmasked in place, so
  /// the chunk's bytes change. After Kind::none the chunk is empty. Never fails otherwise than by Kind::error.
  /// Cost: O(bytes read); allocates only for what is incomplete at the end of a chunk, or fragmented.
  FrameEvent next(std::span<char>& chunk);

  /// Heap bytes that are held for something incomplete; 0 when idle.
  std::size_t buffered_bytes() const;

 private:
  /// What is kept while a message or a control frame is incomplete.
  struct Pending {
    std::string message;                   ///< unmasked payload of the open message so far
    std::string control;                   ///< unmasked payload of the open control frame so far
    std::uint32_t fragments = 0;           ///< frames of the open message so far
    Opcode opcode = Opcode::continuation;  ///< text or binary while a message is open
    Utf8Stream utf8;
  };

  struct Broken {
    CloseCode code;
    std::string_view rule;
  };

  std::optional<Broken> read_header(std::span<char>& chunk);
  std::optional<Broken> check_first_byte() const;
  std::optional<Broken> check_second_byte() const;
  std::optional<Broken> check_length();
  FrameEvent read_payload(std::span<char>& chunk);
  FrameEvent read_control(std::span<char> part, bool whole);
  FrameEvent read_data(std::span<char> part, bool whole);
  FrameEvent close_event(std::string_view payload);
  FrameEvent fail(Broken broken);
  void release_delivered();

  Opcode opcode() const { return static_cast<Opcode>(header_[0] & 0x0f); }
  bool final() const { return (header_[0] & 0x80) != 0; }
  bool message_open() const { return pending_ && pending_->opcode != Opcode::continuation; }
  std::size_t length_bytes() const;
  std::size_t header_bytes() const { return 2 + length_bytes() + (role_ == Role::server ? 4 : 0); }
  Pending& pending();

  FrameLimits limits_;
  std::uint32_t payload_left_ = 0;  ///< of the current frame, once its header is complete
  std::unique_ptr<Pending> pending_;
  std::array<unsigned char, 14> header_{};  ///< of the current frame; the mask is its last four bytes
  std::uint8_t header_size_ = 0;
  std::uint8_t mask_offset_ = 0;  ///< which byte of the mask comes next
  Role role_;
  bool header_complete_ = false;
  bool frame_begun_ = false;  ///< a part of this frame's payload lies in pending_
  bool delivered_ = false;    ///< the last event's payload may lie in pending_
  bool finished_ = false;     ///< a close or an error was reported
};
static_assert(sizeof(FrameReader) <= 64);

/// Bytes of the longest header a server writes.
inline constexpr std::size_t kServerHeaderBytesMax = 10;

/// Writes the header of one final, unmasked frame to the front of `out`, so that a sender can put it directly before
/// a payload of `length` bytes. Returns its size: 2, 4 or 10.
std::size_t write_frame_header(Opcode opcode, std::size_t length, std::span<char, kServerHeaderBytesMax> out);

/// Appends one final, unmasked frame: what a server sends.
void append_frame(Opcode opcode, std::string_view payload, std::string& out);

/// Appends one final frame, masked with `mask_key`: what a client sends. The key should be unpredictable.
void append_masked_frame(Opcode opcode, std::string_view payload, std::uint32_t mask_key, std::string& out);

/// The payload of a close frame. A reason of more than 123 bytes is cut at a character. `code` must be sendable
/// (close_code.h); `reason` must be UTF-8.
std::string close_payload(std::uint16_t code, std::string_view reason);

/// Appends an unmasked close frame: what a server sends last.
void append_close(CloseCode code, std::string_view reason, std::string& out);

/// Combines `bytes` with the mask (as it lies on the wire) in place, starting at byte `offset` % 4 of it.
void apply_mask(std::span<char> bytes, std::span<const unsigned char, 4> mask, std::size_t offset);

/// The Sec-WebSocket-Accept that answers a Sec-WebSocket-Key (RFC 6455 section 4.2.2): 28 characters.
std::string accept_key(std::string_view sec_websocket_key);

}  // namespace matchcue::codec
