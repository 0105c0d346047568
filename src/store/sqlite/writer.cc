// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/writer.h"

#include <chrono>

#include "store/sqlite/schema.h"

namespace matchcue::store {

namespace {

/// Unsynced decisions are read again at the next start, so there are never more of them than this and one commit's.
constexpr std::uint64_t kUnsyncedBytesMax = 16 * 1024 * 1024;
constexpr std::chrono::seconds kProbeEvery{1};

}  // namespace

Writer::Writer(Storage storage, Limits limits)
    : limits_(limits),
      storage_(std::move(storage)),
      answerer_([this] { answer_refused(); }),
      thread_([this] { run(); }) {}

Writer::~Writer() {
  close();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  refusals_.notify_one();
  thread_.join();
  answerer_.join();
}

void Writer::submit(std::unique_ptr<Write> write) {
  const std::lock_guard lock(mutex_);
  if (!closing_ && queue_.size() < limits_.queue_writes_max) {
    queue_.push_back(std::move(write));
    return work_.notify_one();
  }
  const std::string waiting = std::to_string(limits_.queue_writes_max) + " writes are waiting for the disk";
  write->fail(closing_ ? unavailable("store_closed", "the store is closed") : unavailable("store_queue_full", waiting));
  refused_.push_back(std::move(write));
  ++unanswered_;
  refusals_.notify_one();
}

void Writer::submit_between(Task task) {
  bool closed = false;
  {
    const std::lock_guard lock(mutex_);
    closed = closing_;
    if (!closed) between_.push_back(std::move(task));
  }
  if (!closed) return work_.notify_one();
  [[maybe_unused]] const bool done = task(unavailable("store_closed", "the store is closed")).ok();
}

std::optional<Error> Writer::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

void Writer::close() {
  std::unique_lock lock(mutex_);
  closing_ = true;
  work_.notify_one();
  idle_.wait(lock, [this] { return settled_ && unanswered_ == 0; });
}

void Writer::run() {
  while (true) {
    Writes writes;
    std::deque<Task> between;
    bool settle_now = false;
    bool probe_now = false;
    {
      std::unique_lock lock(mutex_);
      const auto has_work = [this] {
        return !queue_.empty() || !between_.empty() || (closing_ && !settled_) || stopping_;
      };
      if (trouble_ && !sync_error_) {
        probe_now = !work_.wait_for(lock, kProbeEvery, has_work);
      } else {
        work_.wait(lock, has_work);
      }
      between.swap(between_);
      while (!queue_.empty() && writes.size() < limits_.commit_writes_max) {
        writes.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
      settle_now = closing_ && !settled_ && writes.empty() && between.empty();
      if (stopping_ && writes.empty() && between.empty()) return;
    }
    if (probe_now) probe();
    for (const Task& task : between) run_between(task);
    if (!writes.empty()) commit(writes);
    if (settle_now) settle();
  }
}

void Writer::answer_refused() {
  std::unique_lock lock(mutex_);
  while (true) {
    refusals_.wait(lock, [this] { return !refused_.empty() || stopping_; });
    if (refused_.empty()) return;
    Writes refused;
    refused.swap(refused_);
    lock.unlock();
    for (const auto& write : refused) write->finish();
    lock.lock();
    unanswered_ -= refused.size();
    idle_.notify_all();
  }
}

void Writer::commit(Writes& writes) {
  const std::uint64_t log_end = storage_.log.end();
  const Result<void> result = carry_out(writes);
  if (!result.ok()) {
    note_failed_sync(result.error());
    roll_back(log_end);
    for (const auto& write : writes) write->fail(result.error());
  }
  note_trouble(result, writes);
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

Result<void> Writer::check_usable() const {
  if (sync_error_) return *sync_error_;
  if (storage_.connection->has_moved() || !storage_.log.is_in_place()) {
    return unavailable("storage_moved", "the data directory was removed or replaced while it was in use");
  }
  return {};
}

void Writer::note_failed_sync(const Error& error) {
  if (error.code != kSyncFailed || sync_error_) return;
  sync_error_ = error;
  sync_error_->message += "; nothing more is stored until matchcue is started again";
}

void Writer::run_between(const Task& task) {
  const Result<void> usable = check_usable();
  const Result<void> done = task(usable.ok() ? Result<Storage*>(&storage_) : Result<Storage*>(usable.error()));
  if (!done.ok()) note_failed_sync(done.error());
}

/// A commit that changes nothing.
void Writer::probe() {
  constexpr const char* kSql = "UPDATE meta SET value = value WHERE key = 'epoch'";
  Result<void> probed = check_usable();
  if (probed.ok()) probed = storage_.connection->run(kSql);
  if (!probed.ok()) note_failed_sync(probed.error());
  set_trouble(probed.ok() ? std::nullopt : std::optional(probed.error()));
}

/// The decision log may refuse what the database takes: then one write of a commit fails.
void Writer::note_trouble(const Result<void>& committed, const Writes& writes) {
  if (!committed.ok()) return set_trouble(sync_error_ ? sync_error_ : committed.error());
  for (const auto& write : writes) {
    const Error* error = write->error();
    if (error != nullptr && error->kind == ErrorKind::unavailable) return set_trouble(*error);
  }
  set_trouble(std::nullopt);
}

void Writer::set_trouble(std::optional<Error> trouble) {
  const std::lock_guard lock(mutex_);
  trouble_ = std::move(trouble);
}

Result<void> Writer::carry_out(Writes& writes) {
  MCUE_TRY_VOID(check_usable());
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
