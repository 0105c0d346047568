// SPDX-License-Identifier: Apache-2.0
#include "scoring/folded_items.h"

#include <algorithm>
#include <new>
#include <numeric>

#include "base/check.h"
#include "scoring/kernel_loops.h"

namespace matchcue::scoring {

namespace {

constexpr std::size_t kLineBytes = 64;

std::size_t whole_blocks(std::size_t items) { return (items + kItemBlock - 1) / kItemBlock; }

}  // namespace

AlignedFloats::AlignedFloats(std::size_t size)
    : data_(new (std::align_val_t(kLineBytes)) float[std::max<std::size_t>(size, 1)]()), size_(size) {}

void AlignedFloats::Free::operator()(float* data) const { ::operator delete[](data, std::align_val_t(kLineBytes)); }

FoldedItems::FoldedItems(std::size_t dimension, std::span<const float> vectors, std::span<const float> biases,
                         std::span<const std::uint32_t> slot_of, std::size_t slot_count)
    : dimension_(dimension),
      item_at_(biases.size()),
      place_of_(biases.size()),
      slot_begin_(slot_count + 1),
      vectors_(whole_blocks(biases.size()) * kItemBlock * dimension),
      biases_(whole_blocks(biases.size()) * kItemBlock) {
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
    biases_.data()[place] = biases[item];
    float* const packed = vectors_.data() + place / kItemBlock * kItemBlock * dimension + place % kItemBlock;
    for (std::size_t k = 0; k < dimension; ++k) packed[k * kItemBlock] = vectors[item * dimension + k];
  }
}

void FoldedItems::score(std::span<const float> viewer, std::span<float> scores, Kernel kernel) const {
  CHECK(viewer.size() == dimension_ && scores.size() == item_count(), viewer.size(), scores.size());
  const KernelLoops& loops = loops_of(kernel);
  constexpr std::size_t kBlocks = 4;  // at a time, so that what they give is still in the first cache
  alignas(kLineBytes) float placed[kBlocks * kItemBlock];
  const std::size_t blocks = whole_blocks(item_count());
  for (std::size_t block = 0; block < blocks; block += kBlocks) {
    loops.score_one(vectors_.data() + block * kItemBlock * dimension_, biases_.data() + block * kItemBlock, dimension_,
                    std::min(kBlocks, blocks - block), viewer.data(), placed);
    const std::size_t begin = block * kItemBlock;
    const std::size_t end = std::min(begin + kBlocks * kItemBlock, item_count());
    for (std::size_t place = begin; place < end; ++place) scores[item_at_[place]] = placed[place - begin];
  }
}

}  // namespace matchcue::scoring
