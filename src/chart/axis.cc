// SPDX-License-Identifier: Apache-2.0
#include "chart/axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace matchcue::chart {
namespace {

constexpr std::size_t kTicksUsual = 6;

/// 1, 2 or 5 times a power of ten, at least `least`.
double round_step(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double factor : {1., 2., 5.}) {
    if (factor * power >= least * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

double step_of(double low, double high, std::size_t count) {
  return round_step((high - low) / static_cast<double>(std::max<std::size_t>(count, 1)));
}

std::string group_thousands(double value) {
  std::string digits = fmt::format("{:.0f}", value);
  const std::size_t first = digits.starts_with('-') ? 1 : 0;
  for (std::size_t place = digits.size(); place > first + 3; place -= 3) digits.insert(place - 3, 1, ',');
  return digits;
}

}  // namespace

double Axis::place_of(double value) const {
  const double held = std::clamp(value, low, high);
  if (!logarithmic) return (held - low) / (high - low);
  return std::log(held / low) / std::log(high / low);
}

std::vector<double> ticks_of(const Axis& axis, std::size_t count) {
  std::vector<double> ticks;
  if (axis.logarithmic) {
    for (double tick = std::pow(10, std::ceil(std::log10(axis.low) - 1e-9)); tick <= axis.high * (1 + 1e-9);
         tick *= 10) {
      ticks.push_back(tick);
    }
    return ticks;
  }
  const double step = step_of(axis.low, axis.high, count);
  for (double i = std::ceil(axis.low / step - 1e-9); i * step <= axis.high + step * 1e-9; ++i) {
    ticks.push_back(i == 0 ? 0 : i * step);
  }
  return ticks;
}

std::string tick_text(const Axis& axis, double value) {
  switch (axis.numbers) {
    case Numbers::plain: return axis.logarithmic ? fmt::format("{:.0e}", value) : fmt::format("{:.6g}", value);
    case Numbers::percent: return fmt::format("{:.4g} %", 100 * value);
    case Numbers::whole: return group_thousands(value);
  }
  return {};
}

Axis axis_over(std::string label, std::span<const double> values, Numbers numbers) {
  Axis axis{std::move(label), 0, 0, false, numbers};
  for (const double value : values) {
    axis.low = std::min(axis.low, value);
    axis.high = std::max(axis.high, value);
  }
  if (axis.high == axis.low) axis.high = axis.low + 1;
  const double step = step_of(axis.low, axis.high, kTicksUsual);
  axis.low = std::floor(axis.low / step + 1e-9) * step;
  axis.high = std::ceil(axis.high / step - 1e-9) * step;
  return axis;
}

Axis log_axis_over(std::string label, std::span<const double> values) {
  Axis axis{std::move(label), INFINITY, 0, true, Numbers::plain};
  for (const double value : values) {
    if (value <= 0) continue;
    axis.low = std::min(axis.low, value);
    axis.high = std::max(axis.high, value);
  }
  if (axis.high <= 0) axis.low = axis.high = 1;
  axis.low = std::pow(10, std::floor(std::log10(axis.low) + 1e-9));
  axis.high = std::pow(10, std::ceil(std::log10(axis.high) - 1e-9));
  if (axis.high <= axis.low) axis.high = 10 * axis.low;
  return axis;
}

}  // namespace matchcue::chart
