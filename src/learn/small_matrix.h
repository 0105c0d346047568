#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Symmetric positive definite systems of a few dozen unknowns, without allocation on the way.

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "base/check.h"

namespace matchcue::learn {

/// A dense square matrix, row-major. Value type.
class SquareMatrix {
 public:
  SquareMatrix() = default;
  explicit SquareMatrix(std::size_t size) : size_(size), values_(size * size) {}

  std::size_t size() const { return size_; }
  double& operator()(std::size_t row, std::size_t column) { return values_[row * size_ + column]; }
  double operator()(std::size_t row, std::size_t column) const { return values_[row * size_ + column]; }
  std::span<double> row(std::size_t row) { return {values_.data() + row * size_, size_}; }
  std::span<const double> row(std::size_t row) const { return {values_.data() + row * size_, size_}; }
  std::vector<double>& values() { return values_; }
  const std::vector<double>& values() const { return values_; }
  /// Adds rows and columns that are zero but for `diagonal`.
  void grow(std::size_t size, double diagonal) {
    SquareMatrix larger(size);
    for (std::size_t r = 0; r < size; ++r) {
      for (std::size_t c = 0; c < size; ++c) larger(r, c) = r < size_ && c < size_ ? (*this)(r, c) : 0;
      if (r >= size_) larger(r, r) = diagonal;
    }
    *this = std::move(larger);
  }

 private:
  std::size_t size_ = 0;
  std::vector<double> values_;
};

/// Replaces the lower half by L with L L' = matrix. O(n^3 / 3). The matrix must be positive definite.
inline void factorize(SquareMatrix& matrix) {
  const std::size_t size = matrix.size();
  for (std::size_t j = 0; j < size; ++j) {
    for (std::size_t i = j; i < size; ++i) {
      double sum = matrix(i, j);
      for (std::size_t k = 0; k < j; ++k) sum -= matrix(i, k) * matrix(j, k);
      if (i == j) {
        CHECK(sum > 0, j, sum);
        matrix(j, j) = std::sqrt(sum);
      } else {
        matrix(i, j) = sum / matrix(j, j);
      }
    }
  }
}

/// Solves L L' x = b in place. O(n^2).
inline void solve_factorized(const SquareMatrix& lower, std::span<double> b) {
  const std::size_t size = lower.size();
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= lower(i, k) * b[k];
    b[i] /= lower(i, i);
  }
  for (std::size_t i = size; i-- > 0;) {
    for (std::size_t k = i + 1; k < size; ++k) b[i] -= lower(k, i) * b[k];
    b[i] /= lower(i, i);
  }
}

/// The inverse of a positive definite matrix. O(n^3).
inline SquareMatrix inverse(SquareMatrix matrix) {
  const std::size_t size = matrix.size();
  factorize(matrix);
  SquareMatrix result(size);
  std::vector<double> column(size);
  for (std::size_t c = 0; c < size; ++c) {
    for (double& value : column) value = 0;
    column[c] = 1;
    solve_factorized(matrix, column);
    for (std::size_t r = 0; r < size; ++r) result(r, c) = column[r];
  }
  return result;
}

}  // namespace matchcue::learn
