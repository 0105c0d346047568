// SPDX-License-Identifier: Apache-2.0
//
// In this order: snapshots (of steps that the database then has too), files of the decision log to which nothing is
// added any more (retention may remove one, after its rows: then the database does not have them either), the database
// as of one commit, and the rest of the decision log as far as that commit's index goes (it only grows). Solution
// versions never change once they are there. Somebody who is erased meanwhile may be in what was copied before: then
// nothing of it is kept.
#include "store/sqlite/backup.h"

#include <algorithm>
#include <map>
#include <set>

#include "store/decision_log.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/data_directory.h"
#include "store/sqlite/schema.h"

namespace matchcue::store {

namespace {

constexpr std::size_t kCopyBytes = 1 << 20;

/// Files that the copying of others makes, or that belong to a running process.
bool is_copied_as_a_file(const std::string& name) {
  return !name.starts_with("matchcue.db") && name != "matchcue.lock" && !name.starts_with("decisions") &&
         !name.ends_with(".tmp");
}

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

class Copying {
 public:
  Copying(Disk& disk, std::string to) : disk_(disk), to_(std::move(to)) {}

  /// Errors: conflict.
  Result<void> begin() {
    MCUE_TRY_VOID(disk_.create_folder(to_));
    const auto there = disk_.list(to_);
    const bool empty =
        std::all_of(there.begin(), there.end(), [](const auto& name) { return name == "matchcue.lock"; });
    if (empty) return {};
    return Error{ErrorKind::conflict, "directory_not_empty", to_ + " is not empty: it has " + there.front(), {}};
  }

  /// The first `bytes` bytes of a file, durably.
  Result<void> copy(const std::string& from, const std::string& name, std::uint64_t bytes) {
    const std::string path = to_ + "/" + name;
    MCUE_TRY_VOID(disk_.create_folder(folder_of(path)));
    MCUE_TRY(const auto source, disk_.open(from, OpenFor::reading));
    MCUE_TRY(const auto target, disk_.open(path, OpenFor::writing));
    for (std::uint64_t at = 0; at < bytes; at += kCopyBytes) {
      MCUE_TRY(const std::string part, source->read(at, std::min<std::uint64_t>(kCopyBytes, bytes - at)));
      MCUE_TRY_VOID(target->write(at, part));
    }
    MCUE_TRY_VOID(target->sync());
    return count(path);
  }
  Result<void> copy(const std::string& from, const std::string& name) {
    MCUE_TRY(const auto source, disk_.open(from, OpenFor::reading));
    MCUE_TRY(const std::uint64_t bytes, source->size());
    return copy(from, name, bytes);
  }

  /// Takes back what was copied.
  Result<void> undo() {
    for (const std::string& name : disk_.list(to_)) {
      if (name != "matchcue.lock") MCUE_TRY_VOID(disk_.remove(to_ + "/" + name));
    }
    return {};
  }

  Result<void> sync_file(const std::string& path) {
    MCUE_TRY(const auto file, disk_.open(path, OpenFor::writing));
    MCUE_TRY_VOID(file->sync());
    return count(path);
  }

  Result<BackupSummary> end() {
    for (const std::string& folder : folders_) MCUE_TRY_VOID(disk_.sync_folder(folder));
    MCUE_TRY(summary_.verification, verify_directory(to_, disk_));
    if (summary_.verification.damage.empty()) return summary_;
    return Error{
        ErrorKind::corrupt, "corrupt_backup", "the copy is not whole: " + summary_.verification.damage.front(), {}};
  }

 private:
  Result<void> count(const std::string& path) {
    MCUE_TRY(const auto file, disk_.open(path, OpenFor::reading));
    MCUE_TRY(const std::uint64_t bytes, file->size());
    ++summary_.files;
    summary_.bytes += bytes;
    folders_.insert(folder_of(path));
    return {};
  }

  Disk& disk_;
  std::string to_;
  std::set<std::string> folders_;
  BackupSummary summary_;
};

/// Copies the database as of one commit, while others write.
Result<void> copy_database(const DataPaths& from, const std::string& to) {
  MCUE_TRY(const auto connection, Connection::open(from.database, Access::read, from.disk->sqlite_vfs()));
  MCUE_TRY_VOID(check_layout(*connection, from.database));
  MCUE_TRY_VOID(connection->run("PRAGMA query_only = OFF"));
  return Query(*connection, "VACUUM INTO ?1", to).run();
}

/// How much of the decision log a database's index names.
Result<std::uint64_t> load_log_bytes(const std::string& database, Disk& disk) {
  MCUE_TRY(const auto connection, Connection::open(database, Access::read, disk.sqlite_vfs()));
  Query query(*connection,
              "SELECT max(coalesce((SELECT max(log_offset + length) FROM decision_chunks), 0), "
              "(SELECT value FROM meta WHERE key = 'decision_log_synced'))");
  MCUE_TRY_VOID(query.next());
  return query.count(0);
}

Result<std::uint64_t> count_erasures(const std::string& database, Disk& disk) {
  MCUE_TRY(const auto connection, Connection::open(database, Access::read, disk.sqlite_vfs()));
  Query query(*connection, "SELECT coalesce((SELECT value FROM meta WHERE key = ?1), 0)", kErasuresKey);
  MCUE_TRY_VOID(query.next());
  return query.count(0);
}

std::string name_of(const DataPaths& paths, const std::string& path) { return path.substr(paths.directory.size() + 1); }

/// Copies segments that are whole. Returns them, by where they begin.
Result<std::map<std::uint64_t, std::string>> copy_whole_segments(const DataPaths& from, Copying& copying) {
  auto segments = list_log_segments(*from.disk, from.log);
  if (!segments.empty()) segments.erase(std::prev(segments.end()));
  for (const auto& [begin, path] : segments) {
    const Result<void> copied = copying.copy(path, name_of(from, path));
    if (!copied.ok() && from.disk->exists(path)) return copied.error();
  }
  return segments;
}

/// Copies what is not among `copied`, up to `end`.
Result<void> copy_other_segments(const DataPaths& from, const std::map<std::uint64_t, std::string>& copied,
                                 std::uint64_t end, Copying& copying) {
  const auto segments = list_log_segments(*from.disk, from.log);
  for (auto segment = segments.begin(); segment != segments.end(); ++segment) {
    const auto& [begin, path] = *segment;
    if (copied.contains(begin) || begin > end) continue;  // one that is empty says where the log goes on
    const auto next = std::next(segment);
    const std::uint64_t segment_end = next == segments.end() ? end : std::min(end, next->first);
    MCUE_TRY_VOID(copying.copy(path, name_of(from, path), segment_end - begin));
  }
  return {};
}

Result<void> renew_epoch(const std::string& database, Disk& disk) {
  MCUE_TRY(const auto connection, Connection::open(database, Access::write, disk.sqlite_vfs()));
  return connection->run("UPDATE meta SET value = 'k' || lower(hex(randomblob(8))) WHERE key = 'epoch'");
}

Result<void> check_there(const DataPaths& paths) {
  if (paths.disk->exists(paths.database)) return {};
  return not_found("unknown_data_directory", "there is no data directory at " + paths.directory, "data_dir");
}

}  // namespace

Result<BackupSummary> back_up(const std::string& directory, const std::string& to, Disk& disk) {
  const DataPaths from(disk, directory);
  const DataPaths copy(disk, to);
  MCUE_TRY_VOID(check_there(from));
  Copying copying(disk, to);
  MCUE_TRY_VOID(copying.begin());
  MCUE_TRY(const std::uint64_t erasures, count_erasures(from.database, disk));
  for (const std::string& name : disk.list(directory)) {
    if (!is_copied_as_a_file(name)) continue;
    const Result<void> copied = copying.copy(directory + "/" + name, name);
    if (!copied.ok() && disk.exists(directory + "/" + name)) return copied.error();  // else an old snapshot has gone
  }
  MCUE_TRY(const auto whole_segments, copy_whole_segments(from, copying));
  MCUE_TRY_VOID(copy_database(from, copy.database));
  MCUE_TRY(const std::uint64_t erasures_copied, count_erasures(copy.database, disk));
  if (erasures_copied != erasures) {
    MCUE_TRY_VOID(copying.undo());
    return Error{
        ErrorKind::unavailable, "erased_meanwhile", "somebody was erased while " + to + " was written: try again", {}};
  }
  MCUE_TRY_VOID(copying.sync_file(copy.database));
  MCUE_TRY(const std::uint64_t log_bytes, load_log_bytes(copy.database, disk));
  MCUE_TRY_VOID(copy_other_segments(from, whole_segments, log_bytes, copying));
  return copying.end();
}

Result<BackupSummary> restore(const std::string& from, const std::string& directory, Disk& disk) {
  const DataPaths backup(disk, from);
  MCUE_TRY_VOID(check_there(backup));
  MCUE_TRY(const Verification verified, verify_directory(from, disk));
  if (!verified.damage.empty()) {
    return Error{ErrorKind::corrupt, "corrupt_backup", "the backup is not whole: " + verified.damage.front(), {}};
  }
  Copying copying(disk, directory);
  MCUE_TRY_VOID(copying.begin());
  for (const std::string& name : disk.list(from)) {
    if (name != "matchcue.lock" && !name.ends_with("-shm")) MCUE_TRY_VOID(copying.copy(from + "/" + name, name));
  }
  MCUE_TRY_VOID(renew_epoch(DataPaths(disk, directory).database, disk));
  return copying.end();
}

}  // namespace matchcue::store
