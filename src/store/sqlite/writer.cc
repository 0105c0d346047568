// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/writer.h"

#include "store/sqlite/schema.h"

namespace matchcue::store {

namespace {

/// Unsynced decisions are read again at the next start, so there are never more of them than this and one commit's.
constexpr std::uint64_t kUnsyncedBytesMax = 16 * 1024 * 1024;

}  // namespace

Writer::Writer(Storage storage, Limits limits)
    : limits_(limits), storage_(std::move(storage)), thread_([this] { run(); }) {}

Writer::~Writer() {
  close();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  thread_.join();
}

void Writer::submit(std::unique_ptr<Write> write) {
  {
    const std::lock_guard lock(mutex_);
    if (closing_) {
      write->fail(unavailable("store_closed", "the store is closed"));
      refused_.push_back(std::move(write));
    } else if (queue_.size() >= limits_.queue_writes_max) {
      write->fail(unavailable("store_queue_full",
                              std::to_string(limits_.queue_writes_max) + " writes are waiting for the disk"));
      refused_.push_back(std::move(write));
    } else {
      queue_.push_back(std::move(write));
    }
  }
  work_.notify_one();
}

void Writer::close() {
  std::unique_lock lock(mutex_);
  closing_ = true;
  work_.notify_one();
  idle_.wait(lock, [this] { return settled_; });
}

void Writer::run() {
  while (true) {
    Writes writes;
    Writes refused;
    bool settle_now = false;
    {
      std::unique_lock lock(mutex_);
      const auto has_work = [this] {
        return !queue_.empty() || !refused_.empty() || (closing_ && !settled_) || stopping_;
      };
      work_.wait(lock, has_work);
      while (!queue_.empty() && writes.size() < limits_.commit_writes_max) {
        writes.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
      refused.swap(refused_);
      settle_now = closing_ && !settled_ && writes.empty();
      if (stopping_ && writes.empty() && refused.empty()) return;
    }
    for (const auto& write : refused) write->finish();
    if (!writes.empty()) commit(writes);
    if (settle_now) settle();
  }
}

void Writer::commit(Writes& writes) {
  const std::uint64_t log_end = storage_.log.end();
  const Result<void> result = carry_out(writes);
  if (!result.ok()) {
    if (result.error().code == kSyncFailed && !sync_error_) {
      sync_error_ = result.error();
      sync_error_->message += "; nothing more is stored until matchcue is started again";
    }
    roll_back(log_end);
    for (const auto& write : writes) write->fail(result.error());
  }
  for (const auto& write : writes) write->finish();
}

void Writer::roll_back(std::uint64_t log_end) {
  if (storage_.connection->in_transaction()) {
    // When not even this succeeds, the next BEGIN fails and says why.
    [[maybe_unused]] const bool undone = storage_.connection->run("ROLLBACK").ok();
  }
  storage_.log.rewind(log_end);
  storage_.interaction_keys.on_rollback();
  storage_.feedback_keys.on_rollback();
  storage_.traits_numbers.on_rollback();
}

Result<void> Writer::carry_out(Writes& writes) {
  if (sync_error_) return *sync_error_;
  if (storage_.connection->has_moved() || !storage_.log.is_in_place()) {
    return unavailable("storage_moved", "the data directory was removed or replaced while it was in use");
  }
  WriteTarget target{*storage_.connection, storage_.log, storage_.interaction_keys, storage_.feedback_keys,
                     storage_.traits_numbers};
  MCUE_TRY_VOID(storage_.connection->run("BEGIN IMMEDIATE"));
  MCUE_TRY_VOID(apply_all(writes, target));
  const bool sync_now =
      (target.sync_log && storage_.log.unsynced_bytes() > 0) || storage_.log.unsynced_bytes() > kUnsyncedBytesMax;
  if (sync_now) MCUE_TRY_VOID(sync_log());
  MCUE_TRY_VOID(target.interaction_keys.move_some(*storage_.connection));
  MCUE_TRY_VOID(target.feedback_keys.move_some(*storage_.connection));
  MCUE_TRY_VOID(Query(*storage_.connection, "COMMIT").run());
  target.interaction_keys.on_commit();
  target.feedback_keys.on_commit();
  return {};
}

Result<void> Writer::apply_all(Writes& writes, WriteTarget& target) {
  for (const auto& write : writes) {
    const std::uint64_t log_end = storage_.log.end();
    const std::size_t interactions_added = target.interaction_keys.added();
    const std::size_t feedback_added = target.feedback_keys.added();
    MCUE_TRY_VOID(Query(*storage_.connection, "SAVEPOINT one_write").run());
    if (!write->apply(target)) {
      if (!storage_.connection->in_transaction()) {  // SQLite gave all of it up: disk full, I/O error
        return *write->error();
      }
      storage_.log.rewind(log_end);
      target.interaction_keys.undo(interactions_added);
      target.feedback_keys.undo(feedback_added);
      target.traits_numbers.on_rollback();
      MCUE_TRY_VOID(Query(*storage_.connection, "ROLLBACK TO one_write").run());
    }
    MCUE_TRY_VOID(Query(*storage_.connection, "RELEASE one_write").run());
  }
  return {};
}

Result<void> Writer::sync_log() {
  MCUE_TRY_VOID(storage_.log.sync());
  return save_meta_count(*storage_.connection, kLogSyncedKey, storage_.log.end());
}

void Writer::settle() {
  // Best effort: nothing that was answered depends on it. What is not synced here is read again at the next start.
  if (storage_.log.unsynced_bytes() > 0) {
    [[maybe_unused]] const bool synced = sync_log().ok();
  }
  const std::lock_guard lock(mutex_);
  settled_ = true;
  idle_.notify_all();
}

}  // namespace matchcue::store
