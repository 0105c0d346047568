// SPDX-License-Identifier: Apache-2.0
#include "base/normal.h"

#include <gtest/gtest.h>

namespace matchcue {
namespace {

TEST(NormalQuantile, IsThatOfTheTables) {
  EXPECT_NEAR(normal_quantile(.5), 0, 1e-12);
  EXPECT_NEAR(normal_quantile(.975), 1.959963984540054, 1e-9);
  EXPECT_NEAR(normal_quantile(.001), -3.090232306167813, 1e-9);
}

}  // namespace
}  // namespace matchcue
