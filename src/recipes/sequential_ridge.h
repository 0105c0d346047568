#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Recipe sequential-ridge: which item comes next, by ridge regression from the items before it.

#include "base/result.h"
#include "dataset/dataset.h"
#include "recipes/window_training.h"

namespace matchcue::recipes {

struct RidgeOptions {
  std::size_t window = 30;  ///< acts that count; 1..1000
  double decay = .85;       ///< what an act weighs beside the next newer one; (0, 1]
  double lambda = 100;      ///< ridge penalty, > 0
  double floor = 1e-4;      ///< predictions below it are told apart hardly; as WindowTables::floor
  bool use_context = true;  ///< the context of the act that is predicted
  bool use_traits = true;   ///< of the viewer
};

/// More would need more memory and time than a closed form is worth.
constexpr std::size_t kRidgeItemsMax = 10'000;

/// For every interaction t of every viewer, x_t has decay^k for the item of interaction t-1-k (k < window), 1 for each
/// feature of its context and of the viewer, and 1; y_t has 1 for its item. W minimises
///   sum_t |y_t - W'x_t|^2 + lambda |W|^2
/// so that W'x is a linear estimate of the probability that each item is next.
///
/// Returns tables of which by_item, by_context, by_viewer and base are the rows of W. A trained network can add their
/// score to its own.
/// Errors: too_large over kRidgeItemsMax items.
/// Cost: 3 n^3 operations for n items and features; 3,416 items and 1M interactions take about half a minute.
/// Source: as EASE (Steck 2019, WWW, arXiv:1905.03375) with order: Choi et al. 2021, "Session-aware linear item-item
/// models" (SLIT, WWW, arXiv:2103.16104).
Result<scoring::WindowTables> train_ridge(const dataset::Dataset& dataset, const RidgeOptions& options,
                                          const Progress& progress);

}  // namespace matchcue::recipes
