#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The learner as it was: rebuilds the version that an old decision was made with.

#include <memory>
#include <optional>

#include "base/clock.h"
#include "engine/engine.h"
#include "engine/feedback_fold.h"
#include "learn/live_version.h"
#include "runtime/loop.h"
#include "store/store.h"

namespace matchcue::engine {

/// On a thread of its own: folding a whole match again takes seconds. Any thread.
class VersionArchive {
 public:
  /// `store` and `clock` must outlive it.
  VersionArchive(OpenModel open_model, store::Store& store, const Clock& clock, const runtime::MakeLoop& make_loop);

  void start() { loop_->start(); }
  /// Replies on the archive's thread. Errors: unknown_solution_version, unavailable, corrupt.
  void find(const learn::LiveVersionName& name, Reply<scoring::SolutionVersionPtr> reply);
  /// What was rebuilt knew somebody who is erased.
  void forget() {
    loop_->post([this] { fold_.reset(); });
  }
  /// Not from the archive's thread. Idempotent.
  void stop() { loop_->stop(); }

 private:
  Result<scoring::SolutionVersionPtr> rebuild(const learn::LiveVersionName& name);

  OpenModel open_model_;
  std::unique_ptr<store::Reader> reader_;
  std::optional<FeedbackFold> fold_;  ///< as it was last asked for: the next question is often about a later step
  std::unique_ptr<runtime::Loop> loop_;
};

}  // namespace matchcue::engine
