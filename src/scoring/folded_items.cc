// SPDX-License-Identifier: Apache-2.0
#include "scoring/folded_items.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "scoring/kernel_loops.h"

namespace matchcue::scoring {

FoldedItems::FoldedItems(std::size_t dimension, std::span<const float> vectors, std::span<const float> biases,
                         std::span<const std::uint32_t> slot_of, std::size_t slot_count)
    : item_at_(biases.size()),
      place_of_(biases.size()),
      slot_begin_(slot_count + 1),
      vectors_(biases.size(), dimension) {
  CHECK(dimension >= kDimensionStep && dimension % kDimensionStep == 0, dimension);
  CHECK(vectors.size() == biases.size() * dimension && slot_of.size() == biases.size(), vectors.size(), biases.size());
  for (const std::uint32_t slot : slot_of) {
    CHECK(slot < slot_count, slot, slot_count);
    ++slot_begin_[slot + 1];
  }
  std::partial_sum(slot_begin_.begin(), slot_begin_.end(), slot_begin_.begin());
  std::vector<std::uint32_t> next(slot_begin_.begin(), slot_begin_.end() - 1);
  for (std::uint32_t item = 0; item < item_at_.size(); ++item) {
    const std::uint32_t place = next[slot_of[item]]++;
    item_at_[place] = item;
    place_of_[item] = place;
    vectors_.set_row(place, vectors.subspan(item * dimension, dimension), biases[item]);
  }
}

void FoldedItems::score(std::span<const float> viewer, std::span<float> scores, Kernel kernel) const {
  CHECK(viewer.size() == dimension() && scores.size() == item_count(), viewer.size(), scores.size());
  const KernelLoops& loops = loops_of(kernel);
  constexpr std::size_t kBlocks = 4;  // at a time, so that what they give is still in the first cache
  alignas(64) float placed[kBlocks * kRowBlock];
  for (std::size_t block = 0; block < vectors_.block_count(); block += kBlocks) {
    const std::size_t begin = block * kRowBlock;
    loops.multiply(vectors_.packed_values() + begin * dimension(), vectors_.packed_biases() + begin, dimension(),
                   std::min(kBlocks, vectors_.block_count() - block), viewer.data(), placed);
    const std::size_t end = std::min(begin + kBlocks * kRowBlock, item_count());
    for (std::size_t place = begin; place < end; ++place) scores[item_at_[place]] = placed[place - begin];
  }
}

}  // namespace matchcue::scoring
