// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/disk.h"

#include <algorithm>
#include <tuple>

namespace matchcue::simulation {

using domain::Decision;
using domain::ViewerId;
using store::FeedbackOutcome;
using store::WriteSummary;

namespace {

constexpr std::size_t kSnapshotsKept = 3;
constexpr std::size_t kDroppedPerStep = 32;  // as in store/sqlite/retention.cc

Error conflict(std::string code, std::string message) {
  return Error{ErrorKind::conflict, std::move(code), std::move(message), {}};
}

bool same_row(const domain::Item& a, const domain::Item& b) {
  return std::tie(a.slot, a.label, a.min_age, a.countries, a.remote, a.fields, a.document) ==
         std::tie(b.slot, b.label, b.min_age, b.countries, b.remote, b.fields, b.document);
}
bool same_row(const domain::Viewer& a, const domain::Viewer& b) {
  return std::tie(a.age, a.country, a.fields, a.document) == std::tie(b.age, b.country, b.fields, b.document);
}
bool same_row(const domain::Interaction& a, const domain::Interaction& b) {
  return std::tie(a.viewer, a.item, a.timestamp_s, a.event_type, a.event_value, a.context) ==
         std::tie(b.viewer, b.item, b.timestamp_s, b.event_type, b.event_value, b.context);
}

Decision take_row(const domain::DecisionBatch& batch, std::size_t row) {
  const auto slots = static_cast<std::ptrdiff_t>(batch.header.slots.size());
  const auto first = batch.choices.begin() + static_cast<std::ptrdiff_t>(row) * slots;
  Decision decision{batch.header, batch.viewers[row], batch.traits[row], {first, first + slots}, {}};
  if (!batch.past.empty()) decision.past = *batch.past[row];
  return decision;
}

}  // namespace

Result<void> Disk::append_change(const domain::Change& change, const domain::LiveEvent& event,
                                 domain::Sequence previous) {
  const auto known = events.find(change.event);
  const domain::Sequence stored = known == events.end() ? domain::Sequence(0) : known->second.sequence;
  if (stored != previous) return conflict("sequence_conflict", "live event \"" + change.event.str() + "\" moved on");
  domain::LiveEvent& kept = events[change.event];
  kept = event;
  kept.contents.clear();
  changes[change.event][change.sequence] = change;
  return {};
}

Result<void> Disk::map_content(const domain::ContentId& content, const domain::EventId& event) {
  events.try_emplace(event, domain::LiveEvent{event, {}, {}, {}, {}, {}});
  contents[content] = event;
  return {};
}

Result<WriteSummary> Disk::put_items(const std::vector<domain::Item>& rows) {
  WriteSummary summary;
  const std::uint64_t next = catalogue_version + 1;
  for (domain::Item row : rows) {
    row.version = next;
    std::vector<domain::Item>& versions = items[row.id];
    if (!versions.empty() && same_row(versions.back(), row)) {
      ++summary.unchanged;
      continue;
    }
    ++(versions.empty() ? summary.added : summary.replaced);
    if (!versions.empty() && versions.back().version == next) versions.pop_back();
    versions.push_back(std::move(row));
  }
  if (summary.added + summary.replaced > 0) catalogue_version = next;
  summary.catalogue_version = catalogue_version;
  return summary;
}

Result<WriteSummary> Disk::put_viewers(const std::vector<domain::Viewer>& rows) {
  WriteSummary summary;
  const std::uint64_t next = catalogue_version + 1;
  for (domain::Viewer row : rows) {
    row.version = next;
    const auto known = viewers.find(row.id);
    if (known != viewers.end() && same_row(known->second, row)) {
      ++summary.unchanged;
      continue;
    }
    ++(known == viewers.end() ? summary.added : summary.replaced);
    viewers[row.id] = std::move(row);
  }
  if (summary.added + summary.replaced > 0) catalogue_version = next;
  summary.catalogue_version = catalogue_version;
  return summary;
}

Result<WriteSummary> Disk::add_interactions(const std::vector<domain::Interaction>& rows) {
  WriteSummary summary;
  for (const domain::Interaction& row : rows) {
    const bool known = std::any_of(interactions.begin(), interactions.end(),
                                   [&](const domain::Interaction& other) { return same_row(row, other); });
    ++(known ? summary.unchanged : summary.added);
    if (!known) interactions.push_back(row);
  }
  summary.catalogue_version = catalogue_version;
  return summary;
}

Result<std::uint64_t> Disk::identify(domain::ViewerLink link) {
  for (const domain::ViewerLink& other : links) {
    if (other.anonymous == link.anonymous && other.viewer == link.viewer) return other.number;
  }
  for (const domain::ViewerLink& other : links) {
    const bool chain =
        other.anonymous == link.anonymous || other.anonymous == link.viewer || other.viewer == link.anonymous;
    if (chain) return conflict("already_identified", "viewer \"" + link.anonymous.str() + "\" is known");
  }
  link.number = links.empty() ? 1 : links.back().number + 1;
  links.push_back(std::move(link));
  return links.back().number;
}

Result<domain::StoredFilter> Disk::put_filter(domain::StoredFilter filter) {
  const auto known = filters.find(filter.name);
  if (known != filters.end()) filter.created = known->second.created;
  filters[filter.name] = filter;
  return filter;
}

Result<domain::StoredFilter> Disk::delete_filter(const domain::FilterName& name) {
  const auto known = filters.find(name);
  if (known == filters.end()) return not_found("unknown_filter", "unknown filter \"" + name.str() + "\"", "filter");
  domain::StoredFilter gone = std::move(known->second);
  filters.erase(known);
  return gone;
}

Result<void> Disk::append_decisions(std::shared_ptr<const domain::DecisionBatch> batch) {
  if (batch->rows() == 0) return {};
  log_places[{batch->header.event, batch->header.sequence}].push_back(log.size());
  log.push_back({std::move(batch)});
  return {};
}

Result<std::vector<FeedbackOutcome>> Disk::append_feedback(const std::vector<domain::Feedback>& rows) {
  for (LoggedBatch& logged : log) logged.synced = true;  // what feedback cites is durable before it is
  std::vector<FeedbackOutcome> outcomes;
  for (domain::Feedback row : rows) {
    row.number = feedback.size() + 1;
    const bool is_new = feedback_places.try_emplace({row.viewer, row.id}, feedback.size()).second;
    outcomes.push_back(is_new ? FeedbackOutcome::stored : FeedbackOutcome::repeated);
    if (is_new) feedback.push_back(std::move(row));
  }
  return outcomes;
}

Result<store::RetentionStep> Disk::drop_decisions(WallTime now, Milliseconds keep) {
  store::RetentionStep step;
  const auto newer = log_times.upper_bound(log_begin);
  const std::size_t unreferenced = newer == log_times.begin() ? 0 : std::prev(newer)->first;
  if (unreferenced > log_freed) {  // whole files of which no row is left
    step.bytes_freed = unreferenced - log_freed;
    log_freed = unreferenced;
    step.more = true;
    return step;
  }
  std::size_t end = 0;
  for (const auto& [place, at] : log_times) end = at <= now - keep ? place : end;
  if (log_begin < end) {
    const std::size_t last = std::min(end, log_begin + kDroppedPerStep);
    while (log_begin < last) log[log_begin++].dropped = true;
    step.more = true;
    return step;
  }
  begin_file_when_due(now, keep);
  if (log_begin < log.size() && !log[log_begin].torn) step.kept_from = log[log_begin].batch->header.at;
  return step;
}

void Disk::begin_file_when_due(WallTime now, Milliseconds keep) {
  const auto newest = log_times.rbegin();
  const bool known = newest != log_times.rend();
  std::size_t begin = known ? newest->first : 0;
  const bool is_due = !known || now < newest->second ||
                      now - newest->second >= std::min<Milliseconds>(std::chrono::hours(24), keep / 4);
  if (is_due && log.size() > begin) {
    for (LoggedBatch& logged : log) logged.synced = true;
    begin = log.size();
  }
  log_times.try_emplace(begin, now);
}

Result<void> Disk::append_step(const store::LearnerStep& step) {
  if (step.number != steps.size() + 1) return conflict("learner_step_conflict", "another step is the next");
  steps.push_back(step);
  return {};
}

void Disk::put_snapshot(const store::LearnerSnapshot& snapshot) {
  snapshots[snapshot.step] = snapshot.bytes;
  while (snapshots.size() > kSnapshotsKept) snapshots.erase(snapshots.begin());
}

Result<domain::CataloguePtr> Disk::catalogue(std::optional<std::uint64_t> version) {
  const std::uint64_t wanted = version.value_or(catalogue_version);
  if (wanted > catalogue_version) return not_found("unknown_catalogue_version", "there is no such catalogue version");
  domain::CataloguePtr& cached = catalogues[wanted];
  if (cached) return cached;
  std::vector<domain::Item> rows;
  for (const auto& [id, versions] : items) {
    const auto newer =
        std::find_if(versions.begin(), versions.end(), [&](const domain::Item& item) { return item.version > wanted; });
    if (newer != versions.begin()) rows.push_back(*std::prev(newer));
  }
  cached = std::make_shared<const domain::Catalogue>(wanted, std::move(rows));
  return cached;
}

const domain::ViewerLink* Disk::find_link(const ViewerId& anonymous) const {
  const auto found = std::find_if(links.begin(), links.end(),
                                  [&](const domain::ViewerLink& link) { return link.anonymous == anonymous; });
  return found == links.end() ? nullptr : &*found;
}

const domain::Feedback* Disk::find_feedback(const ViewerId& viewer, const std::string& id) const {
  const auto place = feedback_places.find({viewer, id});
  return place == feedback_places.end() ? nullptr : &feedback[place->second];
}

const domain::Change* Disk::find_change(const domain::EventId& event, domain::Sequence sequence) const {
  const auto of_event = changes.find(event);
  if (of_event == changes.end()) return nullptr;
  const auto found = of_event->second.find(sequence);
  return found == of_event->second.end() ? nullptr : &found->second;
}

void Disk::add_acts(const ViewerId& id,
                    std::vector<std::tuple<std::int64_t, std::string, domain::ItemId>>& acts) const {
  for (auto row = feedback.rbegin(); row != feedback.rend(); ++row) {
    if (row->viewer != id || row->kind == domain::FeedbackKind::impression || !row->attributed) continue;
    acts.emplace_back(to_ms(row->at), std::string(to_string(row->kind)), row->item);
  }
  std::vector<std::tuple<std::int64_t, std::string, domain::ItemId>> past;
  for (auto row = interactions.rbegin(); row != interactions.rend(); ++row) {
    if (row->viewer == id) past.emplace_back(row->timestamp_s * 1'000, row->event_type, row->item);
  }
  std::stable_sort(past.begin(), past.end(), [](const auto& a, const auto& b) { return get<0>(a) > get<0>(b); });
  acts.insert(acts.end(), past.begin(), past.end());
}

domain::ViewerPast Disk::past_of(const ViewerId& viewer) const {
  const domain::ViewerLink* link = find_link(viewer);
  const ViewerId& known_as = link == nullptr ? viewer : link->viewer;
  std::vector<std::tuple<std::int64_t, std::string, domain::ItemId>> acts;
  add_acts(known_as, acts);
  for (const domain::ViewerLink& other : links) {
    if (other.viewer == known_as) add_acts(other.anonymous, acts);
  }
  std::stable_sort(acts.begin(), acts.end(), [](const auto& a, const auto& b) { return get<0>(a) > get<0>(b); });
  domain::ViewerPast past;
  for (const auto& [at, type, item] : acts) past.add_older(type, item);
  return past;
}

Result<std::optional<Decision>> Disk::decision(const domain::DecisionId& id, Look look) const {
  const auto places = log_places.find({id.event, id.sequence});
  if (places == log_places.end()) return std::optional<Decision>();
  Result<std::optional<Decision>> nothing = std::optional<Decision>();
  for (auto place = places->second.rbegin(); place != places->second.rend(); ++place) {
    const LoggedBatch& logged = log[*place];
    if (logged.dropped && look == Look::at_kept) continue;
    if (logged.torn) {
      nothing = Error{ErrorKind::corrupt, "corrupt_decisions", "the decision log is damaged", {}};
      continue;
    }
    const auto& viewers_of = logged.batch->viewers;
    const auto row = std::find(viewers_of.begin(), viewers_of.end(), id.viewer);
    if (row == viewers_of.end()) continue;
    return std::optional<Decision>(take_row(*logged.batch, static_cast<std::size_t>(row - viewers_of.begin())));
  }
  return nothing;
}

std::vector<Decision> Disk::decisions(const domain::DecisionId& id) const {
  std::vector<Decision> found;
  const auto places = log_places.find({id.event, id.sequence});
  if (places == log_places.end()) return found;
  for (const std::size_t place : places->second) {
    const auto& viewers_of = log[place].batch->viewers;
    const auto row = std::find(viewers_of.begin(), viewers_of.end(), id.viewer);
    if (log[place].torn || row == viewers_of.end()) continue;
    found.push_back(take_row(*log[place].batch, static_cast<std::size_t>(row - viewers_of.begin())));
  }
  return found;
}

void Disk::cut_power(const std::function<Fate()>& draw) {
  std::size_t whole_end = 0;
  for (std::size_t i = 0; i < log.size(); ++i) {
    const Fate fate = log[i].synced ? Fate::kept : draw();
    log[i].torn = log[i].torn || fate != Fate::kept;
    if (!log[i].torn) whole_end = i + 1;
  }
  // Behind the last whole batch nothing is left; a damaged one in front of a whole one stays, to be reported.
  std::size_t synced_end = 0;
  for (std::size_t i = 0; i < log.size(); ++i) synced_end = log[i].synced ? i + 1 : synced_end;
  log.resize(std::max(whole_end, synced_end));
  for (LoggedBatch& logged : log) logged.synced = true;
  index_log();
}

void Disk::index_log() {
  log_places.clear();
  for (std::size_t i = 0; i < log.size(); ++i) {
    log_places[{log[i].batch->header.event, log[i].batch->header.sequence}].push_back(i);
  }
}

}  // namespace matchcue::simulation
