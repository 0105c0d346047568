// SPDX-License-Identifier: Apache-2.0
#include "evaluate/target_policy.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace matchcue::evaluate {
namespace {

constexpr double kSmoothing = 20;

class UniformPolicy final : public TargetPolicy {
 public:
  const std::string& name() const override { return name_; }
  void probabilities(const DecisionContext&, std::size_t, std::span<const std::size_t> candidates,
                     std::span<double> out) const override {
    CHECK(!candidates.empty() && candidates.size() == out.size(), candidates.size(), out.size());
    std::fill(out.begin(), out.end(), 1 / static_cast<double>(out.size()));
  }

 private:
  std::string name_ = "uniform";
};

/// The best-scored candidate with probability 1 - epsilon, any of them with epsilon.
class GreedyPolicy final : public TargetPolicy {
 public:
  /// scores   by item
  /// missing  score of items beyond
  GreedyPolicy(std::string name, std::vector<double> scores, double missing, double epsilon)
      : name_(std::move(name)), scores_(std::move(scores)), missing_(missing), epsilon_(epsilon) {
    CHECK(epsilon >= 0 && epsilon <= 1, epsilon);
  }

  const std::string& name() const override { return name_; }
  void probabilities(const DecisionContext&, std::size_t, std::span<const std::size_t> candidates,
                     std::span<double> out) const override {
    CHECK(!candidates.empty() && candidates.size() == out.size(), candidates.size(), out.size());
    std::size_t best = 0;
    for (std::size_t i = 1; i < candidates.size(); ++i) {
      if (score(candidates[i]) > score(candidates[best])) best = i;
    }
    std::fill(out.begin(), out.end(), epsilon_ / static_cast<double>(out.size()));
    out[best] += 1 - epsilon_;
  }

 private:
  double score(std::size_t item) const { return item < scores_.size() ? scores_[item] : missing_; }

  std::string name_;
  std::vector<double> scores_;
  double missing_;
  double epsilon_;
};

/// In proportion to counts.
class FrequencyPolicy final : public TargetPolicy {
 public:
  FrequencyPolicy(std::string name, std::vector<double> counts) : name_(std::move(name)), counts_(std::move(counts)) {
    for (const double count : counts_) CHECK(count >= 0, count);
  }

  const std::string& name() const override { return name_; }
  void probabilities(const DecisionContext&, std::size_t, std::span<const std::size_t> candidates,
                     std::span<double> out) const override {
    CHECK(!candidates.empty() && candidates.size() == out.size(), candidates.size(), out.size());
    double total = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = candidates[i] < counts_.size() ? counts_[candidates[i]] : 0;
      total += out[i];
    }
    for (double& share : out) share = total > 0 ? share / total : 1 / static_cast<double>(out.size());
  }

 private:
  std::string name_;
  std::vector<double> counts_;
};

}  // namespace

TargetPolicyPtr make_frequency_policy(std::string name, std::vector<double> counts) {
  return std::make_unique<FrequencyPolicy>(std::move(name), std::move(counts));
}

TargetPolicyPtr make_uniform_policy() { return std::make_unique<UniformPolicy>(); }

TargetPolicyPtr make_constant_policy(const std::vector<std::size_t>& order) {
  std::vector<double> scores;
  for (std::size_t place = 0; place < order.size(); ++place) {
    if (order[place] >= scores.size()) scores.resize(order[place] + 1);
    scores[order[place]] = static_cast<double>(order.size() - place);
  }
  return std::make_unique<GreedyPolicy>("constant", std::move(scores), 0, 0);
}

void ItemRewards::add(std::size_t item, double reward) {
  CHECK(reward >= 0 && reward <= 1, reward);
  if (item >= trials_.size()) {
    trials_.resize(item + 1);
    rewards_.resize(item + 1);
  }
  trials_[item] += 1;
  rewards_[item] += reward;
  total_trials_ += 1;
  total_reward_ += reward;
}

double ItemRewards::rate(std::size_t item) const {
  const double mean = total_trials_ > 0 ? total_reward_ / total_trials_ : 0.5;
  if (item >= trials_.size()) return mean;
  return (rewards_[item] + kSmoothing * mean) / (trials_[item] + kSmoothing);
}

TargetPolicyPtr make_popularity_policy(const ItemRewards& rewards, double epsilon) {
  std::vector<double> rates;
  for (std::size_t item = 0; item < rewards.size(); ++item) rates.push_back(rewards.rate(item));
  return std::make_unique<GreedyPolicy>(fmt::format("popularity {:g}", epsilon), std::move(rates),
                                        rewards.rate(rewards.size()), epsilon);
}

}  // namespace matchcue::evaluate
