#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The engine on real threads: control and each shard on its own loop, joined by mailboxes, over a store.

#include <memory>
#include <vector>

#include "base/clock.h"
#include "engine/engine.h"
#include "engine/options.h"
#include "metrics/metrics.h"
#include "runtime/loop.h"
#include "store/store.h"

namespace matchcue::engine {

/// What the engine runs on. All must outlive it; the loops are started by the caller and stopped after stop().
struct Surroundings {
  store::Store& store;
  runtime::Loop& control;
  std::vector<runtime::Loop*> shards;  ///< at least one
  metrics::Metrics& metrics;
  runtime::MakeLoop make_loop = runtime::make_loop;  ///< for the loops of the engine's own: learner, campaign, archive
};

/// Loads what is stored and serves. Blocks until it is ready; the loops must be running.
/// Errors: corrupt, unavailable.
Result<std::unique_ptr<Engine>> start_engine(const Options& options, const Surroundings& surroundings);

}  // namespace matchcue::engine
