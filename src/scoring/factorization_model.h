#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Recipe factorization-machine as a model that serves: it knows items by id and metadata, viewers by what they used,
// how often and in which contexts, and by their traits, and moments by their context. docs/recipes.md has the equation.

#include <string>

#include "base/result.h"
#include "scoring/factorization_tables.h"
#include "scoring/sequence_model.h"

namespace matchcue::scoring {

/// Scores are logits of a softmax over the catalogue, or log-odds of being acted upon, by the tables' objective. A
/// viewer's state is an ActRing of their last history_acts acts: 4 bytes an act, and 4 for every few fields of its
/// context.
///
/// Advancing costs O(context fields) and does not allocate. Acts with an event value of 0, or on an item that was not
/// trained on, leave the state as it is. Scoring costs the width in multiply-adds an item, and O(acts kept x fields)
/// for the counts. An item that was not trained on is scored as what its metadata says.
SequenceModelPtr make_factorization_model(std::string id, std::string recipe, FactorizationTables tables);

/// Opens a folder of recipe factorization-machine. Errors: corrupt, naming the key or array.
Result<SequenceModelPtr> open_factorization_model(const SolutionFolderPtr& folder);

}  // namespace matchcue::scoring
