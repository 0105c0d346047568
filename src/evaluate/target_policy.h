#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Policies that a log is asked about.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "domain/decision.h"

namespace matchcue::evaluate {

/// For whom and for what was decided. Borrowed.
struct DecisionContext {
  const domain::DecisionHeader& header;
  const domain::ViewerId& viewer;
};

/// Immutable; any thread.
class TargetPolicy {
 public:
  virtual ~TargetPolicy() = default;

  /// For reports: "uniform", "popularity 0.05".
  virtual const std::string& name() const = 0;

  /// The probability of each candidate of a slot. A policy gives probability to candidates only, so one that would like
  /// something else is evaluated as what it does without it.
  ///
  /// slot        number of the slot, as LoggedTrials has them
  /// candidates  numbers of items, the same for an item wherever it is a candidate; at least one
  /// out         as many as candidates; each in [0, 1], summing to 1
  /// Cost        O(candidates), no allocation
  virtual void probabilities(const DecisionContext& context, std::size_t slot, std::span<const std::size_t> candidates,
                             std::span<double> out) const = 0;
};
using TargetPolicyPtr = std::unique_ptr<const TargetPolicy>;

/// All candidates alike.
TargetPolicyPtr make_uniform_policy();

/// The candidate that comes first in `order`, always; candidates that are not in it come last, in the order given.
/// order  numbers of items
TargetPolicyPtr make_constant_policy(const std::vector<std::size_t>& order);

/// Each candidate as often as it was shown elsewhere: in proportion to its count, all alike where none has any.
///
/// name    for reports: whose counts these are
/// counts  by number of the item, not negative; items beyond have none
TargetPolicyPtr make_frequency_policy(std::string name, std::vector<double> counts);

/// Rewards by item, for make_popularity_policy(). Add trials of decisions other than those it is evaluated on.
class ItemRewards {
 public:
  /// item  number of the item; reward in [0, 1]
  void add(std::size_t item, double reward);
  /// (r + 20 p) / (n + 20), p being the mean of all trials: the m-estimate (Cestnik 1990, ECAI). 0.5 without any trial.
  double rate(std::size_t item) const;
  std::size_t size() const { return trials_.size(); }  ///< largest item + 1

 private:
  std::vector<double> trials_;
  std::vector<double> rewards_;
  double total_trials_ = 0;
  double total_reward_ = 0;
};

/// The candidate of the largest rate with probability 1 - epsilon + epsilon / K, each other with epsilon / K; ties go
/// to the first. epsilon in [0, 1].
TargetPolicyPtr make_popularity_policy(const ItemRewards& rewards, double epsilon);

}  // namespace matchcue::evaluate
