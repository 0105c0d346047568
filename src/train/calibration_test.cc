// SPDX-License-Identifier: Apache-2.0
#include "train/calibration.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "dataset/decoded.h"
#include "evaluate/test_dataset.h"
#include "evaluate/test_sequence_model.h"

namespace matchcue::train {
namespace {

using evaluate::TestDataset;
using testing::ElementsAre;

/// Ten acts of one viewer, a second apart: the middle fifth is numbers 4 and 5.
dataset::Dataset make_data(const TestDataset::Fields& context) {
  TestDataset rows;
  for (int k = 0; k < 10; ++k) rows.act("v", k % 2 == 0 ? "a" : "b", context);
  return rows.build();
}

/// Measures, noting what was asked of the trainer.
class MeasureScaleTest : public testing::Test {
 protected:
  MeasuredScale measure(const dataset::Dataset& data, std::string_view setting, bool validation_file = false) {
    const domain::Catalogue catalogue = dataset::catalogue_of(data);
    const evaluate::TestSequenceModel written(catalogue, [](const auto&) { return 0.F; });
    const std::vector<std::size_t> last = {9};
    const std::vector<Question> given(validation_file ? 1 : 0, Question{0, 0, {}, 1});
    ScaleQuestion question{.setting = setting, .model = written, .left_out = last, .validation = given};
    question.train_without = [&](std::span<const std::size_t> moments) -> Result<scoring::SequenceModelPtr> {
      left_out_.assign(moments.begin(), moments.end());
      if (stopped_) return scoring::SequenceModelPtr();
      return scoring::SequenceModelPtr(
          std::make_shared<evaluate::TestSequenceModel>(catalogue, [](const auto&) { return 0.F; }));
    };
    return measure_scale(data, question).value();
  }

  bool stopped_ = false;
  std::vector<std::size_t> left_out_;
};

TEST_F(MeasureScaleTest, WhereMomentsDifferItIsAtThoseThatWereNotTrainedOn) {
  const MeasuredScale measured = measure(make_data({{"EVENT", "GOAL"}}), "auto");
  EXPECT_THAT(left_out_, ElementsAre(4, 5));
  EXPECT_TRUE(measured.at_moments);
  EXPECT_EQ(measured.calibration.choices, 2U);
  EXPECT_EQ(json_of(measured)["measured_on"], "moments");
  dataset::Dataset shown = make_data({});
  shown.impression_begin.assign(shown.interaction_count() + 1, 0);
  EXPECT_TRUE(measure(shown, "auto").at_moments);
}

TEST_F(MeasureScaleTest, WithoutMomentsOrWithAValidationOfTheirOwnThatIsMeasuredOn) {
  const MeasuredScale measured = measure(make_data({}), "auto");
  EXPECT_FALSE(measured.at_moments);
  EXPECT_EQ(measured.calibration.choices, 1U) << "the last act";
  EXPECT_EQ(json_of(measured)["measured_on"], "validation");
  EXPECT_FALSE(measure(make_data({{"EVENT", "GOAL"}}), "auto", true).at_moments);
  EXPECT_TRUE(left_out_.empty()) << "a second training was not needed";
}

TEST_F(MeasureScaleTest, TheSettingDecidesWhateverTheData) {
  EXPECT_FALSE(measure(make_data({{"EVENT", "GOAL"}}), "validation").at_moments);
  EXPECT_TRUE(measure(make_data({}), "moments", true).at_moments);
}

TEST_F(MeasureScaleTest, OfASingleMomentNothingIsKnownOfAnother) {
  dataset::Dataset data = make_data({{"EVENT", "GOAL"}});
  std::fill(data.timestamp_s.begin(), data.timestamp_s.end(), 1);
  const MeasuredScale measured = measure(data, "auto");
  EXPECT_TRUE(measured.at_moments);
  EXPECT_EQ(measured.calibration.scale, 0);
  EXPECT_TRUE(left_out_.empty());
}

TEST_F(MeasureScaleTest, StoppedItFallsBackToTheValidation) {
  stopped_ = true;
  const MeasuredScale measured = measure(make_data({{"EVENT", "GOAL"}}), "auto");
  EXPECT_FALSE(measured.at_moments);
  EXPECT_EQ(measured.calibration.choices, 1U);
}

}  // namespace
}  // namespace matchcue::train
