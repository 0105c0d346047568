#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// How often two items have a viewer in common.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "dataset/dataset.h"

namespace matchcue::recipes {

/// Which viewers and items are counted: those whose number of interactions lies between two percentiles of all, both
/// inclusive. 0..1, min <= max.
struct CountedRange {
  double viewer_min = 0;
  double viewer_max = 1;
  double item_min = 0;
  double item_max = 1;
};

struct Together {
  std::uint32_t item = 0;
  std::uint32_t viewers = 0;  ///< who acted upon both; at least 1
};

/// Who acted upon what, each viewer and item once. Immutable.
class CooccurrenceCounts {
 public:
  CooccurrenceCounts(const dataset::Dataset& dataset, const CountedRange& range);

  std::size_t item_count() const { return viewers_of_.size(); }
  std::size_t viewer_count() const { return viewer_count_; }  ///< counted ones
  /// Counted viewers who acted upon the item; 0 for items that are not counted.
  std::size_t viewers_of(std::size_t item) const { return viewers_of_[item].size(); }
  /// Calls `visit` for every item with the items that it has viewers in common with, ascending: none for items that
  /// are not counted.
  /// O(sum of squares of the viewers' numbers of items).
  void visit(const std::function<void(std::size_t item, std::span<const Together>)>& visit) const;

 private:
  std::size_t viewer_count_ = 0;
  std::vector<std::vector<std::uint32_t>> viewers_of_;  ///< by item
  std::vector<std::vector<std::uint32_t>> items_of_;    ///< by viewer, ascending
};

}  // namespace matchcue::recipes
