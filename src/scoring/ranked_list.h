#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A given list of items in one viewer's order: what a recipe like personalized-ranking is asked for.

#include <optional>
#include <span>
#include <vector>

#include "domain/catalogue.h"
#include "scoring/sequence_model.h"

namespace matchcue::scoring {

struct RankedItem {
  domain::ItemId item;
  std::optional<double> score;  ///< (0, 1), sums to 1 over the list; nothing for items that the catalogue does not have
};

/// Ranks `list` for a viewer at a moment, best first; equals stay in the given order, and items that the catalogue does
/// not have come last in theirs. An item that is listed twice is ranked once.
///
/// A score is the item's share of exp(b s) over the list, with s the model's score and b its log_odds_scale (1 when
/// that was not measured): the probability that the viewer would choose it from this list.
///
/// state    of this viewer; empty: a viewer who did nothing yet
/// Cost     folds the listed items alone, then as SequenceScorer::score.
std::vector<RankedItem> rank_list(const SequenceModel& model, const domain::Catalogue& catalogue,
                                  const domain::MomentContext& moment, std::span<const float> state,
                                  const domain::ViewerTraits& traits, std::span<const domain::ItemId> list);

}  // namespace matchcue::scoring
