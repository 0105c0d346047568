#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What another policy would have earned: off-policy estimates from a log, with intervals and a verdict.
//
// The value of a slot is the mean reward of its trials under the target policy, in the states that were logged. The
// value of the slate is the sum over its slots: what a slate earns of which every slot is seen. Pooled is the mean over
// the trials of all slots: what a seen item earns, wherever it is. Slots partition the
// items and have independent draws, so the weight of a slot's item is all that its reward needs: no weights of whole
// slates, whose product would grow with the number of slots. With w = target(a|x) / propensity, n trials, and
// predictions q:
//
//   logged   mean of r                           what the logging policy earned
//   direct   mean of sum_a target(a|x) q(x,a)    as good as the reward model, and as wrong
//   ips      mean of w r                         unbiased. Horvitz & Thompson 1952, JASA 47(260); Strehl, Langford,
//                                                Li & Kakade 2010, NIPS, "Learning from logged implicit exploration
//                                                data"
//   snips    sum of w r / sum of w               biased by O(1/n), steadier. Swaminathan & Joachims 2015, NIPS, "The
//                                                self-normalized estimator for counterfactual learning"
//   dr       direct + mean of w (r - q)          unbiased when q was fitted on other viewers. Dudik, Langford & Li
//                                                2011, ICML, arXiv:1103.4601; 2014, Statistical Science 29(4)

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "evaluate/off_policy_log.h"
#include "evaluate/support.h"
#include "evaluate/viewer_bootstrap.h"

namespace matchcue::evaluate {

enum class Estimator { logged, direct, ips, snips, dr };
constexpr std::size_t kEstimatorCount = 5;
std::string_view to_string(Estimator estimator);

/// By estimator; nothing where there is no reward model, or where the verdict refuses an estimate that uses weights.
using Estimates = std::array<std::optional<Interval>, kEstimatorCount>;

/// What can be said of one slot, or of the slate.
struct Finding {
  Judgement judgement;
  Estimates estimates;

  const std::optional<Interval>& of(Estimator estimator) const {
    return estimates[static_cast<std::size_t>(estimator)];
  }
};

struct Evaluation {
  std::vector<Finding> slots;
  std::vector<Support> support;  ///< beside slots
  Finding pooled;                ///< its verdict, and the slate's, is that of the worst slot
  Finding slate;
};

/// One target policy less another.
struct Comparison {
  std::vector<Finding> slots;
  Finding pooled;
  Finding slate;
};

struct EvaluationOptions {
  BootstrapOptions bootstrap;
  SupportLimits limits;
};

/// Estimates the value of the log's target policy. Intervals are those of the bootstrap, widened where the reward model
/// expects more error than it shows (expected_error.h).
/// Cost: that of bootstrap_ratios() with 5 estimators. Any thread while nobody adds to the log.
Evaluation evaluate(const OffPolicyLog& log, const EvaluationOptions& options);

/// Estimates value(target of `left`) - value(target of `right`), slot by slot and for the slate. Both logs number
/// viewers and slots alike, and viewers are drawn for both at once: two targets on the same trials are compared in
/// pairs, which takes out what both have in common; two halves of the viewers are compared as independent. Verdicts are
/// the worse of the two. Cost: twice that of evaluate(). Any thread while nobody adds to the logs.
/// Without viewers in common intervals are widened as those of evaluate() are; in pairs they are the bootstrap's.
Comparison compare(const OffPolicyLog& left, const OffPolicyLog& right, const EvaluationOptions& options);

/// Estimates value(target) - value(logging policy), in pairs, and widened. Cost and thread as compare().
Comparison compare_to_logging(const OffPolicyLog& log, const EvaluationOptions& options);

}  // namespace matchcue::evaluate
