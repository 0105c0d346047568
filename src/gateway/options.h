#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What an operator can set about the viewers' edge.

#include <cstddef>
#include <functional>

#include "base/time.h"
#include "codec/http_request.h"
#include "codec/websocket.h"
#include "gateway/address_limits.h"
#include "gateway/viewer_limits.h"
#include "runtime/socket.h"

namespace matchcue::gateway {

struct Options {
  runtime::Address listen{"127.0.0.1", 8080};
  codec::HttpLimits http;                                        ///< head 8 KiB, 64 headers, body 64 KiB
  codec::FrameLimits native_frames;                              ///< frame 16 KiB, message 32 KiB, 32 fragments
  codec::FrameLimits sample_frames = codec::kSampleRouteLimits;  ///< frame 32 KiB, message 128 KiB
  Milliseconds handshake_timeout{5'000};                         ///< from accept to a whole request; 100 ms..1 min
  Milliseconds hello_timeout{10'000};                            ///< from the handshake to hello; 100 ms..5 min
  Milliseconds ping_interval{20'000};           ///< native: pinged when silent for this long; 1 s..10 min
  Milliseconds silence_max{45'000};             ///< native: dead when silent for this long; more than ping_interval
  Milliseconds sample_idle_max{600'000};        ///< sample route: as API Gateway; 1 s..1 h
  Milliseconds sample_duration_max{7'200'000};  ///< sample route: as API Gateway; 1 s..24 h
  Milliseconds close_timeout{2'000};            ///< for the other side's half of the close handshake
  double messages_per_second = 20;  ///< of a connection: above it, beyond the burst, it ends; pings count; 1..10000
  double messages_burst = 60;
  double requests_per_second = 200;  ///< HTTP, of a connection; a server of yours may post for many viewers
  double requests_burst = 400;
  ViewerLimitOptions viewer;         ///< what one viewer may ask for, over all their connections
  AddressLimitOptions address;       ///< what one address may ask for, and all of them together
  std::size_t memory_bytes_max = 0;  ///< resident: beyond it the server sheds; 0 is four fifths of the machine's
  std::function<std::size_t()> resident_bytes;  ///< for tests; empty asks the kernel
  int bad_messages_max = 10;                    ///< native: malformed frames before the connection ends
  std::size_t outbox_bytes_max = 64 * 1024;     ///< unsent bytes of a slow viewer; 1 KiB..16 MiB
};

}  // namespace matchcue::gateway
