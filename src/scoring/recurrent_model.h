#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Recipe user-personalization as a model that serves: a recurrent network that knows items by id and metadata, acts by
// type, time and context, viewers by their traits, and moments by their context. docs/model.md has the equations.

#include <string>

#include "base/result.h"
#include "scoring/recurrent_tables.h"
#include "scoring/sequence_model.h"

namespace matchcue::scoring {

/// Scores are logits. A viewer's state is what the network remembers (RecurrentNetwork), what the viewer is after the
/// last act (width floats, so that scoring needs no pass through the network), and when that was.
///
/// Advancing costs about 4 us at a width of 64 and 2 blocks and does not allocate. An item that was not trained on acts
/// and is scored as what its metadata says, with the mean of the trained items' biases: as popular as a typical item.
/// An event type that was not trained on counts as the mean of those that were.
SequenceModelPtr make_recurrent_model(std::string id, std::string recipe, RecurrentTables tables);

/// Opens a folder of recipe user-personalization; where its manifest has a "ridge_weight", the window tables whose
/// arrays begin with "ridge_" are blended in (blended_model.h). Errors: corrupt, naming the key or array.
Result<SequenceModelPtr> open_recurrent_model(const SolutionFolderPtr& folder);

}  // namespace matchcue::scoring
