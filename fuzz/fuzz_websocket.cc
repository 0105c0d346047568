// SPDX-License-Identifier: Apache-2.0
//
// FrameReader reports the same however its bytes are cut, stays within its limits, and reads back what it reported
// when that is written again.
#include "codec/websocket.h"

#include "base/check.h"
#include "base/text.h"
#include "fuzz/pieces.h"

#include <vector>

namespace matchcue::fuzz {
namespace {

using codec::FrameEvent;
using codec::Opcode;

// Small, so that the fuzzer reaches them with short inputs.
constexpr codec::FrameLimits kLimits = {300, 400, 4};

struct Reported {
  FrameEvent::Kind kind;
  std::uint16_t close_code;
  std::string payload;
  friend bool operator==(const Reported&, const Reported&) = default;
};

void check_event(const FrameEvent& event) {
  CHECK(event.payload.size() <= kLimits.message_bytes_max);
  switch (event.kind) {
    case FrameEvent::Kind::text: CHECK(is_utf8(event.payload)); break;
    case FrameEvent::Kind::binary: break;
    case FrameEvent::Kind::ping:
    case FrameEvent::Kind::pong: CHECK(event.payload.size() <= 125); break;
    case FrameEvent::Kind::close:
      CHECK(is_utf8(event.payload));
      CHECK(event.close_code == codec::kNoCloseCode || codec::is_sendable_close_code(event.close_code));
      break;
    case FrameEvent::Kind::error:
      CHECK(event.close_code == 1002 || event.close_code == 1007 || event.close_code == 1009, event.close_code);
      break;
    case FrameEvent::Kind::none: break;
  }
}

std::vector<Reported> read_all(std::string_view bytes, codec::Role role, std::size_t size_max, std::uint64_t seed) {
  codec::FrameReader reader(role, kLimits);
  std::vector<Reported> events;
  for_each_piece(bytes, size_max, seed, [&](std::string piece) {
    std::span<char> chunk(piece);
    for (FrameEvent e = reader.next(chunk); e.kind != FrameEvent::Kind::none; e = reader.next(chunk)) {
      check_event(e);
      events.push_back({e.kind, e.close_code, std::string(e.payload)});
    }
    CHECK(chunk.empty());
    CHECK(reader.buffered_bytes() <= 2 * (kLimits.message_bytes_max + 125) + 256, reader.buffered_bytes());
  });
  return events;
}

/// What was reported, as whole frames of the same side.
std::string write_all(const std::vector<Reported>& events, codec::Role reader_role) {
  std::string out;
  const auto append = [&](Opcode opcode, std::string_view payload) {
    if (reader_role == codec::Role::server) {
      codec::append_masked_frame(opcode, payload, 0x01020304, out);
    } else {
      codec::append_frame(opcode, payload, out);
    }
  };
  for (const Reported& event : events) {
    switch (event.kind) {
      case FrameEvent::Kind::text: append(Opcode::text, event.payload); break;
      case FrameEvent::Kind::binary: append(Opcode::binary, event.payload); break;
      case FrameEvent::Kind::ping: append(Opcode::ping, event.payload); break;
      case FrameEvent::Kind::pong: append(Opcode::pong, event.payload); break;
      case FrameEvent::Kind::close:
        append(Opcode::close, event.close_code == codec::kNoCloseCode
                                  ? std::string()
                                  : codec::close_payload(event.close_code, event.payload));
        break;
      case FrameEvent::Kind::error:
      case FrameEvent::Kind::none: break;
    }
  }
  return out;
}

void run(const CutInput& input) {
  const codec::Role role = (input.options & 1) != 0 ? codec::Role::client : codec::Role::server;
  std::vector<Reported> whole = read_all(input.bytes, role, 0, 0);
  CHECK(whole == read_all(input.bytes, role, 1, 0));
  CHECK(whole == read_all(input.bytes, role, 2 + (input.options >> 1), input.seed));
  if (!whole.empty() && whole.back().kind == FrameEvent::Kind::error) whole.pop_back();
  // A message in several fragments may be longer than one frame is allowed to be.
  for (const Reported& event : whole) {
    if (event.payload.size() > kLimits.frame_bytes_max) return;
  }
  CHECK(whole == read_all(write_all(whole, role), role, 0, 0));
}

}  // namespace
}  // namespace matchcue::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  matchcue::fuzz::run(matchcue::fuzz::make_cut_input(data, size));
  return 0;
}
