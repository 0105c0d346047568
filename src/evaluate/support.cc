// SPDX-License-Identifier: Apache-2.0
#include "evaluate/support.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace matchcue::evaluate {
namespace {

double effective(double sum, double squares) { return squares > 0 ? sum * sum / squares : 0; }

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::sound: return "sound";
    case Verdict::doubtful: return "doubtful";
    case Verdict::refused: return "refused";
  }
  return {};
}

Support measure_support(const OffPolicyLog& log, std::size_t slot) {
  Support support;
  double weight = 0;
  double squares = 0;
  double heaviest = 0;
  for (std::size_t viewer = 0; viewer < log.viewer_count(); ++viewer) {
    const ViewerSums& sums = log.sums_of(viewer)[slot];
    support.viewers += sums.trials > 0 ? 1 : 0;
    weight += sums.weight;
    squares += sums.weight * sums.weight;
    heaviest = std::max(heaviest, sums.weight);
  }
  const SlotWeights& weights = log.weights_of(slot);
  support.trials = weights.trials;
  if (weights.trials == 0) return support;
  const double trials = static_cast<double>(weights.trials);
  support.trials_effective = effective(weight, weights.squares.plain);
  support.viewers_effective = effective(weight, squares);
  support.weight_mean = weight / trials;
  support.weight_max = weights.weight_max;
  support.zero_share = static_cast<double>(weights.zero_weights) / trials;
  support.heaviest_share = weight > 0 ? heaviest / weight : 0;
  double spread = 0;
  for (std::size_t viewer = 0; viewer < log.viewer_count(); ++viewer) {
    const ViewerSums& sums = log.sums_of(viewer)[slot];
    const double excess = sums.weight - support.weight_mean * sums.trials;
    spread += excess * excess;
  }
  support.weight_mean_error = std::sqrt(spread) / trials;
  return support;
}

Judgement judge(const Support& support, const SupportLimits& limits) {
  if (support.trials == 0) return {Verdict::refused, "no trial: nobody saw this slot"};
  if (support.weight_mean == 0) {
    return {Verdict::refused,
            fmt::format("no overlap: the target would show none of the items of {} trials", support.trials)};
  }
  if (support.viewers_effective < limits.viewers_effective_min) {
    return {Verdict::refused, fmt::format("too few: the weights leave {:.1f} of {} viewers, {:g} are needed",
                                          support.viewers_effective, support.viewers, limits.viewers_effective_min)};
  }
  const double gap = support.weight_mean - 1;
  if (std::abs(gap) > std::max(limits.weight_gap_min, limits.weight_gap_errors_max * support.weight_mean_error)) {
    const Verdict verdict = std::abs(gap) > limits.weight_gap_max ? Verdict::refused : Verdict::doubtful;
    const std::string_view cause =
        gap < 0 ? "the log cannot show all that the target would" : "the propensities are not those of the draws";
    return {verdict, fmt::format("the mean weight is {:.3f} +- {:.3f}, not 1: {}", support.weight_mean,
                                 support.weight_mean_error, cause)};
  }
  if (support.heaviest_share > limits.heaviest_share_max) {
    return {Verdict::doubtful,
            fmt::format("heavy tail: one viewer has {:.1f} % of the weight", 100 * support.heaviest_share)};
  }
  const double share = support.trials_effective / static_cast<double>(support.trials);
  if (share < limits.trials_effective_share_min) {
    return {Verdict::doubtful, fmt::format("far from the log: the weights leave {:.2f} % of the trials", 100 * share)};
  }
  return {};
}

}  // namespace matchcue::evaluate
