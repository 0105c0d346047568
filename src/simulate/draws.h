#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Random numbers of the shapes that crowds are made of.

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "base/random.h"

namespace matchcue::simulate {

/// Draws a standard normal number (Box and Muller 1958). Cost: a logarithm, a root and a cosine.
inline double draw_normal(Random& random) {
  const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
  return radius * std::cos(2 * std::numbers::pi * random.uniform());
}

/// Draws an index with these probabilities, which sum to 1; whatever rounding leaves over belongs to the last. O(N).
template <std::size_t N>
std::size_t draw_index(const std::array<double, N>& shares, Random& random) {
  double left = random.uniform();
  for (std::size_t i = 0; i + 1 < N; ++i) {
    left -= shares[i];
    if (left < 0) return i;
  }
  return N - 1;
}

}  // namespace matchcue::simulate
