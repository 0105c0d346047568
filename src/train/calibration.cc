// SPDX-License-Identifier: Apache-2.0
#include "train/calibration.h"

#include <nlohmann/json.hpp>

namespace matchcue::train {

namespace {

bool at_moments(const dataset::Dataset& data, const ScaleQuestion& question) {
  if (question.setting != "auto") return question.setting == "moments";
  return !question.validation_file && (!data.impression_begin.empty() || !data.context.empty());
}

}  // namespace

Result<MeasuredScale> measure_scale(const dataset::Dataset& data, const ScaleQuestion& question) {
  if (!at_moments(data, question)) return MeasuredScale{question.on_validation(), false};
  const auto left_out = recipes::middle_interactions(data);
  if (left_out.empty()) return MeasuredScale{{}, true};
  MCUE_TRY(const scoring::SequenceModelPtr model, question.train_without(left_out));
  if (model == nullptr) return MeasuredScale{question.on_validation(), false};
  recipes::ChoiceOptions options;
  options.remove_seen = question.remove_seen;
  return MeasuredScale{recipes::fit_scale(recipes::score_choices(*model, data, left_out, options)), true};
}

nlohmann::json json_of(const MeasuredScale& measured) {
  return {{"measured_on", measured.at_moments ? "moments" : "validation"},
          {"choices", measured.calibration.choices},
          {"log_odds_scale", measured.calibration.scale},
          {"loss", measured.calibration.loss},
          {"loss_without", measured.calibration.loss_without}};
}

}  // namespace matchcue::train
