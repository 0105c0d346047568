// SPDX-License-Identifier: Apache-2.0
//
// Rows that others are numbered after (interactions, feedback) stay as empty rows: the learner's log has no gaps and no
// number comes back. Decisions stay for nobody: in the decision log the id's bytes are overwritten in place, so that no
// place of a chunk changes. A chunk that is written over could be torn by a power cut; so the new chunks are committed
// to a table first, and whoever opens the store writes them again.
#include "store/sqlite/erase_person.h"

#include <algorithm>

#include "base/sha256.h"
#include "store/decision_chunk.h"
#include "store/sqlite/retention.h"
#include "store/sqlite/snapshot_folder.h"

namespace matchcue::store {

namespace {

constexpr std::size_t kPlacesPerRead = 256;
constexpr std::size_t kSearchBytes = 1 << 20;

using Ids = std::vector<domain::ViewerId>;

bool has_any(std::string_view bytes, const Ids& ids) {
  return std::any_of(ids.begin(), ids.end(),
                     [bytes](const domain::ViewerId& id) { return bytes.find(id.str()) != std::string_view::npos; });
}

// --- decisions

/// The next chunks behind `visited`, which becomes the last one's place.
Result<std::vector<ChunkPlace>> next_places(Connection& connection, std::int64_t& visited) {
  Query query(connection,
              "SELECT log_offset, length FROM decision_chunks WHERE log_offset > ?1 ORDER BY log_offset LIMIT ?2",
              visited, static_cast<std::int64_t>(kPlacesPerRead));
  std::vector<ChunkPlace> places;
  while (true) {
    MCUE_TRY(const bool more, query.next());
    if (!more) return places;
    places.push_back({query.count(0), query.count(1), {}, {}});
    visited = query.whole(0);
  }
}

/// Puts chunks that name the person into the table of patches, without them. Returns how many decisions were theirs.
Result<std::uint64_t> patch_chunks(Storage& storage, const std::vector<ChunkPlace>& places, const Ids& ids) {
  std::uint64_t decisions = 0;
  for (const ChunkPlace& place : places) {
    MCUE_TRY(std::string chunk, storage.log.read(place));
    if (!has_any(chunk, ids)) continue;
    const auto blanked = blank_viewers(chunk, ids);
    if (!blanked.ok() || *blanked == 0) continue;  // damaged, which the search will say, or part of a longer id
    decisions += *blanked;
    MCUE_TRY_VOID(Query(*storage.connection,
                        "INSERT OR REPLACE INTO log_patches (log_offset, chunk) VALUES (?1, CAST(?2 AS BLOB))",
                        place.offset, chunk)
                      .run());
  }
  return decisions;
}

Result<std::uint64_t> erase_decisions(Storage& storage, const Ids& ids) {
  Connection& connection = *storage.connection;
  // A patch may only be of what is durable.
  MCUE_TRY_VOID(storage.log.sync());
  MCUE_TRY_VOID(save_meta_count(connection, kLogSyncedKey, storage.log.end()));
  std::uint64_t decisions = 0;
  for (std::int64_t visited = -1;;) {
    MCUE_TRY(const auto places, next_places(connection, visited));
    if (places.empty()) return decisions;
    MCUE_TRY_VOID(in_transaction(connection, [&]() -> Result<void> {
      MCUE_TRY(const std::uint64_t patched, patch_chunks(storage, places, ids));
      decisions += patched;
      return {};
    }));
    MCUE_TRY_VOID(overwrite_patched_chunks(connection, storage.log));
    MCUE_TRY_VOID(Query(connection, "DELETE FROM log_patches").run());
  }
}

// --- rows

Result<std::uint64_t> change_rows(Connection& connection, std::string_view sql, const domain::ViewerId& id) {
  MCUE_TRY_VOID(Query(connection, sql, id.str()).run());
  return static_cast<std::uint64_t>(connection.changed_rows());
}

/// Traits that only this person's rows name. Before those rows go. The row stays, so that its number names nothing
/// else.
Result<std::uint64_t> erase_traits(Connection& connection, const domain::ViewerId& id) {
  return change_rows(
      connection,
      "UPDATE traits SET text = 'erased ' || number WHERE number IN (SELECT traits FROM feedback WHERE viewer_id = ?1 "
      "UNION SELECT traits FROM viewer_links WHERE viewer_id = ?1 OR anonymous_id = ?1) AND number NOT IN "
      "(SELECT traits FROM feedback WHERE viewer_id != ?1 AND traits IS NOT NULL UNION "
      "SELECT traits FROM viewer_links WHERE viewer_id != ?1 AND anonymous_id != ?1)",
      id);
}

Result<void> erase_rows_of(Connection& connection, const domain::ViewerId& id, Erasure& erasure) {
  MCUE_TRY(const std::uint64_t traits, erase_traits(connection, id));
  MCUE_TRY_VOID(change_rows(connection,
                            "DELETE FROM interaction_keys WHERE (key, number) IN "
                            "(SELECT key, number FROM interactions WHERE viewer_id = ?1)",
                            id));
  MCUE_TRY(
      const std::uint64_t interactions,
      change_rows(connection,
                  "UPDATE interactions SET key = 0, viewer_id = '', item_id = '', timestamp_s = 0, event_type = '', "
                  "event_value = 0, context = '{}', document = '' WHERE viewer_id = ?1",
                  id));
  MCUE_TRY_VOID(change_rows(connection,
                            "DELETE FROM feedback_keys WHERE (key, number) IN "
                            "(SELECT key, number FROM feedback WHERE viewer_id = ?1)",
                            id));
  MCUE_TRY(const std::uint64_t feedback,
           change_rows(connection,
                       "UPDATE feedback SET key = 0, viewer_id = '', id = '', cue_event = '', cue_sequence = 0, "
                       "cue_viewer = NULL, cue_slot = 0, kind = 'impression', value = 0, attributed = 0, item_id = '', "
                       "slot = '', propensity = 0, solution_version = '', traits = NULL "
                       "WHERE viewer_id = ?1 OR cue_viewer = ?1",
                       id));
  MCUE_TRY(const std::uint64_t viewers, change_rows(connection, "DELETE FROM viewers WHERE viewer_id = ?1", id));
  MCUE_TRY(const std::uint64_t links,
           change_rows(connection, "DELETE FROM viewer_links WHERE viewer_id = ?1 OR anonymous_id = ?1", id));
  // Their tickets stay revoked, by what does not say who they were.
  MCUE_TRY_VOID(Query(connection, "UPDATE OR REPLACE revocations SET viewer_id = ?2 WHERE viewer_id = ?1", id.str(),
                      std::string(domain::kErasedViewer) + sha256(id.str()))
                    .run());
  // Who did what to whom and when stays, but for the whom. A short id is in many texts that are not about it.
  MCUE_TRY_VOID(change_rows(connection,
                            "UPDATE audit SET target = '(erased)', request = '', before = '', after = '' WHERE "
                            "instr(target || '/', '/' || ?1 || '/') OR "
                            "(length(?1) >= 4 AND instr(request || before || after, ?1)) OR "
                            "instr(request || before || after, json_quote(?1))",
                            id));
  MCUE_TRY(const std::uint64_t counted, load_meta_count(connection, kInteractionsKey));
  erasure.traits += traits;
  erasure.interactions += interactions;
  erasure.feedback += feedback;
  erasure.viewers += viewers;
  erasure.links += links;
  return save_meta_count(connection, kInteractionsKey, counted - interactions);
}

// --- the proof

template <typename File>
Result<std::uint64_t> count_in_file(File&& file, const Ids& ids, std::uint64_t& searched) {
  std::size_t longest = 0;
  for (const domain::ViewerId& id : ids) longest = std::max(longest, id.str().size());
  MCUE_TRY(const std::uint64_t size, file.size());
  std::uint64_t found = 0;
  for (std::uint64_t at = 0; at < size; at += kSearchBytes) {
    MCUE_TRY(const std::string bytes, file.read(at, kSearchBytes + longest - 1));
    for (const domain::ViewerId& id : ids) {
      for (auto place = bytes.find(id.str()); place < kSearchBytes; place = bytes.find(id.str(), place + 1)) ++found;
    }
  }
  searched += size;
  return found;
}

/// Looks for the ids' bytes in every file of the directory; false when one of them was taken away or renamed meanwhile,
/// as a training does with what it has written.
Result<bool> search_once(Connection& connection, const DataPaths& paths, Erasure& erasure) {
  erasure.bytes_found.clear();
  erasure.bytes_searched = 0;
  for (const std::string& name : paths.disk->list(paths.directory)) {
    if (name.ends_with("-shm")) continue;  // numbers of pages only
    const std::string path = paths.directory + "/" + name;
    std::uint64_t found = 0;
    if (path == paths.database) {
      MCUE_TRY(found, count_in_file(connection.file(), erasure.ids, erasure.bytes_searched));
    } else {
      const auto file = paths.disk->open(path, OpenFor::reading);
      if (!file.ok() && !paths.disk->exists(path)) return false;
      if (!file.ok()) return file.error();
      MCUE_TRY(found, count_in_file(**file, erasure.ids, erasure.bytes_searched));
    }
    if (found > 0) erasure.bytes_found.push_back(name + ": " + std::to_string(found));
  }
  return true;
}

Result<void> search_files(Connection& connection, const DataPaths& paths, Erasure& erasure) {
  constexpr int kSearchesMax = 20;
  for (int i = 0; i < kSearchesMax; ++i) {
    MCUE_TRY(const bool whole, search_once(connection, paths, erasure));
    if (whole) return {};
  }
  return unavailable("storage_busy", "files of " + paths.directory + " come and go faster than they can be searched");
}

/// Deleted rows leave bytes in the WAL and in unused parts of pages.
Result<void> drop_remains(Connection& connection, const DataPaths& paths, Erasure& erasure) {
  MCUE_TRY_VOID(connection.run("PRAGMA wal_checkpoint(TRUNCATE)"));
  MCUE_TRY_VOID(search_files(connection, paths, erasure));
  const bool in_database = std::any_of(erasure.bytes_found.begin(), erasure.bytes_found.end(),
                                       [](const std::string& found) { return found.starts_with("matchcue.db"); });
  if (!in_database) return {};
  MCUE_TRY_VOID(connection.run("VACUUM"));
  MCUE_TRY_VOID(connection.run("PRAGMA wal_checkpoint(TRUNCATE)"));
  return search_files(connection, paths, erasure);
}

}  // namespace

Result<void> overwrite_patched_chunks(Connection& connection, DecisionLog& log) {
  bool any = false;
  Query query(connection, "SELECT log_offset, chunk FROM log_patches ORDER BY log_offset");
  while (true) {
    MCUE_TRY(const bool more, query.next());
    if (!more) break;
    if (query.count(0) + query.view(1).size() > log.end()) {
      return Error{ErrorKind::corrupt, "corrupt_decisions", log.path() + " ends in front of a chunk to be erased", {}};
    }
    MCUE_TRY_VOID(log.overwrite(query.count(0), query.view(1)));
    any = true;
  }
  return any ? log.sync() : Result<void>();
}

Result<Erasure> erase_person(Storage& storage, const DataPaths& paths, const domain::ViewerId& viewer) {
  Connection& connection = *storage.connection;
  Erasure erasure;
  MCUE_TRY_VOID(finish_dropping(storage));
  MCUE_TRY(erasure.ids, load_ids_of(connection, viewer));
  MCUE_TRY_VOID(connection.run("PRAGMA secure_delete = ON"));
  MCUE_TRY(erasure.decisions, erase_decisions(storage, erasure.ids));
  MCUE_TRY(erasure.snapshots, SnapshotFolder(*paths.disk, paths.snapshots).remove_all());
  const Result<void> rows_erased = in_transaction(connection, [&]() -> Result<void> {
    for (const domain::ViewerId& id : erasure.ids) MCUE_TRY_VOID(erase_rows_of(connection, id, erasure));
    return Query(connection, "INSERT INTO meta VALUES (?1, 1) ON CONFLICT (key) DO UPDATE SET value = value + 1",
                 kErasuresKey)
        .run();
  });
  if (!rows_erased.ok()) return rows_erased.error();
  storage.traits_numbers.on_rollback();  // numbers it remembers may name nothing now
  MCUE_TRY_VOID(drop_remains(connection, paths, erasure));
  return erasure;
}

}  // namespace matchcue::store
