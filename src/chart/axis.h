#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// One axis of a plot: what is along it, from where to where, and where its ticks are.

#include <span>
#include <string>
#include <vector>

namespace matchcue::chart {

/// How ticks are written.
enum class Numbers {
  plain,    ///< 0.25
  percent,  ///< 25 %
  whole,    ///< 1,000
};

/// Value type.
struct Axis {
  std::string label;  ///< what it is, and its unit
  double low = 0;
  double high = 1;           ///< above low; of a logarithmic axis both are above 0
  bool logarithmic = false;  ///< to the base 10
  Numbers numbers = Numbers::plain;

  /// Where a value stands, 0 at low and 1 at high; values outside are held at the ends.
  double place_of(double value) const;
};

/// At most about `count` values of 1, 2 or 5 times a power of ten, from low to high; of a logarithmic axis the powers
/// of ten. O(count).
std::vector<double> ticks_of(const Axis& axis, std::size_t count);

/// A whole number with a comma between thousands.
std::string with_thousands(double number);

/// A tick's label.
std::string tick_text(const Axis& axis, double value);

/// An axis from 0 (or the least value, when that is below) to the first tick at or above all values.
Axis axis_over(std::string label, std::span<const double> values, Numbers numbers = Numbers::plain);
/// The same from one such number to another. Values that are not above 0 do not count.
Axis log_axis_over(std::string label, std::span<const double> values, Numbers numbers = Numbers::plain);

}  // namespace matchcue::chart
