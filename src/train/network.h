#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The network of recipe user-personalization, as it is trained; docs/model.md has its equations, and
// scoring/recurrent_model.h serves it without torch.

#include "train/torch.h"

#include <string>
#include <vector>

#include "train/recurrence.h"

namespace matchcue::train {

/// The recurrence of a block.
enum class Cell {
  rg_lru,   ///< real-gated linear recurrent unit behind a causal convolution (De et al. 2024, arXiv:2402.19427)
  min_gru,  ///< a gated recurrent unit whose gates do not see the state (Feng et al. 2024, arXiv:2410.01201)
};

struct NetworkShape {
  Cell cell = Cell::rg_lru;
  std::int64_t width = 64;  ///< hidden_dimension
  std::int64_t blocks = 2;
  std::int64_t convolution = 4;  ///< steps that the convolution sees; rg_lru only
  std::int64_t inner = 2;        ///< width of the feed-forward layer over `width`
  std::int64_t items = 0;
  std::int64_t item_labels = 0;     ///< over all item fields
  std::int64_t viewer_labels = 0;   ///< over all viewer fields
  std::int64_t context_labels = 0;  ///< over all context fields
  std::int64_t event_types = 0;     ///< 0: they do not matter
  std::int64_t gaps = 0;            ///< buckets of the time since the act before; 0: it does not matter
  bool gate = false;                ///< context also scales the query
};

/// Acts of several viewers, one a row, left-aligned. Labels that are summed are given as (row, label) pairs.
struct Batch {
  torch::Tensor items;    ///< batch x time, int64; the act's item, 0 in padding
  torch::Tensor types;    ///< batch x time, int64
  torch::Tensor gaps;     ///< batch x time, int64
  torch::Tensor context;  ///< batch x time x context fields, int64: labels of the act's context
  torch::Tensor viewers;  ///< batch x viewer labels, float32: shares
  torch::Tensor places;   ///< int64, one for each target: row * (time + 1) + acts that are known when it is asked for
  torch::Tensor asked;    ///< places x context fields, int64: labels of the request's context
  torch::Tensor targets;  ///< places, int64: items
  SeenItems seen;         ///< at each place; empty where what was seen may be recommended again
  ShownItems shown;       ///< at each place; empty where it does not matter
  torch::Tensor weights;  ///< places, float32: what each counts; undefined: 1
};

/// Single thread.
class NetworkImpl : public torch::nn::Module {
 public:
  /// item_shares  items x item_labels, float32: the share of each label in its item's field
  NetworkImpl(const NetworkShape& shape, torch::Tensor item_shares, double dropout);

  /// items x width: what each item is, by its id and its metadata. `id_dropout` of the ids are left out while training.
  torch::Tensor item_vectors(double id_dropout = 0);
  /// batch x time x width: what a viewer is after each act.
  torch::Tensor states(const Batch& batch, const torch::Tensor& item_vectors);
  /// One row for each of batch.places: what the viewer is, who they are, and the request's context.
  torch::Tensor queries(const Batch& batch, const torch::Tensor& states);
  /// What a viewer is before the first act: width.
  torch::Tensor start() const { return start_; }
  torch::Tensor bias() const { return bias_; }
  torch::Tensor& item_ids() { return item_ids_; }
  torch::Tensor& item_bias() { return bias_; }

  const NetworkShape& shape() const { return shape_; }
  void set_dropout(double dropout) { dropout_ = dropout; }

 private:
  struct Block {
    torch::Tensor norm, in, gate, out;
    torch::Tensor convolution, convolution_bias;
    torch::Tensor recur_gate, recur_gate_bias, input_gate, input_gate_bias, decay;
    torch::Tensor inner_norm, inner_in, inner_out;
  };
  Block make_block(std::int64_t number);
  torch::Tensor mix(const Block& block, const torch::Tensor& x) const;
  torch::Tensor matrix(const std::string& name, std::int64_t out, std::int64_t in);
  torch::Tensor drop(const torch::Tensor& x) const;

  NetworkShape shape_;
  torch::Tensor item_shares_;
  double dropout_;
  torch::Tensor item_ids_, item_labels_, bias_, start_, final_norm_;
  torch::Tensor viewer_labels_, context_in_, context_query_, context_gate_, types_, gaps_;
  std::vector<Block> blocks_;
};
TORCH_MODULE(Network);

}  // namespace matchcue::train
