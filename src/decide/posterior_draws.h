#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Exploration by Thompson sampling whose propensities are exact: the posterior is drawn from a finite number of times.

#include <cstdint>
#include <span>
#include <vector>

namespace matchcue::decide {

/// kDraws standard normal vectors over the candidates of one slot. A viewer gets one of them at random, and with it the
/// item whose mean + deviation x number is largest; so an item's probability is a count of draws, not an integral.
/// Each candidate's numbers are the normal quantiles in an order of their own (a Latin hypercube: McKay, Beckman &
/// Conover 1979), so that no candidate is lucky as a whole. Immutable; any thread.
class PosteriorDraws {
 public:
  static constexpr std::size_t kDraws = 64;

  /// `seed` gives every slot and moment draws of their own. O(candidates x kDraws).
  PosteriorDraws(std::size_t candidates, std::uint64_t seed);

  /// With K candidates of which c_i of the draws choose i:
  ///   p_i = (1 - K f) c_i / kDraws + f,   f = min(floor, 1 / (2 K)).
  ///
  /// means, deviations  one per candidate, at most as many as were announced; deviations >= 0; ties go to the first
  /// floor              [0, 0.05]
  /// probabilities      as many; each >= f, summing to 1 within rounding
  /// Cost   O(candidates x kDraws), vectorised, no allocation. The same bits for the same input on every machine.
  /// Source Thompson 1933; Agrawal & Goyal 2013, arXiv:1209.3352; the floor as in inverse_gap.h.
  void probabilities(std::span<const float> means, std::span<const float> deviations, double floor,
                     std::span<double> probabilities) const;

 private:
  std::vector<float> numbers_;  ///< candidates x kDraws
};

}  // namespace matchcue::decide
