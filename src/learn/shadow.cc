// SPDX-License-Identifier: Apache-2.0
#include "learn/shadow.h"

#include <optional>

namespace matchcue::learn {

void Shadow::add(const domain::Catalogue& catalogue, std::span<const float> scores, std::size_t shown,
                 std::size_t slot_number, float propensity, float reward) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const bool candidate = i == shown || !catalogue.items()[i].restricted();
    if (!candidate || catalogue.slot_of(i) != catalogue.slot_of(shown)) continue;
    if (!best || scores[i] > scores[*best]) best = i;
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
