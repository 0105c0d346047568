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

namespace matchcue::train {

struct MeasuredScale {
  recipes::Calibration calibration;
  bool at_moments = false;  ///< false: on the validation
};

struct ScaleQuestion {
  std::string_view setting;      ///< of hyperparameter `calibration`: auto, moments or validation
  bool validation_file = false;  ///< the validation was given: auto then measures on it
  bool remove_seen = false;      ///< what the viewer acted upon before is not among the others of a choice
  /// A model that was trained as the one that is written, but without these interactions (ascending, not none). Null:
  /// it was stopped, and the validation is measured on instead.
  std::function<Result<scoring::SequenceModelPtr>(std::span<const std::size_t> left_out)> train_without;
  std::function<recipes::Calibration()> on_validation;
};

/// Measures on the middle fifth of the data's time with what `train_without` makes, or on the validation. `auto` takes
/// the first where the data have impressions or contexts, as those of a live event do, and no file is the validation.
/// Of data that have one time the scale at moments is 0: nothing tells what is known of another. Errors: those of
/// `train_without`.
Result<MeasuredScale> measure_scale(const dataset::Dataset& data, const ScaleQuestion& question);

/// For a manifest's metrics.
nlohmann::json json_of(const MeasuredScale& measured);

}  // namespace matchcue::train
