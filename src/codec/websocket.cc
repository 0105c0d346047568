// SPDX-License-Identifier: Apache-2.0
//
//   byte 0            byte 1              0, 2 or 8 bytes   4 bytes, from a client only   the rest
//   FIN RSV(3) op(4)  MASK length(7)      longer length     mask key                      payload, masked
//
// A length below 126 stands in byte 1; 126 announces two bytes and 127 eight, most significant first.
#include "codec/websocket.h"

#include "base/check.h"
#include "base/text.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace matchcue::codec {

namespace {

constexpr std::size_t kControlBytesMax = 125;
constexpr std::size_t kLength16 = 126;
constexpr std::size_t kLength64 = 127;

bool is_control(Opcode opcode) { return (static_cast<unsigned>(opcode) & 8) != 0; }

std::string_view as_view(std::span<const char> bytes) { return {bytes.data(), bytes.size()}; }

std::uint64_t big_endian(std::span<const unsigned char> bytes) {
  std::uint64_t value = 0;
  for (const unsigned char byte : bytes) value = (value << 8) | byte;
  return value;
}

FrameEvent::Kind kind_of(Opcode opcode) {
  switch (opcode) {
    case Opcode::text: return FrameEvent::Kind::text;
    case Opcode::binary: return FrameEvent::Kind::binary;
    case Opcode::close: return FrameEvent::Kind::close;
    case Opcode::ping: return FrameEvent::Kind::ping;
    case Opcode::pong: return FrameEvent::Kind::pong;
    case Opcode::continuation: break;
  }
  CHECK(false, static_cast<int>(opcode));
}

}  // namespace

FrameEvent FrameReader::next(std::span<char>& chunk) {
  if (delivered_) release_delivered();
  while (!finished_) {
    if (!header_complete_) {
      if (const auto broken = read_header(chunk)) return fail(*broken);
      if (!header_complete_) return {};
    }
    if (chunk.empty() && payload_left_ > 0) return {};
    const FrameEvent event = read_payload(chunk);
    if (event.kind != FrameEvent::Kind::none) return event;
  }
  chunk = {};
  return {};
}

std::size_t FrameReader::buffered_bytes() const {
  if (!pending_) return 0;
  return sizeof(Pending) + pending_->message.capacity() + pending_->control.capacity();
}

std::size_t FrameReader::length_bytes() const {
  const std::size_t length = header_[1] & 0x7fu;
  return length == kLength64 ? 8 : length == kLength16 ? 2 : 0;
}

FrameReader::Pending& FrameReader::pending() {
  if (!pending_) pending_ = std::make_unique<Pending>();
  return *pending_;
}

void FrameReader::release_delivered() {
  delivered_ = false;
  if (message_open()) {
    pending_->control.clear();
  } else {
    pending_.reset();
  }
}

FrameEvent FrameReader::fail(Broken broken) {
  finished_ = true;
  pending_.reset();
  return {FrameEvent::Kind::error, static_cast<std::uint16_t>(broken.code), broken.rule};
}

/// Byte by byte, so that each rule is applied as soon as the bytes it speaks about are there.
std::optional<FrameReader::Broken> FrameReader::read_header(std::span<char>& chunk) {
  while (!chunk.empty()) {
    header_[header_size_++] = static_cast<unsigned char>(chunk.front());
    chunk = chunk.subspan(1);
    std::optional<Broken> broken;
    if (header_size_ == 1) {
      broken = check_first_byte();
      if (broken) return broken;
      continue;
    }
    if (header_size_ == 2) broken = check_second_byte();
    if (!broken && header_size_ == 2 + length_bytes()) broken = check_length();
    if (broken) return broken;
    if (header_size_ == header_bytes()) {
      header_complete_ = true;
      mask_offset_ = 0;
      frame_begun_ = false;
      return std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<FrameReader::Broken> FrameReader::check_first_byte() const {
  if ((header_[0] & 0x70) != 0) return Broken{CloseCode::protocol_error, "a reserved bit is set"};
  switch (opcode()) {
    case Opcode::continuation:
      if (!message_open()) return Broken{CloseCode::protocol_error, "a continuation without a message"};
      return std::nullopt;
    case Opcode::text:
    case Opcode::binary:
      if (message_open()) return Broken{CloseCode::protocol_error, "a new message before the last one ended"};
      return std::nullopt;
    case Opcode::close:
    case Opcode::ping:
    case Opcode::pong:
      if (!final()) return Broken{CloseCode::protocol_error, "a fragmented control frame"};
      return std::nullopt;
  }
  return Broken{CloseCode::protocol_error, "a reserved opcode"};
}

std::optional<FrameReader::Broken> FrameReader::check_second_byte() const {
  const bool masked = (header_[1] & 0x80) != 0;
  if (masked != (role_ == Role::server)) {
    return Broken{CloseCode::protocol_error,
                  masked ? "a masked frame from a server" : "an unmasked frame from a client"};
  }
  if (is_control(opcode()) && (header_[1] & 0x7fu) > kControlBytesMax) {
    return Broken{CloseCode::protocol_error, "a control frame of more than 125 bytes"};
  }
  return std::nullopt;
}

std::optional<FrameReader::Broken> FrameReader::check_length() {
  std::uint64_t length = header_[1] & 0x7fu;
  if (length_bytes() > 0) {
    length = big_endian(std::span(header_).subspan(2, length_bytes()));
    if ((length >> 63) != 0) return Broken{CloseCode::protocol_error, "the highest bit of a length is set"};
    if (length < (length_bytes() == 2 ? kLength16 : 0x10000)) {
      return Broken{CloseCode::protocol_error, "a length is written longer than needed"};
    }
  }
  if (!is_control(opcode())) {
    const std::uint64_t before = message_open() ? pending_->message.size() : 0;
    if (length > limits_.frame_bytes_max) return Broken{CloseCode::too_big, "a frame is too long"};
    if (before + length > limits_.message_bytes_max) return Broken{CloseCode::too_big, "a message is too long"};
    if (message_open() && pending_->fragments >= limits_.fragments_max) {
      return Broken{CloseCode::too_big, "a message has too many fragments"};
    }
  }
  payload_left_ = static_cast<std::uint32_t>(length);
  return std::nullopt;
}

FrameEvent FrameReader::read_payload(std::span<char>& chunk) {
  const std::span<char> part = chunk.first(std::min<std::size_t>(chunk.size(), payload_left_));
  chunk = chunk.subspan(part.size());
  payload_left_ -= static_cast<std::uint32_t>(part.size());
  if (role_ == Role::server) {
    apply_mask(part, std::span(header_).subspan(header_bytes() - 4).first<4>(), mask_offset_);
    mask_offset_ = static_cast<std::uint8_t>((mask_offset_ + part.size()) & 3);
  }
  const bool whole = payload_left_ == 0 && !frame_begun_;
  frame_begun_ = true;
  if (payload_left_ == 0) {
    header_complete_ = false;
    header_size_ = 0;
  }
  return is_control(opcode()) ? read_control(part, whole) : read_data(part, whole);
}

FrameEvent FrameReader::read_control(std::span<char> part, bool whole) {
  std::string_view payload = as_view(part);
  if (!whole) {
    pending().control.append(payload);
    if (payload_left_ > 0) return {};
    payload = pending_->control;
    delivered_ = true;
  }
  if (opcode() == Opcode::close) return close_event(payload);
  return {kind_of(opcode()), 0, payload};
}

FrameEvent FrameReader::close_event(std::string_view payload) {
  if (payload.empty()) {
    finished_ = true;
    return {FrameEvent::Kind::close, kNoCloseCode, payload};
  }
  if (payload.size() == 1) return fail({CloseCode::protocol_error, "a close payload of one byte"});
  const auto code =
      static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]));
  if (!is_sendable_close_code(code)) return fail({CloseCode::protocol_error, "a close code that may not be sent"});
  const std::string_view reason = payload.substr(2);
  if (!is_utf8(reason)) return fail({CloseCode::bad_utf8, "a close reason is not UTF-8"});
  finished_ = true;
  return {FrameEvent::Kind::close, code, reason};
}

FrameEvent FrameReader::read_data(std::span<char> part, bool whole) {
  constexpr Broken kNotUtf8 = {CloseCode::bad_utf8, "a text message is not UTF-8"};
  const std::string_view bytes = as_view(part);
  if (whole && final() && opcode() != Opcode::continuation) {
    Utf8Stream utf8;
    if (opcode() == Opcode::text && !(utf8.feed(bytes) && utf8.complete())) return fail(kNotUtf8);
    return {kind_of(opcode()), 0, bytes};
  }
  Pending& open = pending();
  if (opcode() != Opcode::continuation) open.opcode = opcode();
  if (open.opcode == Opcode::text && !open.utf8.feed(bytes)) return fail(kNotUtf8);
  open.message.append(bytes);
  if (payload_left_ > 0) return {};
  ++open.fragments;
  if (!final()) return {};
  if (!open.utf8.complete()) return fail(kNotUtf8);
  // Closing the message here and keeping its bytes until the next call is what makes the view outlive this one.
  delivered_ = true;
  return {kind_of(std::exchange(open.opcode, Opcode::continuation)), 0, open.message};
}

std::size_t write_frame_header(Opcode opcode, std::size_t length, std::span<char, kServerHeaderBytesMax> out) {
  out[0] = static_cast<char>(0x80 | static_cast<unsigned>(opcode));
  if (length < kLength16) {
    out[1] = static_cast<char>(length);
    return 2;
  }
  const std::size_t length_size = length < 0x10000 ? 2 : 8;
  out[1] = static_cast<char>(length_size == 2 ? kLength16 : kLength64);
  for (std::size_t i = 0; i < length_size; ++i) {
    out[2 + i] = static_cast<char>(static_cast<std::uint64_t>(length) >> (8 * (length_size - 1 - i)));
  }
  return 2 + length_size;
}

void append_frame(Opcode opcode, std::string_view payload, std::string& out) {
  CHECK(!is_control(opcode) || payload.size() <= kControlBytesMax, payload.size());
  char header[kServerHeaderBytesMax];
  const std::size_t header_size = write_frame_header(opcode, payload.size(), header);
  out.reserve(out.size() + header_size + payload.size());
  out.append(header, header_size).append(payload);
}

void append_masked_frame(Opcode opcode, std::string_view payload, std::uint32_t mask_key, std::string& out) {
  CHECK(!is_control(opcode) || payload.size() <= kControlBytesMax, payload.size());
  char header[kServerHeaderBytesMax];
  const std::size_t header_size = write_frame_header(opcode, payload.size(), header);
  header[1] = static_cast<char>(header[1] | 0x80);
  std::array<unsigned char, 4> mask;
  std::memcpy(mask.data(), &mask_key, mask.size());
  out.append(header, header_size).append(reinterpret_cast<const char*>(mask.data()), mask.size());
  const std::size_t start = out.size();
  out.append(payload);
  apply_mask(std::span(out).subspan(start), mask, 0);
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
  CHECK(is_sendable_close_code(code), code);
  std::size_t size = std::min(reason.size(), kControlBytesMax - 2);
  while (size < reason.size() && size > 0 && (static_cast<unsigned char>(reason[size]) & 0xc0) == 0x80) --size;
  std::string payload = {static_cast<char>(code >> 8), static_cast<char>(code)};
  payload.append(reason.substr(0, size));
  return payload;
}

void append_close(CloseCode code, std::string_view reason, std::string& out) {
  append_frame(Opcode::close, close_payload(static_cast<std::uint16_t>(code), reason), out);
}

void apply_mask(std::span<char> bytes, std::span<const unsigned char, 4> mask, std::size_t offset) {
  std::array<unsigned char, 8> turned;
  for (std::size_t i = 0; i < turned.size(); ++i) turned[i] = mask[(offset + i) & 3];
  std::uint64_t word_mask;
  std::memcpy(&word_mask, turned.data(), sizeof(word_mask));
  std::size_t at = 0;
  for (; at + sizeof(word_mask) <= bytes.size(); at += sizeof(word_mask)) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + at, sizeof(word));
    word ^= word_mask;
    std::memcpy(bytes.data() + at, &word, sizeof(word));
  }
  for (std::size_t i = 0; at < bytes.size(); ++at, ++i) {
    bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ turned[i]);
  }
}

std::string accept_key(std::string_view sec_websocket_key) {
  constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::string input(sec_websocket_key);
  input.append(kGuid);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned digest_size = 0;
  CHECK(EVP_Digest(input.data(), input.size(), digest.data(), &digest_size, EVP_sha1(), nullptr) == 1);
  CHECK(digest_size == 20, digest_size);
  std::array<unsigned char, 29> encoded;  // 28 characters and the terminating NUL that OpenSSL writes
  CHECK(EVP_EncodeBlock(encoded.data(), digest.data(), 20) == 28);
  return {reinterpret_cast<const char*>(encoded.data()), 28};
}

}  // namespace matchcue::codec
