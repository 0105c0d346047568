#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What training minimises beside the cross entropy of the whole catalogue: that of a sample, where the catalogue is too
// large, and that of what was shown.

#include "train/torch.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "train/recurrence.h"

namespace matchcue::train {

/// Items that all rows of a step are compared with. A value.
struct ItemSample {
  torch::Tensor items;               ///< int64, ascending
  torch::Tensor log_probabilities;   ///< float32, one for each of `items`: that of being drawn
  std::vector<std::int32_t> places;  ///< by item of the catalogue: its place in `items`, or -1
};

/// Draws samples of a catalogue, in which popular items are more often: each item by itself, with a probability
/// proportional to (acts upon it)^.75 and at most 1 (Poisson sampling, Hajek 1964; the power is that of Mikolov et al.
/// 2013, arXiv:1310.4546, section 2.2). Single thread.
class ItemSampler {
 public:
  /// counts  by item: acts upon it, above 0
  /// size    items drawn on average, at least 1; where there are fewer, all are drawn every time
  ItemSampler(std::span<const float> counts, std::size_t size);

  /// By item: that of being drawn, float64.
  const torch::Tensor& probabilities() const { return probabilities_; }
  /// Draws by torch's generator. May be empty where `size` is small. O(catalogue).
  ItemSample draw() const;

 private:
  torch::Tensor probabilities_;
};

/// As catalogue_cross_entropy(), estimated from a sample: mean over rows of log(sum over the target and the sampled) -
/// target's logit, where a sampled item's logit is less by the logarithm of the probability of being drawn. The sum is
/// then right on average (Bengio & Senecal 2008, "Adaptive importance sampling to accelerate training of a neural
/// probabilistic language model", section III; Yi et al. 2019, "Sampling-bias-corrected neural modeling for large
/// corpus item recommendations", RecSys, section 3). A row's own target, where it was drawn too, counts once.
///
/// queries, items, bias, targets, seen, weights  as there; gradients of items that are not asked for are 0
/// sample                                        not empty
torch::Tensor sampled_cross_entropy(const torch::Tensor& queries, const torch::Tensor& items, const torch::Tensor& bias,
                                    const torch::Tensor& targets, const SeenItems& seen, const ItemSample& sample,
                                    const torch::Tensor& weights = {});

/// Cross entropy of each row's target among what was shown with it: the conditional logit model of a choice (McFadden
/// 1974, "Conditional logit analysis of qualitative choice behavior"), added up and divided by the number of rows. What
/// was shown counts once, and the target belongs to it whether it is listed or not; rows with nothing else add 0.
///
/// queries, items, bias, targets, seen, weights  as catalogue_cross_entropy()'s
/// shown                                         one for each row
torch::Tensor shown_cross_entropy(const torch::Tensor& queries, const torch::Tensor& items, const torch::Tensor& bias,
                                  const torch::Tensor& targets, const SeenItems& seen, const ShownItems& shown,
                                  const torch::Tensor& weights = {});

}  // namespace matchcue::train
