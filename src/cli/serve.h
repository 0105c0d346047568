#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The whole server in one object: `serve` runs it, and so does `demo`.

#include <memory>
#include <string>

#include "cli/options.h"
#include "cli/web_desk.h"
#include "metrics/metrics.h"

namespace matchcue::cli {

/// A running matchcue. One thread.
class Server {
 public:
  virtual ~Server() = default;  ///< as stop()
  /// "127.0.0.1:8080" with the real port.
  virtual std::string viewers_address() const = 0;
  virtual bool is_secure() const = 0;  ///< TLS, on both listeners
  virtual std::string api_address() const = 0;
  virtual const WebDesk& web() const = 0;
  virtual metrics::Metrics& metrics() = 0;
  /// Tells viewers to go away, makes durable what was accepted, ends every thread. Idempotent.
  virtual void stop() = 0;
};

/// Opens the store, fills it with the sample when it is new and that is wanted, and serves. Blocks until ready.
/// Errors: those of the store, the engine and both listeners.
Result<std::unique_ptr<Server>> start_server(const Options& options);

/// File, environment and nothing else: what a command that starts a server begins with.
Result<Options> load_options(const std::string& config);

/// Blocks SIGINT and SIGTERM in this thread and those it starts; wait_for_signal() then takes one of them.
void block_signals();
int wait_for_signal();

}  // namespace matchcue::cli
