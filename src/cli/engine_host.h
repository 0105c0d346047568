#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Store, loops and engine in one object: a server without its doors.

#include <memory>
#include <vector>

#include "base/clock.h"
#include "cli/options.h"
#include "engine/engine.h"
#include "engine/retention.h"
#include "metrics/metrics.h"
#include "runtime/loop.h"
#include "store/store.h"

namespace matchcue::cli {

constexpr std::string_view kVersion = "0.1.0";

/// One thread; start() and stop() once each.
class EngineHost {
 public:
  EngineHost() : metrics_(kVersion) {}
  ~EngineHost() { stop(); }

  /// Opens the store, fills it with the sample when it is new and that is wanted, and starts the engine.
  /// Errors: those of the store and the engine.
  Result<void> start(const Options& options);
  /// Makes durable what was accepted, and ends every thread. Idempotent.
  void stop();

  engine::Engine& engine() { return *engine_; }
  store::Store& store() { return *store_; }
  const std::vector<runtime::Loop*>& loops() const { return loops_; }  ///< of the shards
  metrics::Metrics& metrics() { return metrics_; }

 private:
  Result<void> fill_when_new();

  SystemClock clock_;
  metrics::Metrics metrics_;
  // In the order they are built; taken down in reverse, but for the loops, which end before what runs on them.
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<runtime::Loop> control_;
  std::vector<std::unique_ptr<runtime::Loop>> shards_;
  std::vector<runtime::Loop*> loops_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<engine::Retention> retention_;
};

}  // namespace matchcue::cli
