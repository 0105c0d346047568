#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// One item a slot for many viewers at once: scores, who may see what, and the draw, in one pass over the viewers.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "scoring/folded_items.h"
#include "scoring/kernel.h"

namespace matchcue::scoring {

/// Which items may be shown: rows of bits. Viewers with the same traits share a row, or each has their own. A blocked
/// item has a 0 in every row, a pinned one the only 1 of its slot. Values.
class EligibleItems {
 public:
  /// For these items, whose order the bits follow.
  explicit EligibleItems(const FoldedItems& items);

  /// Adds a row and returns its number. Item i may be shown when bit i % 64 of bits[i / 64] is 1. O(items).
  std::uint32_t add_row(std::span<const std::uint64_t> bits);
  /// Adds a row with every item in it.
  std::uint32_t add_row_of_all();

  std::size_t row_count() const { return words_.size() / row_words_; }
  std::size_t row_words() const { return row_words_; }
  /// Bit p % 32 of word p / 32 is the item at place p.
  const std::uint32_t* row(std::size_t row) const { return words_.data() + row * row_words_; }

 private:
  const FoldedItems& items_;
  std::size_t row_words_;
  std::vector<std::uint32_t> words_;
};

/// What is the same for all viewers of a moment.
struct DrawOptions {
  enum class Draw {
    best,         ///< the best score; its probability is 1
    inverse_gap,  ///< see TopPerSlot
  };
  Draw draw = Draw::inverse_gap;
  float gamma = 100;                          ///< >= 0, larger is greedier; 0 is uniform
  float floor = 0.002f;                       ///< [0, 0.05]; every eligible item keeps min(floor, 1 / (2 K))
  std::span<const std::uint64_t> slot_seeds;  ///< one per slot; not read for `best`
};

/// The viewers, by column. Borrowed.
struct ViewerBatch {
  std::span<const float* const> vectors;        ///< each of FoldedItems::dimension() floats, finite
  std::span<const std::uint32_t> eligible_row;  ///< each viewer's, of EligibleItems
  std::span<const std::uint64_t> hashes;        ///< stable_hash(viewer id); not read for `best`
};

/// What one slot of one viewer gets.
struct Pick {
  static constexpr std::uint32_t kNone = 0xffffffff;
  std::uint32_t item = kNone;
  float score = 0;
  float propensity = 0;  ///< (0, 1]; 0 only with kNone
};

/// With K eligible items in a slot, the best of them b (ties: the first in item order):
///   p_i = (1 - K f) / (K + gamma (s_b - s_i)) + f   for i != b,   p_b = 1 - sum of the others,
///   f = min(floor, 1 / (2 K)),
/// which is inverse-gap weighting (Abe & Long 1999; Foster & Rakhlin 2020, arXiv:2002.04926, algorithm 1, SquareCB)
/// with a floor. Each p_i is cut to a whole multiple of 2^-31, and the draw is a 31-bit number mix64(slot seed ^ viewer
/// hash) >> 33 that falls on an item's part of them: so a propensity is the share of numbers that would have drawn this
/// item, exactly, rounded once to a float. It may differ from the formula by 2^-31 and by float rounding.
///
/// Single shard: it has scratch space of its own.
class TopPerSlot {
 public:
  explicit TopPerSlot(Kernel kernel = fastest_kernel());

  /// Writes viewers x slots picks, viewer by viewer. What a viewer gets does not depend on who else is there.
  ///
  /// Cost     of one viewer, 64 floats and 40 items: 0.09 us (bench/bench_kernel.cc); dimension multiply-adds and
  ///          one division an item. No allocation once warm.
  /// Source   Abe & Long 1999; Foster & Rakhlin 2020, arXiv:2002.04926, algorithm 1 (SquareCB).
  void choose(const FoldedItems& items, const EligibleItems& eligible, const ViewerBatch& viewers,
              const DrawOptions& options, std::span<Pick> picks);

 private:
  void make_room(const FoldedItems& items);
  void set_viewers(const EligibleItems& eligible, const ViewerBatch& viewers, const DrawOptions& options,
                   std::size_t begin);
  void write_picks(const FoldedItems& items, std::size_t viewers, std::span<Pick> picks) const;

  const KernelLoops& loops_;
  AlignedFloats transposed_;
  AlignedFloats scores_;
  AlignedFloats chosen_scores_;
  std::vector<const float*> vectors_;  ///< of this tile and the next
  std::vector<std::int32_t> eligible_;
  std::vector<std::int32_t> draws_;
  std::vector<std::uint32_t> places_;
  std::vector<std::uint32_t> parts_;
};

}  // namespace matchcue::scoring
