// SPDX-License-Identifier: Apache-2.0
#include "evaluate/off_policy.h"

#include <algorithm>

#include "base/check.h"
#include "evaluate/expected_error.h"

namespace matchcue::evaluate {
namespace {

constexpr std::array kEstimators{Estimator::logged, Estimator::direct, Estimator::ips, Estimator::snips, Estimator::dr};

bool uses_weights(Estimator estimator) {
  return estimator == Estimator::ips || estimator == Estimator::snips || estimator == Estimator::dr;
}
bool uses_predictions(Estimator estimator) { return estimator == Estimator::direct || estimator == Estimator::dr; }

double numerator_of(Estimator estimator, const ViewerSums& sums) {
  switch (estimator) {
    case Estimator::logged: return sums.reward;
    case Estimator::direct: return sums.target_value;
    case Estimator::ips:
    case Estimator::snips: return sums.weighted_reward;
    case Estimator::dr: return sums.corrected;
  }
  return 0;
}

bool had_trial(const OffPolicyLog& log, std::size_t viewer) {
  if (viewer >= log.viewer_count()) return false;
  const auto sums = log.sums_of(viewer);
  return std::any_of(sums.begin(), sums.end(), [](const ViewerSums& slot) { return slot.trials > 0; });
}

/// Viewers of any of the logs; their place in this list is their row, counted round and round in groups_max.
std::vector<std::size_t> viewers_of(const OffPolicyLog& left, const OffPolicyLog& right) {
  std::vector<std::size_t> viewers;
  for (std::size_t viewer = 0; viewer < std::max(left.viewer_count(), right.viewer_count()); ++viewer) {
    if (had_trial(left, viewer) || had_trial(right, viewer)) viewers.push_back(viewer);
  }
  return viewers;
}

enum class Slots { apart, pooled };

RatioTable make_table(const OffPolicyLog& log, const std::vector<std::size_t>& viewers, std::size_t groups_max,
                      Slots slots) {
  RatioTable table(kEstimatorCount, slots == Slots::apart ? log.slot_count() : 1);
  for (std::size_t place = 0; place < viewers.size(); ++place) {
    const std::size_t row = place < groups_max ? table.add_row() : place % groups_max;
    if (viewers[place] >= log.viewer_count()) continue;
    const auto sums = log.sums_of(viewers[place]);
    for (std::size_t slot = 0; slot < sums.size(); ++slot) {
      for (const Estimator estimator : kEstimators) {
        const double denominator = estimator == Estimator::snips ? sums[slot].weight : sums[slot].trials;
        table.add(row, static_cast<std::size_t>(estimator), slots == Slots::apart ? slot : 0,
                  numerator_of(estimator, sums[slot]), denominator);
      }
    }
  }
  return table;
}

const Judgement& worse(const Judgement& a, const Judgement& b) { return b.verdict > a.verdict ? b : a; }

/// Intervals of one kind of table, estimator by estimator: its members, then their sum.
struct Intervals {
  std::vector<Interval> values;
  std::size_t members = 0;

  const Interval& of(Estimator estimator, std::size_t member) const {
    return values[static_cast<std::size_t>(estimator) * (members + 1) + member];
  }
};

/// `member` is the slot, or the number of members for their sum.
Finding make_finding(const Judgement& judgement, const Intervals& intervals, std::size_t member,
                     Predictions predictions) {
  Finding finding{judgement, {}};
  for (const Estimator estimator : kEstimators) {
    if (uses_weights(estimator) && judgement.verdict == Verdict::refused) continue;
    if (uses_predictions(estimator) && predictions == Predictions::absent) continue;
    finding.estimates[static_cast<std::size_t>(estimator)] = intervals.of(estimator, member);
  }
  return finding;
}

Judgement judge_all(const std::vector<Finding>& slots) {
  Judgement slate;
  for (std::size_t slot = 0; slot < slots.size(); ++slot) {
    const Judgement& judgement = slots[slot].judgement;
    if (judgement.verdict <= slate.verdict) continue;
    slate = {judgement.verdict, judgement.reason, slot};
  }
  return slate;
}

/// Both kinds of result have slots, pooled slots and a slate. `expect` gives an estimator's ErrorSquares.
template <typename Findings, typename Expect>
void widen_all(Findings& findings, double confidence, Expect expect) {
  for (const Estimator estimator : kEstimators) {
    const ErrorSquares errors = expect(estimator);
    const auto reach_out = [&](Finding& finding, double error_square) {
      std::optional<Interval>& interval = finding.estimates[static_cast<std::size_t>(estimator)];
      if (interval) widen(*interval, error_square, confidence);
    };
    for (std::size_t slot = 0; slot < findings.slots.size(); ++slot) {
      reach_out(findings.slots[slot], errors.slots[slot]);
    }
    reach_out(findings.pooled, errors.pooled);
    reach_out(findings.slate, errors.slate);
  }
}

bool share_viewers(const OffPolicyLog& left, const OffPolicyLog& right) {
  const std::size_t count = std::min(left.viewer_count(), right.viewer_count());
  for (std::size_t viewer = 0; viewer < count; ++viewer) {
    if (had_trial(left, viewer) && had_trial(right, viewer)) return true;
  }
  return false;
}

void check_options(const EvaluationOptions& options) {
  const std::size_t groups = options.bootstrap.groups_max;
  CHECK(groups >= 10 && groups <= 1'000'000, groups);
  CHECK(options.limits.viewers_effective_min >= 2, options.limits.viewers_effective_min);
}

Comparison draw_comparison(const OffPolicyLog& left, const OffPolicyLog& right, const EvaluationOptions& options) {
  check_options(options);
  CHECK(left.slot_count() == right.slot_count(), left.slot_count(), right.slot_count());
  const auto viewers = viewers_of(left, right);
  const auto draw = [&](Slots slots) {
    const RatioTable table = make_table(left, viewers, options.bootstrap.groups_max, slots);
    const RatioTable minus = make_table(right, viewers, options.bootstrap.groups_max, slots);
    return Intervals{bootstrap_ratios(table, &minus, options.bootstrap), table.per_group()};
  };
  const Intervals apart = draw(Slots::apart);
  const Predictions predictions = std::min(left.predictions(), right.predictions());
  Comparison comparison;
  for (std::size_t slot = 0; slot < left.slot_count(); ++slot) {
    const Judgement of_left = judge(measure_support(left, slot), options.limits);
    const Judgement of_right = judge(measure_support(right, slot), options.limits);
    comparison.slots.push_back(make_finding(worse(of_left, of_right), apart, slot, predictions));
  }
  const Judgement judgement = judge_all(comparison.slots);
  comparison.pooled = make_finding(judgement, draw(Slots::pooled), 0, predictions);
  comparison.slate = make_finding(judgement, apart, left.slot_count(), predictions);
  return comparison;
}

}  // namespace

std::string_view to_string(Estimator estimator) {
  switch (estimator) {
    case Estimator::logged: return "logged";
    case Estimator::direct: return "direct";
    case Estimator::ips: return "ips";
    case Estimator::snips: return "snips";
    case Estimator::dr: return "dr";
  }
  return {};
}

Evaluation evaluate(const OffPolicyLog& log, const EvaluationOptions& options) {
  check_options(options);
  const auto viewers = viewers_of(log, log);
  const auto draw = [&](Slots slots) {
    const RatioTable table = make_table(log, viewers, options.bootstrap.groups_max, slots);
    return Intervals{bootstrap_ratios(table, nullptr, options.bootstrap), table.per_group()};
  };
  const Intervals apart = draw(Slots::apart);
  Evaluation evaluation;
  for (std::size_t slot = 0; slot < log.slot_count(); ++slot) {
    evaluation.support.push_back(measure_support(log, slot));
    const Judgement judgement = judge(evaluation.support.back(), options.limits);
    evaluation.slots.push_back(make_finding(judgement, apart, slot, log.predictions()));
  }
  const Judgement judgement = judge_all(evaluation.slots);
  evaluation.pooled = make_finding(judgement, draw(Slots::pooled), 0, log.predictions());
  evaluation.slate = make_finding(judgement, apart, log.slot_count(), log.predictions());
  widen_all(evaluation, options.bootstrap.confidence,
            [&](Estimator estimator) { return expected_error(log, estimator, ErrorOf::value); });
  return evaluation;
}

Comparison compare(const OffPolicyLog& left, const OffPolicyLog& right, const EvaluationOptions& options) {
  Comparison comparison = draw_comparison(left, right, options);
  if (share_viewers(left, right)) return comparison;  // errors on the same trials cancel, nobody knows how far
  widen_all(comparison, options.bootstrap.confidence, [&](Estimator estimator) {
    ErrorSquares errors = expected_error(left, estimator, ErrorOf::value);
    errors += expected_error(right, estimator, ErrorOf::value);
    return errors;
  });
  return comparison;
}

Comparison compare_to_logging(const OffPolicyLog& log, const EvaluationOptions& options) {
  Comparison comparison = draw_comparison(log, log.of_logging(), options);
  widen_all(comparison, options.bootstrap.confidence,
            [&](Estimator estimator) { return expected_error(log, estimator, ErrorOf::difference); });
  return comparison;
}

}  // namespace matchcue::evaluate
