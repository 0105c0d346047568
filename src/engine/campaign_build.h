#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What a solution version makes of everything that viewers did until now, so that it can serve as a campaign: the
// interactions that were imported, then what viewers did in live events.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "engine/cited_decisions.h"
#include "learn/log_learner.h"
#include "store/store.h"

namespace matchcue::engine {

/// Opens a solution version by its id. Any thread. Errors: unknown_solution_version, corrupt, unavailable.
using OpenModel = std::function<Result<scoring::SequenceModelPtr>(const std::string& id)>;

/// Where there are none: unknown_solution_version.
Result<scoring::SequenceModelPtr> no_models(const std::string& id);

/// A viewer's acts in the feedback log up to number `last`, as a campaign is told of them, without those in impressions
/// that `learner` has yet to judge at `now`. Errors: unavailable, corrupt.
Result<std::vector<learn::PastAct>> load_acts(store::Reader& reader, const domain::ViewerId& viewer, std::uint64_t last,
                                              const learn::LogLearner& learner, WallTime now);

/// Single thread at a time. The same rows give the same bits, however they were split into calls. Errors of every call:
/// unavailable, corrupt.
class CampaignBuild {
 public:
  /// Viewers are to be known by the stored interactions up to number `deployment.interactions`, and whoever was
  /// identified by link number `deployment.links` as those who they were identified as, all that they did in the order
  /// of time.
  CampaignBuild(scoring::SequenceModelPtr model, learn::Settings::Deployment deployment);

  const learn::Settings::Deployment& deployment() const { return deployment_; }
  std::uint64_t feedback() const { return feedback_; }

  /// Takes in the interactions, viewer by viewer in the order of their time. First. O(interactions x log) time, 32 B
  /// each.
  Result<void> add_interactions(store::Reader& reader);
  /// Takes in acts of the feedback log up to number `last`, but stops before the first row that came after `until`.
  /// Acts of impressions that `learner` has yet to judge at `now` are left out: it will tell the campaign itself.
  /// Without a learner there are none.
  Result<void> add_feedback(store::Reader& reader, std::uint64_t last, WallTime until, const learn::LogLearner* learner,
                            WallTime now);

  /// Identifies those whose links came later, up to number `last`. After all else, with the learner that add_feedback()
  /// was last given.
  Result<void> identify(store::Reader& reader, std::uint64_t last, const learn::LogLearner& learner, WallTime now);

  /// What was built. Once.
  learn::Campaign take() { return std::move(campaign_); }

 private:
  Result<bool> add_row(CitedDecisions& cited, const domain::Feedback& row, const learn::LogLearner* learner,
                       WallTime now);
  const domain::ViewerId& owner_of(const domain::ViewerId& viewer) const;

  learn::Settings::Deployment deployment_;
  learn::Campaign campaign_;
  std::uint64_t feedback_ = 0;
  std::map<domain::ViewerId, domain::ViewerLink> links_;  ///< by the anonymous id
  std::map<domain::ViewerId, domain::CueId> last_acts_;   ///< a cue is acted upon once
};

}  // namespace matchcue::engine
