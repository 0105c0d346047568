// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"
#include "store/decision_chunk.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/writes.h"

namespace matchcue::store {

namespace {

constexpr std::uint64_t kLowHalf = 0xffffffff;

Result<bool> is_stored(WriteTarget& target, const domain::Feedback& row, std::int64_t key) {
  MCUE_TRY(const auto numbers, target.feedback_keys.find(target.connection, key));
  for (const std::int64_t number : numbers) {
    Query query(target.connection, "SELECT 1 FROM feedback WHERE number = ?1 AND viewer_id = ?2 AND id = ?3", number,
                row.viewer.str(), row.id);
    MCUE_TRY(const bool same, query.next());
    if (same) return true;
  }
  return false;
}

/// As feedback is whose decision is not known any more.
Result<FeedbackOutcome> write_one_feedback(WriteTarget& target, const domain::Feedback& row) {
  const std::int64_t key = first_feedback_key(row.viewer) + static_cast<std::int64_t>(stable_hash(row.id) & kLowHalf);
  MCUE_TRY(const bool stored, is_stored(target, row, key));
  if (stored) return FeedbackOutcome::repeated;
  const domain::DecisionId& decision = row.cue.decision;
  std::optional<std::string_view> cue_viewer;
  if (decision.viewer != row.viewer) cue_viewer = decision.viewer.str();
  CHECK(row.attributed == (row.traits != nullptr), row.viewer, row.id);
  std::optional<std::int64_t> traits;
  if (row.traits) {
    MCUE_TRY(traits, target.traits_numbers.number_of(target.connection, row.traits));
  }
  MCUE_TRY_VOID(Query(target.connection,
                      "INSERT INTO feedback (key, viewer_id, id, cue_event, cue_sequence, cue_viewer, cue_slot, kind, "
                      "value, at, attributed, item_id, slot, propensity, solution_version, traits) "
                      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
                      key, row.viewer.str(), row.id, decision.event.str(), decision.sequence.value(), cue_viewer,
                      static_cast<std::uint64_t>(row.cue.slot), domain::to_string(row.kind), row.value, to_ms(row.at),
                      row.attributed, row.item.str(), row.slot.str(), static_cast<double>(row.propensity),
                      row.solution_version, traits)
                    .run());
  target.feedback_keys.add(key, target.connection.last_row());
  return FeedbackOutcome::stored;
}

}  // namespace

Result<void> write_decisions(WriteTarget& target, const domain::DecisionBatch& batch) {
  for (std::size_t row = 0; row < batch.rows();) {
    MCUE_TRY(const EncodedChunk chunk, encode_decision_chunk(batch, row));
    MCUE_TRY(const std::uint64_t offset, target.log.append(chunk.bytes));
    MCUE_TRY_VOID(Query(target.connection,
                        "INSERT INTO decision_chunks (log_offset, length, event_id, sequence) VALUES (?1, ?2, ?3, ?4)",
                        offset, chunk.bytes.size(), batch.header.event.str(), batch.header.sequence.value())
                      .run());
    row += chunk.rows;
  }
  return {};
}

std::int64_t first_feedback_key(const domain::ViewerId& viewer) {
  return static_cast<std::int64_t>(stable_hash(viewer.str()) & ~kLowHalf);
}

Result<std::vector<FeedbackOutcome>> write_feedback(WriteTarget& target, std::span<const domain::Feedback> feedback,
                                                    const LostDecisions& lost) {
  target.sync_log = true;  // a decision that feedback cites is durable before the feedback is
  std::vector<FeedbackOutcome> outcomes;
  outcomes.reserve(feedback.size());
  for (const domain::Feedback& row : feedback) {
    MCUE_TRY(const FeedbackOutcome outcome, write_one_feedback(target, lost.admit(row)));
    outcomes.push_back(outcome);
  }
  return outcomes;
}

Result<void> write_learner_step(WriteTarget& target, const LearnerStep& step) {
  {
    Query query(target.connection, "SELECT max(number) FROM learner_steps");
    MCUE_TRY_VOID(query.next());
    const std::uint64_t last = query.count(0);  // NULL reads as 0
    if (step.number != last + 1) {
      return Error{ErrorKind::conflict,
                   "learner_step_conflict",
                   "learner step " + std::to_string(step.number) + " does not follow step " + std::to_string(last),
                   {}};
    }
  }
  return Query(target.connection, "INSERT INTO learner_steps (" MCUE_STEP_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
               step.number, step.feedback, to_ms(step.at), step.settle, step.settings, step.links)
      .run();
}

}  // namespace matchcue::store
