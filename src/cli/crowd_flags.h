#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The flags that describe a crowd, the same for every command that has one, and text with units.

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "cli/command.h"
#include "simulate/load_options.h"

namespace matchcue::cli {

/// What the flags were set to.
struct CrowdFlags {
  std::string url = "ws://127.0.0.1:8080";
  std::string protocol = "native";
  std::string content = "c1";
  std::string event = "1";
  std::size_t viewers = 1'000;
  std::size_t threads = 1;
  std::size_t connect_rate = 5'000;
  std::size_t stuck = 0;
  std::uint64_t kill_at = 2;
  std::uint64_t seed = 1;
  double kill_share = 0;
  double clicks = 0;
  double impressions = -1;  ///< -1: 0 without clicks, else 0.3
  bool reconnect = false;
  double churn = 0;
  std::string ack_log;
  std::string ticket_keys;
};

/// Adds --url, --protocol, --threads and so on; not the number of viewers, the event and the content.
void add_crowd_flags(CLI::App& command, CrowdFlags& flags);

/// `run` starts the ids of interactions; `ca` is as in api::Endpoint. Errors: invalid_address, naming the flag; those
/// of the files.
Result<simulate::LoadOptions> crowd_options(const CrowdFlags& flags, WallTime run, const std::string& ca = {});

/// Reads "250ms", "10s", "2m" or "1h"; a number alone is seconds. Errors: invalid_duration.
Result<Milliseconds> parse_duration(std::string_view text, std::string_view flag);

}  // namespace matchcue::cli
