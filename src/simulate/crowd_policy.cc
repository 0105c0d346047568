// SPDX-License-Identifier: Apache-2.0
#include "simulate/crowd_policy.h"

#include <algorithm>
#include <vector>

namespace matchcue::simulate {

CrowdScore run_crowd(CrowdWorld& world, CrowdPolicy& policy, const OnCrowdTick& on_tick) {
  const std::size_t slots = world.slots().size();
  const std::size_t viewers = world.viewers().size();
  std::vector<std::size_t> items(viewers * slots);
  std::vector<CrowdShown> shown(items.size());
  CrowdScore score;
  while (world.next_tick()) {
    policy.choose(world, items);
    if (std::find(items.begin(), items.end(), kNoCrowdItem) != items.end()) break;
    for (std::size_t j = 0; j < items.size(); ++j) shown[j] = {items[j], world.clicks(j / slots, items[j])};
    const CrowdTickValue& value = score.add(world, shown);
    for (std::size_t u = 0; u < viewers; ++u) world.record(u, std::span(shown).subspan(u * slots, slots));
    policy.learn(world, shown);
    if (on_tick && !on_tick(world, value)) break;
  }
  return score;
}

}  // namespace matchcue::simulate
