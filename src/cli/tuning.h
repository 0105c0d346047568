#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Searches a recipe's hyperparameters, and says honestly what that gained.
//
// The data are in three parts. Each trial is trained on the first and measured on the second, the validation, which
// chooses. The third, the test, is asked once, when all is chosen, about the defaults and the chosen alone: what won
// among many on the validation looks better there than it is. The test is that of matchcue eval with the same protocol
// and seed, and so is what the two are trained on for it.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "cli/trial_training.h"
#include "dataset/dataset.h"
#include "evaluate/ranking_evaluation.h"
#include "recipes/parameter_search.h"

namespace matchcue::cli {

/// Hyperparameters that were tried.
struct TuningTrial {
  recipes::ParameterTexts parameters;  ///< every one of the recipe
  std::optional<double> validation;    ///< the metric there; nothing when these cannot be trained
  std::string problem;                 ///< why they cannot
  double seconds = 0;                  ///< training and asking
};

/// What the test came to.
struct TuningTest {
  evaluate::Interval defaults;
  evaluate::Interval chosen;
  evaluate::Interval difference;  ///< chosen less defaults, the same viewers drawn for both; 0 where they are the same
};

struct Tuning {
  std::vector<TuningTrial> trials;     ///< as they were made; the first has the defaults
  std::size_t chosen = 0;              ///< of trials: the best on the validation, of equals the earliest
  bool is_stopped = false;             ///< before all that was asked for was tried
  std::size_t trained = 0;             ///< interactions that a trial is trained on
  std::size_t validation_viewers = 0;  ///< about whom the validation asks
  std::size_t test_viewers = 0;
  TuningTest test;
};

struct TuningOptions {
  std::size_t trials = 20;  ///< at most, the defaults counted; 1 or more
  evaluate::RankingMetric metric = evaluate::RankingMetric::ndcg_at_10;
  evaluate::HoldOutRequest hold_out;  ///< has_validation is not looked at: the trials have one, the test has none
  evaluate::TaskOptions task;
  evaluate::BootstrapOptions bootstrap;
};

/// Told how far it is, and asked whether to go on.
struct TuningWatch {
  /// `what` is being done ("trial 3 of 20", "test"), and so much of it is done.
  std::function<void(const std::string& what, std::uint64_t done, std::uint64_t total)> on_progress;
  std::function<void(std::size_t number, const TuningTrial& trial, bool is_best)> on_trial;  ///< number from 1
  std::function<bool()> is_stopped;  ///< asked before each trial but the first: true ends the search
};

/// Where the search is stopped, what is best until then is tested. Costs a training and an
/// asking for each trial, and two more for the test. The caller's thread.
/// train   makes a trial's model
/// search  its first draw is the defaults
/// Errors: too_little_data; those of `train`, when the defaults cannot be trained.
Result<Tuning> tune(const TrainOnPart& train, const dataset::Dataset& data, recipes::ParameterSearch search,
                    const TuningOptions& options, const TuningWatch& watch, const Clock& clock);

}  // namespace matchcue::cli
