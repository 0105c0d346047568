#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Why this item: a decision made again from its record, and a preview of one that was not made.

#include "decide/decider.h"
#include "engine/engine.h"

namespace matchcue::engine {

/// Every slot's candidates as they stand for a viewer, with `choices` (one per slot) marked as chosen.
std::vector<SlotCandidates> stand(decide::Decider& decider, const domain::Catalogue& catalogue,
                                  std::string_view viewer_id, const domain::ViewerTraits& viewer,
                                  const std::vector<domain::Choice>& choices, const domain::PastItems& past);

/// Draws the decision again. `identical` in the result says whether the same items and propensity bits came out.
/// Errors: corrupt when the record's filters cannot be evaluated.
Result<ExplainedDecision> explain_decision(domain::Decision decision, domain::CataloguePtr catalogue,
                                           const scoring::SolutionVersion& version);

}  // namespace matchcue::engine
