// SPDX-License-Identifier: Apache-2.0
#include "recipes/ridge_system.h"

#include <Eigen/Cholesky>
#include <algorithm>

#include "base/check.h"

namespace matchcue::recipes {

RidgeSystem::RidgeSystem(std::size_t features, std::size_t targets)
    : features_(features),
      targets_(targets),
      gram_(features * features, 0),
      answers_(features * targets, 0),
      dense_(features, 0) {}

void RidgeSystem::add(std::span<const Entry> row, std::uint32_t target) {
  CHECK(target < targets_, target);
  merged_.clear();
  for (const Entry& entry : row) {
    if (dense_[entry.feature] == 0) merged_.push_back(entry);
    dense_[entry.feature] += entry.value;
  }
  std::sort(merged_.begin(), merged_.end(), [](const Entry& a, const Entry& b) { return a.feature < b.feature; });
  for (Entry& entry : merged_) {
    entry.value = dense_[entry.feature];
    dense_[entry.feature] = 0;
  }
  double* answers = answers_.data() + std::size_t{target} * features_;
  for (std::size_t i = 0; i < merged_.size(); ++i) {
    const double value = static_cast<double>(merged_[i].value);
    answers[merged_[i].feature] += value;
    double* column = gram_.data() + std::size_t{merged_[i].feature} * features_;
    for (std::size_t j = i; j < merged_.size(); ++j) column[merged_[j].feature] += value * merged_[j].value;
  }
}

std::vector<float> RidgeSystem::solve(double lambda) && {
  CHECK(lambda > 0, lambda);
  const auto features = static_cast<Eigen::Index>(features_);
  const auto targets = static_cast<Eigen::Index>(targets_);
  Eigen::Map<Eigen::MatrixXd> gram(gram_.data(), features, features);
  Eigen::Map<Eigen::MatrixXd> answers(answers_.data(), features, targets);
  gram.diagonal().array() += lambda;
  const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>, Eigen::Lower> cholesky(gram);  // in place
  CHECK(cholesky.info() == Eigen::Success, "X'X + lambda I is positive definite");
  cholesky.solveInPlace(answers);
  std::vector<float> weights(features_ * targets_);
  for (std::size_t feature = 0; feature < features_; ++feature) {
    for (std::size_t target = 0; target < targets_; ++target) {
      weights[feature * targets_ + target] = static_cast<float>(answers_[target * features_ + feature]);
    }
  }
  return weights;
}

}  // namespace matchcue::recipes
