// SPDX-License-Identifier: Apache-2.0
#include "scoring/top_per_slot.h"

#include <algorithm>

#include "base/check.h"
#include "base/random.h"
#include "scoring/kernel_loops.h"

namespace matchcue::scoring {

namespace {

constexpr std::size_t kWordBits = 32;

}  // namespace

EligibleItems::EligibleItems(const FoldedItems& items)
    : items_(items), row_words_(std::max<std::size_t>(1, (items.item_count() + kWordBits - 1) / kWordBits)) {}

std::uint32_t EligibleItems::add_row(std::span<const std::uint64_t> bits) {
  CHECK(bits.size() * 64 >= items_.item_count(), bits.size(), items_.item_count());
  const std::size_t begin = words_.size();
  words_.resize(begin + row_words_);
  for (std::size_t place = 0; place < items_.item_count(); ++place) {
    const std::uint32_t item = items_.item_at(place);
    const std::uint32_t bit = static_cast<std::uint32_t>(bits[item / 64] >> (item % 64)) & 1;
    words_[begin + place / kWordBits] |= bit << (place % kWordBits);
  }
  return static_cast<std::uint32_t>(row_count() - 1);
}

std::uint32_t EligibleItems::add_row_of_all() {
  words_.resize(words_.size() + row_words_, 0xffffffff);
  return static_cast<std::uint32_t>(row_count() - 1);
}

TopPerSlot::TopPerSlot(Kernel kernel) : loops_(loops_of(kernel)) {}

void TopPerSlot::make_room(const FoldedItems& items) {
  const std::size_t tile = loops_.tile;
  const auto grow = [](AlignedFloats& floats, std::size_t size) {
    if (floats.size() < size) floats = AlignedFloats(size);
  };
  grow(transposed_, items.dimension() * tile);
  grow(scores_, (items.item_count() + kRowBlock) * tile);
  grow(chosen_scores_, items.slot_count() * tile);
  vectors_.resize(2 * tile);
  eligible_.resize((items.item_count() + kWordBits - 1) / kWordBits * tile);
  draws_.resize(items.slot_count() * tile);
  places_.resize(items.slot_count() * tile);
  parts_.resize(items.slot_count() * tile);
}

void TopPerSlot::set_viewers(const EligibleItems& eligible, const ViewerBatch& viewers, const DrawOptions& options,
                             std::size_t begin) {
  const std::size_t tile = loops_.tile;
  const std::size_t last = viewers.vectors.size() - 1;  // lanes without a viewer do its work again
  for (std::size_t i = 0; i < 2 * tile; ++i) vectors_[i] = viewers.vectors[std::min(begin + i, last)];
  const std::size_t words = eligible_.size() / tile;
  for (std::size_t i = 0; i < tile; ++i) {
    const std::size_t viewer = std::min(begin + i, last);
    const std::uint32_t* const row = eligible.row(viewers.eligible_row[viewer]);
    for (std::size_t w = 0; w < words; ++w) eligible_[w * tile + i] = static_cast<std::int32_t>(row[w]);
  }
  if (options.draw == DrawOptions::Draw::best) return;
  for (std::size_t slot = 0; slot < options.slot_seeds.size(); ++slot) {
    const std::uint64_t seed = options.slot_seeds[slot];
    std::int32_t* const draws = draws_.data() + slot * tile;
    for (std::size_t i = 0; i < tile; ++i) {
      draws[i] = static_cast<std::int32_t>(mix64(seed ^ viewers.hashes[std::min(begin + i, last)]) >> (64 - kPartBits));
    }
  }
}

void TopPerSlot::write_picks(const FoldedItems& items, std::size_t viewers, std::span<Pick> picks) const {
  const std::size_t tile = loops_.tile;
  const std::size_t slots = items.slot_count();
  for (std::size_t slot = 0; slot < slots; ++slot) {
    for (std::size_t i = 0; i < viewers; ++i) {
      const std::size_t at = slot * tile + i;
      Pick& pick = picks[i * slots + slot];
      if (places_[at] == kNoPlace) {
        pick = Pick();
      } else {
        pick = {items.item_at(places_[at]), chosen_scores_.data()[at], static_cast<float>(parts_[at]) * 0x1p-31f};
      }
    }
  }
}

void TopPerSlot::choose(const FoldedItems& items, const EligibleItems& eligible, const ViewerBatch& viewers,
                        const DrawOptions& options, std::span<Pick> picks) {
  const std::size_t count = viewers.vectors.size();
  const bool explore = options.draw == DrawOptions::Draw::inverse_gap;
  CHECK(viewers.eligible_row.size() == count && picks.size() == count * items.slot_count(), count, picks.size());
  CHECK(!explore || (viewers.hashes.size() == count && options.slot_seeds.size() == items.slot_count()));
  CHECK(options.gamma >= 0 && options.floor >= 0 && options.floor <= 0.05f, options.gamma, options.floor);
  make_room(items);
  const std::size_t tile = loops_.tile;
  for (std::size_t begin = 0; begin < count; begin += tile) {
    set_viewers(eligible, viewers, options, begin);
    loops_.choose({items.dimension(), items.slot_count(), items.vectors().packed_values(),
                   items.vectors().packed_biases(), items.slot_begins().data(), vectors_.data(), vectors_.data() + tile,
                   eligible_.data(), draws_.data(), explore, options.gamma, options.floor, transposed_.data(),
                   scores_.data(), places_.data(), chosen_scores_.data(), parts_.data()});
    write_picks(items, std::min(tile, count - begin), picks.subspan(begin * items.slot_count()));
  }
}

}  // namespace matchcue::scoring
