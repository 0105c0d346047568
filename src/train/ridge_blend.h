#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A closed-form model whose score is added to the network's: on some data each knows what the other does not.

#include <span>
#include <vector>

#include "base/result.h"
#include "recipes/window_training.h"
#include "scoring/window_tables.h"
#include "train/sequences.h"

namespace matchcue::train {

/// Sequential ridge over all but the acts held out. Errors: too_large (items).
Result<scoring::WindowTables> train_ridge_part(const dataset::Dataset& data, const HoldOut& hold_out,
                                               const recipes::Progress& progress);

/// Writes the ridge's score of every item for a sequence's first target, knowing every act before it.
/// O(window x items).
void score_ridge(const scoring::WindowTables& ridge, const dataset::Dataset& data, const Sequence& sequence,
                 std::span<float> scores);

}  // namespace matchcue::train
