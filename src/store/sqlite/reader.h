#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Reads the database file and the decision log. Each call sees one commit, whole.

#include <memory>
#include <string>

#include "store/decision_log.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/data_directory.h"
#include "store/sqlite/snapshot_folder.h"
#include "store/sqlite/stored_traits.h"
#include "store/store.h"

namespace matchcue::store {

/// One thread. Opens its files at the first call, so making one cannot fail.
class SqliteReader final : public Reader {
 public:
  explicit SqliteReader(const DataPaths& paths)
      : database_path_(paths.database),
        sqlite_vfs_(paths.disk->sqlite_vfs()),
        log_(*paths.disk, paths.log),
        snapshots_(*paths.disk, paths.snapshots) {}

  Result<std::vector<domain::LiveEvent>> load_events() override;
  Result<std::vector<domain::Change>> load_changes(const domain::EventId& event, domain::Sequence after,
                                                   std::size_t limit) override;
  Result<std::vector<domain::Change>> load_latest_changes(const domain::EventId& event, std::size_t limit) override;
  Result<std::optional<domain::Change>> load_change(const domain::EventId& event, domain::Sequence sequence) override;
  Result<domain::CataloguePtr> load_catalogue(std::optional<std::uint64_t> version) override;
  Result<std::optional<domain::Viewer>> load_viewer(const domain::ViewerId& viewer) override;
  Result<std::vector<domain::Viewer>> load_viewers(const domain::ViewerId& after, std::size_t limit) override;
  Result<std::uint64_t> count_interactions() override;
  Result<std::uint64_t> last_interaction_number() override;
  Result<void> visit_interactions(std::uint64_t last, const std::function<bool(domain::Interaction)>& visit) override;
  Result<std::vector<domain::StoredFilter>> load_filters() override;
  Result<domain::ViewerPast> load_past(const domain::ViewerId& viewer) override;
  Result<bool> has_past_index() override;
  Result<std::optional<domain::ViewerLink>> find_viewer_link(const domain::ViewerId& anonymous) override;
  Result<std::uint64_t> last_viewer_link_number() override;
  Result<std::vector<domain::ViewerLink>> load_viewer_links(std::uint64_t after, std::size_t limit) override;
  Result<std::vector<domain::ViewerLink>> load_links_to(const domain::ViewerId& viewer) override;
  Result<std::vector<domain::Revocation>> load_revocations() override;
  Result<std::vector<domain::AuditRecord>> load_audit(std::uint64_t after, std::size_t limit) override;
  Result<std::uint64_t> last_audit_number() override;
  Result<std::optional<std::string>> load_schema(domain::DatasetKind kind) override;
  Result<std::optional<domain::Decision>> load_decision(const domain::DecisionId& id) override;
  Result<std::optional<domain::DecisionHeader>> load_decision_header(const domain::EventId& event,
                                                                     domain::Sequence sequence) override;
  Result<bool> has_dropped_decisions(const domain::EventId& event, domain::Sequence sequence) override;
  Result<void> visit_latest_decisions(std::size_t bytes_max,
                                      const std::function<void(domain::DecisionBatch)>& visit) override;
  Result<void> visit_decisions(const std::function<bool(domain::DecisionBatch)>& visit) override;
  Result<std::vector<domain::Feedback>> load_feedback(const domain::ViewerId& viewer, std::size_t limit) override;
  Result<std::vector<domain::Feedback>> load_feedback_after(std::uint64_t number, std::size_t limit) override;
  Result<std::uint64_t> last_feedback_number() override;
  Result<std::vector<LearnerStep>> load_learner_steps(std::uint64_t after, std::size_t limit) override;
  Result<std::vector<LearnerStep>> load_learner_settings() override;
  Result<std::optional<LearnerSnapshot>> load_learner_snapshot(std::uint64_t step_max) override;

 private:
  Result<Connection*> open();
  Result<std::vector<domain::Feedback>> read_all_feedback(Query& query);
  Result<std::vector<domain::ViewerLink>> read_links(Query& query);
  Result<std::optional<domain::Decision>> read_decision(const ChunkPlace& place, const domain::ViewerId& viewer);
  /// The header that was kept when decisions for this change were dropped. Errors: corrupt when they were damaged.
  Result<std::optional<domain::DecisionHeader>> load_kept_header(const domain::EventId& event,
                                                                 domain::Sequence sequence);
  Result<domain::DecisionBatch> read_batch(const ChunkPlace& place);
  /// Visits the batches at these places; false when `visit` had enough. Keeps the first damage it meets in `damage`.
  bool visit_places(std::span<const ChunkPlace> places, const std::function<bool(domain::DecisionBatch)>& visit,
                    Result<void>& damage);

  std::string database_path_;
  const char* sqlite_vfs_;
  DecisionLogReader log_;
  SnapshotFolder snapshots_;
  std::unique_ptr<Connection> connection_;
  TraitsByNumber traits_;
};

}  // namespace matchcue::store
