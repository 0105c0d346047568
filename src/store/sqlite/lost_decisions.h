#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Which decisions were made and could not be logged, so that feedback never cites one that is not there.

#include <cstddef>
#include <deque>
#include <mutex>
#include <set>
#include <utility>

#include "domain/decision.h"

namespace matchcue::store {

/// Feedback on a decision that nobody can look up.
inline domain::Feedback without_decision(domain::Feedback row) {
  row.attributed = false;
  row.item = {};
  row.slot = {};
  row.propensity = 0;
  row.solution_version.clear();
  row.traits = nullptr;
  return row;
}

/// Any thread. Empty unless storage was in trouble.
class LostDecisions {
 public:
  /// So many are remembered, the newest: feedback comes within minutes.
  static constexpr std::size_t kMax = 10'000;

  /// Part of the decisions for a change may be logged all the same; they then count as lost too.
  void add(const domain::EventId& event, domain::Sequence sequence) {
    const std::lock_guard lock(mutex_);
    if (!changes_.emplace(event, sequence).second) return;
    in_order_.emplace_back(event, sequence);
    if (in_order_.size() <= kMax) return;
    changes_.erase(in_order_.front());
    in_order_.pop_front();
  }
  /// The row as it may be stored.
  domain::Feedback admit(const domain::Feedback& row) const {
    const std::lock_guard lock(mutex_);
    const bool is_lost = row.attributed && changes_.contains({row.cue.decision.event, row.cue.decision.sequence});
    return is_lost ? without_decision(row) : row;
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::pair<domain::EventId, domain::Sequence>> changes_;
  std::deque<std::pair<domain::EventId, domain::Sequence>> in_order_;
};

}  // namespace matchcue::store
