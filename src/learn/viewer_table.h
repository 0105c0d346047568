#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What the learner remembers of each viewer, in blocks that are shared with the views until they change.

#include <cstdint>
#include <optional>
#include <string_view>
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
  Taste taste{};                      ///< z
  Taste sequence_taste{};             ///< sum over items of sequence x q
  std::uint64_t first_moment = 0;     ///< of the first impression; moments of all events have one order
  std::uint64_t seen_moment = 0;      ///< of the newest impression
  std::uint64_t moments = 0;          ///< that they saw something at
  std::vector<History> history;       ///< in the order in which items were first seen
  std::optional<ViewerRow> known_as;  ///< who they were identified as; then all else is there

  const History* find(ItemRow item) const;
  bool has_sequence() const { return sequence_taste != Taste{}; }
  /// Lets the traces of what was seen fade, as at so many moments at which they see something. O(history x moments).
  void fade(const Options& options, std::uint64_t moments_seen);
  /// Adds what is known of somebody who turned out to be this viewer; tastes are left to be solved for. Traces of
  /// whoever saw something last before the other's first moment fade by the other's moments; where the two took turns,
  /// nothing fades.
  void take_over(ViewerState other, const Options& options);
};

/// All viewers, by row and by id.
using ViewerTable = IdTable<ViewerState>;

/// The row with what is known of the viewer in row `row`: another one once they were identified.
ViewerRow owner_of(const ViewerTable& viewers, ViewerRow row);
/// The same of a viewer's id; nothing for somebody new.
std::optional<ViewerRow> find_owner(const ViewerTable& viewers, std::string_view id);

}  // namespace matchcue::learn
