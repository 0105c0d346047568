#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Whether what serves, act by act and without torch, says what the trained network says of whole sequences.

#include "train/fit.h"

#include "scoring/sequence_model.h"

namespace matchcue::train {

struct ServedCheck {
  RankingScore trained;           ///< by the network, knowing at most `steps_max` acts: the protocol of MovieLens-1M
  RankingScore served;            ///< by the model that serves, knowing all acts
  double largest_difference = 0;  ///< between scores of both, knowing all acts
  std::size_t same_lists = 0;     ///< viewers of whom both have the same ten items in the same order
};

/// Asks both for the act `hold_out` names of every viewer.
///
/// add     what is added to the network's scores and is part of `model`: the ridge
/// Cost    a pass through all acts with each; some 10 ms a viewer. Single thread.
ServedCheck check_served(Network& network, const SequenceData& data, const scoring::SequenceModel& model,
                         const HoldOut& hold_out, const FitOptions& options, const AddScores& add);

}  // namespace matchcue::train
