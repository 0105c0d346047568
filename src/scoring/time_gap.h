#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// How trained networks see the time between two acts: training and serving read it here.

#include <algorithm>
#include <bit>
#include <cstdint>

namespace matchcue::scoring {

constexpr std::int64_t kGapBuckets = 10;

/// The bucket of a time in seconds: 0 up to 0 s, 1 up to 3 s, 2 up to 15 s, and so on, four times as long each, until 8
/// is up to 18 h and 9 all that is longer.
constexpr std::int64_t gap_bucket(std::int64_t seconds) {
  if (seconds <= 0) return 0;
  const auto digits = static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(seconds)));  // of 1 s: 1
  return std::min((digits + 1) / 2, kGapBuckets - 1);
}

}  // namespace matchcue::scoring
