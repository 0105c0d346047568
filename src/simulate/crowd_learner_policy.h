#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The live learner in the crowd without the product around it: quick enough to try a setting in seconds.

#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "domain/catalogue.h"
#include "domain/decision.h"
#include "learn/log_learner.h"
#include "simulate/crowd_policy.h"

namespace matchcue::simulate {

/// Told what was decided at a tick, before anybody clicks, as a decision log would have it.
///
/// choices  viewers x header.slots, row-major; borrowed like the rest
using OnCrowdDecisions = std::function<void(const domain::DecisionHeader& header, const domain::Catalogue& catalogue,
                                            std::span<const domain::Choice> choices)>;

/// Decides as a shard does, by a live version's scores and posterior draws with a floor, and learns a tick at a time
/// from the same fold over feedback, over a campaign where there is one. One step a tick.
std::unique_ptr<CrowdPolicy> make_learner_policy(std::uint64_t seed, const learn::Settings& settings,
                                                 double floor = 0.002, OnCrowdDecisions on_decisions = {},
                                                 std::optional<learn::Campaign> campaign = {});

}  // namespace matchcue::simulate
