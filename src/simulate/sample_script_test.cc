// SPDX-License-Identifier: Apache-2.0
#include "simulate/sample_script.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace matchcue::simulate {
namespace {

TEST(SampleScript, DrawsEachValueAsOftenAsTheSampleDoes) {
  constexpr int kTicks = 20'000;
  SampleScript script(1);
  std::map<std::string, std::map<std::string, double>> shares;
  for (int i = 0; i < kTicks; ++i) {
    const auto moment = script.next();
    ASSERT_TRUE(moment);
    for (const auto& [name, value] : moment->state) shares[name][domain::to_text(value)] += 1.0 / kTicks;
  }
  EXPECT_EQ(shares["MATCH_EVENT"].size(), 6U);
  EXPECT_NEAR(shares["MATCH_EVENT"]["GOAL"], 1.0 / 6, 0.01);
  EXPECT_EQ(shares["MATCH_TIMING"].size(), 9U);
  EXPECT_NEAR(shares["MATCH_TIMING"]["SECOND-HALF-2"], 0.2, 0.01);
  EXPECT_NEAR(shares["MATCH_TIMING"]["POST_MATCH"], 0.1, 0.01);
  EXPECT_NEAR(shares["SCORE_DIFFERENCE"]["2"], 1.0 / 3, 0.01);
  EXPECT_EQ(shares["MATCH_VENUE"].size(), 3U);
  EXPECT_EQ(shares["MATCH_TYPE"].size(), 3U);
}

TEST(SampleScript, WritesTheStateEveryIntervalUntilTheCount) {
  SampleScript script(1, Milliseconds(500), 3);
  for (int i = 0; i < 3; ++i) {
    const auto moment = script.next();
    ASSERT_TRUE(moment);
    EXPECT_EQ(moment->kind, MomentKind::state);
    EXPECT_EQ(moment->offset, i * Milliseconds(500));
    EXPECT_EQ(moment->text, "updated event in database, waiting till next refresh...");
  }
  EXPECT_FALSE(script.next());
}

}  // namespace
}  // namespace matchcue::simulate
