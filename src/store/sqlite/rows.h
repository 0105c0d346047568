#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Rows of the tables as domain values: the column lists, and how to read each.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include "store/sqlite/connection.h"
#include "store/sqlite/stored_traits.h"
#include "store/store.h"

namespace matchcue::store {

#define MCUE_CHANGE_COLUMNS                                                                                       \
  "event_id, sequence, kind, at, media_time, subject, corrects, reason, override_action, override_item, before, " \
  "after, first, moment, filter"
#define MCUE_ITEM_COLUMNS "item_id, slot, label, min_age, countries, remote, fields, document"
#define MCUE_FILTER_COLUMNS "name, expression, created"
#define MCUE_STEP_COLUMNS "number, feedback, at, settle, settings, links"
#define MCUE_LINK_COLUMNS "number, anonymous_id, viewer_id, traits, at"
#define MCUE_VIEWER_COLUMNS "viewer_id, version, age, country, fields, document"
#define MCUE_INTERACTION_COLUMNS "viewer_id, item_id, timestamp_s, event_type, event_value, context, document"
#define MCUE_FEEDBACK_COLUMNS                                                                                  \
  "viewer_id, id, cue_event, cue_sequence, cue_viewer, cue_slot, kind, value, at, attributed, item_id, slot, " \
  "propensity, solution_version, number, traits"

/// Each reads the present row of a query that selects exactly the columns above. Errors: corrupt.
Result<domain::Change> read_change(const Query& row);
Result<domain::StoredFilter> read_filter(const Query& row);
Result<domain::Item> read_item(const Query& row, std::uint64_t version);
Result<domain::Viewer> read_viewer(const Query& row);
Result<domain::Interaction> read_interaction(const Query& row);
Result<domain::Feedback> read_feedback(const Query& row, Connection& connection, TraitsByNumber& traits);
Result<domain::ViewerLink> read_link(const Query& row, Connection& connection, TraitsByNumber& traits);

/// A number of rows as LIMIT takes it.
inline std::int64_t sql_limit(std::size_t rows) {
  constexpr std::size_t kMax = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::min(rows, kMax));
}

/// An item's countries as one column: joined by '|', which is in no country.
std::string join_countries(const std::vector<std::string>& countries);

}  // namespace matchcue::store
