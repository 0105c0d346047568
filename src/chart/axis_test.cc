// SPDX-License-Identifier: Apache-2.0
#include "chart/axis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace matchcue::chart {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::Pointwise;

auto near(std::vector<double> values) { return Pointwise(DoubleNear(1e-9), std::move(values)); }

TEST(Axis, TicksAreRoundNumbersFromEndToEnd) {
  EXPECT_THAT(ticks_of({"", 0, .3}, 6), near({0, .05, .1, .15, .2, .25, .3}));
  EXPECT_THAT(ticks_of({"", -3, 2}, 5), ElementsAre(-3, -2, -1, 0, 1, 2));
  EXPECT_THAT(ticks_of({"", 0, 1'900}, 4), ElementsAre(0, 500, 1'000, 1'500));
}

TEST(Axis, LogarithmicTicksArePowersOfTen) {
  EXPECT_THAT(ticks_of({"", 1e-4, 1, true}, 5), near({1e-4, 1e-3, 1e-2, .1, 1}));
}

TEST(Axis, PlacesRunFromZeroToOneAndHoldWhatIsOutside) {
  const Axis linear{"", 10, 20};
  EXPECT_DOUBLE_EQ(linear.place_of(15), .5);
  EXPECT_EQ(linear.place_of(25), 1);
  EXPECT_EQ(linear.place_of(-5), 0);
  const Axis decades{"", .01, 1, true};
  EXPECT_NEAR(decades.place_of(.1), .5, 1e-12);
  EXPECT_EQ(decades.place_of(0), 0) << "no infinity";
}

TEST(Axis, NumbersAreWrittenAsAsked) {
  EXPECT_EQ(tick_text({"", 0, 1}, .25), "0.25");
  EXPECT_EQ(tick_text({"", 0, 1, false, Numbers::percent}, .25), "25 %");
  EXPECT_EQ(tick_text({"", 0, 1e7, false, Numbers::whole}, 1'234'567), "1,234,567");
  EXPECT_EQ(tick_text({"", 1e-4, 1, true}, 1e-3), "1e-03");
}

TEST(Axis, FitsAroundValues) {
  const Axis axis = axis_over("x", std::vector<double>{.02, .197});
  EXPECT_EQ(axis.low, 0);
  EXPECT_NEAR(axis.high, .2, 1e-12);
  const Axis around = axis_over("x", std::vector<double>{-.013, .021});
  EXPECT_LE(around.low, -.013);
  EXPECT_GE(around.high, .021);
  EXPECT_LT(axis_over("x", {}).low, axis_over("x", {}).high) << "also around nothing";
  const Axis decades = log_axis_over("x", std::vector<double>{0, .003, .4});
  EXPECT_NEAR(decades.low, .002, 1e-12);
  EXPECT_NEAR(decades.high, .5, 1e-12);
  EXPECT_THAT(ticks_of(decades, 5), near({.002, .005, .01, .02, .05, .1, .2, .5}));
  EXPECT_LT(log_axis_over("x", {}).low, log_axis_over("x", {}).high);
}

}  // namespace
}  // namespace matchcue::chart
