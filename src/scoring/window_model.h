#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Window tables as a model that serves: what popularity-count, trending-now, sims, similar-items, sequential-ridge and
// personalized-ranking are.

#include <memory>
#include <string>

#include "scoring/sequence_model.h"
#include "scoring/window_tables.h"

namespace matchcue::scoring {

/// Of how many items that are like a new one the mean stands for it.
constexpr std::size_t kItemsAlike = 10;

/// The state is the last acts, newest first: item number + 1, 0 where there was none. Advancing costs O(window), and
/// more where the item is new to the model: then the item most like it by metadata stands for it, if any is.
///
/// Scoring costs for each act of the window a multiply-add an item, or one an entry where only near items are listed.
/// A new item's r is the mean over the kItemsAlike items most like it by metadata, weighted by likeness; of one that
/// is like none, the mean over the catalogue's known items. Acts' event types and times do not matter.
SequenceModelPtr make_window_model(std::string id, std::string recipe, WindowTables tables);

}  // namespace matchcue::scoring
