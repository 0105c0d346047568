#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A given list of items in one viewer's order, as Amazon Personalize's GetPersonalizedRanking gives it.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"

namespace matchcue::engine {

/// Why an item is excluded that the catalogue does not have.
constexpr std::string_view kUnknownItem = "unknown";

struct RankedItem {
  domain::ItemId item;
  double score = 0;      ///< the solution version's, in log-odds of being acted upon; 0 for unknown items
  double share = 0;      ///< 0..1: the likelihood that the viewer would choose it from this list; 0 when excluded
  std::string excluded;  ///< why the viewer may not be shown it now, as Candidate.excluded, or kUnknownItem; empty when
                         ///< they may
};

/// Puts `list` into the order of the recommendation's scores, best first; equals stay in the given order. Items that
/// are excluded come after all others, and those that the catalogue does not have after them, in the given order. An
/// item that is listed twice is ranked once.
///
/// A share is the item's part of exp(score), summed over the list without what is excluded. A campaign says how items
/// of one slot differ; between slots the live learner alone does.
///
/// Any thread. Cost: O(candidates + list log list), beside the recommendation's, which is of the whole catalogue.
std::vector<RankedItem> rank_list(const Recommendation& recommendation, std::span<const domain::ItemId> list);

}  // namespace matchcue::engine
