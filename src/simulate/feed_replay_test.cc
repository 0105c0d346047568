// SPDX-License-Identifier: Apache-2.0
#include "simulate/feed_replay.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace matchcue::simulate {
namespace {

/// A fact of period 1 at a time, with more fields as JSON text.
std::string fact(const std::string& ts, const std::string& type, const std::string& more = {}, int period = 1,
                 const std::string& score = "[0,0]") {
  return R"({"period":)" + std::to_string(period) + R"(,"ts":")" + ts + R"(","type":")" + type +
         R"(","team":"Turkey","score":)" + score + more + "}\n";
}

Result<std::vector<TimedMoment>> read(const std::string& text) {
  std::istringstream input(text);
  return read_feed(input, "feed", {});
}

std::string events(const std::vector<TimedMoment>& moments) {
  std::string text;
  for (const auto& moment : moments) text += domain::to_text(moment.state.at("MATCH_EVENT")) + " ";
  return text;
}

TEST(FeedReplay, TellsEachFactAsItsMoment) {
  const auto moments =
      read(fact("00:00:00.000", "Starting XI") + fact("00:01:00.000", "Shot") + fact("00:02:00.000", "Foul Committed") +
           fact("00:03:00.000", "Foul Committed", R"(,"fact":"CARD")") +
           fact("00:04:00.000", "Pass", R"(,"pass_type":"Corner")") +
           fact("00:05:00.000", "Pass", R"(,"pass_type":"Kick Off")") + fact("00:06:00.000", "Injury Stoppage") +
           fact("00:07:00.000", "Goal Keeper") + fact("00:08:00.000", "Shot", R"(,"fact":"GOAL")", 1, "[1,0]") +
           fact("00:46:00.000", "Half End", "", 1, "[1,0]") +
           fact("00:00:00.000", "Substitution", R"(,"fact":"SUBSTITUTION")", 2, "[1,0]") +
           fact("00:48:00.000", "Half End", "", 2, "[1,0]"));
  ASSERT_TRUE(moments) << moments.error().message;
  EXPECT_EQ(
      events(*moments),
      "PRE-MATCH SHOT FREE-KICK YELLOW-CARD THROW INJURY GOAL INTERVAL INTERVAL SUBSTITUTION POST-MATCH POST-MATCH ");
  EXPECT_EQ(domain::to_text((*moments)[6].state.at("SCORE_DIFFERENCE")), "1");
}

TEST(FeedReplay, TimingFollowsThePeriodAndItsMinutes) {
  const auto moments = read(fact("00:14:59.999", "Shot") + fact("00:15:00.000", "Shot") + fact("00:47:00.000", "Shot") +
                            fact("00:14:00.000", "Shot", "", 2) + fact("00:44:00.000", "Shot", "", 2) +
                            fact("00:45:10.000", "Shot", "", 2) + fact("00:01:00.000", "Shot", "", 3));
  ASSERT_TRUE(moments);
  std::string timings;
  for (const auto& moment : *moments) {
    if (moment.text.starts_with("SHOT")) timings += domain::to_text(moment.state.at("MATCH_TIMING")) + " ";
  }
  EXPECT_EQ(timings, "FIRST-HALF-1 FIRST-HALF-2 FIRST-HALF-3 SECOND-HALF-1 SECOND-HALF-3 OVER-TIME OVER-TIME ");
}

TEST(FeedReplay, PlayersBecomeTheItemsOfTheirTeam) {
  const std::string away =
      R"({"period":1,"ts":"00:02:00.000","type":"Shot","team":"Italy","score":[0,0],"player":"C"})";
  const auto moments =
      read(fact("00:00:10.000", "Shot", R"(,"player":"A")") + fact("00:00:20.000", "Shot", R"(,"player":"B")") +
           fact("00:00:30.000", "Shot", R"(,"player":"A")") + away + "\n" + fact("00:03:00.000", "Shot"));
  ASSERT_TRUE(moments);
  const auto subject = [&](std::size_t i) { return (*moments)[i].subject ? (*moments)[i].subject->str() : ""; };
  EXPECT_EQ(subject(1), "ITEM_ID_18");
  EXPECT_EQ(subject(2), "ITEM_ID_19");
  EXPECT_EQ(subject(3), "ITEM_ID_18");
  EXPECT_EQ(subject(4), "ITEM_ID_28");
  EXPECT_EQ(subject(5), "");
}

TEST(FeedReplay, ErrorsNameFileLineAndField) {
  const std::string good = fact("00:00:10.000", "Shot");
  const auto message = [&](const std::string& line) {
    const auto moments = read(good + line);
    return moments ? std::string("no error") : moments.error().message;
  };
  EXPECT_EQ(message("{nonsense"), "feed:2: not a JSON object: {nonsense");
  EXPECT_EQ(message(fact("7 minutes", "Shot")), R"(feed:2: field "ts": "7 minutes" is not a time like 00:07:12.643)");
  EXPECT_EQ(message(fact("00:00:11.000", "Shot", "", 9)), R"(feed:2: field "period": 9 is not a whole number of 1..5)");
  EXPECT_EQ(message(fact("00:00:11.000", "Shot", "", 1, "[0]")),
            R"(feed:2: field "score": [0] is not [home, away] with numbers of 0..99)");
  EXPECT_EQ(message(R"({"period":1,"ts":"00:00:00.000","type":"Shot","score":[0,0]})"),
            R"(feed:2: field "team": is missing)");
  EXPECT_EQ(message(fact("00:00:11.000", "Shot", R"(,"player":7)")), R"(feed:2: field "player": 7 is not text)");
  EXPECT_EQ(read("\n").error().message, "feed: no facts in it");
  EXPECT_EQ(read_feed_file("/no/such.ndjson", {}).error().code, "file_not_found");
}

TEST(FeedReplay, OffsetsNeverDecreaseAndPeriodsAreQuarterOfAnHourApart) {
  const auto moments = read(fact("00:40:00.000", "Shot") + fact("00:39:00.000", "Shot") +
                            fact("00:46:00.000", "Half End") + fact("00:00:00.000", "Shot", "", 2));
  ASSERT_TRUE(moments);
  for (std::size_t i = 1; i < moments->size(); ++i) EXPECT_GE((*moments)[i].offset, (*moments)[i - 1].offset);
  EXPECT_EQ((*moments)[5].offset - (*moments)[3].offset, std::chrono::minutes(15));
}

}  // namespace
}  // namespace matchcue::simulate
