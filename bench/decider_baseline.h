#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Deciding as a shard does: one viewer after the other, by decide::Decider, with scores from scoring::FoldedItems.

#include <cstddef>
#include <span>
#include <vector>

#include "decide/decider.h"

namespace matchcue::bench {

/// Viewers of 64 ages, and a catalogue of which one item in ten has a least age. Finding a viewer's vector costs
/// nothing here: their id is its number.
class DeciderBaseline {
 public:
  /// viewers, item_vectors   row-major; borrowed
  DeciderBaseline(std::span<const float> viewers, std::span<const float> item_vectors, std::size_t dimension,
                  std::size_t slots);

  /// Decides once for each viewer. Returns the sum of the propensities.
  double draw_for_all();

 private:
  std::size_t viewer_count_;
  domain::Catalogue catalogue_;
  std::shared_ptr<const scoring::SolutionVersion> version_;
  std::vector<domain::ViewerTraits> traits_;
};

}  // namespace matchcue::bench
