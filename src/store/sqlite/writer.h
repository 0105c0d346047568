#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The one thread that writes: it takes what is queued, carries it out in one transaction, and answers after the commit.

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "store/sqlite/writes.h"

namespace matchcue::store {

/// One queued write. Made by one thread, then the writer's; a refused one is its answerer's.
class Write {
 public:
  virtual ~Write() = default;
  /// Does the work and keeps its result; false when that is an error.
  virtual bool apply(WriteTarget& target) = 0;
  /// Makes `error` the result, unless it is an error already, and lets go of what was to be written.
  virtual void fail(const Error& error) = 0;
  /// Why it failed; null when it did not.
  virtual const Error* error() const = 0;
  /// Hands out the result.
  virtual void finish() = 0;
};

/// A write made of a callable `Result<T>(WriteTarget&)` and the caller's Done, which may be empty.
template <typename T, typename Apply>
class WriteOf final : public Write {
 public:
  WriteOf(Apply apply, Done<T> done) : apply_(std::move(apply)), done_(std::move(done)) {}

  bool apply(WriteTarget& target) override {
    result_.emplace((*apply_)(target));
    return result_->ok();
  }
  void fail(const Error& error) override {
    if (!result_ || result_->ok()) result_.emplace(error);
    apply_.reset();
  }
  const Error* error() const override { return result_ && !result_->ok() ? &result_->error() : nullptr; }
  void finish() override {
    CHECK(result_.has_value());
    if (done_) done_(std::move(*result_));
  }

 private:
  std::optional<Apply> apply_;
  Done<T> done_;
  std::optional<Result<T>> result_;
};

template <typename T, typename Apply>
std::unique_ptr<Write> make_write(Apply apply, Done<T> done) {
  return std::make_unique<WriteOf<T, Apply>>(std::move(apply), std::move(done));
}

/// What the writer thread owns on disk.
struct Storage {
  std::unique_ptr<Connection> connection;
  DecisionLog log;
  KeyIndex interaction_keys;
  KeyIndex feedback_keys;
  TraitsNumbers traits_numbers = {};
};

/// Owns the storage and the thread. submit() and close(): any thread.
///
/// 1. Writes are applied in the order of submit(), each in a savepoint: one that fails leaves its neighbours alone.
/// 2. No write is answered before the transaction that holds it has committed or failed.
/// 3. Every write is answered once: on the writer thread, or, when it is refused at once, on another one, which no disk
///    holds up. Both live as long as the Writer.
/// 4. While storage refuses it is asked once a second whether it works again.
/// 5. After a failed sync every write is refused: nobody can say what of the last ones is on the disk.
class Writer {
 public:
  struct Limits {
    std::size_t queue_writes_max;
    std::size_t commit_writes_max;
  };

  Writer(Storage storage, Limits limits);
  ~Writer();

  void submit(std::unique_ptr<Write> write);
  /// Carries out `task` between two commits, before whatever is queued. It gets an error when nothing may be written
  /// any more, answers whoever asked, and returns its own error.
  using Task = std::function<Result<void>(Result<Storage*>)>;
  void submit_between(Task task);
  /// What the last commit or probe failed with; nothing when it went well.
  std::optional<Error> trouble() const;
  /// Waits until everything queued is answered and the log is synced. Not from a Done. Idempotent.
  void close();

 private:
  using Writes = std::vector<std::unique_ptr<Write>>;

  void run();
  void answer_refused();
  void commit(Writes& writes);
  Result<void> carry_out(Writes& writes);
  void roll_back(std::uint64_t log_end);
  Result<void> apply_all(Writes& writes, WriteTarget& target);
  Result<void> sync_log();
  Result<void> check_usable() const;
  void run_between(const Task& task);
  void note_failed_sync(const Error& error);
  void probe();
  void note_trouble(const Result<void>& committed, const Writes& writes);
  void set_trouble(std::optional<Error> trouble);
  void settle();

  const Limits limits_;
  Storage storage_;                  // the thread's
  std::optional<Error> sync_error_;  // the thread's; once there, it stays

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable work_;
  std::condition_variable refusals_;
  std::condition_variable idle_;
  std::deque<std::unique_ptr<Write>> queue_;
  Writes refused_;              // failed already; only to be answered
  std::size_t unanswered_ = 0;  // of those that were refused
  std::deque<Task> between_;
  std::optional<Error> trouble_;
  bool closing_ = false;
  bool settled_ = false;
  bool stopping_ = false;
  std::thread answerer_;
  std::thread thread_;  // last: they use all of the above
};

}  // namespace matchcue::store
