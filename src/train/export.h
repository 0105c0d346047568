#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// From a trained network to what serves: scoring/recurrent_model.h, without torch.

#include "train/torch.h"

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "base/result.h"
#include "scoring/recurrent_tables.h"
#include "scoring/sequence_model.h"
#include "scoring/window_tables.h"
#include "train/network.h"
#include "train/sequences.h"

namespace matchcue::train {

/// A ridge that is added to the network's scores, and how much of it.
struct RidgePart {
  scoring::WindowTables tables;
  double weight = 0;
};

/// What serves of a network that was trained on `data`; copies. Items that nobody acted upon are left out: training
/// only pushed their ids away from everybody, while as new items they are what their metadata says. Single thread.
scoring::RecurrentTables tables_of(Network& network, const SequenceData& data);

/// What export_version writes, in memory; its scale is 0.
scoring::SequenceModelPtr model_of(Network& network, const SequenceData& data, const std::optional<RidgePart>& ridge);

/// Writes ROOT/ID and returns the id: the network, with the ridge where there is one, under `manifest`, which has at
/// least "recipe": "user-personalization". The same network, data and manifest give the same id. Errors:
/// invalid_manifest, invalid_weights (a weight that is not finite), unavailable.
Result<std::string> export_version(Network& network, const SequenceData& data, const std::optional<RidgePart>& ridge,
                                   double log_odds_scale, nlohmann::json manifest, const std::string& root);

}  // namespace matchcue::train
