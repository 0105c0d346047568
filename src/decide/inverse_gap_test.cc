// SPDX-License-Identifier: Apache-2.0
#include "decide/inverse_gap.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "base/random.h"
#include "scoring/top_per_slot.h"

namespace matchcue::decide {
namespace {

std::vector<double> weights(const std::vector<float>& scores, double gamma, double floor) {
  std::vector<double> out(scores.size());
  inverse_gap_weighting(scores, gamma, floor, out);
  return out;
}

TEST(InverseGapWeighting, MatchesTheFormulaByHand) {
  const auto p = weights({1, .5F, 0}, 10, 0);
  EXPECT_DOUBLE_EQ(p[1], 1.0 / (3 + 5));
  EXPECT_DOUBLE_EQ(p[2], 1.0 / (3 + 10));
  EXPECT_DOUBLE_EQ(p[0], 1 - 1.0 / 8 - 1.0 / 13);
}

TEST(InverseGapWeighting, GammaZeroIsUniform) {
  for (const double p : weights({1, .2F, .1F, 0}, 0, 0)) EXPECT_DOUBLE_EQ(p, .25);
}

TEST(InverseGapWeighting, ASingleCandidateIsCertain) { EXPECT_EQ(weights({.3F}, 100, .005), std::vector<double>{1}); }

TEST(InverseGapWeighting, EveryCandidateKeepsTheFloorAndTheSumIsOne) {
  Random random(7);
  for (int trial = 0; trial < 1'000; ++trial) {
    std::vector<float> scores(1 + random.below(200));
    for (float& score : scores) score = static_cast<float>(random.uniform());
    const auto p = weights(scores, 1e6 * random.uniform(), .005);
    const double least = std::min(.005, .5 / static_cast<double>(scores.size()));
    for (const double value : p) EXPECT_GE(value, least * (1 - 1e-12));
    EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-9);
  }
}

TEST(InverseGapWeighting, TheScoringKernelsDrawWithTheseProbabilities) {
  const std::vector<float> scores = {.2F, .9F, .85F, -3, .9F};
  const std::vector<float> nothing(8);
  const scoring::FoldedItems items(8, std::vector<float>(8 * scores.size()), scores,
                                   std::vector<std::uint32_t>(scores.size()), 1);
  scoring::EligibleItems everything(items);
  constexpr std::size_t kViewers = 2'000;
  const std::vector<const float*> vectors(kViewers, nothing.data());
  const std::vector<std::uint32_t> rows(kViewers, everything.add_row_of_all());
  Random random(1);
  std::vector<std::uint64_t> hashes(kViewers);
  for (std::uint64_t& hash : hashes) hash = random.next();
  const std::vector<std::uint64_t> seeds = {5};
  const auto expected = weights(scores, 30, .01F);
  std::vector<int> drawn(scores.size());
  for (const scoring::Kernel kernel : scoring::runnable_kernels()) {
    std::vector<scoring::Pick> picks(kViewers);
    scoring::TopPerSlot(kernel).choose(items, everything, {vectors, rows, hashes},
                                       {scoring::DrawOptions::Draw::inverse_gap, 30, .01F, seeds}, picks);
    for (const scoring::Pick& pick : picks) {
      EXPECT_NEAR(static_cast<double>(pick.propensity), expected[pick.item], 1e-6) << "item " << pick.item;
      ++drawn[pick.item];
    }
  }
  for (const int count : drawn) EXPECT_GT(count, 0);
}

}  // namespace
}  // namespace matchcue::decide
