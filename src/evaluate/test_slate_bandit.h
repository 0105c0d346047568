#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A small world whose truth is known: slates of a few slots, decided in one of several states, for viewers with tastes
// of their own. The logging policy is peaked on what it takes for best, with a floor, as a learner's late log is.

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "evaluate/off_policy_log.h"
#include "evaluate/reward_model.h"

namespace matchcue::evaluate {

class TestSlateBandit {
 public:
  struct Options {
    std::size_t slots = 4;
    std::size_t items = 10;  ///< of each slot
    std::size_t states = 6;
    double floor = .003;
    double peak = 4;    ///< steepness of the logging policy; 0 is uniform
    double taste = .4;  ///< spread of viewers' log-odds by item
    double seen = .8;   ///< share of cues with an impression
    std::size_t viewers = 300;
    std::size_t decisions = 10;  ///< of a viewer, on average: 1 .. 2 x decisions - 1
  };
  /// Probabilities by slot, state and item.
  using Policy = std::vector<double>;

  struct Row {
    std::uint32_t viewer;
    std::uint32_t slot;
    std::uint32_t state;
    std::uint32_t item;
    double reward;
  };
  /// One log, and what its viewers are like.
  struct Log {
    std::vector<Row> rows;
    std::vector<double> tastes;  ///< by viewer, slot, item
  };

  TestSlateBandit(const Options& options, std::uint64_t seed);

  const Policy& logging() const { return logging_; }
  Policy uniform() const { return Policy(qualities_.size(), 1 / static_cast<double>(options_.items)); }
  /// Peaked on another opinion of what is best.
  const Policy& rival() const { return rival_; }
  /// Always what the rival takes for best.
  Policy favourite() const;

  Log draw(Random& random) const;

  /// Predictions of a cross-fitted reward model come along with Predictions::present. `lift` is added to every reward.
  OffPolicyLog observe(const Log& log, const Policy& target, Predictions predictions, double lift = 0) const;
  /// A slot's value in the logged states; the slate's with slot == slots.
  double truth(const Log& log, const Policy& target, std::size_t slot) const;

 private:
  std::size_t place(std::size_t slot, std::size_t state) const {
    return (slot * options_.states + state) * options_.items;
  }
  double rate(const Log& log, const Row& row, std::size_t item) const;
  Policy peaked(double steepness, double error, Random& random) const;
  RewardModel fit(const Log& log, double lift, std::vector<RewardModel::Encoded>& states) const;

  Options options_;
  std::vector<double> qualities_;  ///< log-odds by slot, state, item
  Policy logging_;
  Policy rival_;
};

}  // namespace matchcue::evaluate
