// SPDX-License-Identifier: Apache-2.0
#include "cli/crowd_flags.h"

#include <gtest/gtest.h>

namespace matchcue::cli {
namespace {

TEST(CrowdFlags, TheUrlNamesTheServer) {
  CrowdFlags flags;
  flags.url = "ws://127.0.0.1:9090/v1/ws";
  const auto options = crowd_options(flags, wall_time_from_ms(255));
  ASSERT_TRUE(options);
  EXPECT_EQ(options->server.text(), "127.0.0.1:9090");
  EXPECT_EQ(options->viewer.run, "rff");
  flags.url = "http://127.0.0.1:9090";
  EXPECT_EQ(crowd_options(flags, {}).error().code, "invalid_address");
}

TEST(CrowdFlags, ClicksNeedImpressions) {
  CrowdFlags flags;
  EXPECT_EQ(crowd_options(flags, {})->viewer.impression_share, 0);
  flags.clicks = 0.1;
  EXPECT_GT(crowd_options(flags, {})->viewer.impression_share, 0);
  flags.impressions = 1;
  EXPECT_EQ(crowd_options(flags, {})->viewer.impression_share, 1);
}

TEST(ParseDuration, ReadsUnits) {
  const auto ms = [](const char* text) { return parse_duration(text, "x")->count(); };
  EXPECT_EQ(ms("250ms"), 250);
  EXPECT_EQ(ms("10s"), 10'000);
  EXPECT_EQ(ms("1.5m"), 90'000);
  EXPECT_EQ(ms("1h"), 3'600'000);
  EXPECT_EQ(ms("2"), 2'000);
}

TEST(ParseDuration, NamesWhatIsNotATime) {
  for (const char* text : {"", "s", "fast", "-1s", "10 parsecs", "1e300h"}) {
    const auto read = parse_duration(text, "interval");
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().field, "interval");
  }
}

}  // namespace
}  // namespace matchcue::cli
