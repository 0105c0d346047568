#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// From what viewers did to trials: which impressions count, when they are judged, and what they were worth. This is the
// reward rule "acted-within-window"; docs/learning.md has it in words.

#include <array>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "domain/decision.h"
#include "learn/learner.h"

namespace matchcue::learn {

/// What an impression is worth once the viewer has acted upon it.
struct RewardRule {
  double click = 1;  ///< each of these -1..1; several kinds add up, within -1..1
  double dismiss = 0;
  double answer = 1;
  double convert = 1;
  Milliseconds window{60'000};  ///< acts later than this after the impression count nothing; 1 s..1 h
  /// An impression is judged after this, acted upon or not: acts judged first would teach that all is liked. 0..window
  Milliseconds wait{10'000};

  double value_of(domain::FeedbackKind kind) const;
};

/// Single thread. Only impressions are trials. One is judged once: when it has waited, or when everything is
/// settled; an act that comes after that, within the window, becomes a repair. Bounded by the window:
/// what is older is forgotten.
class TrialBook {
 public:
  /// Where a trial belongs.
  struct Place {
    std::uint64_t key = 0;     ///< of the cue: (event, sequence, viewer, slot)
    std::uint64_t moment = 0;  ///< ordinal
    ViewerRow viewer = 0;
    ItemRow item = 0;
    std::uint16_t slot = 0;
    float propensity = 0;
  };
  struct Judged {
    Place place;
    Milliseconds seen{0};  ///< since 1970
    Trial trial;
  };

  explicit TrialBook(const RewardRule& rule) : rule_(rule) {}
  void set_rule(const RewardRule& rule) { rule_ = rule; }

  /// Takes a row of the feedback log, in its order. O(1).
  void add(const Place& place, domain::FeedbackKind kind, WallTime at);
  /// Whether judge(now, false) would hand out something. O(waiting).
  bool has_due(WallTime now) const;
  /// Hands out what is to be judged by `now`, oldest first, and forgets what is beyond the window.
  std::vector<Judged> judge(WallTime now, bool settle);

  /// Whether what came of this cue will be handed out at `now` or later. O(1).
  bool is_waiting(std::uint64_t key, WallTime now) const;

  std::size_t size() const { return entries_.size(); }
  /// Impressions that are not judged yet.
  std::size_t waiting() const { return waiting_.size(); }
  /// Moments before this ordinal have no entry any more.
  std::uint64_t oldest_moment() const;

 private:
  friend class Snapshot;
  struct Entry {
    Place place;
    std::int64_t first_ms = 0;  ///< of the first row
    std::int64_t seen_ms = -1;  ///< of the impression; -1 not seen
    std::uint8_t kinds = 0;     ///< bit per FeedbackKind
    bool judged = false;
    bool listed = false;  ///< in waiting_
    float folded = 0;     ///< the reward it was judged with
  };

  double reward_of(const Entry& entry) const;
  bool is_due(const Entry& entry, std::int64_t now_ms) const;

  RewardRule rule_;
  std::deque<Entry> entries_;                                ///< in the order of their first rows
  std::uint64_t forgotten_ = 0;                              ///< number of the first entry
  std::unordered_map<std::uint64_t, std::uint64_t> by_key_;  ///< to an entry's number
  std::vector<std::uint64_t> waiting_;                       ///< numbers of entries with something to judge
};

}  // namespace matchcue::learn
