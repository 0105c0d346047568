#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Viewers who are shown slates, click and are learned from, a moment at a time, with a clock on each part of the work.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "decide/decider.h"
#include "domain/catalogue.h"
#include "domain/decision.h"
#include "learn/log_learner.h"
#include "simulate/crowd_world.h"
#include "thread_cpu.h"

namespace matchcue::bench {

struct Audience {
  std::vector<domain::ViewerId> ids;
  std::vector<domain::TraitsPtr> traits;  ///< one per viewer

  /// `count` viewers "PREFIX-1", ... who have the traits of the crowd's, over and over.
  static Audience with_traits_of(const Audience& crowd, const std::string& prefix, std::size_t count);
};

/// What a moment took.
struct MomentCost {
  std::size_t rows = 0;   ///< impressions and clicks
  double add_us = 0;      ///< LogLearner::add of all rows
  double step_us = 0;     ///< LogLearner::step: judging, folding, and the refreshes that were due
  double publish_us = 0;  ///< LogLearner::version after each step, with dropping the version before
  double decider_us = 0;  ///< one Decider
  std::size_t steps = 0;
};

/// A crowd's world of 46 items in four slots, and the learner that decides in it. Single thread.
class LearnerCrowd {
 public:
  LearnerCrowd(std::uint64_t seed, std::size_t viewers);

  const Audience& audience() const { return audience_; }
  const learn::LogLearner& learner() const { return learner_; }
  const domain::CataloguePtr& catalogue() const { return catalogue_; }
  const scoring::SolutionVersionPtr& version() const { return version_; }

  /// The crowd's next moment: everybody is decided for, sees everything and clicks as is their nature. The rows come in
  /// `steps` equal parts, with a step after each, as they do when viewers take some seconds to see what they were
  /// shown.
  MomentCost play(std::size_t steps);

  /// The same moment for other people, who click on one thing in twenty. One step.
  MomentCost play_for(const Audience& others);

  /// The change and the header of the present moment, decided by the newest version.
  const domain::Change& change() const { return change_; }
  domain::DecisionHeader make_header() const;

 private:
  using Clicks = std::function<bool(std::size_t viewer, std::size_t slot, std::size_t item)>;

  void enter_moment();
  MomentCost show(const Audience& audience, std::size_t steps, const Clicks& clicks);

  simulate::CrowdWorld world_;
  Audience audience_;
  domain::CataloguePtr catalogue_;
  std::vector<std::size_t> world_items_;  ///< place in the catalogue -> the world's item
  learn::LogLearner learner_;
  scoring::SolutionVersionPtr version_;
  domain::Change change_;
  std::vector<domain::Subject> subjects_;
};

}  // namespace matchcue::bench
