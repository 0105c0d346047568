// SPDX-License-Identifier: Apache-2.0
#include "train/request.h"

#include <nlohmann/json.hpp>

namespace matchcue::train {

EpochOptions epoch_options(const recipes::Parameters& parameters, const TrainRequest& request) {
  EpochOptions options;
  options.seed = request.seed;
  options.epochs = static_cast<std::int64_t>(parameters.whole("epochs"));
  options.patience = static_cast<std::int64_t>(parameters.whole("patience"));
  options.learning_rate = parameters.number("learning_rate");
  options.checkpoint = request.checkpoint;
  options.resume = request.resume;
  return options;
}

nlohmann::json manifest_of(std::string_view recipe, const dataset::Dataset& data, const recipes::Parameters& parameters,
                           const TrainRequest& request, nlohmann::json metrics) {
  return {{"recipe", recipe},
          {"parameters", parameters.texts()},
          {"seed", request.seed},
          {"data",
           {{"hash", data.hash},
            {"interactions", data.interaction_count()},
            {"viewers", data.viewer_count()},
            {"items", data.item_count()},
            {"event_type", request.event_type}}},
          {"metrics", std::move(metrics)}};
}

}  // namespace matchcue::train
