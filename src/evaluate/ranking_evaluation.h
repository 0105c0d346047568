#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What the answers of one or several solution versions to the same questions are worth, with intervals that draw whole
// viewers (viewer_bootstrap.h): a viewer counts once, however many requests they have.

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evaluate/ranking_run.h"
#include "evaluate/viewer_bootstrap.h"

namespace matchcue::evaluate {

/// One value a metric.
using RankingIntervals = std::array<Interval, kRankingMetricCount>;

/// Fewer viewers have no interval worth the name.
constexpr std::size_t kSliceViewersMin = 10;

/// One slice, as one version answers it.
struct SliceResult {
  std::string kind;
  std::string field;
  std::string value;
  std::size_t viewers = 0;
  std::size_t requests = 0;
  RankingIntervals metrics;  ///< with fewer than kSliceViewersMin viewers low and high are the value
};

/// How the first places are spread over the items.
struct Exposure {
  double coverage = 0;        ///< of all items, those that any request has in its first kListLength places
  double gini = 0;            ///< of how often items are there
  std::vector<double> curve;  ///< [p]: of all places, those of the p % of items that are there most; p = 0..100
};

struct RankingResult {
  RankingIntervals metrics;
  std::vector<double> hit_curve;  ///< [k]: share of requests with a hit in the first k + 1 places; kHitCurveLength or
                                  ///< fewer
  Exposure exposure;
  std::optional<Calibration> calibration;
  std::vector<SliceResult> slices;  ///< the same ones, in the same order, for every version

  const Interval& of(RankingMetric metric) const { return metrics[static_cast<std::size_t>(metric)]; }
};
constexpr std::size_t kHitCurveLength = 50;

struct RankingEvaluationOptions {
  BootstrapOptions bootstrap;
  std::size_t slice_values_max = 20;  ///< of a field
};

/// Cost: a bootstrap of kRankingMetricCount ratios for the whole and for each field. Any thread.
/// run  of this task, with at least one request
RankingResult evaluate_ranking(const RankingTask& task, const RankingRun& run, const RankingEvaluationOptions& options);

/// Metrics of `left` less those of `right`, both drawn together. Runs of the same task. Any thread.
RankingIntervals compare_rankings(const RankingTask& task, const RankingRun& left, const RankingRun& right,
                                  const RankingEvaluationOptions& options);

}  // namespace matchcue::evaluate
