#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// SQLite with owners: a connection that keeps its prepared statements, and one use of such a statement.

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"

namespace matchcue::store {

enum class Access { read, write };

/// The database file as it is on the disk, read by the descriptor that SQLite has. Opening and closing another one in
/// this process would give up every lock that SQLite holds on it (that is how POSIX locks are), and the next program
/// that looks into the database would take it for unused and delete its WAL.
class DatabaseFile {
 public:
  explicit DatabaseFile(sqlite3_file* file) : file_(file) {}

  Result<std::uint64_t> size() const;
  /// Fewer bytes at the end of the file.
  Result<std::string> read(std::uint64_t offset, std::size_t bytes) const;

 private:
  sqlite3_file* file_;
};

/// One connection, one thread at a time. Neither copies nor moves: queries refer to it.
class Connection {
 public:
  /// Opens the database file; with Access::write it is created when missing. `vfs` names how SQLite reaches the disk;
  /// null is its own way. Errors: corrupt, unavailable.
  static Result<std::unique_ptr<Connection>> open(const std::string& path, Access access, const char* vfs = nullptr);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Carries out statements that return no rows. Errors: corrupt, unavailable.
  Result<void> run(const char* sql);
  /// The statement for this text (a literal: it is kept by reference), prepared at its first use; null on failure.
  sqlite3_stmt* prepare(std::string_view sql);

  /// Valid as long as the connection.
  DatabaseFile file() const;

  bool in_transaction() const { return sqlite3_get_autocommit(database_) == 0; }
  /// True when somebody removed or renamed the database file: then nothing written to it will be found again.
  bool has_moved() const;
  /// How many rows the latest INSERT, UPDATE or DELETE changed.
  int changed_rows() const { return sqlite3_changes(database_); }
  /// The number of the row that the latest INSERT added.
  std::int64_t last_row() const { return sqlite3_last_insert_rowid(database_); }
  /// What just went wrong: corrupt for damaged files, invalid for a broken constraint, else unavailable, with a code
  /// that names the cause as storage_error() does.
  Error last_error() const;

 private:
  int last_errno() const;

  Connection(std::string path, sqlite3* database) : path_(std::move(path)), database_(database) {}

  std::string path_;
  sqlite3* database_;
  std::unordered_map<std::string_view, sqlite3_stmt*> statements_;
};

/// One use of a statement, from the binding of its values to the last row. Bound text must outlive the use.
class Query {
 public:
  /// Binds `values` to ?1, ?2, ...: text, whole numbers, numbers, std::nullopt or std::optional of these.
  template <typename... Values>
  explicit Query(Connection& connection, std::string_view sql, const Values&... values)
      : connection_(connection), statement_(connection.prepare(sql)) {
    [[maybe_unused]] int index = 0;
    (bind(++index, values), ...);
  }
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  /// Goes to the next row; false when there is none. Errors: corrupt, unavailable, invalid (a constraint).
  Result<bool> next();
  /// Carries out a statement that returns no rows.
  Result<void> run();

  // The columns of the present row, from 0.
  bool is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::int64_t whole(int column) const { return sqlite3_column_int64(statement_, column); }
  std::uint64_t count(int column) const { return static_cast<std::uint64_t>(whole(column)); }
  double number(int column) const { return sqlite3_column_double(statement_, column); }
  std::string text(int column) const { return std::string(view(column)); }
  /// Valid until the next call of next().
  std::string_view view(int column) const;

 private:
  void bind(int index, std::string_view text);
  void bind(int index, std::int64_t number);
  void bind(int index, std::uint64_t number) { bind(index, static_cast<std::int64_t>(number)); }
  void bind(int index, int number) { bind(index, static_cast<std::int64_t>(number)); }
  void bind(int index, bool flag) { bind(index, static_cast<std::int64_t>(flag)); }
  void bind(int index, double number);
  void bind(int, std::nullopt_t) {}
  template <typename T>
  void bind(int index, const std::optional<T>& value) {
    if (value) bind(index, *value);
  }

  Connection& connection_;
  sqlite3_stmt* statement_;
};

/// Makes several queries see the same commit. Ends with its life; changes nothing.
class Snapshot {
 public:
  explicit Snapshot(Connection& connection) : connection_(connection), begun_(connection.run("BEGIN")) {}
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  const Result<void>& begun() const { return begun_; }

 private:
  Connection& connection_;
  Result<void> begun_;
};

/// Runs `work` in a transaction.
template <typename Work>
Result<void> in_transaction(Connection& connection, const Work& work) {
  MCUE_TRY_VOID(connection.run("BEGIN IMMEDIATE"));
  Result<void> done = work();
  if (done.ok()) done = connection.run("COMMIT");
  if (!done.ok() && connection.in_transaction()) {
    [[maybe_unused]] const bool undone = connection.run("ROLLBACK").ok();
  }
  return done;
}

}  // namespace matchcue::store
