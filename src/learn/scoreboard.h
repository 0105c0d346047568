#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Is it learning? What trials brought lately, beside what a random and a popularity policy would have brought; and the
// guardrail that acts on it.

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include "base/time.h"
#include "learn/model.h"

namespace matchcue::learn {

struct GuardOptions {
  Milliseconds window{600'000};      ///< what is compared; 1 min..1 h
  Milliseconds rest{600'000};        ///< how long popularity decides after the learner lost; 1 min..24 h
  std::uint64_t trials_min = 2'000;  ///< fewer than this in the window prove nothing
  double sigmas = 3;                 ///< how sure it must be; 1..10
};

/// An estimate with its standard error.
struct Estimate {
  double value = 0;
  double error = 0;

  double low() const { return value - 1.96 * error; }
  double high() const { return value + 1.96 * error; }
};

/// Sums over trials that can be added and taken away. The rewards of another policy are estimated from the logged
/// propensities: SNIPS (Swaminathan & Joachims 2015), its error by the delta method.
struct TrialSums {
  struct Weighted {
    double w = 0, wr = 0, ww = 0, wwr = 0, wwrr = 0;
    void add(double weight, double reward, double sign);
    void add(const Weighted& other);
    Estimate estimate() const;
  };
  double trials = 0;
  double reward = 0;
  double reward_squares = 0;
  Weighted random;      ///< each candidate equally likely: w = 1 / p, up to a factor
  Weighted popularity;  ///< always the item with the best rate: w = 1 / p for it, else 0

  void add(const TrialSums& other, double sign);
  Estimate mean() const;
};

/// Single thread. Minute by minute, at most an hour; memory O(minutes x slots).
class Scoreboard {
 public:
  struct Minute {
    std::int64_t number = 0;  ///< since 1970
    std::vector<TrialSums> slots;
  };

  /// `popular` says that this item had its slot's best rate. A repair adds to the reward of its minute.
  void add(Milliseconds at, std::size_t slot, float propensity, float reward, bool repair, bool popular);

  /// Sums of one slot over the last minutes before `now`, and over all that came before them.
  TrialSums recent(WallTime now, Milliseconds window, std::size_t slot) const;
  TrialSums total(std::size_t slot) const;
  std::size_t slot_count() const { return totals_.size(); }

  const std::deque<Minute>& minutes() const { return minutes_; }

 private:
  friend class Snapshot;
  std::deque<Minute> minutes_;
  std::vector<TrialSums> totals_;
};

/// Decides whether the learner may decide. Single thread.
class Guardrail {
 public:
  void judge(const Scoreboard& board, const GuardOptions& options, WallTime now);
  bool holds() const { return until_ms_ != 0; }
  WallTime until() const { return wall_time_from_ms(until_ms_); }
  /// Learner minus popularity when it was last judged, in reward a trial.
  const Estimate& difference() const { return difference_; }

 private:
  friend class Snapshot;
  std::int64_t until_ms_ = 0;  ///< 0: the learner decides
  std::int64_t since_ms_ = 0;  ///< trials before this are not compared any more
  Estimate difference_;
};

}  // namespace matchcue::learn
