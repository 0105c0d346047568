// SPDX-License-Identifier: Apache-2.0
#include "evaluate/ranking_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "evaluate/test_dataset.h"

namespace matchcue::evaluate {
namespace {

using testing::ElementsAre;

/// Ann's last four acts are held out: two goals, a foul and a goal again.
class RankingTaskTest : public testing::Test {
 protected:
  RankingTaskTest() {
    TestDataset rows;
    rows.viewer("ann", {{"TEAM", "red"}}).viewer("bob", {{"TEAM", "blue"}});
    rows.act("ann", "a", {{"MOMENT", "goal"}}).act("ann", "b", {{"MOMENT", "foul"}});
    rows.act("ann", "c", {{"MOMENT", "goal"}}).act("ann", "d", {{"MOMENT", "goal"}});
    rows.act("ann", "a", {{"MOMENT", "foul"}}).act("ann", "d", {{"MOMENT", "goal"}});
    rows.act("bob", "a", {{"MOMENT", "goal"}}).act("bob", "a", {{"MOMENT", "goal"}}).act("bob", "b");
    data_ = rows.build();
    split_.train_end = {0, data_.begin[2]};
    split_.test = {{0, 2, 6}};
  }

  RankingTask task(const TaskOptions& options) const { return RankingTask(data_, split_, split_.test, options); }

  std::vector<std::string> relevant(const RankingTask& asked, std::size_t request) const {
    std::vector<std::string> ids;
    for (const std::uint32_t item : asked.relevant(asked.requests()[request])) ids.push_back(data_.items[item]);
    return ids;
  }

  dataset::Dataset data_;
  Split split_;
};

TEST_F(RankingTaskTest, EachContextOfTheTruthIsARequestOfItsOwn) {
  const RankingTask asked = task({.asking = Asking::by_context});
  ASSERT_EQ(asked.requests().size(), 2U);
  EXPECT_THAT(relevant(asked, 0), ElementsAre("c", "d"));
  EXPECT_THAT(relevant(asked, 1), ElementsAre("a"));
  EXPECT_EQ(domain::to_text(asked.contexts()[asked.requests()[0].context].at("MOMENT")), "goal");
  EXPECT_EQ(domain::to_text(asked.contexts()[asked.requests()[1].context].at("MOMENT")), "foul");
}

TEST_F(RankingTaskTest, OnceAsksForAllThatIsHeldOutInTheFirstContext) {
  const RankingTask asked = task({.asking = Asking::once});
  ASSERT_EQ(asked.requests().size(), 1U);
  EXPECT_THAT(relevant(asked, 0), ElementsAre("a", "c", "d"));
  EXPECT_EQ(domain::to_text(asked.contexts()[asked.requests()[0].context].at("MOMENT")), "goal");
  EXPECT_EQ(asked.viewers()[0].history_end, 2U);
}

TEST_F(RankingTaskTest, WhatWasSeenIsNoQuestionWhereSeenItemsAreRemoved) {
  const RankingTask asked = task({.asking = Asking::by_context, .seen = Seen::removed});
  ASSERT_EQ(asked.requests().size(), 1U) << "a was seen, and was all that was held out at a foul";
  EXPECT_THAT(relevant(asked, 0), ElementsAre("c", "d"));
  EXPECT_EQ(asked.left_out(), 1U);
}

TEST_F(RankingTaskTest, SharesAreOfViewersThatAreTrainedOn) {
  const RankingTask asked = task({});
  EXPECT_THAT(asked.item_shares(), ElementsAre(1, 1, .5, .5)) << "bob counts once for a; nobody but ann has c and d";
}

TEST_F(RankingTaskTest, SlicesAreByViewerContextAndHistory) {
  split_.test.push_back({1, 8, 9});
  const std::vector<Slice> slices = task({.asking = Asking::by_context}).slices(20);
  ASSERT_EQ(slices.size(), 5U) << "both histories are short, so history is no slice";
  EXPECT_EQ(slices[0].field + " " + slices[0].value, "TEAM blue");
  EXPECT_THAT(slices[0].requests, ElementsAre(2));
  EXPECT_THAT(slices[1].requests, ElementsAre(0, 1));
  EXPECT_EQ(slices[2].kind + " " + slices[2].value, "context foul");
  EXPECT_THAT(slices[2].requests, ElementsAre(1));
  EXPECT_EQ(slices[4].value, "unknown");
  EXPECT_THAT(slices[4].requests, ElementsAre(2));
  EXPECT_EQ(task({}).slices(1).size(), 2U) << "the largest of each field";
}

}  // namespace
}  // namespace matchcue::evaluate
