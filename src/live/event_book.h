#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The live events and their change streams: validates what producers and operators ask for, gives each change its
// sequence, and knows what is durable. No I/O and no clock: the caller stores what is proposed and then says how that
// went.

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/catalogue.h"
#include "domain/live_event.h"

namespace matchcue::live {

/// Changes kept per event for reading, correcting and resuming; older ones are in the store only.
constexpr std::size_t kRecentChangesMax = 1'000;

/// Every chunk of the decision log repeats what is in force: so many filters, and bytes of expressions and values.
constexpr std::size_t kFiltersInForceMax = 8;
constexpr std::size_t kFilterBytesMax = 16 * 1024;

/// A change that has its sequence and is to be stored: durable only after commit().
struct Proposal {
  domain::ChangePtr change;
  domain::LiveEvent after;    ///< the event once the change is durable
  domain::Sequence previous;  ///< the sequence that the store must find
};

/// What producers and operators may say. Times are when it is said.
struct StateRequest {
  domain::EventId event;
  domain::Values state;  ///< over the present state; null removes
  std::optional<WallTime> media_time;
  std::optional<domain::ItemId> subject;
};

/// Single shard (control). Proposals of one event chain: a second may be made before the first is durable, and is built
/// upon it. They go to the store in the order in which they are made. What is refused takes with it what was built upon
/// it, and nothing else: a sequence is given again only when nothing with it can still be stored, so that a proposal
/// whose `previous` the store finds is always built upon what is stored there.
class EventBook {
 public:
  /// `context_schema` is the interactions schema; its metadata columns are the fields a state may have.
  explicit EventBook(domain::Schema context_schema) : schema_(std::move(context_schema)) {}
  void set_context_schema(domain::Schema schema) { schema_ = std::move(schema); }

  /// Takes in a stored event with its latest changes, in order.
  void restore(domain::LiveEvent event, std::vector<domain::Change> changes);

  /// Nothing when the state would stay as it is. Errors: invalid_id, unknown_field, wrong_type, out_of_range.
  Result<std::optional<Proposal>> set_state(const StateRequest& request, WallTime now);
  /// Always a change. Errors: also unknown_item for a subject that `catalogue` does not have.
  Result<Proposal> fire_moment(const StateRequest& request, const domain::Catalogue& catalogue, WallTime now);
  /// Errors: also unknown_event, unknown_moment (never was, or too long ago), already_corrected.
  Result<Proposal> correct_moment(const StateRequest& request, domain::Sequence corrects, std::string reason,
                                  const domain::Catalogue& catalogue, WallTime now);
  /// Nothing when the override is in force already. A pin replaces another pin of the same slot.
  /// Errors: unknown_event, unknown_item.
  Result<std::optional<Proposal>> override_item(const domain::EventId& event, const domain::ItemOverride& override_,
                                                std::string reason, const domain::Catalogue& catalogue, WallTime now);

  /// Puts a filter in force, replacing one of the same name, or takes it out of force. Nothing when that changes
  /// nothing. Errors: unknown_event, filter_not_in_force, too_many_filters.
  Result<std::optional<Proposal>> use_filter(const domain::EventId& event, domain::FilterChange filter,
                                             std::string reason, WallTime now);
  /// The proposal is durable: readers see it from now on.
  void commit(const Proposal& proposal);
  /// The proposal was not stored: what was built upon it will not be either. In any order with other outcomes.
  void abort(const Proposal& proposal);

  /// The newest proposal that is neither durable nor refused; null when there is none. Whoever asked for what would
  /// change nothing was answered by what is proposed: it is true when this one is durable.
  domain::ChangePtr newest_in_flight(const domain::EventId& event) const;

  /// The content carries the event; creates the event when new. Durable already.
  void map_content(const domain::ContentId& content, const domain::EventId& event);

  // What is durable.
  const domain::LiveEvent* find_event(const domain::EventId& event) const;
  std::vector<domain::LiveEvent> list_events() const;
  /// At most `limit` recent changes after `after`, in order.
  std::vector<domain::ChangePtr> changes_after(const domain::EventId& event, domain::Sequence after,
                                               std::size_t limit) const;
  /// The recent changes that showed what the moment `moment` showed: itself, and what adjusted it. In order.
  std::vector<domain::Sequence> changes_of_moment(const domain::EventId& event, domain::Sequence moment) const;
  /// The items that the present moment and the domain::kSubjectMomentsMax before it were about, newest first. A moment
  /// that was corrected was about nothing.
  std::vector<domain::Subject> subjects_of(const domain::EventId& event) const;
  /// True when every change after `after` is among the recent ones.
  bool has_all_after(const domain::EventId& event, domain::Sequence after) const;
  const std::map<domain::ContentId, domain::EventId>& contents() const { return contents_; }

 private:
  struct Entry {
    domain::LiveEvent durable;
    domain::LiveEvent proposed;  ///< what the next proposal is built upon: after the newest of in_flight, or durable
    std::deque<Proposal> in_flight;  ///< each built upon the one before, the first upon durable
    std::deque<domain::ChangePtr> recent;
    domain::Sequence dropped;                       ///< the newest change that is not among the recent ones
    std::vector<domain::Sequence> being_corrected;  ///< by proposals that are not durable yet
  };

  Entry& entry_of(const domain::EventId& event);
  Entry* find_entry(const domain::EventId& event);  ///< of an event that there is, or may be soon; null otherwise
  Result<domain::Values> merge_state(const domain::Values& present, const domain::Values& update) const;
  Result<void> check_subject(const StateRequest& request, const domain::Catalogue& catalogue) const;
  static Proposal propose(Entry& entry, domain::Change change, domain::LiveEvent after);
  Result<Proposal> propose_state(domain::ChangeKind kind, const StateRequest& request, WallTime now);

  domain::Schema schema_;
  std::map<domain::EventId, Entry> events_;
  std::map<domain::ContentId, domain::EventId> contents_;
};

/// True for the columns of an interactions schema that describe the context (not who, what, when, or bookkeeping).
bool is_context_field(std::string_view name);

}  // namespace matchcue::live
