#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The crowd in the same process: viewers are peers on the engine's shards, and no socket is in between.

#include <memory>
#include <vector>

#include "engine/engine.h"
#include "runtime/loop.h"
#include "simulate/crowd_audience.h"

namespace matchcue::simulate {

/// `shards` are the loops of the engine's shards, in its order; all must outlive the audience.
std::unique_ptr<CrowdAudience> make_engine_audience(engine::Engine& engine, std::vector<runtime::Loop*> shards,
                                                    domain::EventId event);

}  // namespace matchcue::simulate
