#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What a recurrent network does between its matrices, for one viewer's act. The loops are compiled for several
// instruction sets, with the same operations in the same order: the same bits on every machine. Exponentials are within
// 2e-7 of the truth, relatively; std::exp would be a call for each element, and its last bit the C library's.
//
// Arrays do not overlap unless said; `width` is a multiple of 8. No allocation, any thread.

#include <cstddef>

namespace matchcue::scoring {

/// out = x / sqrt(mean(x^2) + 1e-6) * scale (Zhang & Sennrich 2019, arXiv:1910.07467).
void normalise(const float* x, const float* scale, std::size_t width, float* out);

/// x += y
void add_to(const float* y, std::size_t width, float* x);
/// x += weight * y
void add_scaled_to(const float* y, float weight, std::size_t width, float* x);

/// x = gelu(x) = x / 2 (1 + tanh(sqrt(2 / pi) (x + .044715 x^3))) (Hendrycks & Gimpel 2016, arXiv:1606.08415).
void gelu(std::size_t width, float* x);
/// out = x * gelu(y)
void multiply_by_gelu(const float* x, const float* y, std::size_t width, float* out);

/// out = bias + weights_0 x + sum_k weights_k before_k, element by element; then x comes before the others in `before`,
/// and the last of them falls out.
///
/// weights   [steps x width]
/// before    [steps - 1 x width], the newest first
void convolve(const float* x, const float* weights, const float* bias, std::size_t width, std::size_t steps,
              float* before, float* out);

/// state = a state + sqrt(1 - a^2) sigmoid(gates_1) x with a = exp(slope sigmoid(gates_0)).
///
/// gates   [2 x width]: of the recurrence, of the input; slope <= 0
/// Source  De et al. 2024, arXiv:2402.19427, equations 1 to 4
void rg_lru_step(const float* x, const float* gates, const float* slope, std::size_t width, float* state);

/// state = (1 - z) state + z x with z = sigmoid(gate).
/// Source  Feng et al. 2024, arXiv:2410.01201, section 3.1
void min_gru_step(const float* x, const float* gate, std::size_t width, float* state);

}  // namespace matchcue::scoring
