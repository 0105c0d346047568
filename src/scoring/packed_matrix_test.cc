// SPDX-License-Identifier: Apache-2.0
#include "scoring/packed_matrix.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "base/random.h"

namespace matchcue::scoring {
namespace {

std::vector<float> numbers(Random& random, std::size_t count) {
  std::vector<float> out(count);
  for (float& x : out) x = static_cast<float>(random.uniform() * 2 - 1);
  return out;
}

TEST(PackedMatrix, AnyShapeGivesWhatTheNaiveLoopGives) {
  Random random(1);
  for (int round = 0; round < 200; ++round) {
    const std::size_t rows = 1 + random.below(200);
    const std::size_t columns = 1 + random.below(130);
    const std::vector<float> values = numbers(random, rows * columns);
    const std::vector<float> biases = numbers(random, rows);
    const std::vector<float> x = numbers(random, columns);
    const PackedMatrix matrix(rows, columns, values, biases);
    for (const Kernel kernel : runnable_kernels()) {
      std::vector<float> y(rows + 1, 99);
      matrix.multiply(x, std::span(y).first(rows), kernel);
      EXPECT_EQ(y[rows], 99) << "written behind the end";
      for (std::size_t r = 0; r < rows; ++r) {
        float fused = biases[r];
        for (std::size_t k = 0; k < columns; ++k) fused = std::fma(x[k], values[r * columns + k], fused);
        if (kernel == Kernel::portable) {
          ASSERT_NEAR(y[r], fused, 1e-5);
        } else {
          ASSERT_EQ(y[r], fused) << name_of(kernel) << " row " << r;
        }
      }
    }
  }
}

TEST(PackedMatrix, WithoutBiasesSumsBeginAtZero) {
  const PackedMatrix matrix(2, 1, std::vector<float>{2, 3}, {});
  std::vector<float> y(2);
  matrix.multiply(std::vector<float>{10}, y);
  EXPECT_EQ(y, (std::vector<float>{20, 30}));
}

TEST(PackedMatrix, BeginsWithACacheLine) {
  const PackedMatrix matrix(17, 3);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(matrix.packed_values()) % 64, 0u);
  EXPECT_EQ(matrix.block_count(), 2u);
}

}  // namespace
}  // namespace matchcue::scoring
