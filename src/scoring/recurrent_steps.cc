// SPDX-License-Identifier: Apache-2.0
#include "scoring/recurrent_steps.h"

#include <bit>
#include <cmath>
#include <cstdint>

#include "base/isa_clones.h"

namespace matchcue::scoring {

namespace {

constexpr float kNormEpsilon = 1e-6F;
/// Least square of what a step lets in, as in training: below it the gradient of the root would be too steep.
constexpr float kFreshSquareMin = 1e-7F;
/// Sums are kept apart in so many parts, so that they are vectors whose order of addition does not depend on lanes.
constexpr std::size_t kParts = 8;

/// e^x = scale + scale * less_one. |less_one| < .42, so that e^x - 1 keeps its digits near 0.
struct PowerOfE {
  float scale;
  float less_one;
};

/// x = n log 2 + r with whole n: scale is 2^n, and less_one e^r - 1 by its series, whose rest is below 5e-9.
inline PowerOfE power_of_e(float x) {
  constexpr float kRound = 0x1.8p23F;  // added and taken away again, it rounds to whole numbers
  constexpr std::int32_t kRoundBits = std::bit_cast<std::int32_t>(kRound);
  x = x < -87.F ? -87.F : x;
  x = x > 88.F ? 88.F : x;
  const float shifted = x * 0x1.715476p+0F + kRound;
  const float n = shifted - kRound;
  const float r = (x - n * 0x1.62ep-1F) - n * 0x1.0bfbe8p-15F;  // log 2 in two parts, the first with few bits
  float series = 1 / 5040.F;
  series = series * r + 1 / 720.F;
  series = series * r + 1 / 120.F;
  series = series * r + 1 / 24.F;
  series = series * r + 1 / 6.F;
  series = series * r + .5F;
  const std::int32_t exponent = std::bit_cast<std::int32_t>(shifted) - kRoundBits + 127;
  return {std::bit_cast<float>(exponent << 23), series * r * r + r};
}

inline float exp_of(float x) {
  const PowerOfE power = power_of_e(x);
  return power.scale * power.less_one + power.scale;
}

/// e^x - 1
inline float expm1_of(float x) {
  const PowerOfE power = power_of_e(x);
  return power.scale * power.less_one + (power.scale - 1);
}

inline float sigmoid_of(float x) { return 1 / (1 + exp_of(-x)); }

/// (1 + tanh(y)) / 2 is sigmoid(2 y).
inline float gelu_of(float x) {
  constexpr float kTwiceRoot = 1.5957691216F;  // 2 sqrt(2 / pi)
  return x * sigmoid_of(kTwiceRoot * (x + .044715F * x * x * x));
}

}  // namespace

MCUE_ISA_CLONES void normalise(const float* x, const float* scale, std::size_t width, float* out) {
  float squares[kParts] = {};
  for (std::size_t k = 0; k < width; k += kParts) {
    for (std::size_t part = 0; part < kParts; ++part) squares[part] += x[k + part] * x[k + part];
  }
  const float sum =
      ((squares[0] + squares[4]) + (squares[1] + squares[5])) + ((squares[2] + squares[6]) + (squares[3] + squares[7]));
  const float factor = 1 / std::sqrt(sum / static_cast<float>(width) + kNormEpsilon);
  for (std::size_t k = 0; k < width; ++k) out[k] = x[k] * factor * scale[k];
}

MCUE_ISA_CLONES void add_to(const float* y, std::size_t width, float* x) {
  for (std::size_t k = 0; k < width; ++k) x[k] += y[k];
}

MCUE_ISA_CLONES void add_scaled_to(const float* y, float weight, std::size_t width, float* x) {
  for (std::size_t k = 0; k < width; ++k) x[k] += weight * y[k];
}

MCUE_ISA_CLONES void gelu(std::size_t width, float* x) {
  for (std::size_t k = 0; k < width; ++k) x[k] = gelu_of(x[k]);
}

MCUE_ISA_CLONES void multiply_by_gelu(const float* x, const float* y, std::size_t width, float* out) {
  for (std::size_t k = 0; k < width; ++k) out[k] = x[k] * gelu_of(y[k]);
}

MCUE_ISA_CLONES void convolve(const float* x, const float* weights, const float* bias, std::size_t width,
                              std::size_t steps, float* before, float* out) {
  for (std::size_t k = 0; k < width; ++k) out[k] = bias[k] + x[k] * weights[k];
  for (std::size_t step = 1; step < steps; ++step) {
    const float* const then = before + (step - 1) * width;
    for (std::size_t k = 0; k < width; ++k) out[k] += then[k] * weights[step * width + k];
  }
  for (std::size_t step = steps; step-- > 1;) {
    const float* const from = step > 1 ? before + (step - 2) * width : x;
    float* const to = before + (step - 1) * width;
    for (std::size_t k = 0; k < width; ++k) to[k] = from[k];
  }
}

MCUE_ISA_CLONES void rg_lru_step(const float* x, const float* gates, const float* slope, std::size_t width,
                                 float* state) {
  const float* const input_gates = gates + width;
  for (std::size_t k = 0; k < width; ++k) {
    const float log_keep = slope[k] * sigmoid_of(gates[k]);
    const float fresh_square = -expm1_of(2 * log_keep);
    const float fresh = std::sqrt(fresh_square < kFreshSquareMin ? kFreshSquareMin : fresh_square);
    state[k] = exp_of(log_keep) * state[k] + fresh * sigmoid_of(input_gates[k]) * x[k];
  }
}

MCUE_ISA_CLONES void min_gru_step(const float* x, const float* gate, std::size_t width, float* state) {
  for (std::size_t k = 0; k < width; ++k) {
    const float z = sigmoid_of(gate[k]);
    state[k] = (1 - z) * state[k] + z * x[k];
  }
}

}  // namespace matchcue::scoring
