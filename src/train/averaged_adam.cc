// SPDX-License-Identifier: Apache-2.0
#include "train/averaged_adam.h"

#include <algorithm>
#include <cmath>

namespace matchcue::train {

namespace {

constexpr double kFirstMoment = .9;
constexpr double kSecondMoment = .98;
constexpr double kEpsilon = 1e-8;

}  // namespace

AveragedAdam::AveragedAdam(std::vector<TrainedWeights> weights, double average, double clip)
    : weights_(std::move(weights)), average_(average), clip_(clip) {
  for (const TrainedWeights& each : weights_) {
    moments_.push_back({torch::zeros_like(each.tensor), torch::zeros_like(each.tensor), each.tensor.detach().clone()});
  }
}

void AveragedAdam::step(double rate) {
  torch::NoGradGuard no_gradients;
  ++steps_;
  double squares = 0;
  for (const TrainedWeights& each : weights_) {
    if (std::isfinite(clip_) && each.tensor.grad().defined())
      squares += each.tensor.grad().square().sum().item<double>();
  }
  const double scale = std::min(1., clip_ / (std::sqrt(squares) + 1e-12));
  const double first_share = 1 - std::pow(kFirstMoment, steps_);
  const double second_share = 1 - std::pow(kSecondMoment, steps_);
  const double keep = std::min(average_, (1. + static_cast<double>(steps_)) / (10. + static_cast<double>(steps_)));
  for (std::size_t k = 0; k < weights_.size(); ++k) {
    torch::Tensor& tensor = weights_[k].tensor;
    if (!tensor.grad().defined()) continue;
    auto& [first, second, average] = moments_[k];
    const double own_rate = rate * weights_[k].rate;
    const auto gradient = tensor.grad() * scale;
    first.mul_(kFirstMoment).add_(gradient, 1 - kFirstMoment);
    second.mul_(kSecondMoment).addcmul_(gradient, gradient, 1 - kSecondMoment);
    if (weights_[k].decay > 0) tensor.mul_(1 - own_rate * weights_[k].decay);
    tensor.addcdiv_(first, (second / second_share).sqrt_().add_(kEpsilon), -own_rate / first_share);
    average.mul_(keep).add_(tensor, 1 - keep);
    tensor.mutable_grad().zero_();
  }
}

void AveragedAdam::swap() {
  torch::NoGradGuard no_gradients;
  for (std::size_t k = 0; k < weights_.size(); ++k) {
    const auto copy = weights_[k].tensor.detach().clone();
    weights_[k].tensor.copy_(moments_[k].average);
    moments_[k].average = copy;
  }
}

void AveragedAdam::forget() {
  for (std::size_t k = 0; k < weights_.size(); ++k) moments_[k].average = weights_[k].tensor.detach().clone();
}

std::vector<torch::Tensor> AveragedAdam::copy() const {
  std::vector<torch::Tensor> copies;
  for (const TrainedWeights& each : weights_) copies.push_back(each.tensor.detach().clone());
  return copies;
}

void AveragedAdam::restore(const std::vector<torch::Tensor>& copies) {
  torch::NoGradGuard no_gradients;
  for (std::size_t k = 0; k < weights_.size(); ++k) weights_[k].tensor.copy_(copies[k]);
}

std::vector<torch::Tensor> AveragedAdam::state() const {
  std::vector<torch::Tensor> all = copy();
  for (const Moments& each : moments_) all.insert(all.end(), {each.first, each.second, each.average});
  return all;
}

void AveragedAdam::set_state(const std::vector<torch::Tensor>& state, std::int64_t steps) {
  const std::size_t count = weights_.size();
  for (std::size_t k = 0; k < count; ++k) {
    const torch::Tensor* own = &state[count + 3 * k];
    moments_[k] = {own[0].clone(), own[1].clone(), own[2].clone()};
  }
  restore({state.begin(), state.begin() + static_cast<std::ptrdiff_t>(count)});
  steps_ = steps;
}

}  // namespace matchcue::train
