// SPDX-License-Identifier: Apache-2.0
#include "simulate/item_ridge.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "simulate/draws.h"

namespace matchcue::simulate {
namespace {

/// Replaces the lower triangle of a symmetric positive definite n x n matrix by L with L L' = it.
void factorise(std::span<double> a, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    double* const row = &a[i * n];
    for (std::size_t j = 0; j <= i; ++j) {
      const double* const other = &a[j * n];
      double even = row[j];
      double odd = 0;
      std::size_t k = 0;
      for (; k + 1 < j; k += 2) {
        even -= row[k] * other[k];
        odd -= row[k + 1] * other[k + 1];
      }
      if (k < j) even -= row[k] * other[k];
      row[j] = i == j ? std::sqrt(even + odd) : (even + odd) / other[j];
    }
    CHECK(row[i] > 0, i);
  }
}

/// x <- L^-1 x
void solve_lower(std::span<const double> l, std::span<double> x) {
  const std::size_t n = x.size();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) x[i] -= l[i * n + k] * x[k];
    x[i] /= l[i * n + i];
  }
}

/// x <- L'^-1 x
void solve_upper(std::span<const double> l, std::span<double> x) {
  const std::size_t n = x.size();
  for (std::size_t i = n; i-- > 0;) {
    x[i] /= l[i * n + i];
    for (std::size_t k = 0; k < i; ++k) x[k] -= l[i * n + k] * x[i];
  }
}

}  // namespace

ItemRidge::ItemRidge(std::size_t items, std::size_t dimensions, Options options)
    : items_(items), dimensions_(dimensions), options_(options) {
  CHECK(items > 0 && dimensions > 0, items, dimensions);
  CHECK(options.shared_ridge > 0 && options.item_ridge > 0 && options.keep > 0 && options.keep <= 1);
  squares_.resize(items * dimensions * dimensions);
  products_.resize(items * dimensions);
  weights_.resize(items * dimensions);
  shared_.resize(dimensions);
  factor_.resize(dimensions * dimensions);
  rest_.resize(dimensions);
}

void ItemRidge::add(std::size_t item, std::span<const double> x, double y) {
  CHECK(x.size() == dimensions_, x.size());
  double* const square = &squares_[item * dimensions_ * dimensions_];
  double* const product = &products_[item * dimensions_];
  for (std::size_t i = 0; i < dimensions_; ++i) {
    if (x[i] == 0) continue;
    product[i] += y * x[i];
    for (std::size_t j = 0; j <= i; ++j) square[i * dimensions_ + j] += x[i] * x[j];
  }
}

void ItemRidge::fit() { fit_all(0, nullptr); }

void ItemRidge::fit_and_sample(double noise, Random& random) { fit_all(std::sqrt(noise), &random); }

void ItemRidge::fit_all(double deviation, Random* random) {
  fit_shared();
  for (std::size_t item = 0; item < items_; ++item) fit_item(item, deviation, random);
  if (options_.keep == 1) return;
  for (double& x : squares_) x *= options_.keep;
  for (double& x : products_) x *= options_.keep;
}

void ItemRidge::fit_shared() {
  const std::size_t n = dimensions_;
  std::fill(factor_.begin(), factor_.end(), 0);
  std::fill(shared_.begin(), shared_.end(), 0);
  for (std::size_t item = 0; item < items_; ++item) {
    for (std::size_t j = 0; j < n * n; ++j) factor_[j] += squares_[item * n * n + j];
    for (std::size_t j = 0; j < n; ++j) shared_[j] += products_[item * n + j];
  }
  for (std::size_t i = 0; i < n; ++i) factor_[i * n + i] += options_.shared_ridge;
  factorise(factor_, n);
  solve_lower(factor_, shared_);
  solve_upper(factor_, shared_);
}

void ItemRidge::fit_item(std::size_t item, double deviation, Random* random) {
  const std::size_t n = dimensions_;
  const double* const square = &squares_[item * n * n];
  std::copy(square, square + n * n, factor_.begin());
  std::copy_n(&products_[item * n], n, rest_.begin());
  for (std::size_t i = 0; i < n; ++i) {
    factor_[i * n + i] += options_.item_ridge;
    for (std::size_t j = 0; j <= i; ++j) {
      rest_[i] -= square[i * n + j] * shared_[j];
      if (j < i) rest_[j] -= square[i * n + j] * shared_[i];
    }
  }
  factorise(factor_, n);
  solve_lower(factor_, rest_);
  if (random != nullptr) {
    for (double& x : rest_) x += deviation * draw_normal(*random);
  }
  solve_upper(factor_, rest_);
  for (std::size_t i = 0; i < n; ++i) weights_[item * n + i] = shared_[i] + rest_[i];
}

}  // namespace matchcue::simulate
