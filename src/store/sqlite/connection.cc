// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/connection.h"

#include <cerrno>

#include "store/disk.h"
#include "store/sqlite/checked_pages.h"

namespace matchcue::store {

namespace {

constexpr int kBusyTimeoutMs = 5'000;

/// FULL makes every commit durable. A WAL that an import made longer is cut back to 64 MiB. Pages are cached up to
/// 16 MiB: more is the kernel's to keep, and would look like growth for hours.
constexpr const char* kWriterSettings =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
    "PRAGMA cache_size = -16384; PRAGMA journal_size_limit = 67108864;";
constexpr const char* kReaderSettings = "PRAGMA query_only = ON;";

/// `error_number` is the errno of the call that failed; 0 when there was none.
Error make_error(int code, int error_number, const std::string& path, const char* message) {
  const std::string text = path + ": " + message;
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return Error{ErrorKind::corrupt, "corrupt_database", text, {}};
    case SQLITE_CONSTRAINT: return invalid("constraint", text);
    case SQLITE_FULL: return storage_error(ENOSPC, "write", path);
    case SQLITE_READONLY: return storage_error(EROFS, "write", path);
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
      if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC) return sync_error(path, message);
      if (error_number != 0) return storage_error(error_number, "use", path);
      return unavailable("storage_unavailable", text);
    default: return unavailable("storage_unavailable", text);
  }
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Access access, const char* vfs) {
  sqlite3* database = nullptr;
  const int create = access == Access::write ? SQLITE_OPEN_CREATE : 0;
  const int code =
      sqlite3_open_v2(path.c_str(), &database,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | create, checked_vfs(vfs));
  std::unique_ptr<Connection> connection(new Connection(path, database));
  if (code != SQLITE_OK) return make_error(code, sqlite3_system_errno(database), path, sqlite3_errstr(code));
  sqlite3_busy_timeout(database, kBusyTimeoutMs);
  int reserved = kPageSumBytes;  // of a database that is created or vacuumed
  sqlite3_file_control(database, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
  MCUE_TRY_VOID(connection->run(access == Access::write ? kWriterSettings : kReaderSettings));
  return connection;
}

Connection::~Connection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(database_);
}

Result<void> Connection::run(const char* sql) {
  if (sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return last_error();
  return {};
}

sqlite3_stmt* Connection::prepare(std::string_view sql) {
  const auto known = statements_.find(sql);
  if (known != statements_.end()) {
    CHECK(sqlite3_stmt_busy(known->second) == 0, sql);
    return known->second;
  }
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, &rest);
  if (code != SQLITE_OK) return nullptr;
  statements_.emplace(sql, statement);
  return statement;
}

DatabaseFile Connection::file() const {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(database_, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  CHECK(file != nullptr && file->pMethods != nullptr, path_);
  return DatabaseFile(file);
}

Result<std::uint64_t> DatabaseFile::size() const {
  sqlite3_int64 size = 0;
  if (file_->pMethods->xFileSize(file_, &size) != SQLITE_OK) return unavailable("storage_failed", "no file size");
  return static_cast<std::uint64_t>(size);
}

Result<std::string> DatabaseFile::read(std::uint64_t offset, std::size_t bytes) const {
  MCUE_TRY(const std::uint64_t end, size());
  std::string text(offset < end ? std::min<std::uint64_t>(bytes, end - offset) : 0, '\0');
  if (text.empty()) return text;
  const int code =
      file_->pMethods->xRead(file_, text.data(), static_cast<int>(text.size()), static_cast<sqlite3_int64>(offset));
  if (code != SQLITE_OK) return unavailable("storage_failed", "cannot read the database file");
  return text;
}

bool Connection::has_moved() const {
  int moved = 0;
  return sqlite3_file_control(database_, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0;
}

/// The errno of the call that failed. SQLite keeps it for most calls, and not for the writing of a commit.
int Connection::last_errno() const {
  const int code = sqlite3_extended_errcode(database_);
  if (code != SQLITE_IOERR_WRITE && code != SQLITE_IOERR_TRUNCATE) return sqlite3_system_errno(database_);
  sqlite3_file* wal = nullptr;
  int error_number = 0;
  sqlite3_file_control(database_, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
  if (wal != nullptr && wal->pMethods != nullptr) {
    wal->pMethods->xFileControl(wal, SQLITE_FCNTL_LAST_ERRNO, &error_number);
  }
  if (error_number == 0) sqlite3_file_control(database_, "main", SQLITE_FCNTL_LAST_ERRNO, &error_number);
  return error_number != 0 ? error_number : sqlite3_system_errno(database_);
}

Error Connection::last_error() const {
  return make_error(sqlite3_extended_errcode(database_), last_errno(), path_, sqlite3_errmsg(database_));
}

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Result<bool> Query::next() {
  if (statement_ == nullptr) return connection_.last_error();
  switch (sqlite3_step(statement_)) {
    case SQLITE_ROW: return true;
    case SQLITE_DONE: return false;
    default: return connection_.last_error();
  }
}

Result<void> Query::run() {
  MCUE_TRY(const bool row, next());
  CHECK(!row);
  return {};
}

std::string_view Query::view(int column) const {
  // The pointer first: asking for it may change the representation that the length is of.
  const void* bytes = sqlite3_column_blob(statement_, column);
  const int length = sqlite3_column_bytes(statement_, column);
  return bytes == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(bytes), length);
}

void Query::bind(int index, std::string_view text) {
  if (statement_ == nullptr) return;
  const char* bytes = text.data() == nullptr ? "" : text.data();
  sqlite3_bind_text64(statement_, index, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8);
}
void Query::bind(int index, std::int64_t number) {
  if (statement_ != nullptr) sqlite3_bind_int64(statement_, index, number);
}
void Query::bind(int index, double number) {
  if (statement_ != nullptr) sqlite3_bind_double(statement_, index, number);
}

Snapshot::~Snapshot() {
  // A read transaction holds nothing to lose; when even ending it fails, the next call reports why.
  if (begun_.ok()) [[maybe_unused]]
    const bool ended = connection_.run("COMMIT").ok();
}

}  // namespace matchcue::store
