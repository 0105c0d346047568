#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A part of a Dataset's interactions.

#include <span>

#include "dataset/dataset.h"

namespace matchcue::dataset {

/// The Dataset with the first interactions of each viewer alone: of viewer v those before end[v], begin[v] <= end[v] <=
/// begin[v + 1]. Items, viewers, codes and times of creation stay as they are; the hash is the whole's with "/part"
/// behind it. O(interactions).
Dataset first_interactions(const Dataset& dataset, std::span<const std::size_t> end);

/// The same without the interactions `left_out`, which are numbers in ascending order.
Dataset without_interactions(const Dataset& dataset, std::span<const std::size_t> left_out);

}  // namespace matchcue::dataset
