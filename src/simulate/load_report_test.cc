// SPDX-License-Identifier: Apache-2.0
#include "simulate/load_report.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>

namespace matchcue::simulate {
namespace {

SteadyTime at(int ms) { return SteadyTime(Milliseconds(ms)); }

struct LoadReportTest : testing::Test, ViewerSink {
  void on_interaction_ack(const domain::ViewerId&, std::string_view, SteadyTime, SteadyTime) override {}

  /// A viewer that joined at a sequence and got these slates, one each millisecond.
  const LoadViewer* viewer(int joined_at, const std::vector<int>& slates) {
    viewers.push_back(std::make_unique<LoadViewer>(domain::ViewerId(std::to_string(viewers.size() + 1)), options, 1,
                                                   static_cast<ViewerSink&>(*this)));
    hear(fmt::format(R"({{"t":"welcome","epoch":"k","seq":{},"continuity":"kept"}})", joined_at), at(0));
    for (const int sequence : slates) {
      hear(fmt::format(R"({{"t":"slate","seq":{},"decision":"d","cues":[]}})", sequence), at(sequence));
    }
    return viewers.back().get();
  }
  void hear(const std::string& text, SteadyTime now) {
    std::vector<std::string> say;
    viewers.back()->on_text(text, now, say);
  }
  LoadReport judge(const std::vector<const LoadViewer*>& seen, const Expectation& expectation) {
    LoadReport report;
    for (const LoadViewer* one : seen) add_tally(report, *one);
    add_viewers(report, seen, expectation, options.protocol);
    return report;
  }

  ViewerOptions options;
  std::vector<std::unique_ptr<LoadViewer>> viewers;
};

TEST_F(LoadReportTest, NothingIsMissingWhenEachGotWhatCameAfterItsWelcome) {
  const LoadReport report = judge({viewer(0, {1, 2, 3}), viewer(2, {3})}, {{1, 2, 3}, {}});
  EXPECT_EQ(report.expected, 4U);
  EXPECT_EQ(report.missing, 0U);
  EXPECT_TRUE(report.ok());
}

TEST_F(LoadReportTest, AMissingSlateIsNamed) {
  const LoadReport report = judge({viewer(0, {1, 3})}, {{1, 2, 3}, {}});
  EXPECT_EQ(report.missing, 1U);
  EXPECT_EQ(report.problem, "viewer 1: no slate 2");
  EXPECT_FALSE(report.ok());
}

TEST_F(LoadReportTest, AViewerIsServedOnceItHasItsLastSlateOrIsToldThatItLostIt) {
  const Expectation due{{1, 2, 3}, {}};
  EXPECT_TRUE(is_served(*viewer(0, {}), {}));
  EXPECT_FALSE(is_served(*viewer(0, {1, 2}), due));
  EXPECT_TRUE(is_served(*viewer(0, {1, 2, 3}), due));
  EXPECT_TRUE(is_served(*viewer(3, {}), due));
  const LoadViewer* returned = viewer(0, {1});
  hear(R"({"t":"welcome","epoch":"k","seq":3,"continuity":"lost"})", at(9));
  EXPECT_TRUE(is_served(*returned, due));
}

TEST_F(LoadReportTest, AnAnnouncedGapIsNotMissing) {
  const LoadViewer* one = viewer(0, {1});
  hear(R"({"t":"welcome","epoch":"k","seq":3,"continuity":"lost"})", at(9));
  hear(R"({"t":"slate","seq":4,"decision":"d","cues":[]})", at(9));
  const LoadReport report = judge({one}, {{1, 2, 3, 4}, {}});
  EXPECT_EQ(report.missing, 0U);
  EXPECT_EQ(report.total.gaps, 1U);
}

TEST_F(LoadReportTest, OnlyStatesMomentsAndCorrectionsAreDueToEverybody) {
  using domain::ChangeKind;
  using domain::Sequence;
  const WallTime wall = wall_time_from_ms(10'000);
  const std::vector<ChangeSeen> changes = {{Sequence(1), ChangeKind::state, wall, true},
                                           {Sequence(2), ChangeKind::moment, wall - Milliseconds(400), false},
                                           {Sequence(3), ChangeKind::item_override, wall, false},
                                           {Sequence(5), ChangeKind::correction, wall, false}};
  const Expectation expectation = expect_changes(changes, wall, at(7'000));
  EXPECT_EQ(expectation.sequences, (std::vector<std::uint64_t>{2, 5}));
  EXPECT_EQ(expectation.sent.at(2), at(6'600));
}

TEST_F(LoadReportTest, WithoutAStreamWhatOneGotIsExpectedOfAll) {
  const std::vector<const LoadViewer*> seen = {viewer(0, {1, 2}), viewer(0, {2})};
  EXPECT_EQ(judge(seen, expect_what_came(seen)).missing, 1U);
}

TEST_F(LoadReportTest, TimesRunFromTheSendingToTheLastReceipt) {
  Expectation expectation{{10, 20}, {{10, at(4)}, {20, at(18)}}};
  const LoadReport report = judge({viewer(0, {10, 20}), viewer(0, {10, 20})}, expectation);
  ASSERT_EQ(report.moments.size(), 2U);
  EXPECT_EQ(report.moments[0].received, 2U);
  EXPECT_DOUBLE_EQ(*report.moments[0].to_last_ms, 6);
  EXPECT_DOUBLE_EQ(report.last_receive_ms.max, 6);
  EXPECT_DOUBLE_EQ(report.last_receive_ms.p50, 2);
}

TEST_F(LoadReportTest, AMomentFromBeforeAViewerCameHasNoTime) {
  const Expectation expectation{{10, 20}, {{10, at(-2'000)}, {20, at(18)}}};
  const LoadReport report = judge({viewer(9, {10, 20})}, expectation);
  EXPECT_FALSE(report.moments[0].to_last_ms);
  EXPECT_EQ(report.receive_ms.max, report.last_receive_ms.max);
  EXPECT_EQ(report.receive_ms.max, *report.moments[1].to_last_ms);
}

TEST_F(LoadReportTest, TheSampleRouteComparesCounts) {
  options.protocol = LoadProtocol::sample;
  viewers.push_back(std::make_unique<LoadViewer>(domain::ViewerId("1"), options, 1, static_cast<ViewerSink&>(*this)));
  hear(R"({"status": "success"})", at(1'000));
  hear(R"({"GENERAL": "ITEM_ID_9"})", at(3'000));
  const Expectation expectation{{1, 2, 3}, {{1, at(10)}, {2, at(2'000)}, {3, at(3'000)}}};
  const LoadReport report = judge({viewers.back().get()}, expectation);
  EXPECT_EQ(report.expected, 2U);
  EXPECT_EQ(report.missing, 1U);
}

TEST_F(LoadReportTest, WritesLinesForPeopleAndJsonForPrograms) {
  const LoadReport report = judge({viewer(0, {1})}, {{1}, {{1, at(0)}}});
  EXPECT_NE(write_report(report).find("none missing, none duplicated, all in order"), std::string::npos);
  const auto json = nlohmann::json::parse(write_report_json(report));
  EXPECT_EQ(json["ok"], true);
  EXPECT_EQ(json["moments"][0]["last_ns"], 1'000'000);
}

TEST(SpreadOf, TakesNearestRanks) {
  std::vector<double> values;
  for (int i = 1; i <= 200; ++i) values.push_back(i);
  const Spread spread = spread_of(values);
  EXPECT_DOUBLE_EQ(spread.p50, 100);
  EXPECT_DOUBLE_EQ(spread.p99, 198);
  EXPECT_DOUBLE_EQ(spread.max, 200);
  EXPECT_DOUBLE_EQ(spread_of({}).max, 0);
}

}  // namespace
}  // namespace matchcue::simulate
