#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The durable state of a store, as a model in memory that is too simple to be wrong: what each write does to it, and
// what a crash leaves of it. store_conformance_test.cc holds it against the real store.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "store/store.h"

namespace matchcue::simulation {

/// A batch in the decision log. What lies behind the last synced one may be lost or torn by a power cut.
struct LoggedBatch {
  std::shared_ptr<const domain::DecisionBatch> batch;
  bool synced = false;
  bool torn = false;     ///< is there, and cannot be read
  bool dropped = false;  ///< is not there any more but for its header; checkers still know it
};

/// Outlives every process that works on it. Every write either does all that it says or nothing.
struct Disk {
  std::string epoch = "k1";
  std::map<domain::EventId, domain::LiveEvent> events;  ///< without contents
  std::map<domain::ContentId, domain::EventId> contents;
  std::map<domain::EventId, std::map<domain::Sequence, domain::Change>> changes;
  std::map<domain::ItemId, std::vector<domain::Item>> items;  ///< every version of each, oldest first
  std::map<domain::ViewerId, domain::Viewer> viewers;
  std::uint64_t catalogue_version = 0;
  std::vector<domain::Interaction> interactions;
  std::map<domain::DatasetKind, std::string> schemas;
  std::map<domain::FilterName, domain::StoredFilter> filters;
  bool past_index = false;
  std::vector<domain::ViewerLink> links;
  std::vector<domain::Feedback> feedback;
  std::map<std::pair<domain::ViewerId, std::string>, std::size_t> feedback_places;
  std::vector<store::LearnerStep> steps;
  std::map<std::uint64_t, std::string> snapshots;
  std::vector<LoggedBatch> log;
  std::map<std::pair<domain::EventId, domain::Sequence>, std::vector<std::size_t>> log_places;
  std::size_t log_begin = 0;                  ///< place in `log` of the oldest that was not dropped
  std::size_t log_freed = 0;                  ///< the files in front of this place are gone
  std::map<std::size_t, WallTime> log_times;  ///< where its files begin; what is in front of one was logged by then
  std::map<std::uint64_t, domain::CataloguePtr> catalogues;  ///< a cache
  std::vector<domain::Revocation> revocations;
  std::map<std::uint64_t, domain::AuditRecord> audit;
  /// Changes of which decisions were refused: they are lost, and nobody was promised them.
  std::set<std::pair<domain::EventId, domain::Sequence>> refused_decisions;

  // Writes.
  Result<void> append_change(const domain::Change& change, const domain::LiveEvent& event, domain::Sequence previous);
  Result<void> map_content(const domain::ContentId& content, const domain::EventId& event);
  Result<store::WriteSummary> put_items(const std::vector<domain::Item>& rows);
  Result<store::WriteSummary> put_viewers(const std::vector<domain::Viewer>& rows);
  Result<store::WriteSummary> add_interactions(const std::vector<domain::Interaction>& rows);
  Result<std::uint64_t> identify(domain::ViewerLink link);
  Result<domain::StoredFilter> put_filter(domain::StoredFilter filter);
  Result<domain::StoredFilter> delete_filter(const domain::FilterName& name);
  Result<void> append_decisions(std::shared_ptr<const domain::DecisionBatch> batch);
  Result<std::vector<store::FeedbackOutcome>> append_feedback(const std::vector<domain::Feedback>& rows);
  Result<store::RetentionStep> drop_decisions(WallTime now, Milliseconds keep);
  Result<void> append_step(const store::LearnerStep& step);
  void put_snapshot(const store::LearnerSnapshot& snapshot);

  // Questions.
  Result<domain::CataloguePtr> catalogue(std::optional<std::uint64_t> version);
  const domain::ViewerLink* find_link(const domain::ViewerId& anonymous) const;
  const domain::Feedback* find_feedback(const domain::ViewerId& viewer, const std::string& id) const;
  const domain::Change* find_change(const domain::EventId& event, domain::Sequence sequence) const;
  domain::ViewerPast past_of(const domain::ViewerId& viewer) const;
  /// The newest logged decision of this id. Errors: corrupt.
  enum class Look { at_all, at_kept };  ///< at dropped ones too, or not
  Result<std::optional<domain::Decision>> decision(const domain::DecisionId& id, Look look = Look::at_all) const;

  /// Every logged decision of this id that can be read; a restart that did not reload one may have made another.
  std::vector<domain::Decision> decisions(const domain::DecisionId& id) const;

  /// After a power cut: batches that no sync covers are lost where `keep(place)` says so, or torn.
  enum class Fate { kept, torn, lost };
  void cut_power(const std::function<Fate()>& draw);

 private:
  void index_log();
  void begin_file_when_due(WallTime now, Milliseconds keep);
  void add_acts(const domain::ViewerId& id,
                std::vector<std::tuple<std::int64_t, std::string, domain::ItemId>>& acts) const;
};

}  // namespace matchcue::simulation
