// SPDX-License-Identifier: Apache-2.0
#include "cli/moment_lines.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace matchcue::cli {
namespace {

struct MomentLines : testing::Test {
  MomentLines() {
    moment.state = {{"MATCH_TIMING", std::string("FIRST-HALF-2")}};
    moment.clock = "17:03";
    moment.score = {0, 1};
    moment.text = "GOAL \"Italy\"";
    moment.subject = domain::ItemId("ITEM_ID_28");
    played.sequence = domain::Sequence(12);
    played.ack = Milliseconds(3);
  }
  simulate::TimedMoment moment;
  simulate::Played played;
};

TEST_F(MomentLines, ALineHasSequenceClockScoreAndWhatHappened) {
  const std::string line = moment_line(moment, played);
  for (const char* part : {"#12 ", "17:03", "0-1", "GOAL \"Italy\"", "FIRST-HALF-2", "(3 ms)"}) {
    EXPECT_NE(line.find(part), std::string::npos) << part << " in " << line;
  }
  played.changed = false;
  EXPECT_NE(moment_line(moment, played).find("unchanged"), std::string::npos);
}

TEST_F(MomentLines, TheJsonIsOneObject) {
  const auto json = nlohmann::json::parse(moment_json(moment, played));
  EXPECT_EQ(json["sequence"], 12);
  EXPECT_EQ(json["kind"], "moment");
  EXPECT_EQ(json["text"], "GOAL \"Italy\"");
  EXPECT_EQ(json["state"]["MATCH_TIMING"], "FIRST-HALF-2");
  EXPECT_EQ(json["subject"], "ITEM_ID_28");
}

}  // namespace
}  // namespace matchcue::cli
