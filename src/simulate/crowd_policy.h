#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What decides for a crowd, and learns from what it does.

#include <functional>
#include <span>
#include <string_view>

#include "simulate/crowd_score.h"
#include "simulate/crowd_world.h"

namespace matchcue::simulate {

/// Decides for everybody at every tick. Single thread.
class CrowdPolicy {
 public:
  virtual ~CrowdPolicy() = default;
  virtual std::string_view name() const = 0;
  /// Chooses one of the slot's candidates for every viewer and slot of the present tick.
  ///
  /// items  viewers x slots, row-major: items[viewer * slots + slot] is to be written; kNoCrowdItem anywhere gives up
  ///        and ends the run
  virtual void choose(const CrowdWorld& world, std::span<std::size_t> items) = 0;
  /// Told, after choose(), what everybody did at this tick. `shown`: viewers x slots, row-major.
  virtual void learn(const CrowdWorld& world, std::span<const CrowdShown> shown) = 0;
};

/// Called after every tick, before the next begins; false ends the run.
using OnCrowdTick = std::function<bool(const CrowdWorld&, const CrowdTickValue&)>;

/// Plays all that is left of the world to one policy: choose, click, learn, the next tick.
/// Cost: 46 click probabilities a viewer and tick, and the policy's own.
CrowdScore run_crowd(CrowdWorld& world, CrowdPolicy& policy, const OnCrowdTick& on_tick = {});

}  // namespace matchcue::simulate
