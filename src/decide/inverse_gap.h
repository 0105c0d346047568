#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Exploration: turns scores into the probabilities that are drawn from, and logged.

#include <span>

namespace matchcue::decide {

/// Inverse-gap weighting with a floor. For K candidates, the best of them b:
///   q_i = 1 / (K + gamma (s_b - s_i)) for i != b,   q_b = 1 - sum of the others,
///   p_i = (1 - K f) q_i + f,   f = min(floor, 1 / (2K)).
///
/// scores         1..65535 of them, finite; ties go to the first
/// gamma          >= 0; 0 is uniform, larger is greedier
/// floor          [0, 0.05]; every candidate keeps at least min(floor, 1/(2K))
/// probabilities  as many as scores; each in (0, 1], summing to 1 within rounding
/// Cost           O(K), no allocation. The same bits for the same input. Any thread.
/// Source         Abe & Long 1999; Foster & Rakhlin 2020, arXiv:2002.04926, algorithm 1 (SquareCB).
void inverse_gap_weighting(std::span<const float> scores, double gamma, double floor, std::span<double> probabilities);

}  // namespace matchcue::decide
