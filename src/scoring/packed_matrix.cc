// SPDX-License-Identifier: Apache-2.0
#include "scoring/packed_matrix.h"

#include <algorithm>
#include <new>

#include "base/check.h"
#include "scoring/kernel_loops.h"

namespace matchcue::scoring {

namespace {

constexpr std::size_t kLineBytes = 64;

std::size_t whole_blocks(std::size_t rows) { return (rows + kRowBlock - 1) / kRowBlock; }

}  // namespace

AlignedFloats::AlignedFloats(std::size_t size)
    : data_(new (std::align_val_t(kLineBytes)) float[std::max<std::size_t>(size, 1)]()), size_(size) {}

void AlignedFloats::Free::operator()(float* data) const { ::operator delete[](data, std::align_val_t(kLineBytes)); }

PackedMatrix::PackedMatrix(std::size_t rows, std::size_t columns)
    : rows_(rows),
      columns_(columns),
      values_(whole_blocks(rows) * kRowBlock * columns),
      biases_(whole_blocks(rows) * kRowBlock) {}

PackedMatrix::PackedMatrix(std::size_t rows, std::size_t columns, std::span<const float> values,
                           std::span<const float> biases)
    : PackedMatrix(rows, columns) {
  CHECK(values.size() == rows * columns && (biases.empty() || biases.size() == rows), values.size(), biases.size());
  for (std::size_t r = 0; r < rows; ++r) {
    set_row(r, values.subspan(r * columns, columns), biases.empty() ? 0 : biases[r]);
  }
}

void PackedMatrix::set_row(std::size_t row, std::span<const float> values, float bias) {
  CHECK(row < rows_ && values.size() == columns_, row, values.size());
  biases_.data()[row] = bias;
  float* const packed = values_.data() + row / kRowBlock * kRowBlock * columns_ + row % kRowBlock;
  for (std::size_t k = 0; k < columns_; ++k) packed[k * kRowBlock] = values[k];
}

std::size_t PackedMatrix::block_count() const { return whole_blocks(rows_); }

void PackedMatrix::multiply(std::span<const float> x, std::span<float> y, Kernel kernel) const {
  CHECK(x.size() == columns_ && y.size() == rows_, x.size(), y.size());
  const KernelLoops& loops = loops_of(kernel);
  const std::size_t whole = rows_ / kRowBlock;
  loops.multiply(values_.data(), biases_.data(), columns_, whole, x.data(), y.data());
  if (whole * kRowBlock == rows_) return;
  alignas(kLineBytes) float rest[kRowBlock];
  loops.multiply(values_.data() + whole * kRowBlock * columns_, biases_.data() + whole * kRowBlock, columns_, 1,
                 x.data(), rest);
  std::copy(rest, rest + rows_ % kRowBlock, y.begin() + static_cast<std::ptrdiff_t>(whole * kRowBlock));
}

}  // namespace matchcue::scoring
