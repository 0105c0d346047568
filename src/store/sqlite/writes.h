#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What each write does inside the writer's transaction. Writer thread only. On an error the caller undoes what was
// done (savepoint). Errors of every function: corrupt, unavailable.

#include <span>
#include <vector>

#include "store/decision_log.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/key_index.h"
#include "store/sqlite/lost_decisions.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/stored_traits.h"
#include "store/store.h"

namespace matchcue::store {

constexpr KeyIndexTables kInteractionKeys = {
    "SELECT number, key FROM interactions WHERE number > ?1", "SELECT number FROM interaction_keys WHERE key = ?1",
    "INSERT OR IGNORE INTO interaction_keys (key, number) VALUES (?1, ?2)", kInteractionsIndexedKey};
constexpr KeyIndexTables kFeedbackKeys = {
    "SELECT number, key FROM feedback WHERE number > ?1", "SELECT number FROM feedback_keys WHERE key = ?1",
    "INSERT OR IGNORE INTO feedback_keys (key, number) VALUES (?1, ?2)", kFeedbackIndexedKey};

/// The lowest feedback key of a viewer; the highest is 2^32 - 1 above it.
std::int64_t first_feedback_key(const domain::ViewerId& viewer);

/// Where writes go.
struct WriteTarget {
  Connection& connection;
  DecisionLog& log;
  KeyIndex& interaction_keys;
  KeyIndex& feedback_keys;
  TraitsNumbers& traits_numbers;
  bool sync_log = false;  ///< set by a write that must not become durable before the decisions in front of it
};

/// The ids that one person is known by, of which `viewer` is one.
Result<std::vector<domain::ViewerId>> load_ids_of(Connection& connection, const domain::ViewerId& viewer);

/// The contents of `event` are left alone: map_content is the only way to change them. Errors: conflict.
Result<void> write_change(WriteTarget& target, const domain::Change& change, const domain::LiveEvent& event,
                          domain::Sequence previous);
Result<void> write_content(WriteTarget& target, const domain::ContentId& content, const domain::EventId& event);

Result<WriteSummary> write_items(WriteTarget& target, std::span<const domain::Item> items);
Result<WriteSummary> write_viewers(WriteTarget& target, std::span<const domain::Viewer> viewers);
Result<WriteSummary> write_interactions(WriteTarget& target, std::span<const domain::Interaction> interactions);
Result<void> write_schema(WriteTarget& target, domain::DatasetKind kind, const std::string& text);
/// Returns the link's number. Errors: conflict.
Result<std::uint64_t> write_viewer_link(WriteTarget& target, const domain::ViewerLink& link);

Result<domain::StoredFilter> write_filter(WriteTarget& target, const domain::StoredFilter& filter);
/// Returns what is gone. Errors: not_found.
Result<domain::StoredFilter> erase_filter(WriteTarget& target, const domain::FilterName& name);
Result<void> write_past_index(WriteTarget& target);
Result<void> write_revocation(WriteTarget& target, const domain::Revocation& revocation);
Result<void> write_audit(WriteTarget& target, const domain::AuditRecord& record);

/// Errors: too_large when a header alone is too large for a chunk.
Result<void> write_decisions(WriteTarget& target, const domain::DecisionBatch& batch);
/// Feedback on lost decisions is stored as unattributed.
Result<std::vector<FeedbackOutcome>> write_feedback(WriteTarget& target, std::span<const domain::Feedback> feedback,
                                                    const LostDecisions& lost);
/// Errors: conflict.
Result<void> write_learner_step(WriteTarget& target, const LearnerStep& step);

}  // namespace matchcue::store
