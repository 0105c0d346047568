#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What people see of the learner, and what changed in it lately.

#include <cstdint>
#include <deque>
#include <vector>

#include "engine/engine.h"
#include "learn/log_learner.h"

namespace matchcue::engine {

/// Single thread. Memory: O(items) for each of a few minutes.
class LearnerWatch {
 public:
  /// Remembers how things stand, once a minute. After each step.
  void note(const learn::LogLearner& learner, WallTime now);
  /// All but items and minutes. O(slots).
  static LearnerView summary(const learn::LogLearner& learner, WallTime now);
  /// O(items + minutes x slots).
  LearnerView view(const learn::LogLearner& learner, WallTime now) const;

 private:
  /// How every item stood at some time, by its row in the model.
  struct Past {
    WallTime at;
    struct Item {
      double trials = 0;
      double appeal = 0;
    };
    std::vector<Item> items;
  };
  std::deque<Past> past_;  ///< oldest first; the front is kMinutes old once there is so much
};

}  // namespace matchcue::engine
