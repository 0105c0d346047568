#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The live learner in the crowd without the product around it: quick enough to try a setting in seconds.

#include <memory>

#include "learn/log_learner.h"
#include "simulate/crowd_policy.h"

namespace matchcue::simulate {

/// Decides as a shard does, by a live version's scores and posterior draws with a floor, and learns a tick at a time
/// from the same fold over feedback. One step a tick.
std::unique_ptr<CrowdPolicy> make_learner_policy(std::uint64_t seed, const learn::Settings& settings,
                                                 double floor = 0.002);

}  // namespace matchcue::simulate
