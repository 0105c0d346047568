#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What every recipe that needs libtorch is asked for, and what its manifest says of that.

#include "train/torch.h"

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "dataset/dataset.h"
#include "recipes/parameters.h"
#include "train/epochs.h"

namespace matchcue::train {

struct TrainRequest {
  recipes::ParameterTexts parameters;
  std::string event_type;  ///< that the data was filtered by; "" is none
  std::uint64_t seed = 1;
  std::string out;         ///< folder of solution versions; made when missing
  std::string checkpoint;  ///< "" is none
  bool resume = false;     ///< goes on from the checkpoint where there is one
};

/// Told what is being done, and of each epoch.
struct TrainWatch {
  std::function<void(const std::string& stage)> on_stage;
  std::function<void(const EpochReport& epoch, std::int64_t epochs)> on_epoch;
};

/// Of the request, and the hyperparameters that all have: seed, epochs, patience, learning_rate.
EpochOptions epoch_options(const recipes::Parameters& parameters, const TrainRequest& request);

/// Without the weights, and what it takes to read them.
nlohmann::json manifest_of(std::string_view recipe, const dataset::Dataset& data, const recipes::Parameters& parameters,
                           const TrainRequest& request, nlohmann::json metrics);

}  // namespace matchcue::train
