#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// How often a viewer used which item, and how often in a context that is like the one asked about. Training and serving
// count with the same lines, so that what is learned is what is served.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "scoring/feature_codes.h"

namespace matchcue::scoring {

/// Counts of one viewer at a time. Scratch space of one thread; nothing is allocated once warm.
class UseCounts {
 public:
  /// levels  codes of a context (context_levels.h)
  UseCounts(std::size_t items, std::size_t levels) : levels_(levels), row_of_(items, kNone) {}

  /// Forgets the viewer. O(items used).
  void clear() {
    for (const std::uint32_t item : items_) row_of_[item] = kNone;
    items_.clear();
    counts_.clear();
  }
  /// Counts one use of an item in the context `act`, asked about the context `asked`: a code a level each. What is not
  /// known is not like anything.
  void add(std::uint32_t item, std::span<const Code> act, std::span<const Code> asked) {
    if (row_of_[item] == kNone) {
      row_of_[item] = static_cast<std::uint32_t>(items_.size());
      items_.push_back(item);
      counts_.resize(counts_.size() + 1 + levels_, 0);
    }
    std::uint32_t* const row = counts_.data() + row_of_[item] * (1 + levels_);
    ++row[0];
    for (std::size_t level = 0; level < levels_; ++level)
      row[1 + level] += act[level] != 0 && act[level] == asked[level];
  }

  /// The items used, in the order of their first use.
  const std::vector<std::uint32_t>& items() const { return items_; }
  /// Of items()[place]: how often in all, then how often with the asked-for code at each level.
  std::span<const std::uint32_t> of(std::size_t place) const {
    return {counts_.data() + place * (1 + levels_), 1 + levels_};
  }

 private:
  static constexpr std::uint32_t kNone = static_cast<std::uint32_t>(-1);

  std::size_t levels_;
  std::vector<std::uint32_t> row_of_;  ///< by item
  std::vector<std::uint32_t> items_;
  std::vector<std::uint32_t> counts_;  ///< (1 + levels) of each of items_
};

/// What a count weighs.
inline float weight_of_uses(std::uint32_t uses) { return std::log1p(static_cast<float>(uses)); }

}  // namespace matchcue::scoring
