// SPDX-License-Identifier: Apache-2.0
#include "scoring/recurrent_network.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "scoring/recurrent_steps.h"

namespace matchcue::scoring {

namespace {

/// a = exp(-kDecayPower softplus(decay) r): De et al. 2024, equation 3.
constexpr double kDecayPower = 8;

/// Matrices one below the other. `parts` are square, of `width` columns; a bias may be empty.
PackedMatrix stack(std::size_t width, std::initializer_list<std::span<const float>> parts,
                   std::initializer_list<std::span<const float>> biases) {
  std::vector<float> values;
  std::vector<float> all_biases;
  for (const auto part : parts) values.insert(values.end(), part.begin(), part.end());
  for (const auto bias : biases) {
    all_biases.insert(all_biases.end(), bias.begin(), bias.end());
    if (bias.empty()) all_biases.resize(all_biases.size() + width);
  }
  return {width * parts.size(), width, values, all_biases};
}

}  // namespace

/// Room for the widest network that is allowed; only as much as the network needs is touched.
struct RecurrentNetwork::Scratch {
  alignas(64) float x[kRecurrentWidthMax];       ///< what goes through the blocks
  alignas(64) float normal[kRecurrentWidthMax];  ///< x, normalised
  alignas(64) float entered[3 * kRecurrentWidthMax];
  alignas(64) float convolved[kRecurrentWidthMax];
  alignas(64) float gates[2 * kRecurrentWidthMax];
  alignas(64) float change[kRecurrentWidthMax];  ///< what is added to x
  alignas(64) float inner[kRecurrentInnerMax * kRecurrentWidthMax];
};

RecurrentNetwork::RecurrentNetwork(const RecurrentTables& tables)
    : shape_(tables.shape),
      memory_width_(shape_.width * (shape_.cell == RecurrentCell::rg_lru ? shape_.convolution : 1)),
      final_norm_(tables.final_norm) {
  CHECK(shape_.width <= kRecurrentWidthMax && shape_.inner <= kRecurrentInnerMax, shape_.width, shape_.inner);
  CHECK(tables.blocks.size() == shape_.blocks, tables.blocks.size());
  for (const RecurrentBlock& weights : tables.blocks) blocks_.push_back(pack(weights));
}

RecurrentNetwork::Block RecurrentNetwork::pack(const RecurrentBlock& weights) const {
  const std::size_t d = shape_.width;
  Block block;
  block.weights = weights;
  if (shape_.cell == RecurrentCell::rg_lru) {
    block.enter = stack(d, {weights.in, weights.gate}, {{}, {}});
    block.gates =
        stack(d, {weights.recur_gate, weights.input_gate}, {weights.recur_gate_bias, weights.input_gate_bias});
    for (const float decay : weights.decay) {
      block.slope.push_back(static_cast<float>(-kDecayPower * std::log1p(std::exp(static_cast<double>(decay)))));
    }
  } else {
    block.enter = stack(d, {weights.in, weights.gate, weights.input_gate}, {{}, {}, weights.input_gate_bias});
  }
  block.out = PackedMatrix(d, d, weights.out, {});
  block.inner_in = PackedMatrix(shape_.inner * d, d, weights.inner_in, {});
  block.inner_out = PackedMatrix(d, shape_.inner * d, weights.inner_out, {});
  return block;
}

/// The recurrent half of a block: writes scratch.change.
void RecurrentNetwork::mix(const Block& block, float* memory, Scratch& scratch, Kernel kernel) const {
  const std::size_t d = shape_.width;
  normalise(scratch.x, block.weights.norm.data(), d, scratch.normal);
  block.enter.multiply({scratch.normal, d}, {scratch.entered, block.enter.rows()}, kernel);
  const float* const in = scratch.entered;
  const float* const gate = scratch.entered + d;
  if (shape_.cell == RecurrentCell::rg_lru) {
    convolve(in, block.weights.convolution.data(), block.weights.convolution_bias.data(), d, shape_.convolution,
             memory + d, scratch.convolved);
    block.gates.multiply({scratch.convolved, d}, {scratch.gates, 2 * d}, kernel);
    rg_lru_step(scratch.convolved, scratch.gates, block.slope.data(), d, memory);
  } else {
    min_gru_step(in, scratch.entered + 2 * d, d, memory);
  }
  multiply_by_gelu(memory, gate, d, scratch.normal);
  block.out.multiply({scratch.normal, d}, {scratch.change, d}, kernel);
}

void RecurrentNetwork::advance(std::span<float> memory, std::span<const float> input, std::span<float> viewer,
                               Kernel kernel) const {
  const std::size_t d = shape_.width;
  CHECK(memory.size() == memory_size() && input.size() == d && viewer.size() == d, memory.size(), input.size());
  Scratch scratch;
  std::copy(input.begin(), input.end(), scratch.x);
  float* remembered = memory.data();
  for (const Block& block : blocks_) {
    mix(block, remembered, scratch, kernel);
    add_to(scratch.change, d, scratch.x);
    normalise(scratch.x, block.weights.inner_norm.data(), d, scratch.normal);
    const std::span<float> inner{scratch.inner, block.inner_in.rows()};
    block.inner_in.multiply({scratch.normal, d}, inner, kernel);
    gelu(inner.size(), inner.data());
    block.inner_out.multiply(inner, {scratch.change, d}, kernel);
    add_to(scratch.change, d, scratch.x);
    remembered += memory_width_;
  }
  normalise(scratch.x, final_norm_.data(), d, viewer.data());
}

}  // namespace matchcue::scoring
