// SPDX-License-Identifier: Apache-2.0
#include "evaluate/test_slate_bandit.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>

namespace matchcue::evaluate {
namespace {

/// Standard normal (Box & Muller 1958).
double normal(Random& random) {
  const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
  return radius * std::cos(2 * std::numbers::pi * random.uniform());
}

std::size_t draw_from(std::span<const double> probabilities, Random& random) {
  const double uniform = random.uniform();
  std::size_t chosen = 0;
  for (double passed = probabilities[0]; passed <= uniform && chosen + 1 < probabilities.size();) {
    passed += probabilities[++chosen];
  }
  return chosen;
}

}  // namespace

TestSlateBandit::TestSlateBandit(const Options& options, std::uint64_t seed) : options_(options) {
  Random random(seed);
  qualities_.resize(options.slots * options.states * options.items);
  std::vector<double> items(options.slots * options.items);
  for (double& item : items) item = -2.5 + .6 * normal(random);
  for (std::size_t i = 0; i < qualities_.size(); ++i) {
    const std::size_t slot = i / (options.states * options.items);
    qualities_[i] = items[slot * options.items + i % options.items] + .4 * normal(random);
  }
  logging_ = peaked(options.peak, .4, random);
  rival_ = peaked(3, .5, random);
}

TestSlateBandit::Policy TestSlateBandit::peaked(double steepness, double error, Random& random) const {
  Policy policy(qualities_.size());
  const double keep = 1 - static_cast<double>(options_.items) * options_.floor;
  for (std::size_t first = 0; first < policy.size(); first += options_.items) {
    double sum = 0;
    for (std::size_t i = first; i < first + options_.items; ++i) {
      policy[i] = std::exp(steepness * (qualities_[i] + error * normal(random)));
      sum += policy[i];
    }
    for (std::size_t i = first; i < first + options_.items; ++i) policy[i] = keep * policy[i] / sum + options_.floor;
  }
  return policy;
}

TestSlateBandit::Policy TestSlateBandit::favourite() const {
  Policy policy(rival_.size());
  for (std::size_t first = 0; first < policy.size(); first += options_.items) {
    const auto begin = rival_.begin() + static_cast<std::ptrdiff_t>(first);
    const auto best = std::max_element(begin, begin + static_cast<std::ptrdiff_t>(options_.items));
    policy[static_cast<std::size_t>(best - rival_.begin())] = 1;
  }
  return policy;
}

double TestSlateBandit::rate(const Log& log, const Row& row, std::size_t item) const {
  const double taste = log.tastes[(row.viewer * options_.slots + row.slot) * options_.items + item];
  return 1 / (1 + std::exp(-qualities_[place(row.slot, row.state) + item] - taste));
}

TestSlateBandit::Log TestSlateBandit::draw(Random& random) const {
  Log log;
  for (std::uint32_t viewer = 0; viewer < options_.viewers; ++viewer) {
    const double mood = .5 * normal(random);
    for (std::size_t i = 0; i < options_.slots * options_.items; ++i) {
      log.tastes.push_back(mood + options_.taste * normal(random));
    }
    const std::uint64_t decisions = 1 + random.below(2 * options_.decisions - 1);
    for (std::uint64_t decision = 0; decision < decisions; ++decision) {
      const auto state = static_cast<std::uint32_t>(random.below(options_.states));
      for (std::uint32_t slot = 0; slot < options_.slots; ++slot) {
        if (random.uniform() >= options_.seen) continue;
        Row row{viewer, slot, state, 0, 0};
        row.item =
            static_cast<std::uint32_t>(draw_from({logging_.data() + place(slot, state), options_.items}, random));
        row.reward = random.uniform() < rate(log, row, row.item) ? 1 : 0;
        log.rows.push_back(row);
      }
    }
  }
  return log;
}

RewardModel TestSlateBandit::fit(const Log& log, double lift, std::vector<RewardModel::Encoded>& states) const {
  RewardModel model(options_.slots, {});
  for (std::size_t state = 0; state < options_.states; ++state) {
    states.push_back(model.encode({{"STATE", static_cast<std::int64_t>(state)}}));
  }
  for (const Row& row : log.rows) {
    model.add(row.viewer, row.slot, row.slot * options_.items + row.item, states[row.state], row.reward + lift);
  }
  model.fit();
  return model;
}

OffPolicyLog TestSlateBandit::observe(const Log& log, const Policy& target, Predictions predictions,
                                      double lift) const {
  std::vector<RewardModel::Encoded> states;
  const RewardModel model =
      predictions == Predictions::present ? fit(log, lift, states) : RewardModel(options_.slots, {});
  OffPolicyLog observed(options_.slots, predictions);
  std::vector<double> predicted(predictions == Predictions::present ? options_.items : 0);
  for (const Row& row : log.rows) {
    for (std::size_t item = 0; item < predicted.size(); ++item) {
      predicted[item] = model.predict(row.viewer, row.slot, row.slot * options_.items + item, states[row.state]);
    }
    const std::size_t first = place(row.slot, row.state);
    Trial trial;
    trial.viewer = row.viewer;
    trial.slot = row.slot;
    trial.propensity = logging_[first + row.item];
    trial.reward = row.reward + lift;
    set_target(trial, row.item, {target.data() + first, options_.items}, predicted);
    observed.add(trial).value();
  }
  return observed;
}

double TestSlateBandit::truth(const Log& log, const Policy& target, std::size_t slot) const {
  if (slot == options_.slots) {
    double sum = 0;
    for (std::size_t each = 0; each < options_.slots; ++each) sum += truth(log, target, each);
    return sum;
  }
  double value = 0;
  double trials = 0;
  for (const Row& row : log.rows) {
    if (row.slot != slot) continue;
    trials += 1;
    const std::size_t first = place(slot, row.state);
    for (std::size_t item = 0; item < options_.items; ++item) value += target[first + item] * rate(log, row, item);
  }
  return value / trials;
}

}  // namespace matchcue::evaluate
