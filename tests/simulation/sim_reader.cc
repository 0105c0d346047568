// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/sim_reader.h"

#include <algorithm>

namespace matchcue::simulation {

namespace {

Error damaged() { return Error{ErrorKind::corrupt, "corrupt_decisions", "the decision log is damaged", {}}; }

/// About what the real store needs for a batch.
std::size_t bytes_of(const domain::DecisionBatch& batch) { return 500 + batch.rows() * 60; }

}  // namespace

Result<std::vector<domain::LiveEvent>> SimReader::load_events() {
  std::vector<domain::LiveEvent> events;
  for (const auto& [id, event] : disk_.events) {
    events.push_back(event);
    for (const auto& [content, carried] : disk_.contents) {
      if (carried == id) events.back().contents.push_back(content);
    }
  }
  return events;
}

Result<std::vector<domain::Change>> SimReader::load_changes(const domain::EventId& event, domain::Sequence after,
                                                            std::size_t limit) {
  std::vector<domain::Change> changes;
  const auto& all = disk_.changes[event];
  for (auto at = all.upper_bound(after); at != all.end() && changes.size() < limit; ++at) changes.push_back(at->second);
  return changes;
}

Result<std::vector<domain::Change>> SimReader::load_latest_changes(const domain::EventId& event, std::size_t limit) {
  std::vector<domain::Change> changes;
  const auto& all = disk_.changes[event];
  for (auto at = all.rbegin(); at != all.rend() && changes.size() < limit; ++at) changes.push_back(at->second);
  std::reverse(changes.begin(), changes.end());
  return changes;
}

Result<std::optional<domain::Change>> SimReader::load_change(const domain::EventId& event, domain::Sequence sequence) {
  const domain::Change* found = disk_.find_change(event, sequence);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

Result<domain::CataloguePtr> SimReader::load_catalogue(std::optional<std::uint64_t> version) {
  return disk_.catalogue(version);
}

Result<std::optional<domain::Viewer>> SimReader::load_viewer(const domain::ViewerId& viewer) {
  const auto found = disk_.viewers.find(viewer);
  return found == disk_.viewers.end() ? std::nullopt : std::optional(found->second);
}

Result<std::vector<domain::Viewer>> SimReader::load_viewers(const domain::ViewerId& after, std::size_t limit) {
  std::vector<domain::Viewer> viewers;
  for (auto at = disk_.viewers.upper_bound(after); at != disk_.viewers.end() && viewers.size() < limit; ++at) {
    viewers.push_back(at->second);
  }
  return viewers;
}

Result<void> SimReader::visit_interactions(std::uint64_t last, const std::function<bool(domain::Interaction)>& visit) {
  std::vector<domain::Interaction> all = disk_.interactions;
  all.resize(std::min<std::size_t>(all.size(), last));
  for (const domain::Interaction& row : all) {
    if (!visit(row)) break;
  }
  return {};
}

Result<std::vector<domain::AuditRecord>> SimReader::load_audit(std::uint64_t after, std::size_t limit) {
  std::vector<domain::AuditRecord> records;
  for (auto at = disk_.audit.upper_bound(after); at != disk_.audit.end() && records.size() < limit; ++at) {
    records.push_back(at->second);
  }
  return records;
}

Result<std::vector<domain::StoredFilter>> SimReader::load_filters() {
  std::vector<domain::StoredFilter> filters;
  for (const auto& [name, filter] : disk_.filters) filters.push_back(filter);
  return filters;
}

Result<std::optional<domain::ViewerLink>> SimReader::find_viewer_link(const domain::ViewerId& anonymous) {
  const domain::ViewerLink* found = disk_.find_link(anonymous);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

Result<std::uint64_t> SimReader::last_viewer_link_number() {
  return disk_.links.empty() ? 0 : disk_.links.back().number;
}

Result<std::vector<domain::ViewerLink>> SimReader::load_viewer_links(std::uint64_t after, std::size_t limit) {
  std::vector<domain::ViewerLink> links;
  for (const domain::ViewerLink& link : disk_.links) {
    if (link.number > after && links.size() < limit) links.push_back(link);
  }
  return links;
}

Result<std::vector<domain::ViewerLink>> SimReader::load_links_to(const domain::ViewerId& viewer) {
  std::vector<domain::ViewerLink> links;
  for (const domain::ViewerLink& link : disk_.links) {
    if (link.viewer == viewer) links.push_back(link);
  }
  return links;
}

Result<std::optional<std::string>> SimReader::load_schema(domain::DatasetKind kind) {
  const auto found = disk_.schemas.find(kind);
  return found == disk_.schemas.end() ? std::nullopt : std::optional(found->second);
}

Result<std::optional<domain::Decision>> SimReader::load_decision(const domain::DecisionId& id) {
  return disk_.decision(id, Disk::Look::at_kept);
}

Result<std::optional<domain::DecisionHeader>> SimReader::load_decision_header(const domain::EventId& event,
                                                                              domain::Sequence sequence) {
  const auto places = disk_.log_places.find({event, sequence});
  if (places == disk_.log_places.end()) return std::optional<domain::DecisionHeader>();
  const LoggedBatch& first = disk_.log[places->second.front()];
  if (first.torn) return damaged();
  return std::optional(first.batch->header);
}

Result<bool> SimReader::has_dropped_decisions(const domain::EventId& event, domain::Sequence sequence) {
  const auto places = disk_.log_places.find({event, sequence});
  return places != disk_.log_places.end() && disk_.log[places->second.front()].dropped;
}

Result<void> SimReader::visit_latest_decisions(std::size_t bytes_max,
                                               const std::function<void(domain::DecisionBatch)>& visit) {
  std::size_t first = disk_.log.size();
  for (std::size_t bytes = 0; first > 0; --first) {
    bytes += bytes_of(*disk_.log[first - 1].batch);
    if (bytes > bytes_max) break;
  }
  Result<void> damage;
  for (std::size_t i = first; i < disk_.log.size(); ++i) {
    if (disk_.log[i].dropped) continue;
    if (disk_.log[i].torn) {
      damage = damaged();
    } else {
      visit(*disk_.log[i].batch);
    }
  }
  return damage;
}

Result<void> SimReader::visit_decisions(const std::function<bool(domain::DecisionBatch)>& visit) {
  Result<void> damage;
  const std::size_t end = disk_.log.size();
  for (std::size_t i = 0; i < end; ++i) {
    if (disk_.log[i].dropped) continue;
    if (disk_.log[i].torn) {
      damage = damaged();
    } else if (!visit(*disk_.log[i].batch)) {
      break;
    }
  }
  return damage;
}

Result<std::vector<domain::Feedback>> SimReader::load_feedback(const domain::ViewerId& viewer, std::size_t limit) {
  std::vector<domain::Feedback> rows;
  for (auto row = disk_.feedback.rbegin(); row != disk_.feedback.rend() && rows.size() < limit; ++row) {
    if (viewer.empty() || row->viewer == viewer) rows.push_back(*row);
  }
  return rows;
}

Result<std::vector<domain::Feedback>> SimReader::load_feedback_after(std::uint64_t number, std::size_t limit) {
  std::vector<domain::Feedback> rows;
  for (std::size_t i = number; i < disk_.feedback.size() && rows.size() < limit; ++i) rows.push_back(disk_.feedback[i]);
  return rows;
}

Result<std::vector<store::LearnerStep>> SimReader::load_learner_steps(std::uint64_t after, std::size_t limit) {
  std::vector<store::LearnerStep> steps;
  for (std::size_t i = after; i < disk_.steps.size() && steps.size() < limit; ++i) steps.push_back(disk_.steps[i]);
  return steps;
}

Result<std::vector<store::LearnerStep>> SimReader::load_learner_settings() {
  std::vector<store::LearnerStep> steps;
  for (const store::LearnerStep& step : disk_.steps) {
    if (!step.settings.empty()) steps.push_back(step);
  }
  return steps;
}

Result<std::optional<store::LearnerSnapshot>> SimReader::load_learner_snapshot(std::uint64_t step_max) {
  const auto after = disk_.snapshots.upper_bound(step_max);
  if (after == disk_.snapshots.begin()) return std::optional<store::LearnerSnapshot>();
  const auto& [step, bytes] = *std::prev(after);
  return std::optional(store::LearnerSnapshot{step, bytes});
}

}  // namespace matchcue::simulation
