#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A set of a catalogue's items, one bit each.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/check.h"

namespace matchcue::filter {

/// Values; the operations are on masks of one catalogue, O(items / 64).
class ItemMask {
 public:
  ItemMask() = default;
  /// Of `items` items, all in the set or none.
  explicit ItemMask(std::size_t items, bool all = false)
      : items_(items), words_((items + 63) / 64, all ? ~std::uint64_t{0} : 0) {
    clear_unused();
  }

  std::size_t items() const { return items_; }
  bool test(std::size_t item) const { return (words_[item / 64] >> (item % 64) & 1) != 0; }
  void set(std::size_t item) { words_[item / 64] |= std::uint64_t{1} << (item % 64); }
  std::size_t count() const {
    std::size_t count = 0;
    for (const std::uint64_t word : words_) count += static_cast<std::size_t>(std::popcount(word));
    return count;
  }

  ItemMask& operator|=(const ItemMask& other) {
    return combine(other, [](std::uint64_t a, std::uint64_t b) { return a | b; });
  }
  ItemMask& operator&=(const ItemMask& other) {
    return combine(other, [](std::uint64_t a, std::uint64_t b) { return a & b; });
  }
  /// Takes `other` away.
  ItemMask& operator-=(const ItemMask& other) {
    return combine(other, [](std::uint64_t a, std::uint64_t b) { return a & ~b; });
  }
  void complement() {
    for (std::uint64_t& word : words_) word = ~word;
    clear_unused();
  }

  friend bool operator==(const ItemMask&, const ItemMask&) = default;

 private:
  template <typename Word>
  ItemMask& combine(const ItemMask& other, Word word) {
    CHECK(items_ == other.items_, items_, other.items_);
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] = word(words_[i], other.words_[i]);
    return *this;
  }
  /// Bits beyond the last item are 0, so that count() and == need not know of them.
  void clear_unused() {
    if (items_ % 64 != 0) words_.back() &= (std::uint64_t{1} << (items_ % 64)) - 1;
  }

  std::size_t items_ = 0;
  std::vector<std::uint64_t> words_;
};

}  // namespace matchcue::filter
