#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Who is in a crowd's world and what can be shown there: what a catalogue would know, and the nature that it would not.

#include <cstdint>
#include <optional>
#include <vector>

#include "domain/ids.h"
#include "domain/value.h"
#include "simulate/crowd_params.h"

namespace matchcue::simulate {

struct CrowdItem {
  domain::ItemId id;
  domain::SlotName slot;
  domain::Values fields;         ///< ITEM_TYPE, ITEM_LABEL, COUNTRY...: what the catalogue knows
  std::size_t arrives_tick = 0;  ///< first tick at which it can be shown
};

struct CrowdViewer {
  domain::ViewerId id;
  domain::Values fields;  ///< AGE, GENDER, COUNTRY: what the catalogue knows
};

/// What an item is by nature.
struct ItemNature {
  std::size_t slot = 0;             ///< index into CrowdParams::slots
  std::optional<std::size_t> team;  ///< whose player it is: 0 home, 1 away
  std::vector<double> direction;    ///< q: K numbers, length 1
};

/// What a viewer is by nature.
struct ViewerNature {
  std::size_t side = 2;       ///< whom they support: 0 home, 1 away, 2 nobody
  std::vector<double> taste;  ///< z: K numbers, each of mean 0 and variance 1 over the crowd
};

/// Parallel lists.
struct CrowdCast {
  std::vector<CrowdItem> items;  ///< the sample's forty, then the new ones
  std::vector<ItemNature> item_natures;
  std::vector<CrowdViewer> viewers;  ///< "crowd-1", "crowd-2", ...
  std::vector<ViewerNature> viewer_natures;
};

/// Makes everybody from a seed. The same seed gives the same items whatever the number of viewers.
///
/// viewers       at least 1
/// arrives_tick  of the new items
/// Cost          O((items + viewers) K)
CrowdCast make_crowd_cast(const CrowdParams& params, std::uint64_t seed, std::size_t viewers, std::size_t arrives_tick);

}  // namespace matchcue::simulate
