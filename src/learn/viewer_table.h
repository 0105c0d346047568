#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What the learner remembers of each viewer, in blocks that are shared with the views until they change.

#include <cstdint>
#include <vector>

#include "domain/ids.h"
#include "learn/id_table.h"
#include "learn/model.h"

namespace matchcue::learn {

/// One item in a viewer's history.
struct History {
  ItemRow item = 0;
  float information = 0;  ///< sum of p (1 - p) over its trials
  float target = 0;       ///< sum of p (1 - p) z.q + y - p: the working response times its weight
  float fatigue = 0;      ///< log2(1 + decayed count of impressions)
  float clicked = 0;      ///< decayed sum of rewards, slowly
  float sequence = 0;     ///< the same, quickly
};

struct ViewerState {
  domain::ViewerId id;
  std::vector<Feature> metadata;
  Taste taste{};                  ///< z
  Taste sequence_taste{};         ///< sum over items of sequence x q
  std::uint64_t seen_moment = 0;  ///< of the newest impression: orders moments of all events
  std::vector<History> history;

  const History* find(ItemRow item) const;
  bool has_sequence() const { return sequence_taste != Taste{}; }
};

/// All viewers, by row and by id.
using ViewerTable = IdTable<ViewerState>;

}  // namespace matchcue::learn
