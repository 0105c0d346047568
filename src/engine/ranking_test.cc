// SPDX-License-Identifier: Apache-2.0
#include "engine/ranking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace matchcue::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Two slots; "adults" may not be shown.
Recommendation recommendation() {
  const auto candidate = [](const char* item, double score, const char* excluded = "") {
    return Candidate{domain::ItemId(item), score, {}, 0, excluded};
  };
  return {"live-bandit-1",
          "",
          1,
          {},
          {{domain::SlotName("GENERAL"), {}, {candidate("adults", 9, "min_age"), candidate("b", 3), candidate("c", 2)}},
           {domain::SlotName("SOCIAL"), {}, {candidate("d", 2), candidate("a", 1), candidate("e", 0, "blocked")}}}};
}

std::vector<RankedItem> rank(const std::vector<const char*>& ids) {
  const std::vector<domain::ItemId> list(ids.begin(), ids.end());
  return rank_list(recommendation(), list);
}

std::vector<std::string> order(const std::vector<const char*>& ids) {
  std::vector<std::string> out;
  for (const RankedItem& ranked : rank(ids)) out.push_back(ranked.item.str());
  return out;
}

TEST(Ranking, IsOfTheListAloneBestFirstAndKeepsTheOrderOfEquals) {
  EXPECT_THAT(order({"a", "b", "c"}), ElementsAre("b", "c", "a"));
  EXPECT_THAT(order({"d", "c", "a"}), ElementsAre("d", "c", "a"));
  EXPECT_THAT(order({"c", "d", "c"}), ElementsAre("c", "d"));
  EXPECT_THAT(order({}), IsEmpty());
}

TEST(Ranking, SharesAreTheChancesWithinTheList) {
  const auto ranking = rank({"a", "c"});
  EXPECT_NEAR(ranking[0].share, 1 / (1 + std::exp(-1.)), 1e-12);
  EXPECT_NEAR(ranking[0].share + ranking[1].share, 1, 1e-12);
}

TEST(Ranking, WhatTheViewerMayNotBeShownComesAfterThatAndWhatNobodyKnowsLast) {
  const auto ranking = rank({"y", "e", "adults", "x", "a"});
  EXPECT_THAT(order({"y", "e", "adults", "x", "a"}), ElementsAre("a", "adults", "e", "y", "x"));
  EXPECT_EQ(ranking[0].share, 1);
  EXPECT_EQ(ranking[1].excluded, "min_age");
  EXPECT_EQ(ranking[1].share, 0);
  EXPECT_EQ(ranking[2].excluded, "blocked");
  EXPECT_EQ(ranking[3].excluded, "unknown");
  EXPECT_THAT(order({"x", "adults"}), ElementsAre("adults", "x"));
}

}  // namespace
}  // namespace matchcue::engine
