// SPDX-License-Identifier: Apache-2.0
#include "decide/posterior_draws.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace matchcue::decide {
namespace {

using Spreads = std::vector<scoring::Spread>;

std::vector<double> probabilities(const PosteriorDraws& draws, const std::vector<float>& scores, double floor = 0) {
  std::vector<std::uint32_t> candidates(scores.size());
  std::iota(candidates.begin(), candidates.end(), 0U);
  std::vector<double> result(scores.size());
  draws.probabilities(candidates, scores, floor, result);
  return result;
}

TEST(PosteriorDraws, ProbabilitiesSumToOneAndKeepTheFloor) {
  const auto p = probabilities(PosteriorDraws(Spreads(4, {.1F, 1}), 1), {3, 0, 0, 0}, .003);
  EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.), 1, 1e-12);
  EXPECT_NEAR(p[0], 1 - 3 * .003, 1e-12);
  for (std::size_t i = 1; i < p.size(); ++i) EXPECT_NEAR(p[i], .003, 1e-12);
}

TEST(PosteriorDraws, WithoutUncertaintyTheBestIsCertainAndTiesGoToTheFirst) {
  EXPECT_EQ(probabilities(PosteriorDraws(Spreads(3, {0, 1}), 1), {1, 2, 2}), (std::vector<double>{0, 1, 0}));
  EXPECT_EQ(probabilities(PosteriorDraws(Spreads(3, {1, 0}), 1), {1, 2, 2}), (std::vector<double>{0, 1, 0}));
}

/// P(the first wins) over many moments.
double mean_probability(const Spreads& spreads, const std::vector<float>& scores) {
  double sum = 0;
  constexpr int kSeeds = 400;
  for (int seed = 0; seed < kSeeds; ++seed) {
    sum += probabilities(PosteriorDraws(spreads, static_cast<std::uint64_t>(seed)), scores)[0];
  }
  return sum / kSeeds;
}

TEST(PosteriorDraws, AverageToTheGaussianProbability) {
  // P(N(.3, .4^2) > N(0, .3^2)) = Phi(.3 / .5).
  EXPECT_NEAR(mean_probability({{.4F, 1}, {.3F, 1}}, {.3F, 0}), std::erfc(-.6 / std::sqrt(2.)) / 2, .01);
}

TEST(PosteriorDraws, AnItemDiffersFromItsScoreInItsShareOfTheDrawsOnly) {
  // It wins when it is more than 1 off, in that share of the draws: share x Phi(-1).
  EXPECT_NEAR(mean_probability({{1, .25F}, {0, 1}}, {0, 1}), std::erfc(1 / std::sqrt(2.)) / 8, .005);
  EXPECT_NEAR(mean_probability({{1, 1.F / 16}, {0, 1}}, {0, 1}), std::erfc(1 / std::sqrt(2.)) / 32, .002);
}

TEST(PosteriorDraws, WhoExploresDoesSoInTheSameDraws) {
  // In three quarters of the draws nobody differs and the first wins; of the others it gets half.
  EXPECT_NEAR(mean_probability({{1, .25F}, {1, .25F}}, {0, 0}), 7. / 8, .01);
}

TEST(PosteriorDraws, TheSameSeedGivesTheSameBitsAndAnotherGivesOthers) {
  const std::vector<float> scores = {.1F, 0, -.1F};
  const Spreads spreads = {{.5F, 1}, {.6F, .5F}, {.7F, 1}};
  EXPECT_EQ(probabilities(PosteriorDraws(spreads, 7), scores), probabilities(PosteriorDraws(spreads, 7), scores));
  EXPECT_NE(probabilities(PosteriorDraws(spreads, 7), scores), probabilities(PosteriorDraws(spreads, 8), scores));
}

TEST(PosteriorDraws, ACandidateKeepsItsNumbersWhoeverElseIsEligible) {
  const PosteriorDraws draws(Spreads{{1, 1}, {.5F, 1}, {1, 1}}, 3);
  std::vector<double> two(2);
  draws.probabilities(std::vector<std::uint32_t>{0, 2}, std::vector<float>{0, 0}, 0, two);
  // The second is out of the race when its score is, too.
  const auto three = probabilities(draws, {0, -100, 0});
  EXPECT_EQ(two, (std::vector<double>{three[0], three[2]}));
  std::vector<double> one(1);
  draws.probabilities(std::vector<std::uint32_t>{1}, std::vector<float>{1}, 0, one);
  EXPECT_EQ(one, std::vector<double>{1});
}

}  // namespace
}  // namespace matchcue::decide
