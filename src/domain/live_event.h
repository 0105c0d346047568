#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A live event, what it is like now, and the ordered changes that made it so.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "domain/filter.h"
#include "domain/ids.h"
#include "domain/value.h"

namespace matchcue::domain {

/// What kind of change this is.
enum class ChangeKind {
  state,          ///< `event set`: the state changed
  moment,         ///< `moment fire`: something happened, whether or not the state changed
  correction,     ///< `moment correct`: an earlier moment was wrong
  item_override,  ///< an operator pinned, blocked or released an item
  filter          ///< an operator put a filter in force, or took it out of force
};

/// True when a change of this kind changes what may be shown at the moment being shown, and is no moment itself.
constexpr bool adjusts(ChangeKind kind) { return kind == ChangeKind::item_override || kind == ChangeKind::filter; }

enum class OverrideAction { pin, block, release };

struct ItemOverride {
  OverrideAction action = OverrideAction::release;
  ItemId item;
  friend bool operator==(const ItemOverride&, const ItemOverride&) = default;
};

/// One ordered mutation of a live event. Immutable once it has a sequence.
///
/// A correction and a block take two numbers of the sequence: `sequence - 1` for the retract frames and `sequence`
/// for the slates that follow; every other change takes one.
struct Change {
  EventId event;
  Sequence sequence;
  ChangeKind kind = ChangeKind::state;
  WallTime at;                            ///< when it was accepted
  std::optional<WallTime> media_time;     ///< its place in the picture (programme date time)
  std::optional<ItemId> subject;          ///< the item it is about, such as the acting player
  std::optional<Sequence> corrects;       ///< correction: the moment that was wrong
  std::string reason;                     ///< correction, override, filter: why, for people
  std::optional<ItemOverride> override_;  ///< item_override only
  std::optional<FilterChange> filter;     ///< filter only
  Values before;                          ///< the state before; empty with `first`
  Values after;                           ///< the state after: the context of the decisions made for it
  bool first = false;                     ///< the event did not exist before (an INSERT)
  Sequence moment;                        ///< the moment being shown after this change: itself, or when it adjusts
                                          ///< the latest one

  bool adjusts() const { return domain::adjusts(kind); }
  bool retracts() const {
    return kind == ChangeKind::correction || (override_ && override_->action == OverrideAction::block);
  }
  Sequence retract_sequence() const { return Sequence(sequence.value() - 1); }
};

/// shared_ptr: one change is read by every shard at its own pace.
using ChangePtr = std::shared_ptr<const Change>;

/// An item that a recent moment was about.
struct Subject {
  ItemId item;
  Values context;                 ///< of that moment
  std::uint32_t moments_ago = 0;  ///< 0 is the present one
  friend bool operator==(const Subject&, const Subject&) = default;
};
/// A subject is forgotten after so many moments.
constexpr std::uint32_t kSubjectMomentsMax = 8;

/// What holds at a change beside its state.
struct Circumstances {
  std::vector<ItemOverride> overrides;  ///< in force after it
  std::vector<Subject> subjects;        ///< of its moment and the ones before, newest first
  std::vector<FilterUse> filters = {};  ///< in force after it
};

/// A live event as it is now.
struct LiveEvent {
  EventId id;
  Sequence sequence;  ///< of the latest change; 0 when only contents are mapped
  Sequence moment;    ///< the moment being shown
  Values state;
  std::vector<ItemOverride> overrides;  ///< pins and blocks in force, in item order
  std::vector<ContentId> contents;      ///< in id order
  std::vector<FilterUse> filters = {};  ///< in force, in the order of their names
};

std::string_view to_string(ChangeKind kind);        ///< "state", "moment", "correction", "override", "filter"
std::string_view to_string(OverrideAction action);  ///< "pin", "block", "release"
std::optional<ChangeKind> parse_change_kind(std::string_view text);
std::optional<OverrideAction> parse_override_action(std::string_view text);

}  // namespace matchcue::domain
