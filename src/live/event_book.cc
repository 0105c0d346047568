// SPDX-License-Identifier: Apache-2.0
#include "live/event_book.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace matchcue::live {

using domain::Change;
using domain::ChangeKind;
using domain::ChangePtr;
using domain::EventId;
using domain::ItemOverride;
using domain::LiveEvent;
using domain::OverrideAction;
using domain::Sequence;
using domain::Values;

bool is_context_field(std::string_view name) {
  constexpr std::array<std::string_view, 8> kBookkeeping = {
      "USER_ID",     "ITEM_ID",    "TIMESTAMP",         "EVENT_TYPE",
      "EVENT_VALUE", "IMPRESSION", "RECOMMENDATION_ID", "EVENT_ATTRIBUTION_SOURCE"};
  return std::find(kBookkeeping.begin(), kBookkeeping.end(), name) == kBookkeeping.end();
}

namespace {

Error unknown_event(const EventId& event) {
  return not_found("unknown_event", "unknown event \"" + event.str() + "\"", "event");
}

std::vector<std::string> context_names(const domain::Schema& schema) {
  std::vector<std::string> names;
  for (const domain::Field& field : schema.fields) {
    if (is_context_field(field.name)) names.push_back(field.name);
  }
  return names;
}

Error unknown_field(const domain::Schema& schema, const std::string& name) {
  const auto names = context_names(schema);
  const auto nearest = nearest_name(name, names);
  std::string message = "state." + name + " is not a context field";
  if (nearest) {
    message += "; did you mean " + *nearest + "?";
  } else {
    message += "; the context fields are";
    for (const std::string& known : names) message += " " + known;
  }
  return invalid("unknown_field", message, "state." + name);
}

/// A state field may be absent whatever its column says, but what is there has the column's type.
Result<domain::Value> check_state_value(const domain::Field& field, const domain::Value& value) {
  auto checked = domain::check_value(field, value);
  if (checked.ok()) return checked;
  Error error = std::move(checked).error();
  error.field = "state." + field.name;
  error.message = "state." + error.message;
  return error;
}

/// The overrides after `change`, in item order; nothing when they stay the same.
std::optional<std::vector<ItemOverride>> apply_override(std::vector<ItemOverride> overrides, const ItemOverride& change,
                                                        const domain::Catalogue& catalogue) {
  const std::vector<ItemOverride> before = overrides;
  const std::size_t slot = catalogue.slot_of(*catalogue.find_item(change.item));
  std::erase_if(overrides, [&](const ItemOverride& present) {
    if (present.item == change.item) return true;
    if (change.action != OverrideAction::pin || present.action != OverrideAction::pin) return false;
    const auto other = catalogue.find_item(present.item);
    return other && catalogue.slot_of(*other) == slot;
  });
  if (change.action != OverrideAction::release) overrides.push_back(change);
  std::sort(overrides.begin(), overrides.end(),
            [](const ItemOverride& a, const ItemOverride& b) { return a.item < b.item; });
  if (overrides == before) return std::nullopt;
  return overrides;
}

std::size_t bytes_of(const std::vector<domain::FilterUse>& filters) {
  std::size_t bytes = 0;
  for (const domain::FilterUse& use : filters) {
    bytes += use.expression.size();
    for (const auto& [name, value] : use.values) bytes += name.size() + value.size();
  }
  return bytes;
}

Result<void> check_filter_limits(const std::vector<domain::FilterUse>& filters) {
  std::string excess;
  if (filters.size() > kFiltersInForceMax) {
    excess = std::to_string(filters.size()) + " filters; at most " + std::to_string(kFiltersInForceMax);
  } else if (const std::size_t bytes = bytes_of(filters); bytes > kFilterBytesMax) {
    excess = std::to_string(bytes) + " bytes of filters; at most " + std::to_string(kFilterBytesMax);
  }
  if (excess.empty()) return {};
  return Error{ErrorKind::too_large, "too_many_filters", "in force would be " + excess, "filter"};
}

/// The filters after `change`, in the order of names; nothing when they stay the same.
Result<std::optional<std::vector<domain::FilterUse>>> apply_filter(const EventId& event,
                                                                   std::vector<domain::FilterUse> filters,
                                                                   const domain::FilterChange& change) {
  const std::vector<domain::FilterUse> before = filters;
  std::erase_if(filters, [&](const domain::FilterUse& present) { return present.filter == change.use.filter; });
  if (!change.in_force && filters.size() == before.size()) {
    return not_found("filter_not_in_force",
                     "filter \"" + change.use.filter.str() + "\" is not in force for event \"" + event.str() + "\"",
                     "filter");
  }
  if (change.in_force) filters.push_back(change.use);
  std::sort(filters.begin(), filters.end(),
            [](const domain::FilterUse& a, const domain::FilterUse& b) { return a.filter < b.filter; });
  MCUE_TRY_VOID(check_filter_limits(filters));
  if (filters == before) return std::optional<std::vector<domain::FilterUse>>();
  return std::optional<std::vector<domain::FilterUse>>(std::move(filters));
}

}  // namespace

EventBook::Entry& EventBook::entry_of(const EventId& event) {
  Entry& entry = events_[event];
  if (entry.durable.id.empty()) {
    entry.durable.id = event;
    entry.proposed.id = event;
  }
  return entry;
}

EventBook::Entry* EventBook::find_entry(const EventId& event) {
  const auto found = events_.find(event);
  if (found == events_.end()) return nullptr;
  // What was refused when it was new, or whose contents went to others, is no event.
  return find_event(event) == nullptr && found->second.in_flight.empty() ? nullptr : &found->second;
}

void EventBook::restore(LiveEvent event, std::vector<Change> changes) {
  for (const domain::ContentId& content : event.contents) contents_[content] = event.id;
  Entry& entry = entry_of(event.id);
  entry.proposed = event;
  entry.durable = std::move(event);
  for (Change& change : changes) entry.recent.push_back(std::make_shared<const Change>(std::move(change)));
  const bool all = !entry.recent.empty() && entry.recent.front()->first;
  if (!all && !entry.recent.empty()) entry.dropped = Sequence(entry.recent.front()->sequence.value() - 1);
}

Result<Values> EventBook::merge_state(const Values& present, const Values& update) const {
  Values merged = present;
  for (const auto& [name, value] : update) {
    const domain::Field* field = is_context_field(name) ? schema_.find_field(name) : nullptr;
    if (field == nullptr) return unknown_field(schema_, name);
    if (std::holds_alternative<std::monostate>(value)) {
      merged.erase(name);
      continue;
    }
    MCUE_TRY(merged[name], check_state_value(*field, value));
  }
  return merged;
}

Result<void> EventBook::check_subject(const StateRequest& request, const domain::Catalogue& catalogue) const {
  if (!request.subject || catalogue.find_item(*request.subject)) return {};
  return not_found("unknown_item", "unknown item \"" + request.subject->str() + "\"", "subject");
}

Proposal EventBook::propose(Entry& entry, Change change, LiveEvent after) {
  // The one place where a change gets its sequence.
  const Sequence previous = entry.proposed.sequence;
  const bool first = previous == Sequence(0);
  change.sequence = Sequence(previous.value() + (change.retracts() ? 2 : 1));
  change.first = first;
  change.before = entry.proposed.state;
  change.after = after.state;
  change.moment = change.adjusts() ? entry.proposed.moment : change.sequence;
  after.sequence = change.sequence;
  after.moment = change.moment;
  entry.proposed = after;
  entry.in_flight.push_back({std::make_shared<const Change>(std::move(change)), std::move(after), previous});
  return entry.in_flight.back();
}

Result<Proposal> EventBook::propose_state(ChangeKind kind, const StateRequest& request, WallTime now) {
  MCUE_TRY_VOID(domain::check_id(request.event.str(), "event"));
  static const Values kNothing;
  const auto found = events_.find(request.event);
  MCUE_TRY(Values state, merge_state(found == events_.end() ? kNothing : found->second.proposed.state, request.state));
  Entry& entry = entry_of(request.event);
  LiveEvent after = entry.proposed;
  after.state = std::move(state);
  Change change;
  change.event = request.event;
  change.kind = kind;
  change.at = now;
  change.media_time = request.media_time;
  change.subject = request.subject;
  return propose(entry, std::move(change), std::move(after));
}

Result<std::optional<Proposal>> EventBook::set_state(const StateRequest& request, WallTime now) {
  const auto found = events_.find(request.event);
  if (found != events_.end() && found->second.proposed.sequence != Sequence(0)) {
    MCUE_TRY(const Values state, merge_state(found->second.proposed.state, request.state));
    if (state == found->second.proposed.state) return std::optional<Proposal>();
  }
  MCUE_TRY(Proposal proposal, propose_state(ChangeKind::state, request, now));
  return std::optional<Proposal>(std::move(proposal));
}

Result<Proposal> EventBook::fire_moment(const StateRequest& request, const domain::Catalogue& catalogue, WallTime now) {
  MCUE_TRY_VOID(check_subject(request, catalogue));
  return propose_state(ChangeKind::moment, request, now);
}

Result<Proposal> EventBook::correct_moment(const StateRequest& request, Sequence corrects, std::string reason,
                                           const domain::Catalogue& catalogue, WallTime now) {
  MCUE_TRY_VOID(check_subject(request, catalogue));
  Entry* const found = find_entry(request.event);
  if (found == nullptr) return unknown_event(request.event);
  Entry& entry = *found;
  const auto& recent = entry.recent;
  const auto wrong =
      std::find_if(recent.begin(), recent.end(), [&](const ChangePtr& change) { return change->sequence == corrects; });
  if (wrong == recent.end() || (*wrong)->adjusts()) {
    return not_found("unknown_moment",
                     "event \"" + request.event.str() + "\" has no recent moment " + std::to_string(corrects.value()),
                     "corrects");
  }
  const auto& pending = entry.being_corrected;
  if (std::find(pending.begin(), pending.end(), corrects) != pending.end() ||
      std::any_of(recent.begin(), recent.end(),
                  [&](const ChangePtr& change) { return change->corrects == corrects; })) {
    return Error{ErrorKind::conflict, "already_corrected",
                 "moment " + std::to_string(corrects.value()) + " was corrected before", "corrects"};
  }
  MCUE_TRY(Values state, merge_state(entry.proposed.state, request.state));
  LiveEvent after = entry.proposed;
  after.state = std::move(state);
  Change change;
  change.event = request.event;
  change.kind = ChangeKind::correction;
  change.at = now;
  change.media_time = request.media_time;
  change.subject = request.subject;
  change.corrects = corrects;
  change.reason = std::move(reason);
  entry.being_corrected.push_back(corrects);
  return propose(entry, std::move(change), std::move(after));
}

Result<std::optional<Proposal>> EventBook::override_item(const EventId& event, const ItemOverride& override_,
                                                         std::string reason, const domain::Catalogue& catalogue,
                                                         WallTime now) {
  Entry* const found = find_entry(event);
  if (found == nullptr) return unknown_event(event);
  if (!catalogue.find_item(override_.item)) {
    return not_found("unknown_item", "unknown item \"" + override_.item.str() + "\"", "item");
  }
  Entry& entry = *found;
  auto overrides = apply_override(entry.proposed.overrides, override_, catalogue);
  if (!overrides) return std::optional<Proposal>();
  LiveEvent after = entry.proposed;
  after.overrides = *std::move(overrides);
  Change change;
  change.event = event;
  change.kind = ChangeKind::item_override;
  change.at = now;
  change.reason = std::move(reason);
  change.override_ = override_;
  return std::optional<Proposal>(propose(entry, std::move(change), std::move(after)));
}

Result<std::optional<Proposal>> EventBook::use_filter(const EventId& event, domain::FilterChange filter,
                                                      std::string reason, WallTime now) {
  Entry* const found = find_entry(event);
  if (found == nullptr) return unknown_event(event);
  Entry& entry = *found;
  MCUE_TRY(auto filters, apply_filter(event, entry.proposed.filters, filter));
  if (!filters) return std::optional<Proposal>();
  LiveEvent after = entry.proposed;
  after.filters = *std::move(filters);
  Change change;
  change.event = event;
  change.kind = ChangeKind::filter;
  change.at = now;
  change.reason = std::move(reason);
  change.filter = std::move(filter);
  return std::optional<Proposal>(propose(entry, std::move(change), std::move(after)));
}

void EventBook::commit(const Proposal& proposal) {
  Entry& entry = entry_of(proposal.change->event);
  CHECK(!entry.in_flight.empty() && entry.in_flight.front().change == proposal.change, proposal.previous);
  entry.in_flight.pop_front();
  const std::vector<domain::ContentId> contents = entry.durable.contents;
  entry.durable = proposal.after;
  entry.durable.contents = contents;
  if (proposal.change->corrects) std::erase(entry.being_corrected, *proposal.change->corrects);
  entry.recent.push_back(proposal.change);
  if (entry.recent.size() > kRecentChangesMax) {
    entry.dropped = entry.recent.front()->sequence;
    entry.recent.pop_front();
  }
}

void EventBook::abort(const Proposal& proposal) {
  Entry& entry = entry_of(proposal.change->event);
  if (proposal.change->corrects) std::erase(entry.being_corrected, *proposal.change->corrects);
  auto& chain = entry.in_flight;
  const auto refused =
      std::find_if(chain.begin(), chain.end(), [&](const Proposal& each) { return each.change == proposal.change; });
  if (refused == chain.end()) return;  // it went with what it was built upon
  chain.erase(refused, chain.end());
  const std::vector<domain::ContentId> contents = entry.durable.contents;
  entry.proposed = chain.empty() ? entry.durable : chain.back().after;
  entry.proposed.contents = contents;
}

ChangePtr EventBook::newest_in_flight(const EventId& event) const {
  const auto found = events_.find(event);
  return found == events_.end() || found->second.in_flight.empty() ? nullptr : found->second.in_flight.back().change;
}

void EventBook::map_content(const domain::ContentId& content, const EventId& event) {
  const auto before = contents_.find(content);
  if (before != contents_.end() && before->second != event) {
    Entry& old = entry_of(before->second);
    std::erase(old.durable.contents, content);
    std::erase(old.proposed.contents, content);
  }
  contents_[content] = event;
  Entry& entry = entry_of(event);
  for (LiveEvent* view : {&entry.durable, &entry.proposed}) {
    auto& list = view->contents;
    const auto at = std::lower_bound(list.begin(), list.end(), content);
    if (at == list.end() || *at != content) list.insert(at, content);
  }
}

const LiveEvent* EventBook::find_event(const EventId& event) const {
  const auto found = events_.find(event);
  if (found == events_.end()) return nullptr;
  const LiveEvent& durable = found->second.durable;
  return durable.sequence == Sequence(0) && durable.contents.empty() ? nullptr : &durable;
}

std::vector<LiveEvent> EventBook::list_events() const {
  std::vector<LiveEvent> events;
  for (const auto& [id, entry] : events_) {
    if (const LiveEvent* event = find_event(id)) events.push_back(*event);
  }
  return events;
}

std::vector<ChangePtr> EventBook::changes_after(const EventId& event, Sequence after, std::size_t limit) const {
  std::vector<ChangePtr> changes;
  const auto found = events_.find(event);
  if (found == events_.end()) return changes;
  for (const ChangePtr& change : found->second.recent) {
    if (change->sequence > after && changes.size() < limit) changes.push_back(change);
  }
  return changes;
}

std::vector<Sequence> EventBook::changes_of_moment(const EventId& event, Sequence moment) const {
  std::vector<Sequence> changes;
  const auto found = events_.find(event);
  if (found == events_.end()) return changes;
  for (const ChangePtr& change : found->second.recent) {
    if (change->moment == moment) changes.push_back(change->sequence);
  }
  return changes;
}

std::vector<domain::Subject> EventBook::subjects_of(const EventId& event) const {
  std::vector<domain::Subject> subjects;
  const auto found = events_.find(event);
  if (found == events_.end()) return subjects;
  std::vector<Sequence> corrected;
  std::uint32_t moments_ago = 0;
  for (auto at = found->second.recent.rbegin(); at != found->second.recent.rend(); ++at) {
    const Change& change = **at;
    if (change.adjusts()) continue;
    if (moments_ago > domain::kSubjectMomentsMax) break;
    if (change.corrects) corrected.push_back(*change.corrects);
    const bool stands = std::find(corrected.begin(), corrected.end(), change.sequence) == corrected.end();
    if (change.subject && stands) subjects.push_back({*change.subject, change.after, moments_ago});
    ++moments_ago;
  }
  return subjects;
}

bool EventBook::has_all_after(const EventId& event, Sequence after) const {
  const auto found = events_.find(event);
  return found == events_.end() || found->second.dropped <= after;
}

}  // namespace matchcue::live
