// SPDX-License-Identifier: Apache-2.0
//
// Kept filters, and what viewers did, which filters ask about.
#include <algorithm>

#include "store/sqlite/reader.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/writes.h"

namespace matchcue::store {

namespace {

/// Of each source so many of a viewer's newest acts are looked at.
constexpr std::int64_t kPastRowsMax = 10'000;

/// One act, from either source.
struct Act {
  std::int64_t at_ms = 0;
  std::string event_type;
  domain::ItemId item;
};

/// Appends rows of event type, item and time.
Result<void> read_acts(Query& query, std::int64_t ms_per_unit, std::vector<Act>& acts) {
  while (true) {
    MCUE_TRY(const bool more, query.next());
    if (!more) return {};
    acts.push_back({query.whole(2) * ms_per_unit, query.text(0), domain::ItemId(query.text(1))});
  }
}

/// Appends what was done under one id: feedback, then interactions, the newest of each first.
Result<void> add_acts(Connection& connection, const domain::ViewerId& id, std::vector<Act>& acts) {
  const std::int64_t first_key = first_feedback_key(id);
  Query feedback(connection,
                 "SELECT kind, item_id, at FROM feedback WHERE viewer_id = ?1 AND kind != 'impression' AND attributed "
                 "AND number IN (SELECT number FROM feedback_keys WHERE key BETWEEN ?2 AND ?3 UNION "
                 "SELECT number FROM feedback WHERE viewer_id = ?1 AND number > "
                 "(SELECT value FROM meta WHERE key = 'feedback_indexed')) ORDER BY number DESC LIMIT ?4",
                 id.str(), first_key, first_key + 0xffffffff, kPastRowsMax);
  MCUE_TRY_VOID(read_acts(feedback, 1, acts));
  Query interactions(connection,
                     "SELECT event_type, item_id, timestamp_s FROM interactions WHERE viewer_id = ?1 "
                     "ORDER BY timestamp_s DESC, number DESC LIMIT ?2",
                     id.str(), kPastRowsMax);
  return read_acts(interactions, 1'000, acts);
}

Result<std::optional<domain::StoredFilter>> find_filter(Connection& connection, const domain::FilterName& name) {
  Query query(connection, "SELECT " MCUE_FILTER_COLUMNS " FROM filters WHERE name = ?1", name.str());
  MCUE_TRY(const bool known, query.next());
  if (!known) return std::optional<domain::StoredFilter>();
  MCUE_TRY(domain::StoredFilter filter, read_filter(query));
  return std::optional<domain::StoredFilter>(std::move(filter));
}

}  // namespace

Result<std::vector<domain::StoredFilter>> SqliteReader::load_filters() {
  MCUE_TRY(Connection * connection, open());
  Query query(*connection, "SELECT " MCUE_FILTER_COLUMNS " FROM filters ORDER BY name");
  std::vector<domain::StoredFilter> filters;
  while (true) {
    MCUE_TRY(const bool more, query.next());
    if (!more) return filters;
    MCUE_TRY(filters.emplace_back(), read_filter(query));
  }
}

Result<domain::ViewerPast> SqliteReader::load_past(const domain::ViewerId& viewer) {
  MCUE_TRY(Connection * connection, open());
  const Snapshot snapshot(*connection);
  MCUE_TRY_VOID(snapshot.begun());
  std::vector<Act> acts;
  MCUE_TRY(const auto ids, load_ids_of(*connection, viewer));
  for (const domain::ViewerId& id : ids) MCUE_TRY_VOID(add_acts(*connection, id, acts));
  std::stable_sort(acts.begin(), acts.end(), [](const Act& a, const Act& b) { return a.at_ms > b.at_ms; });
  domain::ViewerPast past;
  for (const Act& act : acts) past.add_older(act.event_type, act.item);
  return past;
}

Result<bool> SqliteReader::has_past_index() {
  MCUE_TRY(Connection * connection, open());
  Query query(*connection, "SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = 'interactions_by_viewer'");
  return query.next();
}

Result<domain::StoredFilter> write_filter(WriteTarget& target, const domain::StoredFilter& filter) {
  MCUE_TRY(const auto known, find_filter(target.connection, filter.name));
  domain::StoredFilter kept = filter;
  if (known) kept.created = known->created;
  MCUE_TRY_VOID(Query(target.connection,
                      "INSERT OR REPLACE INTO filters (name, expression, created) VALUES (?1, ?2, ?3)", kept.name.str(),
                      kept.expression, to_ms(kept.created))
                    .run());
  return kept;
}

Result<domain::StoredFilter> erase_filter(WriteTarget& target, const domain::FilterName& name) {
  MCUE_TRY(auto known, find_filter(target.connection, name));
  if (!known) return not_found("unknown_filter", "unknown filter \"" + name.str() + "\"", "filter");
  MCUE_TRY_VOID(Query(target.connection, "DELETE FROM filters WHERE name = ?1", name.str()).run());
  return *std::move(known);
}

Result<void> write_past_index(WriteTarget& target) {
  return target.connection.run(
      "CREATE INDEX IF NOT EXISTS interactions_by_viewer ON interactions (viewer_id, timestamp_s)");
}

}  // namespace matchcue::store
