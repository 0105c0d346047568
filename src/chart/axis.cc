// SPDX-License-Identifier: Apache-2.0
#include "chart/axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace matchcue::chart {
namespace {

constexpr std::size_t kTicksUsual = 6;
constexpr double kPowersAlone = 1'000;  // a longer logarithmic axis has ticks at powers of ten alone

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

}  // namespace

std::string with_thousands(double number) {
  std::string digits = fmt::format("{:.0f}", number);
  const std::size_t first = digits.starts_with('-') ? 1 : 0;
  for (std::size_t place = digits.size(); place > first + 3; place -= 3) digits.insert(place - 3, 1, ',');
  return digits;
}

double Axis::place_of(double value) const {
  const double held = std::clamp(value, low, high);
  if (!logarithmic) return (held - low) / (high - low);
  return std::log(held / low) / std::log(high / low);
}

std::vector<double> ticks_of(const Axis& axis, std::size_t count) {
  std::vector<double> ticks;
  if (axis.logarithmic) {
    const bool powers_alone = axis.high / axis.low > kPowersAlone;
    for (double power = std::pow(10, std::floor(std::log10(axis.low) + 1e-9)); power <= axis.high; power *= 10) {
      for (const double factor : {1., 2., 5.}) {
        const double tick = factor * power;
        const bool within = tick >= axis.low * (1 - 1e-9) && tick <= axis.high * (1 + 1e-9);
        if (within && (factor == 1 || !powers_alone)) ticks.push_back(tick);
      }
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
    case Numbers::whole: return with_thousands(value);
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

Axis log_axis_over(std::string label, std::span<const double> values, Numbers numbers) {
  Axis axis{std::move(label), INFINITY, 0, true, numbers};
  for (const double value : values) {
    if (value <= 0) continue;
    axis.low = std::min(axis.low, value);
    axis.high = std::max(axis.high, value);
  }
  if (axis.high <= 0) axis.low = axis.high = 1;
  axis.low = 1 / round_step(1 / axis.low);
  axis.high = round_step(axis.high);
  if (axis.high <= axis.low) axis.high = 10 * axis.low;
  return axis;
}

}  // namespace matchcue::chart
