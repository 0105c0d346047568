#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Where the recipes that need libtorch measure what a difference of scores is worth. Moments that were not trained on
// take a second training, so they are for data in which moments differ; elsewhere the validation does.

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string_view>

#include "base/result.h"
#include "dataset/dataset.h"
#include "recipes/calibration.h"
#include "scoring/sequence_model.h"
#include "train/questions.h"

namespace matchcue::train {

struct MeasuredScale {
  recipes::Calibration calibration;
  bool at_moments = false;  ///< false: on the validation
};

struct ScaleQuestion {
  std::string_view setting;                   ///< of hyperparameter `calibration`: auto, moments or validation
  const scoring::SequenceModel& model;        ///< as it is written
  std::span<const std::size_t> left_out;      ///< interactions that it was not trained on: the validation, ascending
  std::span<const Question> validation = {};  ///< a validation that was given instead; auto then measures on it
  bool remove_seen = false;                   ///< what the viewer acted upon before is not among the others of a choice
  /// A model that was trained as the one that is written, but without these interactions too (ascending, not none).
  /// Null: it was stopped, and the validation is measured on instead.
  std::function<Result<scoring::SequenceModelPtr>(std::span<const std::size_t> moments)> train_without = {};
};

/// Measures on the middle fifth of the data's time with what `train_without` makes, or on the validation. `auto` takes
/// the first where the data have impressions or contexts, as those of a live event do, and no validation was given. Of
/// data that have one time the scale at moments is 0: nothing tells what is known of another. Of a validation that was
/// given, a choice is from 100 items drawn evenly from all: it does not say what was seen. Errors: those of
/// `train_without`. Cost: as score_choices, or ask_served of 5,000 questions.
Result<MeasuredScale> measure_scale(const dataset::Dataset& data, const ScaleQuestion& question);

/// For a manifest's metrics.
nlohmann::json json_of(const MeasuredScale& measured);

}  // namespace matchcue::train
