#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A log's trials, joined: what was shown, how likely that was, what it earned, and what could have been shown instead.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "domain/decision.h"

namespace matchcue::evaluate {

/// Numbers viewers, slots, items and decisions densely from 0, so that catalogue versions and events can be mixed.
/// Memory: 24 bytes a trial, a header a decision. Single thread; any thread while nobody adds.
class LoggedTrials {
 public:
  /// One slot that its viewer saw. Borrowed.
  struct Row {
    const domain::DecisionHeader& header;
    const domain::ViewerId& viewer;
    std::size_t slot = 0;                     ///< index into header.slots
    std::span<const std::size_t> candidates;  ///< numbers of the items that could have been shown, this one too
    std::size_t item = 0;                     ///< number of the item shown
    double propensity = 0;                    ///< as logged; (0, 1]
    double reward = 0;                        ///< [0, 1]
  };
  /// A row as it is kept.
  struct Trial {
    std::uint32_t viewer = 0;
    std::uint32_t decision = 0;    ///< for header_of()
    std::uint32_t candidates = 0;  ///< for candidates_of()
    std::uint16_t slot = 0;
    std::uint16_t place = 0;  ///< of the item shown among the candidates
    float propensity = 0;
    float reward = 0;
  };

  /// The number of an item in a slot. An item that changes its slot is another one there.
  std::size_t number_of(const domain::SlotName& slot, const domain::ItemId& item);
  /// The number that it has, or nothing when nobody asked for it yet.
  std::optional<std::size_t> find_number(const domain::SlotName& slot, const domain::ItemId& item) const;
  /// Errors: invalid_trial, naming the field and the value; nothing is added then.
  /// Cost: O(candidates), some hundred nanoseconds.
  Result<void> add(const Row& row);

  const std::vector<Trial>& trials() const { return trials_; }
  std::size_t viewer_count() const { return viewers_.size(); }
  std::size_t decision_count() const { return headers_.size(); }  ///< changes that were decided for
  std::size_t item_count() const { return items_.size(); }
  const std::vector<std::string>& slots() const { return slots_; }
  const domain::ViewerId& viewer_of(const Trial& trial) const { return viewers_[trial.viewer]; }
  const domain::DecisionHeader& header_of(const Trial& trial) const { return headers_[trial.decision]; }
  std::span<const std::size_t> candidates_of(const Trial& trial) const { return candidates_[trial.candidates]; }
  const std::vector<domain::DecisionHeader>& headers() const { return headers_; }

 private:
  using Change = std::pair<domain::EventId, domain::Sequence>;

  Result<std::uint16_t> slot_number(const domain::SlotName& slot);
  std::uint32_t decision_number(const domain::DecisionHeader& header);
  std::uint32_t candidates_number(std::span<const std::size_t> candidates);
  std::uint32_t viewer_number(const domain::ViewerId& viewer);

  std::vector<Trial> trials_;
  std::vector<std::string> slots_;
  std::map<std::pair<domain::SlotName, domain::ItemId>, std::size_t> items_;
  std::vector<domain::DecisionHeader> headers_;
  std::map<Change, std::uint32_t> by_change_;
  std::vector<domain::ViewerId> viewers_;
  std::unordered_map<domain::ViewerId, std::uint32_t> by_viewer_;
  std::vector<std::vector<std::size_t>> candidates_;
  std::map<std::vector<std::size_t>, std::uint32_t> by_candidates_;
};

}  // namespace matchcue::evaluate
