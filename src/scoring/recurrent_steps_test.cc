// SPDX-License-Identifier: Apache-2.0
#include "scoring/recurrent_steps.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"
#include "scoring/time_gap.h"

namespace matchcue::scoring {
namespace {

constexpr std::size_t kWidth = 16;

/// Numbers from -at_most to at_most.
std::vector<float> ladder(float at_most, std::size_t count) {
  std::vector<float> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = at_most * (2 * static_cast<float>(i) / static_cast<float>(count - 1) - 1);
  }
  return out;
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

TEST(RecurrentSteps, GeluIsWithinAFewLastDigitsOfTheTruth) {
  const std::vector<float> x = ladder(12, 8'000);
  std::vector<float> y = x;
  gelu(y.size(), y.data());
  std::vector<float> product(x.size());
  const std::vector<float> ones(x.size(), 1);
  multiply_by_gelu(ones.data(), x.data(), x.size(), product.data());
  EXPECT_EQ(product, y);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto in = static_cast<double>(x[i]);
    const double truth = in / 2 * (1 + std::tanh(std::sqrt(2 / M_PI) * (in + .044715 * in * in * in)));
    EXPECT_NEAR(static_cast<double>(y[i]), truth, 4e-7 * (1 + std::abs(in))) << in;
  }
}

TEST(RecurrentSteps, NothingOverflows) {
  std::vector<float> x = {-1e30F, -1e4F, -200, 200, 1e4F, 1e12F, 0, -0.F};
  gelu(x.size(), x.data());
  for (const float value : x) EXPECT_FALSE(std::isnan(value));
  std::vector<float> state(8, 1);
  const std::vector<float> gate = {-1e30F, -1e4F, -200, 200, 1e4F, 1e30F, 0, 1};
  const std::vector<float> zeros(8);
  min_gru_step(zeros.data(), gate.data(), 8, state.data());
  EXPECT_FLOAT_EQ(state[0], 1);
  EXPECT_FLOAT_EQ(state[5] + 1, 1);
}

TEST(RecurrentSteps, ASlowDecayKeepsItsDigits) {
  // sqrt(1 - a^2) for a just below 1 is where 1 - exp() would lose them.
  for (const double log_keep : {-1e-6, -1e-5, -1e-3, -.1, -.3, -.4, -2., -20.}) {
    std::vector<float> state(kWidth, 0);
    std::vector<float> gates(2 * kWidth, 60);  // both open
    const std::vector<float> slope(kWidth, static_cast<float>(log_keep));
    const std::vector<float> ones(kWidth, 1);
    rg_lru_step(ones.data(), gates.data(), slope.data(), kWidth, state.data());
    const double truth = std::sqrt(-std::expm1(2 * static_cast<double>(slope[0])));
    EXPECT_NEAR(static_cast<double>(state[0]) / truth, 1, 3e-7) << log_keep;
    rg_lru_step(ones.data(), gates.data(), slope.data(), kWidth, state.data());
    EXPECT_NEAR(static_cast<double>(state[0]), truth * (1 + std::exp(static_cast<double>(slope[0]))), 1e-6);
  }
}

TEST(RecurrentSteps, AMinGruStepMovesTowardsTheInputByItsGate) {
  const std::vector<float> gate = ladder(15, kWidth);
  const std::vector<float> x(kWidth, 3);
  std::vector<float> state(kWidth, -1);
  min_gru_step(x.data(), gate.data(), kWidth, state.data());
  for (std::size_t k = 0; k < kWidth; ++k) {
    EXPECT_NEAR(static_cast<double>(state[k]), -1 + 4 * sigmoid(static_cast<double>(gate[k])), 1e-6);
  }
}

TEST(RecurrentSteps, AConvolutionSeesTheLastActsNewestFirst) {
  constexpr std::size_t kSteps = 3;
  const std::vector<float> weights = [] {
    std::vector<float> out(kSteps * 8);
    for (std::size_t k = 0; k < 8; ++k) out[k] = 1, out[8 + k] = 10, out[16 + k] = 100;
    return out;
  }();
  const std::vector<float> bias(8, 1'000);
  std::vector<float> before((kSteps - 1) * 8);
  std::vector<float> out(8);
  std::vector<float> seen;
  for (const float act : {1.F, 2.F, 3.F, 4.F}) {
    const std::vector<float> x(8, act);
    convolve(x.data(), weights.data(), bias.data(), 8, kSteps, before.data(), out.data());
    seen.push_back(out[7]);
  }
  EXPECT_EQ(seen, (std::vector<float>{1'001, 1'012, 1'123, 1'234}));
}

TEST(RecurrentSteps, ANormalisedVectorHasAMeanSquareOfOne) {
  Random random(1);
  std::vector<float> x(kWidth);
  for (float& value : x) value = static_cast<float>(random.uniform() * 40);
  std::vector<float> out(kWidth);
  const std::vector<float> twos(kWidth, 2);
  normalise(x.data(), twos.data(), kWidth, out.data());
  double squares = 0;
  for (const float value : out) squares += static_cast<double>(value) * static_cast<double>(value);
  EXPECT_NEAR(squares / kWidth, 4, 1e-5);
  EXPECT_NEAR(static_cast<double>(out[3] / out[5]), static_cast<double>(x[3] / x[5]), 1e-6);
}

TEST(TimeGap, BucketsAreFourTimesAsLongEach) {
  EXPECT_EQ(gap_bucket(-5), 0);
  EXPECT_EQ(gap_bucket(0), 0);
  EXPECT_EQ(gap_bucket(3), 1);
  EXPECT_EQ(gap_bucket(4), 2);
  EXPECT_EQ(gap_bucket(15), 2);
  EXPECT_EQ(gap_bucket(16), 3);
  EXPECT_EQ(gap_bucket(65'535), 8);
  EXPECT_EQ(gap_bucket(65'536), kGapBuckets - 1);
  EXPECT_EQ(gap_bucket(INT64_MAX), kGapBuckets - 1);
}

}  // namespace
}  // namespace matchcue::scoring
