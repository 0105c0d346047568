// SPDX-License-Identifier: Apache-2.0
#include "evaluate/ranking_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "evaluate/test_dataset.h"
#include "evaluate/test_sequence_model.h"

namespace matchcue::evaluate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Forty items "i00" .. "i39"; viewers walk upwards, one at a goal and one at a foul.
class RankingRunTest : public testing::Test {
 protected:
  static std::string item(int number) { return (number < 10 ? "i0" : "i") + std::to_string(number); }

  RankingRunTest() {
    TestDataset rows;
    for (int number = 0; number < 40; ++number) rows.item(item(number));
    for (int act = 0; act < 6; ++act) {
      rows.act("ann", item(act), {{"MOMENT", "goal"}}).act("bob", item(20 + act), {{"MOMENT", "foul"}});
    }
    data_ = rows.build();
    split_ = leave_one_out(data_).value();
  }

  RankingTask task(Seen seen) const { return RankingTask(data_, split_, split_.test, {.seen = seen}); }
  static RankingRun ask_all(const RankingTask& asked, const scoring::SequenceModel& model) {
    return ask(asked, model, [](std::size_t, std::size_t) {}).value();
  }
  static double of(const RankingRun& run, std::size_t request, RankingMetric metric) {
    return run.values[request][static_cast<std::size_t>(metric)];
  }

  dataset::Dataset data_;
  Split split_;
};

TEST_F(RankingRunTest, HistoriesAreReplayedAndTheNextItemComesFirst) {
  const RankingTask asked = task(Seen::removed);
  const TestSequenceModel model(asked.catalogue(), [&](const auto& question) {
    return question.item.id.str() == item(question.last + 1) ? 1.F : 0.F;
  });
  const RankingRun run = ask_all(asked, model);
  EXPECT_EQ(model.acts(), 10U) << "five acts of each, the last one is asked about";
  EXPECT_THAT(run.first_hits, ElementsAre(1, 1));
  EXPECT_EQ(of(run, 0, RankingMetric::ndcg_at_10), 1);
  EXPECT_EQ(of(run, 1, RankingMetric::mean_reciprocal_rank), 1);
}

TEST_F(RankingRunTest, EqualScoresAreRankedInTheCataloguesOrder) {
  const auto nothing = [](const auto&) { return 0.F; };
  const RankingTask kept = task(Seen::kept);
  EXPECT_THAT(ask_all(kept, TestSequenceModel(kept.catalogue(), nothing)).first_hits, ElementsAre(6, 26));
  const RankingTask removed = task(Seen::removed);
  EXPECT_THAT(ask_all(removed, TestSequenceModel(removed.catalogue(), nothing)).first_hits, ElementsAre(1, 21))
      << "the five before it are not in the ranking";
}

TEST_F(RankingRunTest, AContextIsFoldedOnceAndReachesTheScores) {
  TestDataset rows;
  for (int viewer = 0; viewer < 20; ++viewer) {
    const std::string moment = viewer % 2 == 0 ? "goal" : "foul";
    for (int act = 0; act < 3; ++act) rows.act("v" + std::to_string(viewer), moment, {{"MOMENT", moment}});
  }
  const dataset::Dataset data = rows.build();
  const Split split = leave_one_out(data).value();
  const RankingTask asked(data, split, split.test, {});
  const TestSequenceModel model(asked.catalogue(), [](const auto& question) {
    return domain::to_text(question.context.at("MOMENT")) == question.item.id.str() ? 1.F : 0.F;
  });
  const RankingRun run = ask_all(asked, model);
  EXPECT_EQ(model.folds(), 2U);
  EXPECT_THAT(run.first_hits, testing::Each(1));
}

TEST_F(RankingRunTest, TheFirst25PlacesAreCountedAndMakeNovelty) {
  const RankingTask asked = task(Seen::kept);
  const RankingRun run = ask_all(asked, TestSequenceModel(asked.catalogue(), [](const auto&) { return 0.F; }));
  EXPECT_EQ(run.shown[0], 2U);
  EXPECT_EQ(run.shown[24], 2U);
  EXPECT_EQ(run.shown[25], 0U);
  // Of the 25 shown, 4 + 4 were acted upon by one training viewer of two: (1 + 1) / (2 + 1); the others by none.
  const double expected = -(8 * std::log2(2 / 3.) + 17 * std::log2(1 / 3.)) / 25;
  EXPECT_NEAR(of(run, 0, RankingMetric::novelty_at_25), expected, 1e-12);
}

TEST_F(RankingRunTest, RanksOfSeveralRelevantItemsAreThoseOfASort) {
  TestDataset rows;
  for (int number = 0; number < 40; ++number) rows.item(item(number));
  for (int act = 0; act < 30; ++act) rows.act("ann", item((act * 7) % 40));
  const dataset::Dataset data = rows.build();
  Split split;
  split.train_end = {20};
  split.test = {{0, 20, 30}};
  const RankingTask asked(data, split, split.test, {});
  const auto score = [](int number) { return static_cast<float>((number * 13) % 11); };
  const TestSequenceModel model(
      asked.catalogue(), [&](const auto& question) { return score(std::stoi(question.item.id.str().substr(1))); });
  const RankingRun run = ask_all(asked, model);
  std::vector<int> order(40);
  for (int number = 0; number < 40; ++number) order[static_cast<std::size_t>(number)] = number;
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return score(a) > score(b); });
  std::vector<std::uint32_t> ranks;
  for (std::uint32_t place = 0; place < 40; ++place) {
    for (int act = 20; act < 30; ++act) {
      if ((act * 7) % 40 == order[place]) ranks.push_back(place + 1);
    }
  }
  const RankingValues expected = measure(ranks, ranks.size());
  EXPECT_EQ(run.first_hits[0], ranks.front());
  for (std::size_t i = 0; i + 1 < expected.size(); ++i) EXPECT_DOUBLE_EQ(run.values[0][i], expected[i]) << i;
}

TEST_F(RankingRunTest, CalibrationNeedsAScale) {
  const RankingTask asked = task(Seen::kept);
  const auto nothing = [](const auto&) { return 0.F; };
  EXPECT_FALSE(ask_all(asked, TestSequenceModel(asked.catalogue(), nothing, 0)).calibration);
  EXPECT_TRUE(ask_all(asked, TestSequenceModel(asked.catalogue(), nothing, 1)).calibration);
}

TEST_F(RankingRunTest, AScoreThatIsNoNumberIsRefusedByItemAndVersion) {
  const RankingTask asked = task(Seen::kept);
  const TestSequenceModel model(asked.catalogue(),
                                [](const auto& question) { return question.item.id.str() == "i07" ? NAN : 0.F; });
  const auto run = ask(asked, model, [](std::size_t, std::size_t) {});
  ASSERT_FALSE(run.ok());
  EXPECT_THAT(run.error().message,
              HasSubstr("version \"test-000000000000\" gives item \"i07\" a score that is no number"));
}

}  // namespace
}  // namespace matchcue::evaluate
