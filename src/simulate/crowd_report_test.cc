// SPDX-License-Identifier: Apache-2.0
#include "simulate/crowd_report.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "simulate/crowd_policies.h"
#include "simulate/match_script.h"

namespace matchcue::simulate {
namespace {

using ::testing::HasSubstr;

CrowdRun oracle_run() {
  CrowdWorld world(CrowdParams(), {make_match(1)}, 1, 10);
  CrowdRun run{"oracle", 1, 10, world.tick_count(), {}, 2, 1};
  run.score = run_crowd(world, *make_oracle_policy());
  return run;
}

TEST(CrowdReport, SaysEverythingInJson) {
  const auto json = nlohmann::json::parse(write_crowd_json(oracle_run()));
  EXPECT_NEAR(json["G"].get<double>(), 1, 1e-9);
  EXPECT_TRUE(json["G@1000k"].is_null()) << "the run is shorter";
  EXPECT_EQ(json["complete"], true);
  EXPECT_EQ(json["cpu_s"], 1);
}

TEST(CrowdReport, DrawsTheGainOverTheRun) {
  const std::string text = write_crowd_text(oracle_run());
  EXPECT_THAT(text, HasSubstr("   1.0 |**********"));
  EXPECT_THAT(text, HasSubstr("   0.0 |          "));
}

TEST(CrowdReport, IsAWholePageWithItsPlots) {
  const std::string page = write_crowd_page(oracle_run());
  EXPECT_THAT(page, HasSubstr("<!doctype html>"));
  EXPECT_THAT(page, HasSubstr("Share of new items"));
  EXPECT_EQ(page.find("nan"), std::string::npos);
  EXPECT_EQ(page.find("http"), std::string::npos) << "it needs nothing else";
}

TEST(CrowdReport, PortionsHaveEveryTickOnce) {
  const CrowdRun run = oracle_run();
  for (const std::size_t parts : {1U, 7U, 1'000U}) {
    std::uint64_t impressions = 0;
    for (const CrowdTickValue& portion : portions_of(run.score, parts)) impressions += portion.impressions;
    EXPECT_EQ(impressions, run.score.total().impressions) << parts;
  }
}

}  // namespace
}  // namespace matchcue::simulate
