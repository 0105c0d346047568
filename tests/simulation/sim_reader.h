#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Reads what is durable on a Disk.

#include <memory>

#include "store/store.h"
#include "tests/simulation/disk.h"

namespace matchcue::simulation {

class SimReader final : public store::Reader {
 public:
  explicit SimReader(Disk& disk) : disk_(disk) {}

  Result<std::vector<domain::LiveEvent>> load_events() override;
  Result<std::vector<domain::Change>> load_changes(const domain::EventId& event, domain::Sequence after,
                                                   std::size_t limit) override;
  Result<std::vector<domain::Change>> load_latest_changes(const domain::EventId& event, std::size_t limit) override;
  Result<std::optional<domain::Change>> load_change(const domain::EventId& event, domain::Sequence sequence) override;
  Result<domain::CataloguePtr> load_catalogue(std::optional<std::uint64_t> version) override;
  Result<std::optional<domain::Viewer>> load_viewer(const domain::ViewerId& viewer) override;
  Result<std::vector<domain::Viewer>> load_viewers(const domain::ViewerId& after, std::size_t limit) override;
  Result<std::uint64_t> count_interactions() override { return disk_.interactions.size(); }
  Result<std::uint64_t> last_interaction_number() override { return disk_.interactions.size(); }
  Result<void> visit_interactions(std::uint64_t last, const std::function<bool(domain::Interaction)>& visit) override;
  Result<std::vector<domain::StoredFilter>> load_filters() override;
  Result<domain::ViewerPast> load_past(const domain::ViewerId& viewer) override { return disk_.past_of(viewer); }
  Result<bool> has_past_index() override { return disk_.past_index; }
  Result<std::optional<domain::ViewerLink>> find_viewer_link(const domain::ViewerId& anonymous) override;
  Result<std::uint64_t> last_viewer_link_number() override;
  Result<std::vector<domain::ViewerLink>> load_viewer_links(std::uint64_t after, std::size_t limit) override;
  Result<std::vector<domain::ViewerLink>> load_links_to(const domain::ViewerId& viewer) override;
  Result<std::vector<domain::Revocation>> load_revocations() override { return disk_.revocations; }
  Result<std::vector<domain::AuditRecord>> load_audit(std::uint64_t after, std::size_t limit) override;
  Result<std::uint64_t> last_audit_number() override { return disk_.audit.empty() ? 0 : disk_.audit.rbegin()->first; }
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
  Result<std::uint64_t> last_feedback_number() override { return disk_.feedback.size(); }
  Result<std::vector<store::LearnerStep>> load_learner_steps(std::uint64_t after, std::size_t limit) override;
  Result<std::vector<store::LearnerStep>> load_learner_settings() override;
  Result<std::optional<store::LearnerSnapshot>> load_learner_snapshot(std::uint64_t step_max) override;

 private:
  Disk& disk_;
};

}  // namespace matchcue::simulation
