#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The feedback log, joined to the decisions that it cites and folded into a learner. The running learner, its recovery
// after a crash and the explanation of an old decision all go this way, so all come to the same bits.

#include <cstdint>
#include <optional>
#include <utility>

#include "base/result.h"
#include "engine/campaign_build.h"
#include "engine/cited_decisions.h"
#include "learn/log_learner.h"
#include "store/store.h"

namespace matchcue::engine {

/// Single thread. Errors of every call: unavailable, corrupt, and those of OpenModel.
class FeedbackFold {
 public:
  /// `reader` must outlive it. `open_model` opens campaigns.
  FeedbackFold(store::Reader& reader, OpenModel open_model, learn::LogLearner learner)
      : reader_(&reader), open_model_(std::move(open_model)), learner_(std::move(learner)), cited_(reader) {}

  /// The learner as it was after step `step_max`, or after the last one before: from the newest snapshot that is whole
  /// and the steps since. `fresh` are the settings of a learner that has made no step.
  static Result<FeedbackFold> rebuild(store::Reader& reader, OpenModel open_model, std::uint64_t step_max,
                                      const learn::Settings& fresh);

  /// The same from the log alone. Errors: also not_found when no step was made.
  static Result<FeedbackFold> replay(store::Reader& reader, OpenModel open_model, std::uint64_t step_max);

  learn::LogLearner& learner() { return learner_; }
  const learn::LogLearner& learner() const { return learner_; }
  /// Rows that could not train because the log of their decision is damaged.
  std::uint64_t damaged() const { return damaged_; }
  /// When the oldest row came that was added since mark_served().
  const std::optional<WallTime>& oldest_unserved() const { return oldest_unserved_; }
  void mark_served() { oldest_unserved_.reset(); }

  /// Adds the next rows of the log, up to number `last` and at most `rows_max`. Cost: a few microseconds a row.
  Result<void> add(std::uint64_t last, std::size_t rows_max);
  /// Identifies those whose links came next, up to number `last`, by a step at `at`. After add(), right before the
  /// learner's step. Cost: a few microseconds a link, and under a campaign as many for each of their acts.
  Result<void> identify(std::uint64_t last, WallTime at);
  /// Makes the stored steps after the learner's own again, up to `step_max`.
  Result<void> repeat(std::uint64_t step_max);

 private:
  Result<void> add_row(const domain::Feedback& row);
  Result<void> repeat_step(const store::LearnerStep& step);
  Result<void> repeat_deployment(const learn::Settings::Deployment& deployment, WallTime at);
  Result<void> attach_campaign();

  store::Reader* reader_;
  OpenModel open_model_;
  learn::LogLearner learner_;
  CitedDecisions cited_;
  std::uint64_t damaged_ = 0;
  std::optional<WallTime> oldest_unserved_;
};

}  // namespace matchcue::engine
