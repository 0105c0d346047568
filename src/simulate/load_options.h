#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What a crowd is like and how it behaves.

#include <cstddef>
#include <cstdint>
#include <string>

#include "runtime/socket.h"
#include "runtime/tls.h"
#include "simulate/load_viewer.h"

namespace matchcue::simulate {

struct LoadOptions {
  runtime::Address server{"127.0.0.1", 8080};
  runtime::TlsContextPtr tls;   ///< a client's; null: in the clear
  std::size_t viewers = 1'000;  ///< at least 1
  std::string viewer_prefix;    ///< viewer n is called <prefix>n, from 1: with "" the sample data's users
  ViewerOptions viewer;
  std::size_t threads = 1;                  ///< 1..64
  std::size_t connects_per_second = 5'000;  ///< at least 1
  std::size_t stuck = 0;                    ///< the first so many viewers never read once they are welcomed
  double kill_share = 0;                    ///< 0..1: so many viewers close abruptly when slate number kill_at arrives
  std::uint64_t kill_at = 2;
  bool reconnect = false;  ///< come back after a broken connection, with a resume
  double churn = 0;        ///< so many viewers a second break off abruptly and come back at once, with a resume
  std::uint64_t seed = 1;
  ViewerSink* sink = nullptr;  ///< told everything, on the crowd's threads; outlives the crowd
  std::string ack_log;         ///< file: a line "VIEWER<tab>ID" for each acknowledged interaction

  /// Whoever breaks off on purpose tries again, too, when coming back fails.
  bool comes_back() const { return reconnect || churn > 0; }
};

/// A source address has about 28,000 ports; beyond this many viewers a further 127.0.0.x is used.
constexpr std::size_t kViewersPerSourceAddress = 9'000;

}  // namespace matchcue::simulate
