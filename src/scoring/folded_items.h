#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The items of one moment as the kernels read them: the moment's context folded in, sorted by slot, packed.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "scoring/packed_matrix.h"

namespace matchcue::scoring {

/// Immutable; any thread. A score is
///   bias_i + sum_k viewer_k item_ik,
/// added up from the bias on in the order of k, with one rounding a step where the kernel has fused multiply-adds
/// (avx512, avx2; portable where the compiler has them) and two elsewhere. So kernels that have them give the same
/// bits, and others differ by about 1e-7 of the sum of the terms' sizes.
class FoldedItems {
 public:
  /// dimension   floats a vector; a multiple of 8, at least 8
  /// vectors     items x dimension, row-major, finite
  /// biases      one per item, finite
  /// slot_of     the slot of each item, below slot_count
  /// Cost        O(items x dimension): once per moment
  FoldedItems(std::size_t dimension, std::span<const float> vectors, std::span<const float> biases,
              std::span<const std::uint32_t> slot_of, std::size_t slot_count);

  std::size_t dimension() const { return vectors_.columns(); }
  std::size_t item_count() const { return item_at_.size(); }
  std::size_t slot_count() const { return slot_begin_.size() - 1; }

  /// Items have places: slot by slot, and within a slot in their own order.
  std::uint32_t item_at(std::size_t place) const { return item_at_[place]; }
  std::uint32_t place_of(std::size_t item) const { return place_of_[item]; }
  std::span<const std::uint32_t> slot_begins() const { return slot_begin_; }  ///< places; slot_count() + 1 of them

  const PackedMatrix& vectors() const { return vectors_; }  ///< with biases; row p is the item at place p

  /// Scores every item for one viewer.
  ///
  /// viewer   dimension() floats
  /// scores   one per item, in the items' own order
  /// Cost     dimension() multiply-adds an item, as many items at a time as the kernel has lanes
  void score(std::span<const float> viewer, std::span<float> scores, Kernel kernel = fastest_kernel()) const;

 private:
  std::vector<std::uint32_t> item_at_;
  std::vector<std::uint32_t> place_of_;
  std::vector<std::uint32_t> slot_begin_;
  PackedMatrix vectors_;
};

}  // namespace matchcue::scoring
