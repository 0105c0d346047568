// SPDX-License-Identifier: Apache-2.0
#include "simulate/crowd_policies.h"

#include <cmath>
#include <vector>

#include "base/random.h"
#include "simulate/draws.h"

namespace matchcue::simulate {
namespace {

template <typename Value>
std::size_t best_of(std::span<const std::size_t> candidates, Value value) {
  std::size_t best = candidates.front();
  double most = value(best);
  for (const std::size_t item : candidates.subspan(1)) {
    const double found = value(item);
    if (found > most) {
      most = found;
      best = item;
    }
  }
  return best;
}

class RandomPolicy final : public CrowdPolicy {
 public:
  explicit RandomPolicy(std::uint64_t seed) : random_(seed) {}
  std::string_view name() const override { return "random"; }

  void choose(const CrowdWorld& world, std::span<std::size_t> items) override {
    for (std::size_t j = 0; j < items.size(); ++j) {
      const auto candidates = world.candidates(j % world.slots().size());
      items[j] = candidates[random_.below(candidates.size())];
    }
  }

  void learn(const CrowdWorld&, std::span<const CrowdShown>) override {}

 private:
  Random random_;
};

class OraclePolicy final : public CrowdPolicy {
 public:
  std::string_view name() const override { return "oracle"; }

  void choose(const CrowdWorld& world, std::span<std::size_t> items) override {
    const std::size_t slots = world.slots().size();
    for (std::size_t j = 0; j < items.size(); ++j) {
      items[j] = best_of(world.candidates(j % slots),
                         [&](std::size_t item) { return world.click_probability(j / slots, item); });
    }
  }

  void learn(const CrowdWorld&, std::span<const CrowdShown>) override {}
};

/// A number of the distribution Gamma(shape, 1), shape >= 1 (Marsaglia and Tsang 2000).
double draw_gamma(double shape, Random& random) {
  const double d = shape - 1 / 3.;
  const double c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = draw_normal(random);
    const double v = std::pow(1 + c * x, 3);
    if (v > 0 && std::log(1 - random.uniform()) < .5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

class PopularityPolicy final : public CrowdPolicy {
 public:
  explicit PopularityPolicy(std::uint64_t seed) : random_(seed) {}
  std::string_view name() const override { return "popularity"; }

  void choose(const CrowdWorld& world, std::span<std::size_t> items) override {
    counts_.resize(world.items().size());
    for (std::size_t j = 0; j < items.size(); ++j) {
      items[j] = best_of(world.candidates(j % world.slots().size()), [&](std::size_t item) {
        const double liked = draw_gamma(counts_[item].clicked, random_);
        return liked / (liked + draw_gamma(counts_[item].ignored, random_));
      });
    }
  }

  void learn(const CrowdWorld&, std::span<const CrowdShown> shown) override {
    for (const CrowdShown& one : shown) ++(one.clicked ? counts_[one.item].clicked : counts_[one.item].ignored);
  }

 private:
  struct Count {
    double clicked = 1;
    double ignored = 1;
  };

  Random random_;
  std::vector<Count> counts_;
};

}  // namespace

std::unique_ptr<CrowdPolicy> make_random_policy(std::uint64_t seed) { return std::make_unique<RandomPolicy>(seed); }

std::unique_ptr<CrowdPolicy> make_oracle_policy() { return std::make_unique<OraclePolicy>(); }

std::unique_ptr<CrowdPolicy> make_popularity_policy(std::uint64_t seed) {
  return std::make_unique<PopularityPolicy>(seed);
}

}  // namespace matchcue::simulate
