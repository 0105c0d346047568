#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What the closed-form recipes share: from a Dataset to the parts of window tables that do not depend on the recipe.

#include <functional>
#include <string_view>

#include "dataset/dataset.h"
#include "scoring/window_tables.h"

namespace matchcue::recipes {

/// Told how far a training came: what it is at, and which share of that is done (0..1).
using Progress = std::function<void(std::string_view stage, double share)>;

/// Tables that know the items, the codes and the items' metadata, and of which everything else is to be filled in.
scoring::WindowTables begin_tables(const dataset::Dataset& dataset);

/// How many different viewers acted upon each item, by item. O(interactions).
std::vector<std::uint32_t> viewers_by_item(const dataset::Dataset& dataset);

}  // namespace matchcue::recipes
