// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/sqlite_store.h"

#include "store/sqlite/checked_pages.h"
#include "store/sqlite/data_directory.h"
#include "store/sqlite/erase_person.h"
#include "store/sqlite/reader.h"
#include "store/sqlite/retention.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/wal_check.h"
#include "store/sqlite/writer.h"

namespace matchcue::store {

namespace {

class SqliteStore final : public Store {
 public:
  SqliteStore(DataDirectory directory, std::string epoch, Storage storage, Writer::Limits limits)
      : directory_(std::move(directory)), epoch_(std::move(epoch)), writer_(std::move(storage), limits) {}

  const std::string& epoch() const override { return epoch_; }

  std::unique_ptr<Reader> make_reader() override { return std::make_unique<SqliteReader>(directory_.paths()); }

  void append_change(domain::ChangePtr change, domain::LiveEvent event, domain::Sequence previous,
                     Done<void> done) override {
    CHECK(change->event == event.id && change->sequence == event.sequence, change->event, event.id, change->sequence);
    CHECK(change->sequence > previous, change->sequence, previous);
    submit<void>([change = std::move(change), event = std::move(event),
                  previous](WriteTarget& target) { return write_change(target, *change, event, previous); },
                 std::move(done));
  }

  void map_content(domain::ContentId content, domain::EventId event, Done<void> done) override {
    submit<void>([content = std::move(content),
                  event = std::move(event)](WriteTarget& target) { return write_content(target, content, event); },
                 std::move(done));
  }

  void put_items(std::vector<domain::Item> items, Done<WriteSummary> done) override {
    submit<WriteSummary>([items = std::move(items)](WriteTarget& target) { return write_items(target, items); },
                         std::move(done));
  }

  void put_viewers(std::vector<domain::Viewer> viewers, Done<WriteSummary> done) override {
    submit<WriteSummary>([viewers = std::move(viewers)](WriteTarget& target) { return write_viewers(target, viewers); },
                         std::move(done));
  }

  void add_interactions(std::vector<domain::Interaction> interactions, Done<WriteSummary> done) override {
    submit<WriteSummary>([interactions = std::move(interactions)](
                             WriteTarget& target) { return write_interactions(target, interactions); },
                         std::move(done));
  }

  void put_schema(domain::DatasetKind kind, std::string text, Done<void> done) override {
    submit<void>([kind, text = std::move(text)](WriteTarget& target) { return write_schema(target, kind, text); },
                 std::move(done));
  }

  void identify_viewer(domain::ViewerLink link, Done<std::uint64_t> done) override {
    submit<std::uint64_t>([link = std::move(link)](WriteTarget& target) { return write_viewer_link(target, link); },
                          std::move(done));
  }

  void put_filter(domain::StoredFilter filter, Done<domain::StoredFilter> done) override {
    submit<domain::StoredFilter>(
        [filter = std::move(filter)](WriteTarget& target) { return write_filter(target, filter); }, std::move(done));
  }

  void delete_filter(domain::FilterName name, Done<domain::StoredFilter> done) override {
    submit<domain::StoredFilter>([name = std::move(name)](WriteTarget& target) { return erase_filter(target, name); },
                                 std::move(done));
  }

  void index_past(Done<void> done) override {
    submit<void>([](WriteTarget& target) { return write_past_index(target); }, std::move(done));
  }

  void put_revocation(domain::Revocation revocation, Done<void> done) override {
    submit<void>(
        [revocation = std::move(revocation)](WriteTarget& target) { return write_revocation(target, revocation); },
        std::move(done));
  }

  void put_audit(domain::AuditRecord record, Done<void> done) override {
    submit<void>([record = std::move(record)](WriteTarget& target) { return write_audit(target, record); },
                 std::move(done));
  }

  void append_decisions(std::shared_ptr<const domain::DecisionBatch> batch, Done<void> done) override {
    const auto lost = [this, batch](const Result<void>& result) {
      if (!result.ok()) lost_decisions_.add(batch->header.event, batch->header.sequence);
    };
    submit<void>(
        [batch, lost](WriteTarget& target) {
          const Result<void> written = write_decisions(target, *batch);
          lost(written);  // feedback in the same commit has to know
          return written;
        },
        [lost, done = std::move(done)](Result<void> result) {
          lost(result);
          if (done) done(std::move(result));
        });
  }

  void append_feedback(std::vector<domain::Feedback> feedback, Done<std::vector<FeedbackOutcome>> done) override {
    submit<std::vector<FeedbackOutcome>>(
        [this, feedback = std::move(feedback)](WriteTarget& target) {
          return write_feedback(target, feedback, lost_decisions_);
        },
        std::move(done));
  }

  void append_learner_step(LearnerStep step, Done<void> done) override {
    submit<void>([step](WriteTarget& target) { return write_learner_step(target, step); }, std::move(done));
  }

  Result<void> put_learner_snapshot(const LearnerSnapshot& snapshot) override {
    return SnapshotFolder(*directory_.paths().disk, directory_.paths().snapshots).save(snapshot);
  }

  void erase_viewer(domain::ViewerId viewer, Done<Erasure> done) override {
    const auto erase = [this, viewer = std::move(viewer), done](const Result<Storage*>& storage) -> Result<void> {
      auto erased = storage.ok() ? erase_person(**storage, directory_.paths(), viewer) : storage.error();
      const Result<void> result = erased.ok() ? Result<void>() : erased.error();
      done(std::move(erased));
      return result;
    };
    // After everything that is queued: it may be about them.
    const auto nothing = [](WriteTarget&) -> Result<void> { return {}; };
    submit<void>(nothing, [this, erase, done = std::move(done)](const Result<void>& reached) {
      if (!reached.ok()) return done(reached.error());
      writer_.submit_between(erase);
    });
  }

  void drop_decisions(WallTime now, Milliseconds keep, Done<RetentionStep> done) override {
    CHECK(keep > Milliseconds(0), keep.count());
    writer_.submit_between([now, keep, done = std::move(done)](const Result<Storage*>& storage) -> Result<void> {
      auto step = storage.ok() ? drop_some_decisions(**storage, now, keep) : Result<RetentionStep>(storage.error());
      const Result<void> result = step.ok() ? Result<void>() : step.error();
      if (done) done(std::move(step));
      return result;
    });
  }

  std::optional<Error> trouble() const override { return writer_.trouble(); }

  void close() override { writer_.close(); }

 private:
  template <typename T, typename Apply>
  void submit(Apply apply, Done<T> done) {
    writer_.submit(make_write<T>(std::move(apply), std::move(done)));
  }

  DataDirectory directory_;  // first: the lock outlives the writer
  std::string epoch_;
  LostDecisions lost_decisions_;
  Writer writer_;  // last: its thread uses the above
};

/// The chunks behind the last synced byte, as the index has them.
Result<std::vector<ChunkPlace>> load_unsynced_places(Connection& connection, std::uint64_t synced) {
  Query query(connection,
              "SELECT log_offset, length, event_id, sequence FROM decision_chunks WHERE log_offset >= ?1 "
              "ORDER BY log_offset",
              synced);
  std::vector<ChunkPlace> places;
  while (true) {
    MCUE_TRY(const bool more, query.next());
    if (!more) return places;
    places.push_back(
        {query.count(0), query.count(1), domain::EventId(query.text(2)), domain::Sequence(query.count(3))});
  }
}

/// Ends an erasure that was cut short: its patches are committed, so their chunks are in the log.
Result<void> apply_log_patches(Connection& connection, DecisionLog& log) {
  MCUE_TRY_VOID(overwrite_patched_chunks(connection, log));
  return Query(connection, "DELETE FROM log_patches").run();
}

/// Makes the index and the log agree again after a crash. Behind the last synced byte a chunk may be in the log and not
/// in the index (the commit did not happen) or in the index and not whole in the log (power loss, which may spare later
/// ones). Nobody was promised those.
Result<void> recover_log(Connection& connection, DecisionLog& log) {
  MCUE_TRY(const std::uint64_t synced, load_meta_count(connection, kLogSyncedKey));
  if (log.end() < synced) {
    return Error{
        ErrorKind::corrupt,
        "corrupt_decisions",
        log.path() + " has " + std::to_string(log.end()) + " bytes; " + std::to_string(synced) + " were stored",
        {}};
  }
  MCUE_TRY(const std::uint64_t begin, load_meta_count(connection, kLogBeginKey));
  MCUE_TRY_VOID(log.free_before(begin, UINT64_MAX));  // dropped, and then the process ended
  MCUE_TRY_VOID(apply_log_patches(connection, log));
  MCUE_TRY(const auto places, load_unsynced_places(connection, synced));
  std::uint64_t known_end = synced;
  for (const ChunkPlace& place : places) {
    MCUE_TRY(const bool whole, log.has_chunk(place));
    if (whole) {
      known_end = place.offset + place.length;
    } else {
      MCUE_TRY_VOID(Query(connection, "DELETE FROM decision_chunks WHERE log_offset = ?1", place.offset).run());
    }
  }
  MCUE_TRY(const auto found, log.recover_tail(known_end));
  for (const ChunkPlace& place : found) {
    MCUE_TRY_VOID(Query(connection,
                        "INSERT INTO decision_chunks (log_offset, length, event_id, sequence) VALUES (?1, ?2, ?3, ?4)",
                        place.offset, place.length, place.event.str(), place.sequence.value())
                      .run());
  }
  MCUE_TRY_VOID(log.sync());
  return save_meta_count(connection, kLogSyncedKey, log.end());
}

/// A database of an older version has no room for sums in its pages: all of them are written anew, once.
Result<void> make_room_for_sums(Connection& connection) {
  constexpr std::uint64_t kReservedBytesAt = 20;
  MCUE_TRY(const std::string reserved, connection.file().read(kReservedBytesAt, 1));
  if (reserved.empty() || reserved.front() == kPageSumBytes) return {};
  return connection.run("VACUUM");
}

Result<void> recover(Connection& connection, DecisionLog& log) {
  MCUE_TRY_VOID(connection.run("BEGIN IMMEDIATE"));
  const Result<void> recovered = recover_log(connection, log);
  const Result<void> ended = connection.run(recovered.ok() ? "COMMIT" : "ROLLBACK");
  return recovered.ok() ? ended : recovered;
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const SqliteOptions& options) {
  CHECK(options.queue_writes_max >= 1 && options.commit_writes_max >= 1);
  Disk& disk = options.disk == nullptr ? real_disk() : *options.disk;
  MCUE_TRY(DataDirectory directory, DataDirectory::open(disk, options.directory));
  MCUE_TRY_VOID(check_wal(disk, directory.paths().database + "-wal"));
  MCUE_TRY(auto connection, Connection::open(directory.paths().database, Access::write, disk.sqlite_vfs()));
  const std::string checkpoints = "PRAGMA wal_autocheckpoint = " + std::to_string(options.checkpoint_pages);
  MCUE_TRY_VOID(connection->run(checkpoints.c_str()));
  MCUE_TRY_VOID(migrate(*connection, directory.paths().database));
  MCUE_TRY_VOID(make_room_for_sums(*connection));
  MCUE_TRY(DecisionLog log, DecisionLog::open(disk, directory.paths().log));
  MCUE_TRY_VOID(recover(*connection, log));
  // So that a WAL never holds frames of two processes: check_wal() could not tell theirs apart.
  MCUE_TRY_VOID(connection->run("PRAGMA wal_checkpoint(TRUNCATE)"));
  MCUE_TRY_VOID(directory.sync());
  MCUE_TRY(std::string epoch, load_meta(*connection, kEpochKey));
  MCUE_TRY(KeyIndex interaction_keys, KeyIndex::open(*connection, kInteractionKeys));
  MCUE_TRY(KeyIndex feedback_keys, KeyIndex::open(*connection, kFeedbackKeys));
  Storage storage{std::move(connection), std::move(log), std::move(interaction_keys), std::move(feedback_keys)};
  const Writer::Limits limits{options.queue_writes_max, options.commit_writes_max};
  return std::unique_ptr<Store>(
      std::make_unique<SqliteStore>(std::move(directory), std::move(epoch), std::move(storage), limits));
}

Result<std::unique_ptr<Reader>> open_sqlite_reader(const std::string& directory) {
  const DataPaths paths(real_disk(), directory);
  if (!paths.disk->exists(paths.database)) {
    return not_found("unknown_data_directory", "there is no data directory at " + directory, "data_dir");
  }
  MCUE_TRY(const auto connection, Connection::open(paths.database, Access::read, paths.disk->sqlite_vfs()));
  MCUE_TRY_VOID(check_layout(*connection, paths.database));
  return std::unique_ptr<Reader>(std::make_unique<SqliteReader>(paths));
}

}  // namespace matchcue::store
