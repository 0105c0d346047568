#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cmath>
#include <numbers>

#include "base/random.h"

namespace matchcue::simulate {

/// Draws a standard normal number (Box and Muller 1958). Cost: a logarithm, a root and a cosine.
inline double draw_normal(Random& random) {
  const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
  return radius * std::cos(2 * std::numbers::pi * random.uniform());
}

}  // namespace matchcue::simulate
