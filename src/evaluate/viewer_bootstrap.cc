// SPDX-License-Identifier: Apache-2.0
#include "evaluate/viewer_bootstrap.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/random.h"

namespace matchcue::evaluate {
namespace {

/// Values and standard errors of one resample, in the order of the result.
struct Statistics {
  std::vector<double> values;
  std::vector<double> standard_errors;
};

/// One table's ratios in the resample at hand.
struct Side {
  const RatioTable& table;
  double sign;
  std::vector<double> ratios;
  std::vector<double> scales;  ///< sign / sum of denominators; 0 when that is 0
};

/// Computes statistics of resamples, given how often each row was drawn. Keeps its scratch between calls.
class Resampler {
 public:
  Resampler(const RatioTable& table, const RatioTable* minus) : groups_(table.groups()), members_(table.per_group()) {
    sides_.push_back({table, 1, std::vector<double>(table.width()), std::vector<double>(table.width())});
    if (minus != nullptr) {
      CHECK(minus->rows() == table.rows() && minus->width() == table.width(), minus->rows(), table.rows());
      sides_.push_back({*minus, -1, std::vector<double>(table.width()), std::vector<double>(table.width())});
    }
    influence_.resize(table.width());
    squares_.resize(table.width());
    sum_squares_.resize(groups_);
    result_.values.resize(groups_ * (members_ + 1));
    result_.standard_errors.resize(groups_ * (members_ + 1));
  }

  const Statistics& compute(const std::vector<std::uint32_t>& times) {
    for (Side& side : sides_) compute_ratios(side, times);
    compute_squares(times);
    for (std::size_t group = 0; group < groups_; ++group) write_group(group);
    return result_;
  }

 private:
  static void compute_ratios(Side& side, const std::vector<std::uint32_t>& times) {
    std::fill(side.ratios.begin(), side.ratios.end(), 0.0);
    std::fill(side.scales.begin(), side.scales.end(), 0.0);
    for (std::size_t row = 0; row < times.size(); ++row) {
      if (times[row] == 0) continue;
      const double count = times[row];
      const auto numerators = side.table.numerators(row);
      const auto denominators = side.table.denominators(row);
      for (std::size_t i = 0; i < numerators.size(); ++i) {
        side.ratios[i] += count * numerators[i];
        side.scales[i] += count * denominators[i];
      }
    }
    for (std::size_t i = 0; i < side.ratios.size(); ++i) {
      const bool defined = side.scales[i] != 0;
      side.ratios[i] = defined ? side.ratios[i] / side.scales[i] : 0;
      side.scales[i] = defined ? side.sign / side.scales[i] : 0;
    }
  }

  /// A row moves a ratio by (numerator - ratio x denominator) / sum of denominators, to first order.
  void compute_squares(const std::vector<std::uint32_t>& times) {
    std::fill(squares_.begin(), squares_.end(), 0.0);
    std::fill(sum_squares_.begin(), sum_squares_.end(), 0.0);
    for (std::size_t row = 0; row < times.size(); ++row) {
      if (times[row] == 0) continue;
      std::fill(influence_.begin(), influence_.end(), 0.0);
      for (const Side& side : sides_) {
        const auto numerators = side.table.numerators(row);
        const auto denominators = side.table.denominators(row);
        for (std::size_t i = 0; i < influence_.size(); ++i) {
          influence_[i] += (numerators[i] - side.ratios[i] * denominators[i]) * side.scales[i];
        }
      }
      const double count = times[row];
      for (std::size_t group = 0, i = 0; group < groups_; ++group) {
        double sum = 0;
        for (std::size_t member = 0; member < members_; ++member, ++i) {
          sum += influence_[i];
          squares_[i] += count * influence_[i] * influence_[i];
        }
        sum_squares_[group] += count * sum * sum;
      }
    }
  }

  void write_group(std::size_t group) {
    const std::size_t first = group * (members_ + 1);
    double sum = 0;
    for (std::size_t member = 0; member < members_; ++member) {
      const std::size_t i = group * members_ + member;
      double value = 0;
      for (const Side& side : sides_) value += side.sign * side.ratios[i];
      sum += value;
      result_.values[first + member] = value;
      result_.standard_errors[first + member] = std::sqrt(squares_[i]);
    }
    result_.values[first + members_] = sum;
    result_.standard_errors[first + members_] = std::sqrt(sum_squares_[group]);
  }

  std::size_t groups_;
  std::size_t members_;
  std::vector<Side> sides_;
  std::vector<double> influence_;
  std::vector<double> squares_;
  std::vector<double> sum_squares_;
  Statistics result_;
};

/// The quantile of sorted values at place share x (n + 1), interpolated, held within the values.
double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() + 1) - 1;
  const double held = std::clamp(place, 0.0, static_cast<double>(sorted.size() - 1));
  const auto below = static_cast<std::size_t>(held);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (held - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

Interval make_interval(double value, double standard_error, std::vector<double>& values, std::vector<double>& students,
                       double confidence) {
  std::sort(values.begin(), values.end());
  std::sort(students.begin(), students.end());
  const double tail = (1 - confidence) / 2;
  Interval interval{value, quantile(values, tail), quantile(values, 1 - tail), standard_error};
  if (!students.empty()) {
    interval.low = std::min(interval.low, value - quantile(students, 1 - tail) * standard_error);
    interval.high = std::max(interval.high, value - quantile(students, tail) * standard_error);
  }
  return interval;
}

}  // namespace

std::size_t RatioTable::add_row() {
  numerators_.resize(numerators_.size() + width());
  denominators_.resize(denominators_.size() + width());
  return rows() - 1;
}

void RatioTable::add(std::size_t row, std::size_t group, std::size_t member, double numerator, double denominator) {
  const std::size_t place = row * width() + group * per_group_ + member;
  numerators_[place] += numerator;
  denominators_[place] += denominator;
}

std::vector<Interval> bootstrap_ratios(const RatioTable& table, const RatioTable* minus,
                                       const BootstrapOptions& options) {
  CHECK(options.resamples >= 100 && options.resamples <= 100'000, options.resamples);
  CHECK(options.confidence > 0 && options.confidence < 1, options.confidence);
  const std::size_t count = table.groups() * (table.per_group() + 1);
  if (table.rows() == 0) return std::vector<Interval>(count);
  Resampler resampler(table, minus);
  std::vector<std::uint32_t> times(table.rows(), 1);
  const Statistics whole = resampler.compute(times);
  std::vector<std::vector<double>> values(count);
  std::vector<std::vector<double>> students(count);
  Random random(options.seed);
  for (std::size_t resample = 0; resample < options.resamples; ++resample) {
    std::fill(times.begin(), times.end(), 0);
    for (std::size_t draw = 0; draw < times.size(); ++draw) ++times[random.below(times.size())];
    const Statistics& drawn = resampler.compute(times);
    for (std::size_t i = 0; i < count; ++i) {
      values[i].push_back(drawn.values[i]);
      if (drawn.standard_errors[i] <= 0) continue;
      students[i].push_back((drawn.values[i] - whole.values[i]) / drawn.standard_errors[i]);
    }
  }
  std::vector<Interval> intervals;
  for (std::size_t i = 0; i < count; ++i) {
    intervals.push_back(
        make_interval(whole.values[i], whole.standard_errors[i], values[i], students[i], options.confidence));
  }
  return intervals;
}

}  // namespace matchcue::evaluate
