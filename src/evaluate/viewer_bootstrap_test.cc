// SPDX-License-Identifier: Apache-2.0
#include "evaluate/viewer_bootstrap.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace matchcue::evaluate {
namespace {

/// One ratio: the mean of as many uniform numbers.
RatioTable uniform_table(std::size_t rows, std::uint64_t seed) {
  Random random(seed);
  RatioTable table(1, 1);
  for (std::size_t row = 0; row < rows; ++row) table.add(table.add_row(), 0, 0, random.uniform(), 1);
  return table;
}

TEST(ViewerBootstrap, TheStandardErrorOfAMeanIsTheTextbooks) {
  const Interval interval = bootstrap_ratios(uniform_table(1'000, 1), nullptr, {})[0];
  EXPECT_NEAR(interval.value, .5, .04);
  EXPECT_NEAR(interval.standard_error, std::sqrt(1.0 / 12 / 1'000), .0005);
  EXPECT_NEAR(interval.high - interval.low, 2 * 1.96 * interval.standard_error,
              .1 * interval.standard_error * 2 * 1.96);
}

TEST(ViewerBootstrap, TheSameSeedGivesTheSameIntervals) {
  const RatioTable table = uniform_table(50, 2);
  const Interval first = bootstrap_ratios(table, nullptr, {.seed = 5})[0];
  EXPECT_EQ(bootstrap_ratios(table, nullptr, {.seed = 5})[0].low, first.low);
  EXPECT_NE(bootstrap_ratios(table, nullptr, {.seed = 6})[0].low, first.low);
}

TEST(ViewerBootstrap, TheSlateSumsItsSlotsAndKnowsThatTheyGoTogether) {
  Random random(3);
  RatioTable table(1, 2);
  for (int i = 0; i < 400; ++i) {
    const std::size_t row = table.add_row();
    const double value = random.uniform();
    table.add(row, 0, 0, value, 1);
    table.add(row, 0, 1, value, 1);
  }
  const auto intervals = bootstrap_ratios(table, nullptr, {});
  ASSERT_EQ(intervals.size(), 3u);
  EXPECT_DOUBLE_EQ(intervals[2].value, 2 * intervals[0].value);
  EXPECT_NEAR(intervals[2].standard_error, 2 * intervals[0].standard_error, 1e-12);
}

TEST(ViewerBootstrap, ATableLessItselfIsZeroWithoutDoubt) {
  const RatioTable table = uniform_table(60, 4);
  const Interval interval = bootstrap_ratios(table, &table, {})[0];
  EXPECT_DOUBLE_EQ(interval.value, 0);
  EXPECT_DOUBLE_EQ(interval.low, 0);
  EXPECT_DOUBLE_EQ(interval.high, 0);
}

TEST(ViewerBootstrap, ASkewedSampleReachesFurtherUp) {
  RatioTable table(1, 1);
  for (int i = 0; i < 300; ++i) table.add(table.add_row(), 0, 0, i % 60 == 0 ? 40.0 : .5, 1);
  const Interval interval = bootstrap_ratios(table, nullptr, {})[0];
  EXPECT_GT(interval.high - interval.value, 1.3 * (interval.value - interval.low));
}

TEST(ViewerBootstrap, NoRowsAndEmptyDenominatorsGiveZero) {
  EXPECT_DOUBLE_EQ(bootstrap_ratios(RatioTable(1, 1), nullptr, {})[0].high, 0);
  RatioTable table(1, 1);
  for (int i = 0; i < 5; ++i) table.add_row();
  EXPECT_DOUBLE_EQ(bootstrap_ratios(table, nullptr, {})[0].high, 0);
}

}  // namespace
}  // namespace matchcue::evaluate
