// SPDX-License-Identifier: Apache-2.0
//
// What is found when a directory is opened again after damage, and what happens when storage refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "store/decision_chunk.h"
#include "store/sqlite/checked_pages.h"
#include "store/sqlite/test_store.h"

namespace matchcue::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::uint64_t> logged_sequences(Reader& reader, ErrorKind* damage = nullptr) {
  std::vector<std::uint64_t> seen;
  const auto visited = reader.visit_latest_decisions(
      100'000'000, [&](const domain::DecisionBatch& batch) { seen.push_back(batch.header.sequence.value()); });
  if (!visited.ok() && damage != nullptr) *damage = visited.error().kind;
  return seen;
}

void log_batches(const TestDirectory& directory, std::uint64_t count) {
  TestStore store(directory.path());
  for (std::uint64_t sequence = 1; sequence <= count; ++sequence) {
    ASSERT_TRUE(store.log(make_batch("match", sequence, 10)).ok());
  }
}

void append_to_file(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::app) << bytes;
}

void run_sql(const TestDirectory& directory, const std::string& sql) {
  sqlite3* database = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  ASSERT_EQ(sqlite3_open_v2(directory.database().c_str(), &database, flags, checked_vfs(nullptr)), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
  sqlite3_close(database);
}

/// The layout that this program writes.
std::string present_layout() {
  const TestDirectory directory;
  { const TestStore store(directory.path()); }
  sqlite3* database = nullptr;
  sqlite3_stmt* statement = nullptr;
  EXPECT_EQ(sqlite3_open(directory.database().c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_prepare_v2(database, "PRAGMA user_version", -1, &statement, nullptr), SQLITE_OK);
  EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW);
  std::string layout = std::to_string(sqlite3_column_int64(statement, 0));
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return layout;
}

Error open_error(const std::string& directory) {
  SqliteOptions options;
  options.directory = directory;
  const auto opened = open_sqlite_store(options);
  EXPECT_FALSE(opened.ok());
  return opened.ok() ? Error{} : opened.error();
}

TEST(Recovery, IndexesWholeChunksThatTheIndexMissesAndCutsATornOne) {
  const TestDirectory directory;
  log_batches(directory, 2);
  const std::string whole = encode_decision_chunk(make_batch("match", 3, 10), 0)->bytes;
  append_to_file(directory.log(), whole);
  const auto size = std::filesystem::file_size(directory.log());
  append_to_file(directory.log(), whole.substr(0, whole.size() - 1));
  TestStore store(directory.path());
  EXPECT_EQ(std::filesystem::file_size(directory.log()), size);
  EXPECT_THAT(logged_sequences(store.reader()), ElementsAre(1, 2, 3));
  ASSERT_TRUE(store.log(make_batch("match", 4, 10)).ok());
  EXPECT_THAT(logged_sequences(store.reader()), ElementsAre(1, 2, 3, 4));
}

TEST(Recovery, ForgetsUnsyncedChunksThatPowerLossTook) {
  const TestDirectory directory;
  log_batches(directory, 3);
  const auto size = std::filesystem::file_size(directory.log());
  run_sql(directory, "UPDATE meta SET value = 0 WHERE key = 'decision_log_synced'");
  std::filesystem::resize_file(directory.log(), size - 1);
  TestStore store(directory.path());
  EXPECT_THAT(logged_sequences(store.reader()), ElementsAre(1, 2));
}

TEST(Recovery, ReportsADamagedChunkAndServesTheOthers) {
  const TestDirectory directory;
  log_batches(directory, 3);
  flip_byte(directory.log(), std::filesystem::file_size(directory.log()) / 2);
  TestStore store(directory.path());
  ErrorKind damage = ErrorKind::internal;
  EXPECT_THAT(logged_sequences(store.reader(), &damage), ElementsAre(1, 3));
  EXPECT_EQ(damage, ErrorKind::corrupt);
  std::size_t visited = 0;
  const auto all = store.reader().visit_decisions([&](const domain::DecisionBatch&) { return ++visited > 0; });
  EXPECT_EQ(visited, 2U);
  EXPECT_EQ(all.error().kind, ErrorKind::corrupt);
  const auto decision =
      store.reader().load_decision({domain::EventId("match"), domain::Sequence(2), domain::ViewerId("viewer1")});
  ASSERT_FALSE(decision.ok());
  EXPECT_EQ(decision.error().kind, ErrorKind::corrupt);
}

TEST(Recovery, ForgetsAnUnsyncedChunkThatPowerLossToreInFrontOfAWholeOne) {
  const TestDirectory directory;
  log_batches(directory, 3);
  run_sql(directory, "UPDATE meta SET value = 0 WHERE key = 'decision_log_synced'");
  flip_byte(directory.log(), std::filesystem::file_size(directory.log()) / 2);
  TestStore store(directory.path());
  ErrorKind damage = ErrorKind::internal;
  EXPECT_THAT(logged_sequences(store.reader(), &damage), ElementsAre(1, 3));
  EXPECT_EQ(damage, ErrorKind::internal) << "nothing was damaged that anybody had been promised";
}

TEST(Recovery, ADamagedPartOfAChangesDecisionsHidesNoOthers) {
  const TestDirectory directory;
  {
    TestStore store(directory.path());
    ASSERT_TRUE(store.log(make_batch("match", 1, 2, "ann")).ok());
    ASSERT_TRUE(store.log(make_batch("match", 1, 2, "bob")).ok());
  }
  flip_byte(directory.log(), std::filesystem::file_size(directory.log()) * 3 / 4);
  TestStore store(directory.path());
  const auto load = [&](const char* viewer) {
    return store.reader().load_decision({domain::EventId("match"), domain::Sequence(1), domain::ViewerId(viewer)});
  };
  EXPECT_TRUE(load("ann1").value().has_value());
  EXPECT_EQ(load("bob1").error().kind, ErrorKind::corrupt);
}

TEST(Recovery, RefusesALogThatLostWhatWasSynced) {
  const TestDirectory directory;
  log_batches(directory, 1);
  std::filesystem::remove(directory.log());
  const Error error = open_error(directory.path());
  EXPECT_EQ(error.kind, ErrorKind::corrupt);
  EXPECT_THAT(error.message, HasSubstr("decisions.log"));
}

TEST(Recovery, RefusesADatabaseThatIsNone) {
  const TestDirectory directory;
  append_to_file(directory.database(), std::string(8192, 'x'));
  const Error error = open_error(directory.path());
  EXPECT_EQ(error.kind, ErrorKind::corrupt);
  EXPECT_THAT(error.message, HasSubstr("matchcue.db"));
}

TEST(Recovery, AnotherProgramThatLooksInLeavesTheWalAlone) {
  const TestDirectory directory;
  TestStore store(directory.path());
  ASSERT_TRUE(store.append(make_change("match", 1), 0).ok());
  const std::string look =
      "sqlite3 " + directory.database() + " 'SELECT count(*) FROM events' > " + directory.path() + "/out";
  ASSERT_EQ(std::system(look.c_str()), 0);
  EXPECT_TRUE(std::filesystem::exists(directory.database() + "-wal"));
  ASSERT_TRUE(store.append(make_change("match", 2), 1).ok());
  EXPECT_EQ(open_sqlite_reader(directory.path()).value()->load_events()->at(0).sequence, domain::Sequence(2));
}

TEST(Recovery, MakesAnEmptyDatabaseAPresentOne) {
  const TestDirectory directory;
  run_sql(directory, "PRAGMA user_version = 0; VACUUM");
  TestStore store(directory.path());
  EXPECT_TRUE(store.append(make_change("match", 1), 0).ok());
}

TEST(Recovery, GivesTheDatabaseOfAnOlderVersionRoomForChecksums) {
  const TestDirectory directory;
  log_batches(directory, 1);
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(directory.database().c_str(), &database), SQLITE_OK);
  int none = 0;
  sqlite3_file_control(database, "main", SQLITE_FCNTL_RESERVE_BYTES, &none);
  ASSERT_EQ(sqlite3_exec(database, "PRAGMA journal_mode = DELETE; VACUUM", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
  { const TestStore store(directory.path()); }
  std::string header(100, '\0');
  std::ifstream(directory.database(), std::ios::binary).read(header.data(), 100);
  EXPECT_EQ(header[20], kPageSumBytes);
  TestStore store(directory.path());
  EXPECT_THAT(logged_sequences(store.reader()), ElementsAre(1));
}

TEST(Recovery, BringsTheLayoutBeforeFiltersToThePresentOne) {
  const TestDirectory directory;
  {
    TestStore store(directory.path());
    ASSERT_TRUE(store.append(make_change("match", 1), 0).ok());
  }
  run_sql(directory,
          "DROP TABLE filters; ALTER TABLE events DROP COLUMN filters; ALTER TABLE changes DROP COLUMN filter; "
          "DROP TABLE log_patches; DROP TABLE revocations; DROP TABLE audit; DROP TABLE viewer_links; "
          "ALTER TABLE learner_steps DROP COLUMN links; DROP TABLE decision_segments; DROP TABLE dropped_decisions; "
          "DELETE FROM meta WHERE key = 'decision_log_begin'; PRAGMA user_version = 1");
  TestStore store(directory.path());
  const auto events = store.reader().load_events();
  ASSERT_TRUE(events.ok()) << events.error().message;
  EXPECT_EQ(events->at(0).sequence, domain::Sequence(1));
  EXPECT_TRUE(events->at(0).filters.empty());
  EXPECT_TRUE(store.append(make_change("match", 2), 1).ok());
  EXPECT_EQ(store.reader().load_filters()->size(), 0U);
}

TEST(Recovery, RefusesADatabaseOfANewerVersionAndLeavesItAlone) {
  const TestDirectory directory;
  log_batches(directory, 1);
  run_sql(directory, "PRAGMA user_version = 99");
  const Error error = open_error(directory.path());
  EXPECT_EQ(error.kind, ErrorKind::unsupported);
  EXPECT_THAT(error.message, HasSubstr("99"));
  run_sql(directory, "PRAGMA user_version = " + present_layout());
  TestStore store(directory.path());
  EXPECT_THAT(logged_sequences(store.reader()), ElementsAre(1));
}

TEST(Recovery, LetsOneProcessInAndNamesItToTheNext) {
  const TestDirectory directory;
  const TestStore store(directory.path());
  const Error error = open_error(directory.path());
  EXPECT_EQ(error.kind, ErrorKind::conflict);
  EXPECT_EQ(error.code, "directory_in_use");
  EXPECT_THAT(error.message, HasSubstr(std::to_string(::getpid())));
}

TEST(Recovery, SaysUnavailableWhereNoDirectoryCanBe) {
  const TestDirectory directory;
  append_to_file(directory.path() + "/file", "x");
  EXPECT_EQ(open_error(directory.path() + "/file/data").kind, ErrorKind::unavailable);
  EXPECT_EQ(open_error("/proc/matchcue").kind, ErrorKind::unavailable);
}

TEST(Recovery, AcknowledgesNothingOnceItsDirectoryIsGone) {
  const TestDirectory directory;
  TestStore store(directory.path());
  ASSERT_TRUE(store.append(make_change("match", 1), 0).ok());
  std::filesystem::remove_all(directory.path());
  const auto appended = store.append(make_change("match", 2), 1);
  ASSERT_FALSE(appended.ok());
  EXPECT_EQ(appended.error().kind, ErrorKind::unavailable);
  const auto reader = store.store().make_reader();
  EXPECT_EQ(reader->load_events().error().kind, ErrorKind::unavailable);
}

/// While it lives no file of this process can grow beyond `bytes`: a full disk, for root too.
class FullDisk {
 public:
  explicit FullDisk(std::uint64_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  void (*handler_)(int);
  rlimit before_{};
};

TEST(Recovery, RefusesWhileTheDiskIsFullAndGoesOnAfterwards) {
  const TestDirectory directory;
  TestStore store(directory.path());
  ASSERT_TRUE(store.append(make_change("match", 1), 0).ok());
  ASSERT_TRUE(store.log(make_batch("match", 1, 10)).ok());
  {
    const FullDisk full(std::filesystem::file_size(directory.log()) + 100);
    EXPECT_EQ(store.append(make_change("match", 2), 1).error().kind, ErrorKind::unavailable);
    EXPECT_EQ(store.log(make_batch("match", 2, 10)).error().kind, ErrorKind::unavailable);
    EXPECT_EQ(store.give({make_feedback("v", "1", 1)}).error().kind, ErrorKind::unavailable);
  }
  EXPECT_TRUE(store.append(make_change("match", 2), 1).ok());
  EXPECT_TRUE(store.log(make_batch("match", 3, 10)).ok());
  EXPECT_THAT(*store.give({make_feedback("v", "1", 1)}), ElementsAre(FeedbackOutcome::stored));
  EXPECT_THAT(logged_sequences(store.reader()), ElementsAre(1, 3));
}

}  // namespace
}  // namespace matchcue::store
