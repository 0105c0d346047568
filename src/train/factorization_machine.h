#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Recipe factorization-machine: from a data set to a solution version.

#include "train/torch.h"

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "dataset/dataset.h"
#include "domain/catalogue.h"
#include "recipes/parameters.h"
#include "train/calibration.h"
#include "train/request.h"
#include "train/served.h"

namespace matchcue::train {

struct FactorizationRequest : TrainRequest {
  /// Decide which epoch is kept. Without them the last act of each viewer is held out (ranking), or a tenth of all
  /// interactions (probability).
  std::optional<std::vector<domain::Interaction>> validation;
  /// Asked about at the end, of what was written; they decide nothing.
  std::optional<std::vector<domain::Interaction>> test;
};

struct TrainedFactorization {
  std::string id;
  Fitted fitted;
  Quality validation;
  MeasuredScale scale;              ///< of probability 1, not measured
  std::optional<ServedCheck> test;  ///< scores of up to 500 questions are compared
};

/// Trains, measures what a difference of scores is worth, and writes OUT/ID. With one thread the same data, parameters
/// and seed give the same id. `stop` ends the training early: the best weights until then are written, with a scale
/// from the validation. Where the scale is measured at moments, a second training takes about as long again. Errors:
/// too_little_data (or, of probability, data in which everything or nothing was acted upon), unknown_hyperparameter,
/// invalid_hyperparameter, no_questions (a validation or test of which nothing can be asked), stopped (before the first
/// epoch ended), unavailable.
Result<TrainedFactorization> train_factorization_machine(const dataset::Dataset& data,
                                                         const FactorizationRequest& request, const TrainWatch& watch,
                                                         const std::atomic<bool>& stop);

}  // namespace matchcue::train
