// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/reader.h"

#include <algorithm>

#include "store/decision_chunk.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/writes.h"
#include "store/values_json.h"

namespace matchcue::store {

namespace {

/// All rows of a query, each through `read`.
template <typename Row, typename Read>
Result<std::vector<Row>> read_all(Query& query, Read read) {
  std::vector<Row> rows;
  while (true) {
    MCUE_TRY(const bool more, query.next());
    if (!more) return rows;
    MCUE_TRY(Row row, read(query));
    rows.push_back(std::move(row));
  }
}

/// The first row of a query through `read`, or nothing.
template <typename Row, typename Read>
Result<std::optional<Row>> read_first(Query& query, Read read) {
  MCUE_TRY(const bool any, query.next());
  if (!any) return std::optional<Row>();
  MCUE_TRY(Row row, read(query));
  return std::optional<Row>(std::move(row));
}

Result<domain::LiveEvent> read_event(const Query& row) {
  domain::LiveEvent event;
  event.id = domain::EventId(row.text(0));
  event.sequence = domain::Sequence(row.count(1));
  event.moment = domain::Sequence(row.count(2));
  MCUE_TRY(event.state, parse_values(row.view(3)));
  MCUE_TRY(event.overrides, parse_overrides(row.view(4)));
  MCUE_TRY(event.filters, parse_filter_uses(row.view(5)));
  return event;
}

Result<ChunkPlace> read_place(const Query& row) { return ChunkPlace{row.count(0), row.count(1), {}, {}}; }

Result<LearnerStep> read_step(const Query& row) {
  return LearnerStep{row.count(0),      row.count(1), wall_time_from_ms(row.whole(2)),
                     row.whole(3) != 0, row.text(4),  row.count(5)};
}

}  // namespace

Result<Connection*> SqliteReader::open() {
  if (connection_ == nullptr) {
    MCUE_TRY(connection_, Connection::open(database_path_, Access::read, sqlite_vfs_));
  }
  return connection_.get();
}

Result<std::vector<domain::LiveEvent>> SqliteReader::load_events() {
  MCUE_TRY(Connection * connection, open());
  const Snapshot snapshot(*connection);
  MCUE_TRY_VOID(snapshot.begun());
  Query query(*connection,
              "SELECT event_id, sequence, moment, state, overrides, filters FROM events ORDER BY event_id");
  MCUE_TRY(auto events, read_all<domain::LiveEvent>(query, read_event));
  for (domain::LiveEvent& event : events) {
    Query contents(*connection, "SELECT content_id FROM contents WHERE event_id = ?1 ORDER BY content_id",
                   event.id.str());
    MCUE_TRY(event.contents, read_all<domain::ContentId>(contents, [](const Query& row) -> Result<domain::ContentId> {
               return domain::ContentId(row.text(0));
             }));
  }
  return events;
}

Result<std::vector<domain::Change>> SqliteReader::load_changes(const domain::EventId& event, domain::Sequence after,
                                                               std::size_t limit) {
  MCUE_TRY(Connection * connection, open());
  Query query(*connection,
              "SELECT " MCUE_CHANGE_COLUMNS
              " FROM changes WHERE event_id = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3",
              event.str(), after.value(), sql_limit(limit));
  return read_all<domain::Change>(query, read_change);
}

Result<std::vector<domain::Change>> SqliteReader::load_latest_changes(const domain::EventId& event, std::size_t limit) {
  MCUE_TRY(Connection * connection, open());
  Query query(*connection,
              "SELECT " MCUE_CHANGE_COLUMNS " FROM changes WHERE event_id = ?1 ORDER BY sequence DESC LIMIT ?2",
              event.str(), sql_limit(limit));
  MCUE_TRY(auto changes, read_all<domain::Change>(query, read_change));
  std::reverse(changes.begin(), changes.end());
  return changes;
}

Result<std::optional<domain::Change>> SqliteReader::load_change(const domain::EventId& event,
                                                                domain::Sequence sequence) {
  MCUE_TRY(Connection * connection, open());
  Query query(*connection, "SELECT " MCUE_CHANGE_COLUMNS " FROM changes WHERE event_id = ?1 AND sequence = ?2",
              event.str(), sequence.value());
  return read_first<domain::Change>(query, read_change);
}

Result<domain::CataloguePtr> SqliteReader::load_catalogue(std::optional<std::uint64_t> version) {
  MCUE_TRY(Connection * connection, open());
  const Snapshot snapshot(*connection);
  MCUE_TRY_VOID(snapshot.begun());
  MCUE_TRY(const std::uint64_t latest, load_meta_count(*connection, kCatalogueVersionKey));
  const std::uint64_t wanted = version.value_or(latest);
  if (wanted > latest) {
    return not_found("unknown_catalogue_version", "there is no catalogue version " + std::to_string(wanted) +
                                                      "; the latest is " + std::to_string(latest));
  }
  // max() picks the row that the other columns are taken from (SQLite's rule for bare columns beside it).
  Query query(*connection,
              "SELECT " MCUE_ITEM_COLUMNS
              ", max(catalogue_version) FROM items WHERE catalogue_version <= ?1 GROUP BY item_id",
              wanted);
  MCUE_TRY(auto items, read_all<domain::Item>(query, [](const Query& row) { return read_item(row, row.count(8)); }));
  return domain::CataloguePtr(std::make_shared<const domain::Catalogue>(wanted, std::move(items)));
}

Result<std::optional<domain::Viewer>> SqliteReader::load_viewer(const domain::ViewerId& viewer) {
  MCUE_TRY(Connection * connection, open());
  Query query(*connection, "SELECT " MCUE_VIEWER_COLUMNS " FROM viewers WHERE viewer_id = ?1", viewer.str());
  return read_first<domain::Viewer>(query, read_viewer);
}

Result<std::vector<domain::Viewer>> SqliteReader::load_viewers(const domain::ViewerId& after, std::size_t limit) {
  MCUE_TRY(Connection * connection, open());
  Query query(*connection,
              "SELECT " MCUE_VIEWER_COLUMNS " FROM viewers WHERE viewer_id > ?1 ORDER BY viewer_id LIMIT ?2",
              after.str(), sql_limit(limit));
  return read_all<domain::Viewer>(query, read_viewer);
}

Result<std::uint64_t> SqliteReader::count_interactions() {
  MCUE_TRY(Connection * connection, open());
  return load_meta_count(*connection, kInteractionsKey);
}

Result<std::uint64_t> SqliteReader::last_interaction_number() {
  MCUE_TRY(Connection * connection, open());
  Query query(*connection, "SELECT max(number) FROM interactions");
  MCUE_TRY_VOID(query.next());
  return query.count(0);  // NULL reads as 0
}

Result<void> SqliteReader::visit_interactions(std::uint64_t last,
                                              const std::function<bool(domain::Interaction)>& visit) {
  constexpr std::size_t kPageRows = 1'000;
  MCUE_TRY(Connection * connection, open());
  MCUE_TRY(const std::uint64_t newest, last_interaction_number());
  last = std::min(last, newest);
  for (std::uint64_t visited = 0; visited < last;) {
    std::vector<domain::Interaction> page;
    {  // closed before anything is visited: an open query would keep the WAL from being cut back
      Query query(*connection,
                  "SELECT " MCUE_INTERACTION_COLUMNS
                  ", number FROM interactions WHERE number > ?1 AND number <= ?2 AND viewer_id != '' "
                  "ORDER BY number LIMIT ?3",
                  visited, last, sql_limit(kPageRows));
      MCUE_TRY(page, read_all<domain::Interaction>(query, [&visited](const Query& row) {
                 visited = row.count(7);
                 return read_interaction(row);
               }));
    }
    if (page.empty()) break;
    for (domain::Interaction& interaction : page) {
      if (!visit(std::move(interaction))) return {};
    }
  }
  return {};
}

Result<std::optional<std::string>> SqliteReader::load_schema(domain::DatasetKind kind) {
  MCUE_TRY(Connection * connection, open());
  Query query(*connection, "SELECT text FROM schemas WHERE kind = ?1", domain::to_string(kind));
  return read_first<std::string>(query, [](const Query& row) -> Result<std::string> { return row.text(0); });
}

Result<std::optional<domain::Decision>> SqliteReader::load_decision(const domain::DecisionId& id) {
  MCUE_TRY(Connection * connection, open());
  Query query(*connection,
              "SELECT log_offset, length FROM decision_chunks WHERE event_id = ?1 AND sequence = ?2 "
              "ORDER BY log_offset DESC",
              id.event.str(), id.sequence.value());
  MCUE_TRY(const auto places, read_all<ChunkPlace>(query, read_place));
  Result<std::optional<domain::Decision>> nothing = std::optional<domain::Decision>();
  for (const ChunkPlace& place : places) {
    auto decision = read_decision(place, id.viewer);
    if (decision.ok() && *decision) return decision;
    if (!decision.ok() && decision.error().kind == ErrorKind::not_found) continue;  // was dropped just now
    if (!decision.ok()) nothing = std::move(decision);  // a damaged part says nothing about the others
  }
  return nothing;
}

Result<std::optional<domain::DecisionHeader>> SqliteReader::load_decision_header(const domain::EventId& event,
                                                                                 domain::Sequence sequence) {
  MCUE_TRY(Connection * connection, open());
  MCUE_TRY(auto kept, load_kept_header(event, sequence));
  if (kept) return kept;
  Query query(*connection,
              "SELECT log_offset, length FROM decision_chunks WHERE event_id = ?1 AND sequence = ?2 "
              "ORDER BY log_offset LIMIT 1",
              event.str(), sequence.value());
  MCUE_TRY(const auto places, read_all<ChunkPlace>(query, read_place));
  if (places.empty()) return std::optional<domain::DecisionHeader>();
  const auto chunk = log_.read(places.front().offset, places.front().length);
  if (!chunk.ok() && chunk.error().kind == ErrorKind::not_found) return load_kept_header(event, sequence);
  if (!chunk.ok()) return chunk.error();
  MCUE_TRY(domain::DecisionHeader header, decode_decision_header(*chunk));
  return std::optional<domain::DecisionHeader>(std::move(header));
}

Result<std::optional<domain::DecisionHeader>> SqliteReader::load_kept_header(const domain::EventId& event,
                                                                             domain::Sequence sequence) {
  Query query(*connection_, "SELECT header FROM dropped_decisions WHERE event_id = ?1 AND sequence = ?2", event.str(),
              sequence.value());
  return read_first<domain::DecisionHeader>(query,
                                            [](const Query& row) { return decode_decision_header(row.view(0)); });
}

Result<bool> SqliteReader::has_dropped_decisions(const domain::EventId& event, domain::Sequence sequence) {
  MCUE_TRY(Connection * connection, open());
  Query query(*connection, "SELECT 1 FROM dropped_decisions WHERE event_id = ?1 AND sequence = ?2", event.str(),
              sequence.value());
  return query.next();
}

Result<void> SqliteReader::visit_latest_decisions(std::size_t bytes_max,
                                                  const std::function<void(domain::DecisionBatch)>& visit) {
  MCUE_TRY(Connection * connection, open());
  std::vector<ChunkPlace> places;  // newest first
  std::size_t bytes = 0;
  {
    Query query(*connection, "SELECT log_offset, length FROM decision_chunks ORDER BY log_offset DESC");
    while (true) {
      MCUE_TRY(const bool more, query.next());
      if (!more) break;
      MCUE_TRY(ChunkPlace place, read_place(query));
      bytes += place.length;
      if (bytes > bytes_max) break;
      places.push_back(std::move(place));
    }
  }
  std::reverse(places.begin(), places.end());
  Result<void> damage;
  visit_places(
      places,
      [&](domain::DecisionBatch batch) {
        visit(std::move(batch));
        return true;
      },
      damage);
  return damage;
}

Result<void> SqliteReader::visit_decisions(const std::function<bool(domain::DecisionBatch)>& visit) {
  MCUE_TRY(Connection * connection, open());
  std::int64_t last = -1;
  {
    Query query(*connection, "SELECT max(log_offset) FROM decision_chunks");
    MCUE_TRY_VOID(query.next());
    if (!query.is_null(0)) last = query.whole(0);
  }
  Result<void> damage;
  for (std::int64_t visited = -1; visited < last;) {
    std::vector<ChunkPlace> places;
    {  // a page of places at a time: an open query would keep the WAL from being cut back
      Query query(*connection,
                  "SELECT log_offset, length FROM decision_chunks WHERE log_offset > ?1 AND log_offset <= ?2 "
                  "ORDER BY log_offset LIMIT 1000",
                  visited, last);
      MCUE_TRY(places, read_all<ChunkPlace>(query, read_place));
    }
    if (places.empty()) break;  // dropped meanwhile
    if (!visit_places(places, visit, damage)) break;
    visited = static_cast<std::int64_t>(places.back().offset);
  }
  return damage;
}

Result<std::optional<domain::Decision>> SqliteReader::read_decision(const ChunkPlace& place,
                                                                    const domain::ViewerId& viewer) {
  MCUE_TRY(const std::string chunk, log_.read(place.offset, place.length));
  return find_decision(chunk, viewer);
}

Result<domain::DecisionBatch> SqliteReader::read_batch(const ChunkPlace& place) {
  MCUE_TRY(const std::string chunk, log_.read(place.offset, place.length));
  return decode_decision_chunk(chunk);
}

bool SqliteReader::visit_places(std::span<const ChunkPlace> places,
                                const std::function<bool(domain::DecisionBatch)>& visit, Result<void>& damage) {
  for (const ChunkPlace& place : places) {
    auto batch = read_batch(place);
    if (batch.ok()) {
      if (!visit(*std::move(batch))) return false;
    } else if (damage.ok() && batch.error().kind != ErrorKind::not_found) {  // else it was dropped just now
      damage = batch.error();
    }
  }
  return true;
}

Result<std::vector<domain::Feedback>> SqliteReader::load_feedback(const domain::ViewerId& viewer, std::size_t limit) {
  MCUE_TRY(Connection * connection, open());
  if (viewer.empty()) {
    Query query(*connection,
                "SELECT " MCUE_FEEDBACK_COLUMNS " FROM feedback WHERE viewer_id != '' ORDER BY number DESC LIMIT ?1",
                sql_limit(limit));
    return read_all_feedback(query);
  }
  // By the index, and for the newest rows, which are not in it yet, one by one.
  const std::int64_t first_key = first_feedback_key(viewer);
  Query query(*connection,
              "SELECT " MCUE_FEEDBACK_COLUMNS
              " FROM feedback WHERE viewer_id = ?1 AND number IN (SELECT number FROM feedback_keys WHERE key BETWEEN "
              "?2 AND ?3 UNION SELECT number FROM feedback WHERE viewer_id = ?1 AND number > "
              "(SELECT value FROM meta WHERE key = 'feedback_indexed')) ORDER BY number DESC LIMIT ?4",
              viewer.str(), first_key, first_key + 0xffffffff, sql_limit(limit));
  return read_all_feedback(query);
}

Result<std::vector<domain::Feedback>> SqliteReader::load_feedback_after(std::uint64_t number, std::size_t limit) {
  MCUE_TRY(Connection * connection, open());
  Query query(*connection, "SELECT " MCUE_FEEDBACK_COLUMNS " FROM feedback WHERE number > ?1 ORDER BY number LIMIT ?2",
              number, sql_limit(limit));
  return read_all_feedback(query);
}

Result<std::uint64_t> SqliteReader::last_feedback_number() {
  MCUE_TRY(Connection * connection, open());
  Query query(*connection, "SELECT max(number) FROM feedback");
  MCUE_TRY_VOID(query.next());
  return query.count(0);  // NULL reads as 0
}

Result<std::vector<LearnerStep>> SqliteReader::load_learner_steps(std::uint64_t after, std::size_t limit) {
  MCUE_TRY(Connection * connection, open());
  Query query(*connection,
              "SELECT " MCUE_STEP_COLUMNS
              " FROM learner_steps WHERE number > ?1 "
              "ORDER BY number LIMIT ?2",
              after, sql_limit(limit));
  return read_all<LearnerStep>(query, read_step);
}

Result<std::vector<LearnerStep>> SqliteReader::load_learner_settings() {
  MCUE_TRY(Connection * connection, open());
  Query query(*connection, "SELECT " MCUE_STEP_COLUMNS " FROM learner_steps WHERE settings != '' ORDER BY number");
  return read_all<LearnerStep>(query, read_step);
}

Result<std::optional<LearnerSnapshot>> SqliteReader::load_learner_snapshot(std::uint64_t step_max) {
  return snapshots_.load(step_max);
}

Result<std::vector<domain::Feedback>> SqliteReader::read_all_feedback(Query& query) {
  return read_all<domain::Feedback>(query,
                                    [this](const Query& row) { return read_feedback(row, *connection_, traits_); });
}

}  // namespace matchcue::store
