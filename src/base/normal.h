#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The standard normal distribution.

#include <cmath>

namespace matchcue {

/// Phi^-1: the number that a standard normal one is below with this probability, (0, 1). By bisection: exact to the
/// last bits, a few microseconds.
inline double normal_quantile(double probability) {
  double low = -9;
  double high = 9;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (std::erfc(-middle / std::sqrt(2.)) / 2 < probability ? low : high) = middle;
  }
  return low;
}

}  // namespace matchcue
