#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What was decided, how likely that was, and what viewers did about it.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "domain/filter.h"
#include "domain/ids.h"
#include "domain/live_event.h"
#include "domain/viewer_past.h"
#include "domain/viewer_traits.h"

namespace matchcue::domain {

/// Names one decision. As text: "d_<event>.<sequence>.<viewer>" with both ids in URL-safe base64.
struct DecisionId {
  EventId event;
  Sequence sequence;
  ViewerId viewer;
  friend bool operator==(const DecisionId&, const DecisionId&) = default;
};

/// Names one cue: the decision and the place of its slot in the decision's slot list. As text the same with "c_" in
/// front and ".<slot>" behind.
struct CueId {
  DecisionId decision;
  std::size_t slot = 0;
  friend bool operator==(const CueId&, const CueId&) = default;
};

std::string to_string(const DecisionId& id);
std::string to_string(const CueId& id);
/// Errors: invalid_id, naming the text.
Result<DecisionId> parse_decision_id(std::string_view text);
Result<CueId> parse_cue_id(std::string_view text);

/// No item fills this slot.
constexpr std::uint16_t kNoItem = 0xffff;

/// What one draw put into one slot.
struct Choice {
  std::uint16_t item = kNoItem;  ///< index into the catalogue version's items
  float propensity = 0;          ///< (0,1]; 0 only with kNoItem
  friend bool operator==(const Choice&, const Choice&) = default;
};

/// What decisions know of the moment they are made for. Borrowed.
struct MomentContext {
  const Values& context;
  std::span<const Subject> subjects;
};

/// Everything about one change that decisions need, the same for all viewers and shards. With the viewer's id, traits
/// and, when a filter asks for it, past it determines the decision bit for bit.
struct DecisionHeader {
  EventId event;
  Sequence sequence;  ///< the change decided for
  Sequence moment;    ///< the moment shown; seeds the draws
  std::uint64_t catalogue_version = 0;
  std::string solution_version;  ///< names an immutable artefact
  double floor = 0;              ///< least propensity of any candidate, in (0, 0.05]
  std::uint64_t seed = 0;
  WallTime at;
  std::vector<SlotName> slots;
  Values context;
  std::vector<ItemOverride> overrides;
  std::vector<Subject> subjects;
  std::vector<FilterUse> filters;  ///< an item has to pass all of them
  friend bool operator==(const DecisionHeader&, const DecisionHeader&) = default;
};

/// The decisions of one shard for one change, by column. Row r is viewers[r]; choices are row-major:
/// choices[r * slots + s]. Immutable once logged.
struct DecisionBatch {
  DecisionHeader header;
  std::vector<ViewerId> viewers;
  std::vector<TraitsPtr> traits;  ///< what was known of them; equal traits share an object where that is easy
  std::vector<Choice> choices;
  std::vector<PastItemsPtr> past;  ///< of their past; empty unless the filters in force ask about it

  std::size_t rows() const { return viewers.size(); }
};

/// One decision, taken out of a batch.
struct Decision {
  DecisionHeader header;
  ViewerId viewer;
  TraitsPtr traits = no_traits();
  std::vector<Choice> choices;  ///< one per header.slots
  PastItems past = {};          ///< empty unless the filters in force ask about it
};

enum class FeedbackKind { impression, click, dismiss, answer, convert };
std::string_view to_string(FeedbackKind kind);
std::optional<FeedbackKind> parse_feedback_kind(std::string_view text);
/// Feedback as an interaction of a data set has this EVENT_TYPE: "IMPRESSION", "CLICK", "DISMISS", "ANSWER", "CONVERT".
std::string_view event_type_of(FeedbackKind kind);

/// One thing a viewer did with a cue, joined to the decision that put it there.
struct Feedback {
  std::string id;  ///< the client's own id; unique per viewer, makes repeats harmless
  ViewerId viewer;
  CueId cue;
  FeedbackKind kind = FeedbackKind::impression;
  double value = 1;  ///< finite
  WallTime at;
  // From the decision; empty when it is not known any more (`attributed` false), and then never trained on.
  bool attributed = false;
  ItemId item;
  SlotName slot;
  float propensity = 0;
  std::string solution_version;
  TraitsPtr traits;          ///< null when unattributed
  std::uint64_t number = 0;  ///< its place among all feedback, 1, 2, ...; the store sets it when it reads
};

}  // namespace matchcue::domain
