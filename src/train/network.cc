// SPDX-License-Identifier: Apache-2.0
#include "train/network.h"

#include <cmath>

#include "train/recurrence.h"

namespace matchcue::train {

namespace {

constexpr double kEmbeddingSd = 0.1;
/// Of the weights of a matrix, times the root of how many inputs it sums: what blocks add begins small beside the act
/// itself. At 1 the last act would be lost in it, and on MovieLens-1M never quite be found again.
const double kMatrixSd = 1 / std::sqrt(3.);
constexpr double kNormEpsilon = 1e-6;
/// a = exp(-kDecayPower softplus(decay) r).
constexpr double kDecayPower = 8;

torch::Tensor normalise(const torch::Tensor& x, const torch::Tensor& scale) {
  return x * torch::rsqrt(x.square().mean(-1, true) + kNormEpsilon) * scale;
}

torch::Tensor times(const torch::Tensor& x, const torch::Tensor& weights) { return torch::matmul(x, weights.t()); }

/// Initial decays such that, with the gate half open, a state keeps between .9 and .999 of itself a step.
torch::Tensor make_decay(std::int64_t width) {
  const auto kept = torch::rand({width}) * (.999 - .9) + .9;
  return torch::log(torch::expm1(-torch::log(kept) / kDecayPower * 2));
}

}  // namespace

NetworkImpl::NetworkImpl(const NetworkShape& shape, torch::Tensor item_shares, double dropout)
    : shape_(shape), item_shares_(std::move(item_shares)), dropout_(dropout) {
  const auto embedding = [&](const char* name, std::int64_t rows) {
    return register_parameter(name, torch::randn({rows, shape_.width}) * kEmbeddingSd);
  };
  item_ids_ = embedding("item_ids", shape_.items);
  item_labels_ = embedding("item_labels", shape_.item_labels);
  bias_ = register_parameter("item_bias", torch::zeros({shape_.items}));
  start_ = register_parameter("start", torch::zeros({shape_.width}));
  viewer_labels_ = embedding("viewer_labels", shape_.viewer_labels);
  context_in_ = embedding("context_in", shape_.context_labels);
  context_query_ = embedding("context_query", shape_.context_labels);
  context_gate_ =
      register_parameter("context_gate", torch::zeros({shape_.gate ? shape_.context_labels : 0, shape_.width}));
  types_ = embedding("event_types", shape_.event_types);
  gaps_ = embedding("gaps", shape_.gaps);
  for (std::int64_t b = 0; b < shape_.blocks; ++b) blocks_.push_back(make_block(b));
  final_norm_ = register_parameter("final_norm", torch::ones({shape_.width}));
}

torch::Tensor NetworkImpl::matrix(const std::string& name, std::int64_t out, std::int64_t in) {
  return register_parameter(name, torch::randn({out, in}) * (kMatrixSd / std::sqrt(static_cast<double>(in))));
}

NetworkImpl::Block NetworkImpl::make_block(std::int64_t number) {
  const std::string name = "block" + std::to_string(number) + "_";
  const std::int64_t d = shape_.width;
  const auto vector = [&](const char* part, const torch::Tensor& value) {
    return register_parameter(name + part, value);
  };
  Block block;
  block.norm = vector("norm", torch::ones({d}));
  block.in = matrix(name + "in", d, d);
  block.gate = matrix(name + "gate", d, d);
  block.out = matrix(name + "out", d, d);
  if (shape_.cell == Cell::rg_lru) {
    block.convolution = vector("convolution", torch::randn({shape_.convolution, d}) * .25);
    block.convolution_bias = vector("convolution_bias", torch::zeros({d}));
    block.recur_gate = matrix(name + "recur_gate", d, d);
    block.recur_gate_bias = vector("recur_gate_bias", torch::zeros({d}));
    block.decay = vector("decay", make_decay(d));
  }
  block.input_gate = matrix(name + "input_gate", d, d);
  block.input_gate_bias = vector("input_gate_bias", torch::zeros({d}));
  block.inner_norm = vector("inner_norm", torch::ones({d}));
  block.inner_in = matrix(name + "inner_in", d * shape_.inner, d);
  block.inner_out = matrix(name + "inner_out", d, d * shape_.inner);
  return block;
}

torch::Tensor NetworkImpl::drop(const torch::Tensor& x) const {
  return torch::dropout(x, dropout_, is_training() && dropout_ > 0);
}

torch::Tensor NetworkImpl::item_vectors(double id_dropout) {
  auto ids = item_ids_;
  if (id_dropout > 0) ids = ids * (torch::rand({shape_.items, 1}) >= id_dropout).to(torch::kFloat32);
  return shape_.item_labels > 0 ? ids + torch::mm(item_shares_, item_labels_) : ids;
}

/// The recurrent half of a block, without its residual.
torch::Tensor NetworkImpl::mix(const Block& block, const torch::Tensor& x) const {
  const auto u = normalise(x, block.norm);
  auto v = times(u, block.in);
  torch::Tensor h;
  if (shape_.cell == Cell::rg_lru) {
    const std::int64_t time = v.size(1);
    const auto padded = torch::constant_pad_nd(v, {0, 0, shape_.convolution - 1, 0});
    auto convolved = block.convolution_bias.expand_as(v).clone();
    for (std::int64_t k = 0; k < shape_.convolution; ++k) {
      convolved = convolved + padded.narrow(1, shape_.convolution - 1 - k, time) * block.convolution[k];
    }
    v = convolved;
    const auto r = torch::sigmoid(times(v, block.recur_gate) + block.recur_gate_bias);
    const auto i = torch::sigmoid(times(v, block.input_gate) + block.input_gate_bias);
    const auto log_keep = -kDecayPower * torch::softplus(block.decay) * r;
    const auto fresh = torch::sqrt(torch::clamp_min(-torch::expm1(2 * log_keep), 1e-7));
    h = linear_recurrence(torch::exp(log_keep), fresh * i * v);
  } else {
    const auto z = torch::sigmoid(times(u, block.input_gate) + block.input_gate_bias);
    h = linear_recurrence(1 - z, z * v);
  }
  return times(h * torch::gelu(times(u, block.gate), "tanh"), block.out);
}

torch::Tensor NetworkImpl::states(const Batch& batch, const torch::Tensor& item_vectors) {
  auto x = torch::embedding(item_vectors, batch.items);
  if (shape_.event_types > 0) x = x + torch::embedding(types_, batch.types);
  if (shape_.gaps > 0) x = x + torch::embedding(gaps_, batch.gaps);
  if (shape_.context_labels > 0) x = x + torch::embedding(context_in_, batch.context).sum(2);
  x = drop(x);
  for (const Block& block : blocks_) {
    x = x + drop(mix(block, x));
    const auto inner = torch::gelu(times(normalise(x, block.inner_norm), block.inner_in), "tanh");
    x = x + drop(times(inner, block.inner_out));
  }
  return normalise(x, final_norm_);
}

torch::Tensor NetworkImpl::queries(const Batch& batch, const torch::Tensor& states) {
  const std::int64_t viewers = states.size(0);
  const std::int64_t time = states.size(1) + 1;
  const auto all = torch::cat({start_.expand({viewers, 1, shape_.width}), states}, 1);
  auto q = all.reshape({-1, shape_.width}).index_select(0, batch.places);
  if (shape_.viewer_labels > 0) {
    const auto rows = torch::div(batch.places, time, "floor");
    q = q + torch::mm(batch.viewers, viewer_labels_).index_select(0, rows);
  }
  if (shape_.context_labels > 0) {
    if (shape_.gate) q = q * (1 + torch::embedding(context_gate_, batch.asked).sum(1));
    q = q + torch::embedding(context_query_, batch.asked).sum(1);
  }
  return q;
}

}  // namespace matchcue::train
