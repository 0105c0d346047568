#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Where items begin: near what they are acted upon together with.

#include "train/torch.h"

#include <vector>

#include "dataset/dataset.h"
#include "train/sequences.h"

namespace matchcue::train {

/// Item vectors from which items are acted upon near each other: positive pointwise mutual information within 5 acts,
/// weighted by 1 / distance, with context probabilities to the power .75 (Levy & Goldberg 2014, "Neural word embedding
/// as implicit matrix factorization"), its leading eigenvectors scaled to a root mean square of .1. Above
/// `dense_items_max` items only pairs that are acted upon together are held, else a matrix of items x items.
torch::Tensor co_occurrence_vectors(const dataset::Dataset& data, const std::vector<Sequence>& sequences,
                                    std::int64_t width, std::size_t dense_items_max = 10'000);

}  // namespace matchcue::train
