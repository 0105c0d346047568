#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Recipe user-personalization: from a data set to a solution version.

#include "train/torch.h"

#include <atomic>
#include <optional>
#include <string>

#include "base/result.h"
#include "dataset/dataset.h"
#include "recipes/parameters.h"
#include "train/calibration.h"
#include "train/request.h"
#include "train/served.h"

namespace matchcue::train {

constexpr std::string_view kUserPersonalization = "user-personalization";

struct NetworkRequest : TrainRequest {
  bool test = false;  ///< at the end, asks what was written for each viewer's last act; held_out_acts must be 2
};

struct NetworkTest {
  Quality trained;     ///< of the network, knowing at most `bptt` acts: the protocol of MovieLens-1M
  ServedCheck served;  ///< of what was written, knowing all acts, as the network then does
};

struct TrainedNetwork {
  std::string id;
  Fitted fitted;
  Quality validation;       ///< of what was written, over all viewers
  double ridge_weight = 0;  ///< 0: the ridge did not help
  MeasuredScale scale;
  std::optional<NetworkTest> test;
};

/// Trains, decides on the validation whether a sequential ridge helps, measures what a difference of scores is worth,
/// and writes OUT/ID. With one thread the same data, parameters and seed give the same id. `stop` ends the training
/// early: the best weights until then are written, with a scale from the validation. Where the scale is measured at
/// moments, a second training takes about as long again. The test, where one is asked for, decides nothing. Errors:
/// too_little_data, unknown_hyperparameter, invalid_hyperparameter, stopped (before the first epoch ended),
/// unavailable.
Result<TrainedNetwork> train_user_personalization(const dataset::Dataset& data, const NetworkRequest& request,
                                                  const TrainWatch& watch, const std::atomic<bool>& stop);

}  // namespace matchcue::train
