// SPDX-License-Identifier: Apache-2.0
#include "evaluate/calibration.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace matchcue::evaluate {
namespace {

/// Requests of 50 items whose true choice probabilities are those of `truth` x score, told to a model of scale 1.
Calibration calibrate(double truth, std::size_t requests = 4'000) {
  Random random(7);
  CalibrationSums sums(1);
  std::vector<float> scores(50);
  std::vector<double> weights(50);
  for (std::size_t request = 0; request < requests; ++request) {
    double total = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      scores[i] = static_cast<float>(4 * random.uniform());
      weights[i] = std::exp(truth * static_cast<double>(scores[i]));
      total += weights[i];
    }
    double drawn = random.uniform() * total;
    std::uint32_t chosen = 0;
    while (chosen + 1 < weights.size() && drawn >= weights[chosen]) drawn -= weights[chosen++];
    sums.add(scores, std::vector<std::uint32_t>{chosen});
  }
  return sums.finish();
}

TEST(Calibration, ScoresThatMeanWhatTheySayLieOnTheDiagonal) {
  const Calibration calibration = calibrate(1);
  ASSERT_GE(calibration.bins.size(), 8U);
  std::size_t covered = 0;
  for (const ReliabilityBin& bin : calibration.bins) covered += bin.low <= bin.predicted && bin.predicted <= bin.high;
  EXPECT_GE(covered, calibration.bins.size() - 1);
  EXPECT_LT(calibration.error, .04);
  EXPECT_LT(calibration.fitted.low, 1);
  EXPECT_GT(calibration.fitted.high, 1);
}

TEST(Calibration, OverconfidentScoresShowAndTheFittedScaleSaysHowFar) {
  const Calibration calibration = calibrate(.6);
  EXPECT_LT(calibration.bins.back().high, calibration.bins.back().predicted) << "the likeliest come less often";
  EXPECT_GT(calibration.bins.front().low, calibration.bins.front().predicted);
  EXPECT_GT(calibration.error, .05);
  EXPECT_NEAR(calibration.fitted.value, .6, .15);
  EXPECT_LT(calibration.fitted.high, 1);
}

TEST(Calibration, BinsHoldAllPairsAndAllActs) {
  const Calibration calibration = calibrate(1, 300);
  std::uint64_t pairs = 0;
  double acts = 0;
  double last = 0;
  for (const ReliabilityBin& bin : calibration.bins) {
    pairs += bin.pairs;
    acts += bin.acts;
    EXPECT_GT(bin.predicted, last);
    last = bin.predicted;
  }
  EXPECT_EQ(pairs, 300U * 50);
  EXPECT_EQ(acts, 300);
}

TEST(Calibration, EqualScoresAreOneBin) {
  CalibrationSums sums(2);
  sums.add(std::vector<float>(4, 1), std::vector<std::uint32_t>{1, 2});
  const Calibration calibration = sums.finish();
  ASSERT_EQ(calibration.bins.size(), 1U);
  EXPECT_NEAR(calibration.bins[0].predicted, .5, 1e-12) << "two of four";
  EXPECT_EQ(calibration.bins[0].observed, .5);
  EXPECT_EQ(calibration.fitted.value, 2) << "nothing can be learned of the scale";
}

}  // namespace
}  // namespace matchcue::evaluate
