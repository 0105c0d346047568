#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A matrix as the kernels read it: for products with one vector after another.

#include <cstddef>
#include <memory>
#include <span>

#include "scoring/kernel.h"

namespace matchcue::scoring {

/// Floats that begin with a cache line; zeros at first.
class AlignedFloats {
 public:
  AlignedFloats() = default;
  explicit AlignedFloats(std::size_t size);
  float* data() { return data_.get(); }
  const float* data() const { return data_.get(); }
  std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(float* data) const;
  };
  std::unique_ptr<float[], Free> data_;
  std::size_t size_ = 0;
};

/// y = biases + matrix x, each y_r added up from its bias on in the order of the columns: with one rounding a step
/// where the kernel has fused multiply-adds (avx512, avx2; portable where the compiler has them) and two elsewhere. So
/// kernels that have them give the same bits, and others differ by about 1e-7 of the sum of the terms' sizes. Any
/// thread, once its rows are set.
class PackedMatrix {
 public:
  PackedMatrix() = default;
  /// Zeros, for set_row().
  PackedMatrix(std::size_t rows, std::size_t columns);
  /// values   rows x columns, row-major
  /// biases   one a row, or none: zeros
  PackedMatrix(std::size_t rows, std::size_t columns, std::span<const float> values, std::span<const float> biases);

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  void set_row(std::size_t row, std::span<const float> values, float bias);

  /// Writes `rows()` floats of y for `columns()` floats of x; they do not overlap.
  /// Cost: rows x columns multiply-adds, as many rows at a time as the kernel has lanes: about 0.02 ns each with 16.
  void multiply(std::span<const float> x, std::span<float> y, Kernel kernel = fastest_kernel()) const;

  // For kernels: [block of kItemBlock rows][column][row in block], padded with zeros.
  const float* packed_values() const { return values_.data(); }
  const float* packed_biases() const { return biases_.data(); }
  std::size_t block_count() const;

 private:
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  AlignedFloats values_;
  AlignedFloats biases_;
};

}  // namespace matchcue::scoring
