// SPDX-License-Identifier: Apache-2.0
#include "evaluate/ranking_evaluation.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "evaluate/test_dataset.h"
#include "evaluate/test_sequence_model.h"

namespace matchcue::evaluate {
namespace {

/// 200 viewers of two teams, who mostly act upon their team's ten items of forty.
class RankingEvaluationTest : public testing::Test {
 protected:
  RankingEvaluationTest() {
    TestDataset rows;
    Random random(3);
    for (int number = 0; number < 40; ++number) rows.item(std::to_string(100 + number));
    for (int viewer = 0; viewer < 200; ++viewer) {
      const std::string id = "v" + std::to_string(viewer);
      const int team = viewer % 2;
      rows.viewer(id, {{"TEAM", team == 0 ? "red" : "blue"}});
      for (int act = 0; act < 8; ++act) {
        const bool own = random.uniform() < .8;
        const auto number = own ? 10 * static_cast<std::uint64_t>(team) + random.below(10) : random.below(40);
        rows.act(id, std::to_string(100 + number));
      }
    }
    data_ = rows.build();
    split_ = leave_one_out(data_).value();
    task_.emplace(data_, split_, split_.test, TaskOptions{});
    options_.bootstrap.resamples = 200;
  }

  RankingRun ask_with(TestSequenceModel::Score score) const {
    return ask(*task_, TestSequenceModel(task_->catalogue(), std::move(score)), [](std::size_t, std::size_t) {})
        .value();
  }
  /// Knows everybody's team.
  RankingRun ask_expert() const {
    return ask_with([](const auto& question) {
      const int team = domain::to_text(question.traits.fields.at("TEAM")) == "red" ? 0 : 1;
      return (std::stoi(question.item.id.str()) - 100) / 10 == team ? 2.F : 0.F;
    });
  }
  /// Knows the red team alone.
  RankingRun ask_partisan() const {
    return ask_with([](const auto& question) { return std::stoi(question.item.id.str()) < 110 ? 2.F : 0.F; });
  }

  dataset::Dataset data_;
  Split split_;
  std::optional<RankingTask> task_;
  RankingEvaluationOptions options_;
};

TEST_F(RankingEvaluationTest, MetricsComeWithIntervalsThatDrawViewers) {
  const RankingResult result = evaluate_ranking(*task_, ask_expert(), options_);
  const Interval& hits = result.of(RankingMetric::hit_rate_at_10);
  EXPECT_NEAR(hits.value, .85, .07);
  EXPECT_NEAR(hits.high - hits.low, 2 * 1.96 * .025, .05);
  EXPECT_EQ(evaluate_ranking(*task_, ask_expert(), options_).of(RankingMetric::hit_rate_at_10).low, hits.low)
      << "seeded";
}

TEST_F(RankingEvaluationTest, SlicesShowWhoIsServedBadly) {
  const RankingResult result = evaluate_ranking(*task_, ask_partisan(), options_);
  const auto hits = [&](const std::string& value) {
    for (const SliceResult& slice : result.slices) {
      if (slice.value == value) return slice.metrics[static_cast<std::size_t>(RankingMetric::hit_rate_at_10)];
    }
    return Interval();
  };
  EXPECT_GT(hits("red").low, hits("blue").high);
  EXPECT_EQ(result.slices[0].viewers, 100U);
}

TEST_F(RankingEvaluationTest, VersionsAreComparedInPairs) {
  const RankingRun expert = ask_expert();
  const RankingRun partisan = ask_partisan();
  const auto better = compare_rankings(*task_, expert, partisan, options_);
  const Interval& gain = better[static_cast<std::size_t>(RankingMetric::ndcg_at_10)];
  EXPECT_GT(gain.low, .1);
  const auto itself = compare_rankings(*task_, expert, expert, options_);
  for (const Interval& none : itself) EXPECT_EQ(none.high - none.low, 0) << "the same answers do not differ";
}

TEST_F(RankingEvaluationTest, TheHitCurveMeetsTheHitRate) {
  const RankingResult result = evaluate_ranking(*task_, ask_expert(), options_);
  ASSERT_EQ(result.hit_curve.size(), 40U);
  EXPECT_NEAR(result.hit_curve[9], result.of(RankingMetric::hit_rate_at_10).value, 1e-12);
  EXPECT_NEAR(result.hit_curve.back(), 1, 1e-12);
}

TEST_F(RankingEvaluationTest, ExposureTellsAListForEverybodyFromPersonalOnes) {
  const Exposure everybody = evaluate_ranking(*task_, ask_partisan(), options_).exposure;
  EXPECT_DOUBLE_EQ(everybody.coverage, 25 / 40.);
  EXPECT_NEAR(everybody.gini, 1 - 25 / 40., 1e-12);
  ASSERT_EQ(everybody.curve.size(), 101U);
  EXPECT_EQ(everybody.curve[0], 0);
  EXPECT_NEAR(everybody.curve[50], 20 / 25., 1e-12) << "half of the items have four fifths of the places";
  EXPECT_NEAR(everybody.curve[100], 1, 1e-12);
  EXPECT_LT(evaluate_ranking(*task_, ask_expert(), options_).exposure.curve[50], 1);
}

TEST_F(RankingEvaluationTest, AFewViewersHaveAMeanAndNoInterval) {
  Split few = split_;
  few.test.resize(5);
  const RankingTask asked(data_, few, few.test, {});
  const RankingRun run =
      ask(asked, TestSequenceModel(asked.catalogue(), [](const auto&) { return 0.F; }), [](std::size_t, std::size_t) {
      }).value();
  for (const SliceResult& slice : evaluate_ranking(asked, run, options_).slices) {
    EXPECT_LT(slice.viewers, kSliceViewersMin);
    EXPECT_EQ(slice.metrics[8].low, slice.metrics[8].high);
    EXPECT_GT(slice.metrics[8].value, 0);
  }
}

}  // namespace
}  // namespace matchcue::evaluate
