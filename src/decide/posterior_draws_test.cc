// SPDX-License-Identifier: Apache-2.0
#include "decide/posterior_draws.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace matchcue::decide {
namespace {

std::vector<double> probabilities(const PosteriorDraws& draws, const std::vector<float>& means,
                                  const std::vector<float>& deviations, double floor = 0) {
  std::vector<double> result(means.size());
  draws.probabilities(means, deviations, floor, result);
  return result;
}

TEST(PosteriorDraws, ProbabilitiesSumToOneAndKeepTheFloor) {
  const auto p = probabilities(PosteriorDraws(4, 1), {3, 0, 0, 0}, {.1F, .1F, .1F, .1F}, .003);
  EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.), 1, 1e-12);
  EXPECT_NEAR(p[0], 1 - 3 * .003, 1e-12);
  for (std::size_t i = 1; i < p.size(); ++i) EXPECT_NEAR(p[i], .003, 1e-12);
}

TEST(PosteriorDraws, WithoutUncertaintyTheBestIsCertainAndTiesGoToTheFirst) {
  EXPECT_EQ(probabilities(PosteriorDraws(3, 1), {1, 2, 2}, {0, 0, 0}), (std::vector<double>{0, 1, 0}));
}

TEST(PosteriorDraws, AverageToTheGaussianProbability) {
  // P(N(.3, .4^2) > N(0, .3^2)) = Phi(.3 / .5).
  double sum = 0;
  constexpr int kSeeds = 400;
  for (int seed = 0; seed < kSeeds; ++seed) {
    sum += probabilities(PosteriorDraws(2, static_cast<std::uint64_t>(seed)), {.3F, 0}, {.4F, .3F})[0];
  }
  const double expected = std::erfc(-.6 / std::sqrt(2.)) / 2;
  EXPECT_NEAR(sum / kSeeds, expected, .01);
}

TEST(PosteriorDraws, TheSameSeedGivesTheSameBitsAndAnotherGivesOthers) {
  const std::vector<float> means = {.1F, 0, -.1F};
  const std::vector<float> deviations = {.5F, .6F, .7F};
  EXPECT_EQ(probabilities(PosteriorDraws(3, 7), means, deviations),
            probabilities(PosteriorDraws(3, 7), means, deviations));
  EXPECT_NE(probabilities(PosteriorDraws(3, 7), means, deviations),
            probabilities(PosteriorDraws(3, 8), means, deviations));
}

TEST(PosteriorDraws, ServeFewerCandidatesThanAnnounced) {
  EXPECT_EQ(probabilities(PosteriorDraws(9, 3), {1}, {1}), std::vector<double>{1});
}

}  // namespace
}  // namespace matchcue::decide
