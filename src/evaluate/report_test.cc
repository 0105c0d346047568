// SPDX-License-Identifier: Apache-2.0
#include "evaluate/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace matchcue::evaluate {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Slot 0 is sound, slot 1 has no support.
OffPolicyLog half_supported() {
  OffPolicyLog log(2, Predictions::absent);
  for (std::uint32_t viewer = 0; viewer < 200; ++viewer) {
    log.add({.viewer = viewer,
             .slot = 0,
             .propensity = .5,
             .reward = viewer % 4 == 0 ? 1.0 : 0.0,
             .target_probability = .5})
        .value();
    log.add({.viewer = viewer, .slot = 1}).value();
  }
  return log;
}

const std::vector<std::string> kSlots{"SOCIAL", "PLAYER"};

TEST(Report, TextNamesSlotsEstimatesAndReasons) {
  const std::string text = write_report("uniform on match 1", kSlots, evaluate(half_supported(), {}));
  EXPECT_THAT(text, HasSubstr("uniform on match 1\n"));
  EXPECT_THAT(text, HasSubstr("SOCIAL       ips         0.25000"));
  EXPECT_THAT(text, HasSubstr("PLAYER       ips               -"));
  EXPECT_THAT(text, HasSubstr("PLAYER       refused: no overlap"));
  EXPECT_THAT(text, HasSubstr("slate        refused: PLAYER: no overlap"));
}

TEST(Report, JsonHasNullWhereNoEstimateIsGiven) {
  const auto json = nlohmann::json::parse(write_report_json("t", kSlots, evaluate(half_supported(), {})));
  EXPECT_EQ(json["title"], "t");
  EXPECT_EQ(json["slots"][0]["slot"], "SOCIAL");
  EXPECT_EQ(json["slots"][0]["verdict"], "sound");
  EXPECT_DOUBLE_EQ(json["slots"][0]["estimates"]["ips"]["value"], .25);
  EXPECT_DOUBLE_EQ(json["slots"][0]["support"]["viewers_effective"], 200);
  EXPECT_TRUE(json["slots"][0]["estimates"]["dr"].is_null());
  EXPECT_TRUE(json["slots"][1]["estimates"]["ips"].is_null());
  EXPECT_EQ(json["pooled"]["slot"], "pooled");
  EXPECT_EQ(json["slate"]["verdict"], "refused");
}

TEST(Report, AComparisonReadsTheSameWithoutSupport) {
  const OffPolicyLog log = half_supported();
  const Comparison comparison = compare(log, log, {});
  EXPECT_THAT(write_report("a - b", kSlots, comparison), HasSubstr("SOCIAL       ips         0.00000"));
  EXPECT_THAT(write_report("a - b", kSlots, comparison), Not(HasSubstr("ESS")));
  EXPECT_FALSE(nlohmann::json::parse(write_report_json("a - b", kSlots, comparison))["slots"][0].contains("support"));
}

}  // namespace
}  // namespace matchcue::evaluate
