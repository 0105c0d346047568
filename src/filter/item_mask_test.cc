// SPDX-License-Identifier: Apache-2.0
#include "filter/item_mask.h"

#include <gtest/gtest.h>

namespace matchcue::filter {
namespace {

TEST(ItemMask, AllOfThemAreNoMoreThanThereAre) {
  for (const std::size_t items : {0, 1, 63, 64, 65, 128, 10'000}) {
    EXPECT_EQ(ItemMask(items, true).count(), items);
    ItemMask mask(items);
    EXPECT_EQ(mask.count(), 0U);
    mask.complement();
    EXPECT_EQ(mask, ItemMask(items, true));
  }
}

TEST(ItemMask, CombinesItemByItem) {
  ItemMask even(130);
  ItemMask third(130);
  for (std::size_t i = 0; i < 130; i += 2) even.set(i);
  for (std::size_t i = 0; i < 130; i += 3) third.set(i);
  ItemMask either = even;
  either |= third;
  ItemMask both = even;
  both &= third;
  ItemMask only_even = even;
  only_even -= third;
  for (std::size_t i = 0; i < 130; ++i) {
    EXPECT_EQ(either.test(i), i % 2 == 0 || i % 3 == 0);
    EXPECT_EQ(both.test(i), i % 6 == 0);
    EXPECT_EQ(only_even.test(i), i % 2 == 0 && i % 3 != 0);
  }
}

}  // namespace
}  // namespace matchcue::filter
