#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// For tests and benchmarks: networks with random weights, and one written as one would on paper, to compare with.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/random.h"
#include "scoring/recurrent_tables.h"

namespace matchcue::scoring {

/// Fills every array: norms and the gains of a step near 1, matrices so that they keep a vector's size.
inline void fill_at_random(RecurrentTables& tables, std::uint64_t seed) {
  Random random(seed);
  for (const RecurrentArray& array : arrays_of(tables)) {
    const bool matrix = array.shape.size() == 2 && array.name.starts_with("block");
    const bool gain = array.name.ends_with("norm");
    const bool decay = array.name.ends_with("decay");
    const double size = matrix ? 1 / std::sqrt(static_cast<double>(array.shape[1])) : .3;
    std::size_t count = 1;
    for (const std::size_t extent : array.shape) count *= extent;
    std::vector<float> values(count);
    for (float& value : values) {
      const double drawn = 3.4 * (random.uniform() - .5) * size;
      value = static_cast<float>(gain ? 1 + .3 * drawn : decay ? drawn - 4 : drawn);
    }
    *array.values = tables.keep(std::move(values));
  }
}

/// Two fields of items, one of viewers, two of contexts, two event types.
inline RecurrentTables random_tables(const RecurrentShape& shape, std::size_t items, std::uint64_t seed) {
  RecurrentTables tables;
  tables.shape = shape;
  for (std::size_t i = 0; i < items; ++i) tables.items.push_back("item" + std::to_string(i));
  tables.item_fields = FeatureCodes({{"GENRE", FieldCodes::Kind::labels, {"Drama", "War"}, {}},
                                     {"YEAR", FieldCodes::Kind::numbers, {}, {1990, 2000}}});
  tables.viewer_fields = FeatureCodes({{"GENDER", FieldCodes::Kind::labels, {"F", "M"}, {}}});
  tables.context_fields = FeatureCodes(
      {{"MATCH_EVENT", FieldCodes::Kind::labels, {"FOUL", "GOAL"}, {}}, {"HOME", FieldCodes::Kind::booleans, {}, {}}});
  tables.event_types = {"CLICK", "WATCH"};
  tables.log_odds_scale = .5;
  fill_at_random(tables, seed);
  return tables;
}

/// The blocks of a network, row by row and term by term.
template <typename Number>
class PlainNetwork {
 public:
  using Vector = std::vector<Number>;

  explicit PlainNetwork(const RecurrentTables& tables)
      : tables_(tables),
        states_(tables.shape.blocks, Vector(tables.shape.width)),
        before_(tables.shape.blocks, std::vector<Vector>(tables.shape.convolution - 1, Vector(tables.shape.width))) {}

  /// What the viewer is after one more act.
  Vector advance(Vector x) {
    for (std::size_t b = 0; b < tables_.blocks.size(); ++b) {
      const RecurrentBlock& block = tables_.blocks[b];
      const Vector mixed = mix(b, normal(x, block.norm));
      for (std::size_t k = 0; k < x.size(); ++k) x[k] += mixed[k];
      Vector inner = times(block.inner_in, normal(x, block.inner_norm));
      for (Number& value : inner) value = gelu_of(value);
      const Vector change = times(block.inner_out, inner);
      for (std::size_t k = 0; k < x.size(); ++k) x[k] += change[k];
    }
    return normal(x, tables_.final_norm);
  }

 private:
  static Number sigmoid(Number x) { return 1 / (1 + std::exp(-x)); }
  static Number gelu_of(Number x) {
    return x / 2 * (1 + std::tanh(Number(.7978845608028654) * (x + Number(.044715) * x * x * x)));
  }
  static Vector normal(const Vector& x, std::span<const float> scale) {
    Number squares = 0;
    for (const Number value : x) squares += value * value;
    const Number factor = 1 / std::sqrt(squares / static_cast<Number>(x.size()) + Number(1e-6));
    Vector out(x.size());
    for (std::size_t k = 0; k < x.size(); ++k) out[k] = x[k] * factor * static_cast<Number>(scale[k]);
    return out;
  }
  static Vector times(std::span<const float> matrix, const Vector& x, std::span<const float> bias = {}) {
    Vector out(matrix.size() / x.size());
    for (std::size_t r = 0; r < out.size(); ++r) {
      Number sum = bias.empty() ? 0 : static_cast<Number>(bias[r]);
      for (std::size_t k = 0; k < x.size(); ++k) sum += static_cast<Number>(matrix[r * x.size() + k]) * x[k];
      out[r] = sum;
    }
    return out;
  }

  Vector mix(std::size_t number, const Vector& u) {
    const RecurrentBlock& block = tables_.blocks[number];
    Vector& state = states_[number];
    const std::size_t d = u.size();
    const Vector v = times(block.in, u);
    if (tables_.shape.cell == RecurrentCell::min_gru) {
      const Vector z = times(block.input_gate, u, block.input_gate_bias);
      for (std::size_t k = 0; k < d; ++k) state[k] += sigmoid(z[k]) * (v[k] - state[k]);
    } else {
      const Vector seen = convolve_with(number, v);
      const Vector r = times(block.recur_gate, seen, block.recur_gate_bias);
      const Vector i = times(block.input_gate, seen, block.input_gate_bias);
      for (std::size_t k = 0; k < d; ++k) {
        const Number log_keep = -8 * std::log1p(std::exp(static_cast<Number>(block.decay[k]))) * sigmoid(r[k]);
        const Number fresh = std::sqrt(std::max(-std::expm1(2 * log_keep), Number(1e-7)));
        state[k] = std::exp(log_keep) * state[k] + fresh * sigmoid(i[k]) * seen[k];
      }
    }
    Vector mixed = times(block.gate, u);
    for (std::size_t k = 0; k < d; ++k) mixed[k] = state[k] * gelu_of(mixed[k]);
    return times(block.out, mixed);
  }

  Vector convolve_with(std::size_t number, const Vector& v) {
    const RecurrentBlock& block = tables_.blocks[number];
    std::vector<Vector>& before = before_[number];
    const std::size_t d = v.size();
    Vector out(d);
    before.insert(before.begin(), v);
    for (std::size_t k = 0; k < d; ++k) {
      out[k] = static_cast<Number>(block.convolution_bias[k]);
      for (std::size_t step = 0; step < before.size(); ++step) {
        out[k] += static_cast<Number>(block.convolution[step * d + k]) * before[step][k];
      }
    }
    before.pop_back();
    return out;
  }

  const RecurrentTables& tables_;
  std::vector<Vector> states_;               ///< by block
  std::vector<std::vector<Vector>> before_;  ///< by block, the newest first: what went into the convolution
};

}  // namespace matchcue::scoring
