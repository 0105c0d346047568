#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Ridge regression of many targets at once, from sparse rows.

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace matchcue::recipes {

/// An entry of a sparse row.
struct Entry {
  std::uint32_t feature = 0;
  float value = 0;
};

/// Sums X'X and X'Y while rows come in, then solves (X'X + lambda I) W = X'Y by Cholesky decomposition. One thread.
/// The same rows in the same order give the same bits. Memory: 8 x features x (features + targets) bytes.
class RidgeSystem {
 public:
  RidgeSystem(std::size_t features, std::size_t targets);

  /// A row whose target is 1 in one column and 0 in the others. Features may be repeated: then their values add up.
  /// O(entries^2).
  void add(std::span<const Entry> row, std::uint32_t target);

  /// W, [features x targets], row-major. lambda > 0. Once: the sums are used up.
  /// Cost: features^3 / 3 + 2 x features^2 x targets operations; 3,416 of each take about half a minute.
  std::vector<float> solve(double lambda) &&;

 private:
  std::size_t features_;
  std::size_t targets_;
  std::vector<double> gram_;     ///< column-major; the lower triangle is kept
  std::vector<double> answers_;  ///< column-major [features x targets]
  std::vector<float> dense_;     ///< by feature: the row being added; 0 between calls
  std::vector<Entry> merged_;
};

}  // namespace matchcue::recipes
