// SPDX-License-Identifier: Apache-2.0
#include "train/questions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace matchcue::train {
namespace {

using testing::ElementsAre;

/// Viewers a (4 interactions, one of them only shown) and b (2).
dataset::Dataset small_data() {
  dataset::Dataset data;
  data.viewers = {"a", "b"};
  data.items = {"x", "y", "z"};
  data.begin = {0, 4, 6};
  data.item = {0, 1, 2, 1, 0, 0};
  data.event_value = {1, 1, 1, 0, 1, 1};
  return data;
}

TEST(Questions, NumbersAreThoseOfTheTrainingData) {
  std::vector<domain::Interaction> rows(2);
  rows[0].viewer = domain::ViewerId("b");
  rows[0].item = domain::ItemId("z");
  rows[0].event_value = 0;
  rows[1].viewer = domain::ViewerId("aa");
  rows[1].item = domain::ItemId("w");
  const auto questions = questions_of(rows, small_data());
  EXPECT_EQ(questions[0].viewer, 1U);
  EXPECT_EQ(questions[0].item, 2U);
  EXPECT_EQ(questions[0].value, 0);
  EXPECT_EQ(questions[1].viewer, kNotThere);
  EXPECT_EQ(questions[1].item, kNotThere);
}

TEST(Questions, TheLastActIsHeldOutOfViewersWhoActedThreeTimes) {
  const dataset::Dataset data = small_data();
  EXPECT_THAT(hold_out_last_acts(data), ElementsAre(2));
  const auto questions = questions_of({2, 4}, data);
  EXPECT_EQ(questions[0].viewer, 0U);
  EXPECT_EQ(questions[1].viewer, 1U);
  EXPECT_EQ(questions[0].item, 2U);
}

TEST(Questions, ATenthIsTheSameForTheSameSeed) {
  dataset::Dataset data;
  data.item.resize(10'000);
  const HeldOutRows rows = hold_out_tenth(data, 1);
  EXPECT_NEAR(static_cast<double>(rows.size()), 1'000, 100);
  EXPECT_EQ(rows, hold_out_tenth(data, 1));
  EXPECT_NE(rows, hold_out_tenth(data, 2));
}

}  // namespace
}  // namespace matchcue::train
