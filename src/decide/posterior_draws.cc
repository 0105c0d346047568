// SPDX-License-Identifier: Apache-2.0
#include "decide/posterior_draws.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"
#include "base/isa_clones.h"
#include "base/normal.h"
#include "base/random.h"

namespace matchcue::decide {

namespace {

constexpr std::size_t kDraws = PosteriorDraws::kDraws;

std::array<float, kDraws> make_quantiles() {
  std::array<float, kDraws> quantiles;
  for (std::size_t m = 0; m < kDraws; ++m) {
    quantiles[m] = static_cast<float>(normal_quantile((static_cast<double>(m) + .5) / kDraws));
  }
  return quantiles;
}

/// The winner of each draw. Lanes are draws. Written so that -O2 makes vectors of it, which is seven times as fast:
/// nothing overlaps, and both updates are made whether or not the candidate wins.
MCUE_ISA_CLONES void find_winners(const float* __restrict numbers, const float* __restrict means,
                                  const float* __restrict deviations, std::size_t candidates, float* __restrict best,
                                  std::int32_t* __restrict winner) {
  for (std::size_t m = 0; m < kDraws; ++m) {
    best[m] = means[0] + deviations[0] * numbers[m];
    winner[m] = 0;
  }
  for (std::size_t c = 1; c < candidates; ++c) {
    const float* __restrict row = numbers + c * kDraws;
    const float mean = means[c];
    const float deviation = deviations[c];
    const auto candidate = static_cast<std::int32_t>(c);
    for (std::size_t m = 0; m < kDraws; ++m) {
      const float value = mean + deviation * row[m];
      const std::int32_t wins = -static_cast<std::int32_t>(value > best[m]);  // all bits or none
      winner[m] = (wins & candidate) | (~wins & winner[m]);
      best[m] = value > best[m] ? value : best[m];
    }
  }
}

/// What each candidate's wins are worth. Comparing every draw with every candidate is quicker than counting winners up,
/// where an addition waits for the one before.
MCUE_ISA_CLONES void weigh_wins(const std::int32_t* __restrict winner, std::size_t candidates, double least,
                                double each, double* __restrict probabilities) {
  for (std::size_t c = 0; c < candidates; ++c) {
    const auto candidate = static_cast<std::int32_t>(c);
    std::int32_t wins = 0;
    for (std::size_t m = 0; m < kDraws; ++m) wins += static_cast<std::int32_t>(winner[m] == candidate);
    probabilities[c] = least + each * wins;
  }
}

}  // namespace

PosteriorDraws::PosteriorDraws(std::size_t candidates, std::uint64_t seed) : numbers_(candidates * kDraws) {
  static const std::array<float, kDraws> kQuantiles = make_quantiles();
  Random random(seed);
  for (std::size_t c = 0; c < candidates; ++c) {
    float* row = numbers_.data() + c * kDraws;
    std::copy(kQuantiles.begin(), kQuantiles.end(), row);
    for (std::size_t m = kDraws - 1; m > 0; --m) std::swap(row[m], row[random.below(m + 1)]);
  }
}

void PosteriorDraws::probabilities(std::span<const float> means, std::span<const float> deviations, double floor,
                                   std::span<double> probabilities) const {
  const std::size_t candidates = means.size();
  CHECK(candidates > 0 && candidates * kDraws <= numbers_.size() && deviations.size() == candidates &&
            probabilities.size() == candidates,
        candidates, numbers_.size());
  alignas(64) std::array<float, kDraws> best;
  alignas(64) std::array<std::int32_t, kDraws> winner;
  find_winners(numbers_.data(), means.data(), deviations.data(), candidates, best.data(), winner.data());
  const double count = static_cast<double>(candidates);
  const double least = std::min(floor, 1 / (2 * count));
  const double each = (1 - count * least) / kDraws;
  weigh_wins(winner.data(), candidates, least, each, probabilities.data());
}

}  // namespace matchcue::decide
