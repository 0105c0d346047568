#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The viewers' edge: one listener a loop on one address.

#include <memory>
#include <vector>

#include "gateway/options.h"
#include "gateway/shard_gateway.h"

namespace matchcue::gateway {

/// Any thread, but one at a time. To be destroyed when its loops have stopped, or when it has stopped and the engine
/// has answered every interaction.
class Gateway {
 public:
  virtual ~Gateway() = default;
  /// Where it listens; the port is the real one when port 0 was asked for.
  virtual const runtime::Address& address() const = 0;
  /// Stops accepting, says goaway, waits at most a second for what is unsent, closes everything. Idempotent.
  virtual void stop() = 0;
};

/// Starts listening on the loops, which run: loop i serves engine.shard(i).
/// Errors: unavailable (cannot listen).
Result<std::unique_ptr<Gateway>> start_gateway(const Options& options, const Surroundings& surroundings,
                                               const std::vector<runtime::Loop*>& loops);

}  // namespace matchcue::gateway
