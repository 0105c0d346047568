#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A tiny language for what a peer sends, and the cases written in it: our own, one group for every class of the
// Autobahn test suite that speaks about frames (1-7, 9, 10).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/websocket.h"

namespace matchcue::codec {

/// The bytes of one frame, with whatever is wrong with it.
struct FrameSpec {
  unsigned opcode = 1;
  std::string payload = {};
  bool final = true;
  unsigned reserved = 0;  ///< the three reserved bits, 0..7
  bool masked = true;
  int length_bytes = -1;         ///< 0, 2 or 8 to force the form of the length; -1: the shortest
  std::uint64_t length = ~0ULL;  ///< to announce another length than the payload has
};

std::string frame_bytes(const FrameSpec& spec);

/// What is sent, and the transcript of what must be reported: "text:Hello ping: close:1000: error:1002".
struct FrameCase {
  std::string name;
  std::string sent;
  std::string expected;
  FrameLimits limits = {};
  Role role = Role::server;
};

std::vector<FrameCase> frame_cases();
std::vector<FrameCase> utf8_cases();

/// Feeds `sent` in pieces of the sizes that `next_size(bytes left)` gives and writes down what is reported.
template <typename NextSize>
std::string transcript(const FrameCase& c, NextSize next_size) {
  FrameReader reader(c.role, c.limits);
  std::string sent = c.sent;
  std::string out;
  for (std::size_t at = 0; at < sent.size();) {
    std::size_t size = next_size(sent.size() - at);
    // A copy of its own, so that reading outside the piece is seen by AddressSanitizer.
    std::vector<char> piece(sent.begin() + static_cast<std::ptrdiff_t>(at),
                            sent.begin() + static_cast<std::ptrdiff_t>(at + size));
    std::span<char> chunk(piece);
    for (FrameEvent e = reader.next(chunk); e.kind != FrameEvent::Kind::none; e = reader.next(chunk)) {
      if (!out.empty()) out += ' ';
      switch (e.kind) {
        case FrameEvent::Kind::none: break;
        case FrameEvent::Kind::text: out.append("text:").append(e.payload); break;
        case FrameEvent::Kind::binary: out.append("binary:").append(e.payload); break;
        case FrameEvent::Kind::ping: out.append("ping:").append(e.payload); break;
        case FrameEvent::Kind::pong: out.append("pong:").append(e.payload); break;
        case FrameEvent::Kind::close:
          out.append("close:").append(std::to_string(e.close_code)).append(":").append(e.payload);
          break;
        case FrameEvent::Kind::error: out.append("error:").append(std::to_string(e.close_code)); break;
      }
    }
    at += size;
  }
  return out;
}

}  // namespace matchcue::codec
