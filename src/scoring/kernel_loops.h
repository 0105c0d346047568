#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The loops, once for all kernels. A kernel is a type of lanes: vectors of floats and of 32-bit integers, masks, and a
// few operations, each of which does the same to every lane as the scalar operation does (IEEE 754). So kernels with
// the same multiply_add give the same bits, however many lanes they have. Each kernel_<name>.cc defines its lanes and
// instantiates the loops with compiler options of its own; this file includes nothing that has functions, so that none
// compiled with them gets into the rest of the program.
//
// In the tile loops a lane is a viewer: nothing is ever added up across lanes.

#include <cstddef>
#include <cstdint>

namespace matchcue::scoring {

constexpr std::size_t kRowBlock = 16;           ///< rows that are packed together: the most lanes of any kernel
constexpr std::size_t kPartBits = 31;           ///< probabilities are whole multiples of 2^-31 inside a draw
constexpr std::uint32_t kNoPlace = 0xffffffff;  ///< no item could be chosen
constexpr std::size_t kDimensionStep = 8;

/// Viewers that are scored together, and what is chosen for them. T is the kernel's number of viewers a tile.
struct Tile {
  std::size_t dimension;  ///< a multiple of kDimensionStep
  std::size_t slot_count;
  const float* packed_vectors;       ///< [block][dimension][kRowBlock]
  const float* packed_biases;        ///< [block][kRowBlock]
  const std::uint32_t* slot_begins;  ///< slot_count + 1 places
  const float* const* viewers;       ///< T pointers to dimension floats
  const float* const* next_viewers;  ///< T pointers that will be read soon
  const std::int32_t* eligible;      ///< [place / 32][T]: bit place % 32
  const std::int32_t* draws;         ///< [slot][T], uniform in 0 .. 2^31 - 1
  bool explore;                      ///< false: the best item
  float gamma;
  float floor;
  // Scratch, aligned to 64 bytes.
  float* transposed;  ///< [dimension][T]
  float* scores;      ///< [places, whole blocks][T]
  // Results.
  std::uint32_t* places;  ///< [slot][T]
  float* chosen_scores;   ///< [slot][T]
  std::uint32_t* parts;   ///< [slot][T], probability times 2^31
};

/// What a kernel can do.
struct KernelLoops {
  std::size_t tile;  ///< viewers in a Tile
  void (*choose)(const Tile& tile);
  /// `blocks` blocks of rows of a PackedMatrix times x, into y.
  void (*multiply)(const float* packed_values, const float* packed_biases, std::size_t columns, std::size_t blocks,
                   const float* x, float* y);
};

/// kernel_<name>.cc; null where the program was not built for such machines.
const KernelLoops* portable_loops();
const KernelLoops* avx2_loops();
const KernelLoops* avx512_loops();

/// `Vectors` vectors of viewers times `Items` items are in registers at a time.
template <typename Lanes, std::size_t Vectors, std::size_t Items>
struct TileLoops {
  using Floats = typename Lanes::Floats;
  using Integers = typename Lanes::Integers;
  using Mask = typename Lanes::Mask;
  static constexpr std::size_t kLanes = Lanes::kLanes;
  static constexpr std::size_t kTile = Vectors * kLanes;
  static_assert(kRowBlock % Items == 0);

  static void transpose(const Tile& tile) {
    for (std::size_t v = 0; v < Vectors; ++v) {
      for (std::size_t k = 0; k < tile.dimension; k += kDimensionStep) {
        Lanes::transpose(tile.viewers + v * kLanes, k, tile.transposed + k * kTile + v * kLanes, kTile);
      }
    }
  }

  /// Scores `Items` items from `place` on.
  static void score(const Tile& tile, std::size_t place) {
    const std::size_t in_block = place % kRowBlock;
    const float* vectors = tile.packed_vectors + (place - in_block) * tile.dimension + in_block;
    const float* viewers = tile.transposed;
    Floats sums[Items][Vectors];
    for (std::size_t i = 0; i < Items; ++i) {
      for (std::size_t v = 0; v < Vectors; ++v) sums[i][v] = Lanes::same(tile.packed_biases[place + i]);
    }
    for (std::size_t k = 0; k < tile.dimension; ++k) {
      Floats x[Vectors];
      for (std::size_t v = 0; v < Vectors; ++v) x[v] = Lanes::load(viewers + v * kLanes);
      for (std::size_t i = 0; i < Items; ++i) {
        const Floats y = Lanes::same(vectors[i]);
        for (std::size_t v = 0; v < Vectors; ++v) sums[i][v] = Lanes::multiply_add(x[v], y, sums[i][v]);
      }
      viewers += kTile;
      vectors += kRowBlock;
    }
    for (std::size_t i = 0; i < Items; ++i) {
      for (std::size_t v = 0; v < Vectors; ++v) {
        Lanes::store(tile.scores + (place + i) * kTile + v * kLanes, sums[i][v]);
      }
    }
  }

  /// The best of a slot's eligible items, and how many there are.
  struct Best {
    Floats score;
    Integers place;
    Floats count;
  };

  /// Finds it; writes minus infinity over the scores of those that are not eligible.
  static Best find_best(const Tile& tile, std::size_t begin, std::size_t end, std::size_t v) {
    const Floats none = Lanes::same(-__builtin_inff());
    const Floats one = Lanes::same(1.f);
    Best best{none, Lanes::same(static_cast<std::int32_t>(kNoPlace)), Lanes::same(0.f)};
    for (std::size_t place = begin; place < end; ++place) {
      const Integers word = Lanes::load(tile.eligible + place / 32 * kTile + v * kLanes);
      const Mask eligible = Lanes::has_bit(word, static_cast<unsigned>(place % 32));
      float* const at = tile.scores + place * kTile + v * kLanes;
      const Floats score = Lanes::choose(eligible, Lanes::load(at), none);
      Lanes::store(at, score);
      best.count = Lanes::add(best.count, Lanes::choose(eligible, one, Lanes::same(0.f)));
      const Mask better = Lanes::greater(score, best.score);
      best.score = Lanes::choose(better, score, best.score);
      best.place = Lanes::choose(better, Lanes::same(static_cast<std::int32_t>(place)), best.place);
    }
    return best;
  }

  static void write(const Tile& tile, std::size_t at, Integers place, Floats score, Integers parts) {
    Lanes::store(reinterpret_cast<std::int32_t*>(tile.places) + at, place);
    Lanes::store(tile.chosen_scores + at, score);
    Lanes::store(reinterpret_cast<std::int32_t*>(tile.parts) + at, parts);
  }

  /// Inverse-gap weighting. The others, in their order, take their parts of 2^31 from 0 on, the best has the rest.
  static void draw(const Tile& tile, std::size_t slot, std::size_t v, const Best& best) {
    const std::size_t at = slot * kTile + v * kLanes;
    const Floats all = Lanes::same(0x1p31f);
    const Floats gamma = Lanes::same(tile.gamma);
    const Floats least = Lanes::smaller(Lanes::same(tile.floor), Lanes::divide(Lanes::same(.5f), best.count));
    const Floats least_parts = Lanes::multiply(least, all);
    const Floats kept_parts = Lanes::subtract(all, Lanes::multiply(best.count, least_parts));
    const Floats none = Lanes::same(-__builtin_inff());
    const Integers drawn = Lanes::load(tile.draws + at);
    Integers passed = Lanes::same(std::int32_t{0});
    Mask open = Lanes::all();
    Integers place = best.place;
    Floats chosen_score = best.score;
    Integers chosen_parts = passed;
    for (std::size_t i = tile.slot_begins[slot]; i < tile.slot_begins[slot + 1]; ++i) {
      const Integers here = Lanes::same(static_cast<std::int32_t>(i));
      const Floats score = Lanes::load(tile.scores + i * kTile + v * kLanes);
      const Floats gap = Lanes::subtract(best.score, score);
      const Floats weight = Lanes::divide(kept_parts, Lanes::add(best.count, Lanes::multiply(gamma, gap)));
      const Mask counts = Lanes::and_not(Lanes::greater(score, none), Lanes::equal(here, best.place));
      const Integers parts = Lanes::keep(counts, Lanes::truncate(Lanes::add(weight, least_parts)));
      passed = Lanes::add(passed, parts);
      const Mask hit = Lanes::both(open, Lanes::greater(passed, drawn));
      open = Lanes::and_not(open, hit);
      place = Lanes::choose(hit, here, place);
      chosen_score = Lanes::choose(hit, score, chosen_score);
      chosen_parts = Lanes::choose(hit, parts, chosen_parts);
    }
    const Integers rest = Lanes::subtract(Lanes::same(INT32_MIN), passed);  // 2^31 as unsigned
    write(tile, at, place, chosen_score, Lanes::choose(open, rest, chosen_parts));
  }

  /// Asks for a part of the next viewers, so that memory is read while we compute.
  static void prefetch(const Tile& tile, std::size_t part, std::size_t parts) {
    constexpr std::size_t kLineFloats = 16;
    const std::size_t end = kTile * (part + 1) / parts;
    for (std::size_t row = kTile * part / parts; row < end; ++row) {
      for (std::size_t k = 0; k < tile.dimension; k += kLineFloats) __builtin_prefetch(tile.next_viewers[row] + k);
    }
  }

  static void choose(const Tile& tile) {
    transpose(tile);
    std::size_t scored = 0;
    const std::size_t steps = (tile.slot_begins[tile.slot_count] + Items - 1) / Items;
    for (std::size_t slot = 0; slot < tile.slot_count; ++slot) {
      const std::size_t begin = tile.slot_begins[slot];
      const std::size_t end = tile.slot_begins[slot + 1];
      for (; scored < end; scored += Items) {
        prefetch(tile, scored / Items, steps);
        score(tile, scored);
      }
      for (std::size_t v = 0; v < Vectors; ++v) {
        const Best best = find_best(tile, begin, end, v);
        if (tile.explore) {
          draw(tile, slot, v, best);
        } else {
          write(tile, slot * kTile + v * kLanes, best.place, best.score, Lanes::same(INT32_MIN));
        }
      }
    }
  }
};

/// Lanes are rows here. `Vectors` vectors are in registers at a time.
template <typename Lanes, std::size_t Vectors>
struct ProductLoops {
  using Floats = typename Lanes::Floats;
  static constexpr std::size_t kLanes = Lanes::kLanes;
  static constexpr std::size_t kParts = kRowBlock / kLanes;  ///< vectors of a block

  template <std::size_t Blocks>
  static void multiply_blocks(const float* values, const float* biases, std::size_t columns, const float* x, float* y) {
    Floats sums[Blocks][kParts];
    for (std::size_t b = 0; b < Blocks; ++b) {
      for (std::size_t p = 0; p < kParts; ++p) sums[b][p] = Lanes::load(biases + b * kRowBlock + p * kLanes);
    }
    for (std::size_t k = 0; k < columns; ++k) {
      const Floats factor = Lanes::same(x[k]);
      for (std::size_t b = 0; b < Blocks; ++b) {
        const float* const column = values + (b * columns + k) * kRowBlock;
        for (std::size_t p = 0; p < kParts; ++p) {
          sums[b][p] = Lanes::multiply_add(factor, Lanes::load(column + p * kLanes), sums[b][p]);
        }
      }
    }
    for (std::size_t b = 0; b < Blocks; ++b) {
      for (std::size_t p = 0; p < kParts; ++p) Lanes::store(y + b * kRowBlock + p * kLanes, sums[b][p]);
    }
  }

  /// As many blocks as there are, at most `Blocks`.
  template <std::size_t Blocks>
  static void multiply_some(const float* values, const float* biases, std::size_t columns, std::size_t blocks,
                            const float* x, float* y) {
    if constexpr (Blocks > 0) {
      if (blocks < Blocks) return multiply_some<Blocks - 1>(values, biases, columns, blocks, x, y);
      multiply_blocks<Blocks>(values, biases, columns, x, y);
    }
  }

  static void multiply(const float* values, const float* biases, std::size_t columns, std::size_t blocks,
                       const float* x, float* y) {
    constexpr std::size_t kAtOnce = Vectors / kParts;
    while (blocks > 0) {
      multiply_some<kAtOnce>(values, biases, columns, blocks, x, y);
      const std::size_t done = blocks < kAtOnce ? blocks : kAtOnce;
      values += done * columns * kRowBlock;
      biases += done * kRowBlock;
      y += done * kRowBlock;
      blocks -= done;
    }
  }
};

}  // namespace matchcue::scoring
