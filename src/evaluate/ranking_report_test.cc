// SPDX-License-Identifier: Apache-2.0
#include "evaluate/ranking_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace matchcue::evaluate {
namespace {

using testing::HasSubstr;
using testing::Not;

VersionReport version(const std::string& name, double hits) {
  VersionReport report;
  report.name = name;
  report.result.metrics[static_cast<std::size_t>(RankingMetric::hit_rate_at_10)] = {hits, hits - .1, hits + .1, .05};
  report.result.metrics[static_cast<std::size_t>(RankingMetric::ndcg_at_10)] = {.2, .15, .25, .02};
  report.result.hit_curve = {.1, hits};
  report.result.exposure = {.4, .6, std::vector<double>(101, .5)};
  report.result.slices = {{"segment", "TEAM", "red <1>", 40, 50, report.result.metrics},
                          {"history", "acts", "20 to 100", 40, 50, report.result.metrics}};
  return report;
}

RankingReport two_versions() {
  RankingReport report;
  report.data = "match.csv";
  report.protocol = Protocol::leave_one_out;
  report.task.seen = Seen::removed;
  report.items = 30;
  report.requests = report.asked_viewers = 40;
  report.left_out = 3;
  report.versions = {version("old-1", .3), version("new-2", .5)};
  report.versions[1].difference.emplace();
  (*report.versions[1].difference)[static_cast<std::size_t>(RankingMetric::hit_rate_at_10)] = {.2, .1, .3, .05};
  report.versions[0].result.calibration = Calibration{{{100, .1, .12, .08, .2, 12}}, .05, 1, {.9, .7, 1.1, .1}};
  report.versions[1].note = "knows too much";
  return report;
}

TEST(RankingReport, TextHasVersionsBesideOneAnotherAndWhatDiffers) {
  const std::string text = write_ranking_text(two_versions());
  EXPECT_THAT(text, HasSubstr("leave-one-out of match.csv: 40 requests of 40 viewers, 30 items\n"));
  EXPECT_THAT(text, HasSubstr("3 held-out interactions with items seen before"));
  EXPECT_THAT(text, HasSubstr("HR@10          0.3000 (0.2000 to 0.4000)        0.5000 (0.4000 to 0.6000)\n"));
  EXPECT_THAT(text, HasSubstr("Calibration    error 5.0 %, scale 1 (0.9)"));
  EXPECT_THAT(text, HasSubstr("not measured"));
  EXPECT_THAT(text, HasSubstr("new-2 less old-1\nHR@10          +0.2000 (+0.1000 to +0.3000)  better\n"));
  EXPECT_THAT(text, HasSubstr("may be chance"));
  EXPECT_THAT(text, HasSubstr("segment TEAM\n  red <1>"));
  EXPECT_THAT(text, HasSubstr("new-2: knows too much"));
}

TEST(RankingReport, JsonHasEverything) {
  const auto json = nlohmann::json::parse(write_ranking_json(two_versions()));
  EXPECT_EQ(json.at("protocol"), "leave-one-out");
  EXPECT_EQ(json.at("seen"), "removed");
  const auto& first = json.at("versions").at(0);
  EXPECT_EQ(first.at("metrics").at("coverage"), .4);
  EXPECT_EQ(first.at("metrics").at("normalized_discounted_cumulative_gain_at_10"), .2);
  EXPECT_EQ(first.at("intervals").at("hit_rate_at_10").at("low"), .3 - .1);
  EXPECT_EQ(first.at("slices").at(0).at("viewers"), 40);
  EXPECT_EQ(first.at("calibration").at("bins").at(0).at("acts"), 12);
  EXPECT_TRUE(json.at("versions").at(1).at("calibration").is_null());
  EXPECT_EQ(json.at("versions").at(1).at("difference").at("hit_rate_at_10").at("value"), .2);
}

TEST(RankingReport, ThePageShowsBothVersionsAndEscapesWhatTheyAreCalled) {
  const std::string html = write_ranking_page(two_versions());
  EXPECT_THAT(html, HasSubstr("Leave-one-out on match.csv"));
  EXPECT_THAT(html, HasSubstr("Compared with old-1"));
  EXPECT_THAT(html, HasSubstr("red &lt;1&gt;"));
  EXPECT_THAT(html, HasSubstr("new-2 does not say what its scores are worth."));
  EXPECT_THAT(html, HasSubstr("new-2: knows too much"));
  EXPECT_THAT(html, Not(HasSubstr("By context"))) << "there are no contexts";
  EXPECT_THAT(html, Not(HasSubstr("nan")));
}

TEST(RankingReport, PersonalizeMetricsAreItsEight) {
  const auto metrics = personalize_metrics(version("a", .3).result);
  ASSERT_EQ(metrics.size(), 8U);
  EXPECT_EQ(metrics[0].first, "coverage");
  EXPECT_EQ(metrics[7].first, "precision_at_25");
  EXPECT_EQ(headline(Protocol::personalize).size(), 7U) << "coverage has no interval";
}

}  // namespace
}  // namespace matchcue::evaluate
