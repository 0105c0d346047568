// SPDX-License-Identifier: Apache-2.0
#include "decide/inverse_gap.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "base/random.h"

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

}  // namespace
}  // namespace matchcue::decide
