// SPDX-License-Identifier: Apache-2.0
#include "train/served.h"

#include <gmock/gmock.h>

#include "dataset/decoded.h"
#include "evaluate/test_dataset.h"
#include "evaluate/test_sequence_model.h"

namespace matchcue::train {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

/// Viewer u acted upon a, b, a; viewer v upon c alone.
dataset::Dataset make_data() {
  evaluate::TestDataset rows;
  rows.act("u", "a", {{"EVENT", "GOAL"}}).act("u", "b", {{"EVENT", "CARD"}}).act("u", "a", {{"EVENT", "GOAL"}});
  return rows.act("v", "c", {{"EVENT", "CARD"}}).build();
}

Question question(std::uint32_t viewer, const char* event) { return {viewer, 0, {{"EVENT", std::string(event)}}, 1}; }

class AskServedTest : public testing::Test {
 protected:
  /// By question: the number of the item that the model knows the viewer to have acted upon last, or -1.
  std::vector<float> ask(const std::vector<std::size_t>& left_out, const std::vector<Question>& questions) {
    std::vector<float> answers(questions.size(), -2);
    ask_served(model_, data_, left_out, questions, [&](std::size_t number, std::span<const float> scores) {
      order_.push_back(number);
      answers[number] = scores[0];
    });
    return answers;
  }

  dataset::Dataset data_ = make_data();
  domain::Catalogue catalogue_ = dataset::catalogue_of(data_);
  evaluate::TestSequenceModel model_{catalogue_, [](const auto& asked) { return static_cast<float>(asked.last); }};
  std::vector<std::size_t> order_;
};

TEST_F(AskServedTest, AViewerDidWhatTheDataSaysButForWhatIsLeftOut) {
  EXPECT_THAT(ask({}, {question(0, "GOAL"), question(1, "GOAL")}), ElementsAre(0, 2));
  EXPECT_THAT(ask({2, 3}, {question(0, "GOAL"), question(1, "GOAL")}), ElementsAre(1, -1));
}

TEST_F(AskServedTest, EachContextIsFoldedOnceAndEachViewerPlayedOnce) {
  ask({}, {question(0, "GOAL"), question(0, "CARD"), question(1, "GOAL"), question(1, "CARD")});
  EXPECT_THAT(order_, UnorderedElementsAre(0, 1, 2, 3));
  EXPECT_EQ(model_.folds(), 2U);
  EXPECT_EQ(model_.acts(), 4U);
}

TEST(Compare, TheFirstTenInTheirOrderAreAList) {
  std::vector<float> trained(12);
  for (std::size_t i = 0; i < trained.size(); ++i) trained[i] = -static_cast<float>(i);
  std::vector<float> served = trained;
  ServedCheck check;
  std::swap(served[10], served[11]);
  compare(trained, served, check);
  EXPECT_EQ(check.same_lists, 1U) << "what is not among the ten does not matter";
  EXPECT_EQ(check.largest_difference, 1);
  std::swap(served[0], served[2]);
  compare(trained, served, check);
  EXPECT_EQ(check.same_lists, 1U);
  EXPECT_EQ(check.compared, 2U);
  EXPECT_EQ(check.largest_difference, 2);
}

}  // namespace
}  // namespace matchcue::train
