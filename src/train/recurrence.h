#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The two operations of training that a graph of small ones would make slow: a linear recurrence over time, and the
// cross entropy over a whole catalogue.

#include "train/torch.h"

#include <cstdint>
#include <span>
#include <vector>

namespace matchcue::train {

/// Items, a row each: what a viewer acted upon before. Borrowed from the data set.
using SeenItems = std::vector<std::span<const std::uint32_t>>;
/// Items, a row each: what an act's item was chosen from, as far as is known. Borrowed from the data set.
using ShownItems = std::vector<std::span<const std::uint32_t>>;

/// h_t = a_t * h_{t-1} + b_t, with h before the first being 0.
///
/// keep, input  batch x time x width, float32, contiguous
/// Returns      h, of the same shape. Cost: one pass forward, one backward.
torch::Tensor linear_recurrence(const torch::Tensor& keep, const torch::Tensor& input);

/// Mean over rows of -log softmax(queries items' + bias)[target], in chunks of rows, so that the matrix of logits is
/// never whole in memory. Gradients are worked out on the way.
///
/// queries      rows x width
/// items        items x width; bias: items
/// targets      rows, int64
/// seen         items that a row's softmax is without, but for its target; no rows: none is
/// weights      rows, float32: what each counts in the sum that is divided by the rows; undefined: 1
torch::Tensor catalogue_cross_entropy(const torch::Tensor& queries, const torch::Tensor& items,
                                      const torch::Tensor& bias, const torch::Tensor& targets, const SeenItems& seen,
                                      const torch::Tensor& weights = {});

}  // namespace matchcue::train
