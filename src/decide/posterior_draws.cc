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
/// Draws that are looked at together. A constant, so that -O2 makes vectors of loops over them.
constexpr std::size_t kBlock = 16;

std::array<float, kDraws> make_quantiles() {
  std::array<float, kDraws> quantiles;
  for (std::size_t m = 0; m < kDraws; ++m) {
    quantiles[m] = static_cast<float>(normal_quantile((static_cast<double>(m) + .5) / kDraws));
  }
  return quantiles;
}

/// How many of a block's draws each candidate wins is added to its `wins`. Lanes are draws. Nothing overlaps, both
/// updates are made whether or not the candidate wins, and every draw is compared with every candidate: counting
/// winners up would make an addition wait for the one before.
MCUE_ISA_CLONES void add_wins(const float* __restrict offsets, const std::uint32_t* __restrict candidates,
                              const float* __restrict scores, std::size_t count, double* __restrict wins) {
  alignas(64) std::array<float, kBlock> best;
  alignas(64) std::array<std::int32_t, kBlock> winner;
  for (std::size_t m = 0; m < kBlock; ++m) {
    best[m] = scores[0] + offsets[candidates[0] * kBlock + m];
    winner[m] = 0;
  }
  for (std::size_t c = 1; c < count; ++c) {
    const float* __restrict own = offsets + candidates[c] * kBlock;
    const float score = scores[c];
    const auto candidate = static_cast<std::int32_t>(c);
    for (std::size_t m = 0; m < kBlock; ++m) {
      const float value = score + own[m];
      const std::int32_t is_better = -static_cast<std::int32_t>(value > best[m]);  // all bits or none
      winner[m] = (is_better & candidate) | (~is_better & winner[m]);
      best[m] = value > best[m] ? value : best[m];
    }
  }
  for (std::size_t c = 0; c < count; ++c) {
    const auto candidate = static_cast<std::int32_t>(c);
    std::int32_t sum = 0;
    for (std::size_t m = 0; m < kBlock; ++m) sum += static_cast<std::int32_t>(winner[m] == candidate);
    wins[c] += sum;
  }
}

std::size_t draws_of(const scoring::Spread& spread) {
  if (spread.deviation == 0) return 0;
  return static_cast<std::size_t>(std::lround(spread.share * static_cast<float>(kDraws)));
}

}  // namespace

PosteriorDraws::PosteriorDraws(std::span<const scoring::Spread> spreads, std::uint64_t seed) : count_(spreads.size()) {
  static const std::array<float, kDraws> kQuantiles = make_quantiles();
  std::size_t most = 0;
  for (const scoring::Spread& spread : spreads) most = std::max(most, draws_of(spread));
  CHECK(most <= kDraws, most);
  blocks_ = (most + kBlock - 1) / kBlock;
  offsets_.resize(blocks_ * count_ * kBlock);
  Random random(seed);
  for (std::size_t c = 0; c < count_; ++c) {
    std::array<float, kDraws> numbers = kQuantiles;
    for (std::size_t m = kDraws - 1; m > 0; --m) std::swap(numbers[m], numbers[random.below(m + 1)]);
    const std::size_t draws = draws_of(spreads[c]);
    for (std::size_t m = 0; m < draws; ++m) {
      offsets_[(m / kBlock * count_ + c) * kBlock + m % kBlock] = spreads[c].deviation * numbers[m];
    }
  }
}

void PosteriorDraws::probabilities(std::span<const std::uint32_t> candidates, std::span<const float> scores,
                                   double floor, std::span<double> probabilities) const {
  CHECK(!candidates.empty() && scores.size() == candidates.size() && probabilities.size() == candidates.size(),
        candidates.size(), scores.size());
  CHECK(candidates.size() <= count_ && candidates.back() < count_, candidates.back(), count_);
  std::fill(probabilities.begin(), probabilities.end(), 0.);
  for (std::size_t block = 0; block < blocks_; ++block) {
    add_wins(offsets_.data() + block * count_ * kBlock, candidates.data(), scores.data(), candidates.size(),
             probabilities.data());
  }
  const auto best = static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
  probabilities[best] += static_cast<double>(kDraws - blocks_ * kBlock);
  const double count = static_cast<double>(candidates.size());
  const double least = std::min(floor, 1 / (2 * count));
  const double each = (1 - count * least) / kDraws;
  for (double& wins : probabilities) wins = least + each * wins;
}

}  // namespace matchcue::decide
