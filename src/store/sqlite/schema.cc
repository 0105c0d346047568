// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/schema.h"

#include <array>

namespace matchcue::store {

namespace {

/// Times are milliseconds since 1970; values, overrides: see values_json.h.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('epoch', 'k' || lower(hex(randomblob(8)))), ('catalogue_version', 0), ('interactions', 0),
                        ('decision_log_synced', 0), ('interactions_indexed', 0), ('feedback_indexed', 0);

CREATE TABLE events (event_id TEXT PRIMARY KEY, sequence INTEGER NOT NULL, moment INTEGER NOT NULL,
  state TEXT NOT NULL, overrides TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE contents (content_id TEXT PRIMARY KEY, event_id TEXT NOT NULL REFERENCES events) WITHOUT ROWID;
CREATE INDEX contents_by_event ON contents (event_id);
CREATE TABLE changes (event_id TEXT NOT NULL REFERENCES events, sequence INTEGER NOT NULL, kind TEXT NOT NULL,
  at INTEGER NOT NULL, media_time INTEGER, subject TEXT, corrects INTEGER, reason TEXT NOT NULL,
  override_action TEXT, override_item TEXT, before TEXT NOT NULL, after TEXT NOT NULL, first INTEGER NOT NULL,
  moment INTEGER NOT NULL, PRIMARY KEY (event_id, sequence)) WITHOUT ROWID;

-- An item's row stays when a later catalogue version replaces it: old decisions name items by their place in it.
CREATE TABLE items (item_id TEXT NOT NULL, catalogue_version INTEGER NOT NULL, slot TEXT NOT NULL,
  label TEXT NOT NULL, min_age INTEGER, countries TEXT NOT NULL, remote TEXT NOT NULL, fields TEXT NOT NULL,
  document TEXT NOT NULL, PRIMARY KEY (item_id, catalogue_version)) WITHOUT ROWID;
CREATE TABLE viewers (viewer_id TEXT PRIMARY KEY, version INTEGER NOT NULL, age INTEGER, country TEXT NOT NULL,
  fields TEXT NOT NULL, document TEXT NOT NULL) WITHOUT ROWID;

-- key: 64 bits of everything that makes an interaction the same one; equal keys are compared column by column.
-- interaction_keys is the index of keys, for the rows up to number meta.interactions_indexed.
CREATE TABLE interactions (number INTEGER PRIMARY KEY, key INTEGER NOT NULL, viewer_id TEXT NOT NULL,
  item_id TEXT NOT NULL, timestamp_s INTEGER NOT NULL, event_type TEXT NOT NULL, event_value REAL NOT NULL,
  context TEXT NOT NULL, document TEXT NOT NULL);
CREATE TABLE interaction_keys (key INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (key, number)) WITHOUT ROWID;
CREATE TABLE interaction_counts (item_id TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL,
  count INTEGER NOT NULL, PRIMARY KEY (item_id, field, value)) WITHOUT ROWID;

CREATE TABLE schemas (kind TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE solution_versions (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, recipe TEXT NOT NULL,
  blob BLOB NOT NULL);

-- The index of decisions.log.
CREATE TABLE decision_chunks (log_offset INTEGER PRIMARY KEY, length INTEGER NOT NULL, event_id TEXT NOT NULL,
  sequence INTEGER NOT NULL);
CREATE INDEX decision_chunks_by_change ON decision_chunks (event_id, sequence);

-- cue_viewer is NULL when it is the viewer who gave the feedback. key: 32 bits of the viewer, then 32 of the id.
-- feedback_keys is the index of keys, for the rows up to number meta.feedback_indexed. traits is NULL when unattributed.
CREATE TABLE traits (number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE feedback (number INTEGER PRIMARY KEY, key INTEGER NOT NULL, viewer_id TEXT NOT NULL, id TEXT NOT NULL,
  cue_event TEXT NOT NULL, cue_sequence INTEGER NOT NULL, cue_viewer TEXT, cue_slot INTEGER NOT NULL,
  kind TEXT NOT NULL, value REAL NOT NULL, at INTEGER NOT NULL, attributed INTEGER NOT NULL, item_id TEXT NOT NULL,
  slot TEXT NOT NULL, propensity REAL NOT NULL, solution_version TEXT NOT NULL, traits INTEGER);
CREATE TABLE learner_steps (number INTEGER PRIMARY KEY, feedback INTEGER NOT NULL, at INTEGER NOT NULL,
  settle INTEGER NOT NULL, settings TEXT NOT NULL);
CREATE TABLE feedback_keys (key INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (key, number)) WITHOUT ROWID;
)sql";

constexpr const char* kVersion2 = R"sql(
CREATE TABLE filters (name TEXT PRIMARY KEY, expression TEXT NOT NULL, created INTEGER NOT NULL) WITHOUT ROWID;
ALTER TABLE events ADD COLUMN filters TEXT NOT NULL DEFAULT '[]';
-- Only of changes of the kind filter.
ALTER TABLE changes ADD COLUMN filter TEXT;
)sql";

constexpr const char* kVersion3 = R"sql(
-- AUTOINCREMENT: a step of the learner says how many were taken, so the number of one that is gone never comes back.
CREATE TABLE viewer_links (number INTEGER PRIMARY KEY AUTOINCREMENT, anonymous_id TEXT NOT NULL UNIQUE,
  viewer_id TEXT NOT NULL, traits INTEGER NOT NULL, at INTEGER NOT NULL);
CREATE INDEX viewer_links_by_viewer ON viewer_links (viewer_id);
ALTER TABLE learner_steps ADD COLUMN links INTEGER NOT NULL DEFAULT 0;
DROP TABLE IF EXISTS solution_versions;
DROP TABLE IF EXISTS interaction_counts;
)sql";

constexpr const char* kVersion4 = R"sql(
CREATE TABLE revocations (ticket TEXT NOT NULL, viewer_id TEXT NOT NULL, at INTEGER NOT NULL, until INTEGER NOT NULL,
  PRIMARY KEY (ticket, viewer_id)) WITHOUT ROWID;
-- status 0: asked for, and nobody knows what came of it.
CREATE TABLE audit (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, source TEXT NOT NULL,
  operation TEXT NOT NULL, target TEXT NOT NULL, request TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
  status INTEGER NOT NULL);
-- Chunks of decisions.log that are to be overwritten in place; see erase_person.cc.
CREATE TABLE log_patches (log_offset INTEGER PRIMARY KEY, chunk BLOB NOT NULL);
)sql";

constexpr const char* kVersion5 = R"sql(
-- What is in front of this offset of the decision log was logged before this time.
CREATE TABLE decision_segments (log_offset INTEGER PRIMARY KEY, at INTEGER NOT NULL);
-- Of changes whose first decisions were dropped: a chunk without rows, which feedback still needs; empty when the
-- decisions were damaged.
CREATE TABLE dropped_decisions (event_id TEXT NOT NULL, sequence INTEGER NOT NULL, header BLOB NOT NULL,
  PRIMARY KEY (event_id, sequence)) WITHOUT ROWID;
INSERT INTO meta VALUES ('decision_log_begin', 0);
)sql";

/// Entry n takes a database from version n to n + 1. Released entries never change.
constexpr std::array<const char*, 5> kMigrations = {kVersion1, kVersion2, kVersion3, kVersion4, kVersion5};

Result<std::int64_t> load_layout(Connection& connection) {
  Query query(connection, "PRAGMA user_version");
  MCUE_TRY_VOID(query.next());
  return query.whole(0);
}

Result<void> migrate_in_transaction(Connection& connection, const std::string& path) {
  MCUE_TRY(const std::int64_t version, load_layout(connection));
  if (version < 0 || static_cast<std::size_t>(version) > kMigrations.size()) {
    return Error{ErrorKind::unsupported,
                 "newer_database",
                 path + " has layout " + std::to_string(version) + "; this matchcue knows " +
                     std::to_string(kMigrations.size()) + " and older",
                 {}};
  }
  for (std::size_t step = static_cast<std::size_t>(version); step < kMigrations.size(); ++step) {
    MCUE_TRY_VOID(connection.run(kMigrations[step]));
  }
  const std::string stamp = "PRAGMA user_version = " + std::to_string(kMigrations.size());
  if (static_cast<std::size_t>(version) < kMigrations.size()) MCUE_TRY_VOID(connection.run(stamp.c_str()));
  return {};
}

}  // namespace

Result<void> migrate(Connection& connection, const std::string& path) {
  MCUE_TRY_VOID(connection.run("BEGIN IMMEDIATE"));
  const Result<void> migrated = migrate_in_transaction(connection, path);
  const Result<void> ended = connection.run(migrated.ok() ? "COMMIT" : "ROLLBACK");
  return migrated.ok() ? ended : migrated;
}

Result<void> check_layout(Connection& connection, const std::string& path) {
  MCUE_TRY(const std::int64_t version, load_layout(connection));
  if (version == static_cast<std::int64_t>(kMigrations.size())) return {};
  return Error{
      ErrorKind::unsupported,
      "other_layout",
      path + " has layout " + std::to_string(version) + "; this matchcue reads " + std::to_string(kMigrations.size()),
      {}};
}

Result<std::string> load_meta(Connection& connection, std::string_view key) {
  Query query(connection, "SELECT value FROM meta WHERE key = ?1", key);
  MCUE_TRY(const bool row, query.next());
  if (!row) return Error{ErrorKind::corrupt, "corrupt_database", "meta has no \"" + std::string(key) + "\"", {}};
  return query.text(0);
}

Result<std::uint64_t> load_meta_count(Connection& connection, std::string_view key) {
  Query query(connection, "SELECT value FROM meta WHERE key = ?1", key);
  MCUE_TRY(const bool row, query.next());
  if (!row) return Error{ErrorKind::corrupt, "corrupt_database", "meta has no \"" + std::string(key) + "\"", {}};
  return query.count(0);
}

Result<void> save_meta_count(Connection& connection, std::string_view key, std::uint64_t value) {
  return Query(connection, "UPDATE meta SET value = ?2 WHERE key = ?1", key, value).run();
}

}  // namespace matchcue::store
