#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The numbers of a recurrent network, one viewer's act at a time. docs/model.md has the equations.

#include <cstddef>
#include <span>
#include <vector>

#include "scoring/packed_matrix.h"
#include "scoring/recurrent_tables.h"

namespace matchcue::scoring {

/// Immutable; any thread. What it remembers of a viewer is, block after block, the recurrence's state and, for rg_lru,
/// what went into the convolution at the last acts, the newest first; zeros before the first act.
class RecurrentNetwork {
 public:
  /// Packs the blocks' matrices; the rest of `tables` is read where it lies, so they must outlive the network.
  explicit RecurrentNetwork(const RecurrentTables& tables);

  std::size_t width() const { return shape_.width; }
  /// Floats that are remembered.
  std::size_t memory_size() const { return memory_width_ * shape_.blocks; }

  /// Takes one act in.
  ///
  /// memory   memory_size() floats
  /// input    width() floats: what the act is
  /// viewer   width() floats, written: what the viewer is after it
  /// Cost     (5 + 2 inner) width^2 multiply-adds a block (min_gru: 4 + 2 inner) and a few exponentials a unit; no
  ///          allocation. The same bits every time, on every machine whose kernel has fused multiply-adds.
  void advance(std::span<float> memory, std::span<const float> input, std::span<float> viewer,
               Kernel kernel = fastest_kernel()) const;

 private:
  /// Matrices that read the same vector are one.
  struct Block {
    PackedMatrix enter;  ///< in, gate; then, for min_gru, input_gate
    PackedMatrix gates;  ///< recur_gate, input_gate; rg_lru only
    PackedMatrix out;
    PackedMatrix inner_in;
    PackedMatrix inner_out;
    std::vector<float> slope;  ///< -8 softplus(decay)
    RecurrentBlock weights;
  };
  struct Scratch;
  Block pack(const RecurrentBlock& weights) const;
  void mix(const Block& block, float* memory, Scratch& scratch, Kernel kernel) const;

  RecurrentShape shape_;
  std::size_t memory_width_;  ///< floats of a block
  std::span<const float> final_norm_;
  std::vector<Block> blocks_;
};

}  // namespace matchcue::scoring
