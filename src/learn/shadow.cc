// SPDX-License-Identifier: Apache-2.0
#include "learn/shadow.h"

namespace matchcue::learn {

void Shadow::add(const domain::Catalogue& catalogue, std::span<const float> expected, std::size_t shown,
                 std::size_t slot_number, float propensity, float reward) {
  std::size_t best = shown;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (catalogue.slot_of(i) != catalogue.slot_of(shown) || catalogue.items()[i].restricted()) continue;
    if (expected[i] > expected[best]) best = i;
  }
  if (slot_number >= slots_.size()) slots_.resize(slot_number + 1);
  Tally& tally = slots_[slot_number];
  tally.trials += 1;
  tally.reward += static_cast<double>(reward);
  if (best != shown) return;
  tally.agreed += 1;
  tally.own.add(1 / static_cast<double>(propensity), static_cast<double>(reward), 1);
}

}  // namespace matchcue::learn
