// SPDX-License-Identifier: Apache-2.0
#include "evaluate/ranking_evaluation.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace matchcue::evaluate {
namespace {

/// Viewers with their mean over their requests among `requests`: a row a viewer, or a group of viewers.
struct ViewerMeans {
  RatioTable table{kRankingMetricCount, 1};
  std::size_t viewers = 0;
};

/// requests  numbers, ascending, so that those of a viewer are beside one another
ViewerMeans average(const RankingTask& task, const RankingRun& run, std::span<const std::uint32_t> requests,
                    std::size_t groups_max) {
  ViewerMeans means;
  for (std::size_t first = 0; first < requests.size();) {
    const std::uint32_t viewer = task.requests()[requests[first]].viewer;
    RankingValues sums{};
    std::size_t last = first;
    for (; last < requests.size() && task.requests()[requests[last]].viewer == viewer; ++last) {
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += run.values[requests[last]][i];
    }
    const std::size_t row = means.viewers < groups_max ? means.table.add_row() : means.viewers % groups_max;
    for (std::size_t i = 0; i < sums.size(); ++i) {
      means.table.add(row, i, 0, sums[i] / static_cast<double>(last - first), 1);
    }
    ++means.viewers;
    first = last;
  }
  return means;
}

RankingIntervals draw(const RatioTable& table, const RatioTable* minus, const BootstrapOptions& options) {
  // Each ratio is followed by the sum of its group, which is the same ratio.
  const std::vector<Interval> drawn = bootstrap_ratios(table, minus, options);
  RankingIntervals intervals;
  for (std::size_t i = 0; i < intervals.size(); ++i) intervals[i] = drawn[2 * i];
  return intervals;
}

/// The same of means, none of which can be below 0; the hull of viewer_bootstrap.h knows nothing of that.
RankingIntervals draw_means(const RatioTable& table, const BootstrapOptions& options) {
  RankingIntervals intervals = draw(table, nullptr, options);
  for (Interval& interval : intervals) interval.low = std::max(interval.low, 0.);
  return intervals;
}

/// The means alone.
RankingIntervals without_interval(const RatioTable& table) {
  RankingIntervals intervals;
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    double sum = 0;
    double count = 0;
    for (std::size_t row = 0; row < table.rows(); ++row) {
      sum += table.numerators(row)[i];
      count += table.denominators(row)[i];
    }
    const double mean = count > 0 ? sum / count : 0;
    intervals[i] = {mean, mean, mean, 0};
  }
  return intervals;
}

std::vector<std::uint32_t> all_requests(const RankingTask& task) {
  std::vector<std::uint32_t> all(task.requests().size());
  std::iota(all.begin(), all.end(), 0U);
  return all;
}

std::vector<double> make_hit_curve(const RankingTask& task, const RankingRun& run) {
  std::vector<double> curve(std::min(kHitCurveLength, task.catalogue().items().size()));
  std::vector<double> requests(task.viewers().size());
  for (const RankingTask::Request& request : task.requests()) requests[request.viewer] += 1;
  for (std::size_t i = 0; i < run.first_hits.size(); ++i) {
    if (run.first_hits[i] <= curve.size()) curve[run.first_hits[i] - 1] += 1 / requests[task.requests()[i].viewer];
  }
  std::partial_sum(curve.begin(), curve.end(), curve.begin());
  for (double& share : curve) share /= static_cast<double>(task.viewers().size());
  return curve;
}

Exposure measure_exposure(const RankingRun& run) {
  Exposure exposure;
  std::vector<double> shown(run.shown.begin(), run.shown.end());
  const auto recommended = std::count_if(shown.begin(), shown.end(), [](double times) { return times > 0; });
  exposure.coverage = coverage(static_cast<std::size_t>(recommended), shown.size());
  exposure.gini = gini(shown);  // sorts
  const double total = std::accumulate(shown.begin(), shown.end(), 0.);
  std::vector<double> most(shown.rbegin(), shown.rend());
  std::partial_sum(most.begin(), most.end(), most.begin());
  for (std::size_t percent = 0; percent <= 100; ++percent) {
    const double place = static_cast<double>(percent) / 100 * static_cast<double>(most.size());
    const auto whole = static_cast<std::size_t>(place);
    const double below = whole == 0 ? 0 : most[whole - 1];
    const double above = whole < most.size() ? most[whole] : total;
    exposure.curve.push_back((below + (place - static_cast<double>(whole)) * (above - below)) / std::max(total, 1.));
  }
  return exposure;
}

}  // namespace

RankingResult evaluate_ranking(const RankingTask& task, const RankingRun& run,
                               const RankingEvaluationOptions& options) {
  CHECK(!task.requests().empty() && run.values.size() == task.requests().size(), run.values.size());
  RankingResult result;
  const std::size_t groups_max = options.bootstrap.groups_max;
  result.metrics = draw_means(average(task, run, all_requests(task), groups_max).table, options.bootstrap);
  result.hit_curve = make_hit_curve(task, run);
  result.exposure = measure_exposure(run);
  result.calibration = run.calibration;
  for (const Slice& slice : task.slices(options.slice_values_max)) {
    const ViewerMeans means = average(task, run, slice.requests, groups_max);
    const bool enough = means.viewers >= kSliceViewersMin;
    result.slices.push_back({slice.kind, slice.field, slice.value, means.viewers, slice.requests.size(),
                             enough ? draw_means(means.table, options.bootstrap) : without_interval(means.table)});
  }
  return result;
}

RankingIntervals compare_rankings(const RankingTask& task, const RankingRun& left, const RankingRun& right,
                                  const RankingEvaluationOptions& options) {
  const std::vector<std::uint32_t> all = all_requests(task);
  const ViewerMeans of_left = average(task, left, all, options.bootstrap.groups_max);
  const ViewerMeans of_right = average(task, right, all, options.bootstrap.groups_max);
  return draw(of_left.table, &of_right.table, options.bootstrap);
}

}  // namespace matchcue::evaluate
