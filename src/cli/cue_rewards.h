#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What viewers did with the cues that they saw, judged by the rule that the live learner is trained by: there is one
// definition of a trial and of its reward, learn/trial_book.h.

#include <cstdint>
#include <unordered_map>

#include "domain/decision.h"
#include "learn/trial_book.h"

namespace matchcue::cli {

/// A cue that its viewer saw.
struct SeenCue {
  std::uint32_t item_hash = 0;  ///< of the item's id, as feedback has it
  float propensity = 0;         ///< as feedback has it
  float reward = 0;
  bool joined = false;  ///< its decision was found
};

/// Folds the feedback log. Single thread. Memory: about 50 bytes a cue seen, and 110 more for those of
/// the last minutes.
class CueRewards {
 public:
  /// What was seen and cannot be a trial.
  struct LeftOut {
    std::uint64_t certain = 0;       ///< impressions of what nothing else could have been: pinned, the only candidate
    std::uint64_t unattributed = 0;  ///< impressions whose decision was lost in a crash
  };

  explicit CueRewards(const learn::RewardRule& rule) : book_(rule) {}

  /// Takes the next row, in the order of the log. O(1).
  void add(const domain::Feedback& row);
  /// Judges what still waits. After the last row, before find().
  void finish();

  /// Names a slot of one viewer's decision. 64 bits: of ten million cues, two are mistaken for one another in one log
  /// of 400,000.
  static std::uint64_t key_of(const domain::EventId& event, domain::Sequence sequence, const domain::ViewerId& viewer,
                              std::size_t slot);
  static std::uint32_t hash_of(const domain::ItemId& item);
  /// Null when the cue was not seen.
  SeenCue* find(std::uint64_t key);

  std::size_t size() const { return cues_.size(); }
  const LeftOut& left_out() const { return left_out_; }

 private:
  void judge(WallTime now, bool settle);

  learn::TrialBook book_;
  std::unordered_map<std::uint64_t, SeenCue> cues_;
  LeftOut left_out_;
  WallTime latest_;
  std::uint64_t rows_ = 0;
};

}  // namespace matchcue::cli
