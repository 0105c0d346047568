// SPDX-License-Identifier: Apache-2.0
#include "train/factorization_data.h"

#include <gmock/gmock.h>

#include <cmath>

#include "evaluate/test_dataset.h"

namespace matchcue::train {
namespace {

using testing::ElementsAre;
using testing::FloatEq;
using testing::IsEmpty;

/// Viewer u acted upon a (Spain/Vigo), b (Spain/Lugo) and a again (Spain/Vigo); viewer v upon c.
dataset::Dataset make_data() {
  evaluate::TestDataset rows;
  rows.act("u", "a", {{"PLACE", "Spain/Vigo"}}).act("u", "b", {{"PLACE", "Spain/Lugo"}});
  return rows.act("u", "a", {{"PLACE", "Spain/Vigo"}}).act("v", "c", {{"PLACE", "Peru/Lima"}}).build();
}

template <typename Number>
std::vector<Number> numbers_of(const torch::Tensor& tensor) {
  const auto flat = tensor.contiguous();
  return {flat.data_ptr<Number>(), flat.data_ptr<Number>() + flat.numel()};
}

std::vector<std::int64_t> columns_of(const SparseRows& rows) { return numbers_of<std::int64_t>(rows.columns); }

TEST(FactorizationData, AnInteractionIsLeftOutOfItsOwnCounts) {
  const dataset::Dataset data = make_data();
  FactorizationData asked(data, {}, true, 10);
  const std::vector<std::size_t> rows = {0};
  const FactorizationBatch batch = asked.make_batch(rows, Uses::of_all_items);
  EXPECT_THAT(columns_of(batch.history), ElementsAre(1, 0)) << "b, and the other use of a";
  const float one = std::log(2.F);
  EXPECT_THAT(numbers_of<float>(batch.history.weights),
              ElementsAre(FloatEq(one / std::sqrt(2 * one)), FloatEq(one / std::sqrt(2 * one))));
  // log(1 + uses), 1, in Spain/Vigo, in Spain.
  EXPECT_THAT(numbers_of<float>(batch.repeats.weights), ElementsAre(FloatEq(one), 1, 0, FloatEq(one),  //
                                                                    FloatEq(one), 1, FloatEq(one), FloatEq(one)));
}

TEST(FactorizationData, OfTheItemsAskedAboutAloneOthersAreHistory) {
  const dataset::Dataset data = make_data();
  FactorizationData asked(data, {}, true, 10);
  const std::vector<std::size_t> rows = {1};
  const FactorizationBatch batch = asked.make_batch(rows, Uses::of_asked_items);
  EXPECT_THAT(columns_of(batch.history), ElementsAre(0));
  EXPECT_THAT(columns_of(batch.repeats), IsEmpty()) << "b was used at no other time";
}

TEST(FactorizationData, WhatIsLeftOutOrTooLongAgoCountsForNobody) {
  const dataset::Dataset data = make_data();
  FactorizationData without(data, {2}, true, 10);
  EXPECT_THAT(without.rows(), ElementsAre(0, 1, 3));
  const std::vector<Question> questions = {{0, 2, {}, 1}};
  EXPECT_THAT(columns_of(without.make_batch(questions, Uses::of_all_items).history), ElementsAre(0, 1));
  FactorizationData newest(data, {}, true, 1);
  EXPECT_THAT(columns_of(newest.make_batch(questions, Uses::of_all_items).history), ElementsAre(0));
}

TEST(FactorizationData, AViewerWhoIsNotThereDidNothingAndANewCityIsKnownByItsCountry) {
  const dataset::Dataset data = make_data();
  FactorizationData asked(data, {}, true, 10);
  const std::vector<Question> questions = {{kNotThere, 1, {{"PLACE", std::string("Spain/Sevilla")}}, 0}};
  const FactorizationBatch batch = asked.make_batch(questions, Uses::of_all_items);
  EXPECT_THAT(columns_of(batch.history), IsEmpty());
  EXPECT_THAT(numbers_of<float>(batch.values), ElementsAre(0));
  // Labels: 0..3 for whole places, 4..6 for what is before the slash: unknown, Peru, Spain.
  EXPECT_THAT(numbers_of<std::int64_t>(batch.context), ElementsAre(0, 6));
}

TEST(FactorizationData, WithoutTheContextThereAreNoLevels) {
  const dataset::Dataset data = make_data();
  FactorizationData asked(data, {}, false, 10);
  EXPECT_EQ(asked.level_count(), 0);
  EXPECT_EQ(asked.context_labels(), 0);
}

}  // namespace
}  // namespace matchcue::train
