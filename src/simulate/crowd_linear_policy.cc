// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "base/check.h"
#include "base/random.h"
#include "simulate/crowd_policies.h"
#include "simulate/item_ridge.h"

namespace matchcue::simulate {
namespace {

constexpr ItemRidge::Options kRidge{.shared_ridge = 10, .item_ridge = 100, .keep = .99};
constexpr double kClickNoise = .05;  // variance of a click around its probability
constexpr double kGamma = 1'500;     // of SquareCB, after kGammaImpressions
constexpr double kGammaImpressions = 1'000;

class LinearPolicy final : public CrowdPolicy {
 public:
  LinearPolicy(std::uint64_t seed, CrowdExploration exploration, CrowdKnowledge knowledge)
      : exploration_(exploration), knowledge_(knowledge), random_(seed) {}

  std::string_view name() const override {
    switch (exploration_) {
      case CrowdExploration::greedy: return "linear, greedy";
      case CrowdExploration::inverse_gap: return "linear, SquareCB";
      case CrowdExploration::thompson: return "linear, Thompson sampling";
    }
    CHECK(false, static_cast<int>(exploration_));
  }

  void choose(const CrowdWorld& world, std::span<std::size_t> items) override {
    if (!features_) begin(world);
    features_->enter_tick(world);
    rows_.resize(items.size() * size_);
    predicted_.resize(items.size());
    const std::size_t slots = world.slots().size();
    for (std::size_t u = 0; u < world.viewers().size(); ++u) {
      features_->write_viewer(u, viewer_part(x_));
      find_nonzero();
      for (std::size_t slot = 0; slot < slots; ++slot) {
        const std::size_t j = u * slots + slot;
        const auto candidates = world.candidates(slot);
        predict(u, slot, candidates);
        const std::size_t chosen = pick();
        items[j] = candidates[chosen];
        predicted_[j] = predictions_[chosen];
        features_->write_item(u, items[j], item_part(x_));
        std::copy(x_.begin(), x_.end(), row(j).begin());
      }
    }
  }

  void learn(const CrowdWorld& world, std::span<const CrowdShown> shown) override {
    const std::size_t slots = world.slots().size();
    for (std::size_t j = 0; j < shown.size(); ++j) {
      ridges_[j % slots].add(places_[shown[j].item], row(j), shown[j].clicked ? 1 : 0);
    }
    features_->learn(shown, predicted_);
    impressions_ += static_cast<double>(shown.size());
    for (ItemRidge& ridge : ridges_) {
      if (exploration_ == CrowdExploration::thompson) {
        ridge.fit_and_sample(kClickNoise, random_);
      } else {
        ridge.fit();
      }
    }
  }

 private:
  void begin(const CrowdWorld& world) {
    features_.emplace(world, knowledge_);
    size_ = features_->viewer_size() + CrowdFeatures::kItemSize;
    x_.resize(size_);
    places_.resize(world.items().size());
    for (const domain::SlotName& slot : world.slots()) {
      std::size_t count = 0;
      for (std::size_t i = 0; i < places_.size(); ++i) {
        if (world.items()[i].slot == slot) places_[i] = count++;
      }
      ridges_.emplace_back(count, size_, kRidge);
    }
  }

  std::span<double> viewer_part(std::span<double> x) const { return x.first(features_->viewer_size()); }
  std::span<double> item_part(std::span<double> x) const { return x.last(CrowdFeatures::kItemSize); }
  std::span<double> row(std::size_t j) { return std::span(rows_).subspan(j * size_, size_); }

  void find_nonzero() {
    nonzero_.clear();
    for (std::size_t k = 0; k < features_->viewer_size(); ++k) {
      if (x_[k] != 0) nonzero_.push_back(k);
    }
  }

  void predict(std::size_t viewer, std::size_t slot, std::span<const std::size_t> candidates) {
    predictions_.clear();
    for (const std::size_t item : candidates) {
      features_->write_item(viewer, item, item_part(x_));
      const std::span<const double> weights = ridges_[slot].weights(places_[item]);
      double sum = 0;
      for (const std::size_t k : nonzero_) sum += x_[k] * weights[k];
      for (std::size_t k = features_->viewer_size(); k < size_; ++k) sum += x_[k] * weights[k];
      predictions_.push_back(sum);
    }
  }

  /// Index into predictions_.
  std::size_t pick() {
    const auto best = std::max_element(predictions_.begin(), predictions_.end());
    const auto greedy = static_cast<std::size_t>(best - predictions_.begin());
    if (exploration_ != CrowdExploration::inverse_gap) return greedy;
    const double gamma = kGamma * std::sqrt(impressions_ / kGammaImpressions);
    const auto count = static_cast<double>(predictions_.size());
    double left = random_.uniform();
    for (std::size_t i = 0; i < predictions_.size(); ++i) {
      if (i == greedy) continue;
      left -= 1 / (count + gamma * (*best - predictions_[i]));
      if (left < 0) return i;
    }
    return greedy;
  }

  CrowdExploration exploration_;
  CrowdKnowledge knowledge_;
  Random random_;
  std::optional<CrowdFeatures> features_;  ///< from the first tick on
  std::size_t size_ = 0;                   ///< of a feature vector
  std::vector<ItemRidge> ridges_;          ///< one per slot
  std::vector<std::size_t> places_;        ///< of an item in its slot's ridge
  double impressions_ = 0;
  std::vector<double> rows_;       ///< of this tick, viewers x slots x size_
  std::vector<double> predicted_;  ///< of this tick, viewers x slots
  std::vector<double> x_;
  std::vector<std::size_t> nonzero_;  ///< where the viewer's part of x_ is not 0
  std::vector<double> predictions_;   ///< one per candidate
};

}  // namespace

std::unique_ptr<CrowdPolicy> make_linear_policy(std::uint64_t seed, CrowdExploration exploration,
                                                CrowdKnowledge knowledge) {
  return std::make_unique<LinearPolicy>(seed, exploration, knowledge);
}

}  // namespace matchcue::simulate
