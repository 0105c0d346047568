#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The other way: scores of many viewers by a matrix product, then a choice from them.

#include <cstddef>
#include <span>

namespace matchcue::bench {

/// What computes the product; "" when there is nothing.
const char* blas_name();

/// scores[v * items + i] = viewers[v] . item_vectors[i], on this thread. Nothing when there is no BLAS.
void blas_scores(std::span<const float> viewers, std::span<const float> item_vectors, std::size_t dimension,
                 std::span<float> scores);

}  // namespace matchcue::bench
