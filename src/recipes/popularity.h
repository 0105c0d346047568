#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Recipes popularity-count and trending-now: the same for everybody.

#include "dataset/dataset.h"
#include "recipes/window_training.h"

namespace matchcue::recipes {

struct PopularityOptions {
  double smoothing = 20;    ///< interactions that an item is thought to have had in the contexts of all; > 0
  bool use_context = true;  ///< count by context value too
};

/// An item is as popular as the number of different viewers who acted upon it, v_j. With context, for each known value
/// f of the moment, n_j interactions of the item, n_jf of them with this value, p_f the value's share of all
/// interactions and m = smoothing:
///
///   score_j = log(v_j + 1) + sum_f log((n_jf + m p_f) / ((n_j + m) p_f))
///
/// Naive Bayes with the m-estimate of probability (Cestnik 1990, "Estimating probabilities", ECAI). O(interactions).
scoring::WindowTables train_popularity(const dataset::Dataset& dataset, const PopularityOptions& options);

struct TrendOptions {
  std::int64_t frequency_s = 10'800;  ///< length of the windows that are compared; > 0
  double smoothing = 10;              ///< interactions added to both windows; > 0
};

/// With T the newest interaction, a_j the item's interactions in (T - frequency, T], b_j those in the window before and
/// s = smoothing:
///
///   score_j = log((a_j + s) / (b_j + s)) + 0.001 log(1 + a_j)
///
/// the logarithm of how many times as popular an item has become; among equals the one acted upon more is first.
/// O(interactions).
scoring::WindowTables train_trend(const dataset::Dataset& dataset, const TrendOptions& options);

}  // namespace matchcue::recipes
