#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Exploration by Thompson sampling whose propensities are exact: the posterior is drawn from a finite number of times.

#include <cstdint>
#include <span>
#include <vector>

#include "scoring/solution_version.h"

namespace matchcue::decide {

/// kDraws vectors of how far the scores of one slot's candidates are off. A viewer gets one of them at random, and with
/// it the item whose score + offset is largest; so an item's probability is a count of draws, not an integral. Each
/// candidate's offsets are all the normal quantiles in an order of their own (a Latin hypercube: McKay, Beckman &
/// Conover 1979), so that no candidate is lucky as a whole. With a share of less than 1 the first draws hold a random
/// part of the quantiles and the others 0. Immutable; any thread.
class PosteriorDraws {
 public:
  static constexpr std::size_t kDraws = 64;

  /// spreads  one per candidate
  /// `seed` gives every slot and moment draws of their own. O(candidates x kDraws).
  PosteriorDraws(std::span<const scoring::Spread> spreads, std::uint64_t seed);

  /// With K candidates of which c_i of the draws choose i:
  ///   p_i = (1 - K f) c_i / kDraws + f,   f = min(floor, 1 / (2 K)).
  ///
  /// candidates     places in `spreads`, ascending; at least one
  /// scores         one per candidate; ties go to the first
  /// floor          [0, 0.05]
  /// probabilities  as many; each >= f, summing to 1 within rounding
  /// Cost   O(candidates x draws), of which those that add nothing to anybody are left out, by blocks of 16;
  ///        vectorised, no allocation. The same bits for the same input on every machine.
  /// Source Thompson 1933; Agrawal & Goyal 2013, arXiv:1209.3352; exploring in a share of the rounds: Jin, Yang, Xiao &
  ///        Xu 2023, PMLR 202:15239-15261, where it is constant.
  void probabilities(std::span<const std::uint32_t> candidates, std::span<const float> scores, double floor,
                     std::span<double> probabilities) const;

 private:
  std::size_t count_ = 0;       ///< candidates announced
  std::size_t blocks_ = 0;      ///< of draws in which somebody differs from their score
  std::vector<float> offsets_;  ///< blocks x candidates x draws of a block
};

}  // namespace matchcue::decide
