// SPDX-License-Identifier: Apache-2.0
#include "simulate/item_ridge.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "simulate/draws.h"

namespace matchcue::simulate {
namespace {

/// Observations y = intercept + slope x of an item.
void observe(ItemRidge& ridge, std::size_t item, double intercept, double slope, int count) {
  Random random(item + 1);
  for (int i = 0; i < count; ++i) {
    const double x = draw_normal(random);
    ridge.add(item, std::array{1., x}, intercept + slope * x);
  }
}

TEST(ItemRidge, FindsEachItemsWeights) {
  ItemRidge ridge(2, 2, {.shared_ridge = 1, .item_ridge = 1});
  observe(ridge, 0, 1, 2, 5'000);
  observe(ridge, 1, -1, 2, 5'000);
  ridge.fit();
  EXPECT_NEAR(ridge.weights(0)[0], 1, .01);
  EXPECT_NEAR(ridge.weights(0)[1], 2, .01);
  EXPECT_NEAR(ridge.weights(1)[0], -1, .01);
}

TEST(ItemRidge, AnItemNeverSeenHasWhatTheOthersShare) {
  ItemRidge ridge(3, 2, {.shared_ridge = 1, .item_ridge = 10});
  observe(ridge, 0, 1, 2, 5'000);
  observe(ridge, 1, 0, 2, 5'000);
  EXPECT_EQ(ridge.weights(2)[1], 0);
  ridge.fit();
  EXPECT_NEAR(ridge.weights(2)[0], .5, .05);
  EXPECT_NEAR(ridge.weights(2)[1], 2, .01);
}

TEST(ItemRidge, ForgetsWhatIsLongAgo) {
  ItemRidge ridge(1, 2, {.keep = .5});
  observe(ridge, 0, 1, 0, 1'000);
  for (int i = 0; i < 12; ++i) ridge.fit();
  observe(ridge, 0, -1, 0, 1'000);
  ridge.fit();
  EXPECT_NEAR(ridge.weights(0)[0], -1, .02);
}

TEST(ItemRidge, DrawsSpreadAsFarAsLittleIsKnown) {
  ItemRidge ridge(1, 1, {.shared_ridge = 1, .item_ridge = 1});
  for (int i = 0; i < 99; ++i) ridge.add(0, std::array{1.}, 0);
  Random random(1);
  double square = 0;
  for (int i = 0; i < 4'000; ++i) {
    ridge.fit_and_sample(4, random);
    square += ridge.weights(0)[0] * ridge.weights(0)[0] / 4'000;
  }
  EXPECT_NEAR(square, 4. / 100, .004);  // noise / (observations + item_ridge)
}

}  // namespace
}  // namespace matchcue::simulate
