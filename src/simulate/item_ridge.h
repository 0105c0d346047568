#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Ridge regression of many items on the same features: what they share, and what is each item's own.

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"

namespace matchcue::simulate {

/// Two fits, one upon the other: shared weights from all observations, pulled to 0; then for every item what these
/// leave over, pulled to 0 again. So an item never seen has the shared weights, and one seen often has its own.
///
///   shared = (sum G_i + shared_ridge I)^-1 sum g_i,  own_i = (G_i + item_ridge I)^-1 (g_i - G_i shared)
///
/// with G_i = sum x x', g_i = sum y x over the item's observations. Single thread. Memory: 8 items dimensions^2 bytes.
class ItemRidge {
 public:
  struct Options {
    double shared_ridge = 1;  ///< above 0
    double item_ridge = 10;   ///< above 0
    double keep = 1;          ///< what a call of fit() leaves of the weight of older observations, above 0, at most 1
  };

  ItemRidge(std::size_t items, std::size_t dimensions, Options options);

  /// Adds an observation. x: `dimensions` numbers. Cost: O(dimensions x those that are not 0).
  void add(std::size_t item, std::span<const double> x, double y);
  /// Computes the weights. Cost: O(items dimensions^3).
  void fit();
  /// As fit(), and then draws each item's own weights from their posterior: variance noise (G_i + item_ridge I)^-1.
  void fit_and_sample(double noise, Random& random);
  /// shared + own_i, `dimensions` numbers; all 0 before the first fit.
  std::span<const double> weights(std::size_t item) const {
    return std::span(weights_).subspan(item * dimensions_, dimensions_);
  }

 private:
  void fit_shared();
  void fit_item(std::size_t item, double deviation, Random* random);
  void fit_all(double deviation, Random* random);

  std::size_t items_;
  std::size_t dimensions_;
  Options options_;
  std::vector<double> squares_;   ///< G, items x dimensions x dimensions, lower triangles
  std::vector<double> products_;  ///< g, items x dimensions
  std::vector<double> weights_;   ///< items x dimensions
  std::vector<double> shared_;    ///< dimensions
  std::vector<double> factor_;    ///< scratch: dimensions x dimensions
  std::vector<double> rest_;      ///< scratch: dimensions
};

}  // namespace matchcue::simulate
