// SPDX-License-Identifier: Apache-2.0
//
// Durable writes a second, with raw SQLite inserts at the same batch size in the same run beside them, reading feedback
// back in order, an import of a million interactions, and how long opening such a directory takes.
//
// The counter `ratio` is our rows a second over raw SQLite's, which keeps a unique index over (viewer, id) as anybody
// would; `cpu_us_row` is processor time of the whole process for a row, which a busy machine does not change.

#include <benchmark/benchmark.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <chrono>

#include "store/sqlite/test_store.h"

namespace matchcue::store {
namespace {

using Seconds = std::chrono::duration<double>;

template <typename Run>
double seconds_of(Run run) {
  const auto start = std::chrono::steady_clock::now();
  run();
  return Seconds(std::chrono::steady_clock::now() - start).count();
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::vector<domain::Feedback> make_rows(std::size_t count, std::uint64_t round) {
  std::vector<domain::TraitsPtr> traits;
  for (int i = 0; i < 1'000; ++i) traits.push_back(make_traits(18 + i % 80, "COUNTRY-" + std::to_string(i / 80)));
  std::vector<domain::Feedback> rows;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t viewer = i * 7919 % 18'000;
    rows.push_back(
        make_feedback("viewer" + std::to_string(viewer), std::to_string(round) + "-" + std::to_string(i), round));
    rows.back().traits = traits[viewer % traits.size()];
  }
  return rows;
}

/// The floor: the same columns and the same unique index, one prepared INSERT, `batch` rows a transaction.
class RawTable {
 public:
  explicit RawTable(const std::string& path) {
    sqlite3_open(path.c_str(), &database_);
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;"
        "CREATE TABLE rows (number INTEGER PRIMARY KEY, viewer_id TEXT, id TEXT, cue_event TEXT, cue_sequence INTEGER,"
        " cue_viewer TEXT, cue_slot INTEGER, kind TEXT, value REAL, at INTEGER, attributed INTEGER, item_id TEXT,"
        " slot TEXT, propensity REAL, solution_version TEXT);"
        "CREATE UNIQUE INDEX once ON rows (viewer_id, id);");
    sqlite3_prepare_v2(database_, "INSERT INTO rows VALUES (NULL, ?, ?, ?, ?, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)", -1,
                       &insert_, nullptr);
  }
  ~RawTable() {
    sqlite3_finalize(insert_);
    sqlite3_close(database_);
  }
  RawTable(const RawTable&) = delete;
  RawTable& operator=(const RawTable&) = delete;

  void insert(const std::vector<domain::Feedback>& rows, std::size_t batch) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i % batch == 0) run("BEGIN IMMEDIATE");
      insert(rows[i]);
      if (i % batch == batch - 1 || i + 1 == rows.size()) run("COMMIT");
    }
  }

 private:
  void run(const char* sql) {
    CHECK(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sqlite3_errmsg(database_));
  }
  void text(int index, std::string_view value) {
    sqlite3_bind_text(insert_, index, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
  }
  void insert(const domain::Feedback& row) {
    text(1, row.viewer.str());
    text(2, row.id);
    text(3, row.cue.decision.event.str());
    sqlite3_bind_int64(insert_, 4, static_cast<sqlite3_int64>(row.cue.decision.sequence.value()));
    sqlite3_bind_int64(insert_, 5, static_cast<sqlite3_int64>(row.cue.slot));
    text(6, domain::to_string(row.kind));
    sqlite3_bind_double(insert_, 7, row.value);
    sqlite3_bind_int64(insert_, 8, to_ms(row.at));
    sqlite3_bind_int(insert_, 9, row.attributed);
    text(10, row.item.str());
    text(11, row.slot.str());
    sqlite3_bind_double(insert_, 12, static_cast<double>(row.propensity));
    text(13, row.solution_version);
    CHECK(sqlite3_step(insert_) == SQLITE_DONE, sqlite3_errmsg(database_));
    sqlite3_reset(insert_);
  }

  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

/// Rows that each are a write of their own, as viewers send them, committed in groups of up to `range(0)`.
void durable_feedback(benchmark::State& state) {
  constexpr std::size_t kRows = 50'000;
  const auto batch = static_cast<std::size_t>(state.range(0));
  const TestDirectory directory;
  SqliteOptions options;
  options.commit_writes_max = batch;
  TestStore store(directory.path(), options);
  RawTable raw(directory.path() + "/raw.db");
  double ours = 0;
  double floor = 0;
  double cpu = 0;
  std::uint64_t round = 0;
  for (auto _ : state) {
    const auto rows = make_rows(kRows, ++round);
    floor += seconds_of([&] { raw.insert(rows, batch); });
    std::vector<std::vector<domain::Feedback>> writes;
    for (const domain::Feedback& row : rows) writes.push_back({row});
    const double cpu_before = cpu_seconds();
    const double seconds = seconds_of([&] {
      for (std::size_t i = 0; i + 1 < kRows; ++i) store.store().append_feedback(std::move(writes[i]), {});
      CHECK(store.give(std::move(writes.back())).ok());
    });
    cpu += cpu_seconds() - cpu_before;
    ours += seconds;
    state.SetIterationTime(seconds);
  }
  const double rows = static_cast<double>(kRows * round);
  state.counters["rows_s"] = rows / ours;
  state.counters["raw_rows_s"] = rows / floor;
  state.counters["cpu_us_row"] = 1e6 * cpu / rows;
  state.counters["ratio"] = floor / ours;
}
BENCHMARK(durable_feedback)->Arg(100)->Arg(1'000)->UseManualTime()->Iterations(8)->Unit(benchmark::kMillisecond);

/// The feedback log from its beginning, a page at a time, as whoever learns from it reads it.
void feedback_in_order(benchmark::State& state) {
  constexpr std::size_t kRows = 200'000;
  constexpr std::size_t kPage = 10'000;
  const TestDirectory directory;
  TestStore store(directory.path());
  CHECK(store.give(make_rows(kRows, 1)).ok());
  for (auto _ : state) {
    std::uint64_t number = 0;
    while (true) {
      const auto page = store.reader().load_feedback_after(number, kPage).value();
      if (page.empty()) break;
      number = page.back().number;
    }
    CHECK(number == kRows, number);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(kRows) * static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(feedback_in_order)->Unit(benchmark::kMillisecond);

/// One change after another, each waiting for its own commit: the delay of an operator's click.
void one_change_at_a_time(benchmark::State& state) {
  const TestDirectory directory;
  TestStore store(directory.path());
  std::uint64_t sequence = 0;
  for (auto _ : state) {
    ++sequence;
    CHECK(store.append(make_change("match", sequence), sequence - 1).ok());
  }
}
BENCHMARK(one_change_at_a_time)->Unit(benchmark::kMicrosecond)->UseRealTime();

void logged_decisions(benchmark::State& state) {
  constexpr std::size_t kViewers = 100'000;
  const TestDirectory directory;
  TestStore store(directory.path());
  std::uint64_t sequence = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const auto batch = make_batch("match", ++sequence, kViewers);
    state.ResumeTiming();
    CHECK(store.log(batch).ok());
  }
  state.counters["rows_s"] = benchmark::Counter(static_cast<double>(kViewers * sequence), benchmark::Counter::kIsRate);
}
BENCHMARK(logged_decisions)->Iterations(20)->Unit(benchmark::kMillisecond)->UseRealTime();

std::vector<domain::Interaction> make_interactions(std::size_t first, std::size_t count) {
  std::vector<domain::Interaction> rows;
  for (std::size_t i = first; i < first + count; ++i) {
    auto row = make_interaction(("viewer" + std::to_string(i * 7919 % 50'000)).c_str(),
                                ("ITEM_ID_" + std::to_string(i % 40)).c_str(),
                                1'700'000'000 + static_cast<std::int64_t>(i), i % 3 == 0 ? "GOAL" : "FOUL");
    row.document = row.viewer.str() + "," + row.item.str() + ",1700000000,CLICK,1,GOAL";
    rows.push_back(std::move(row));
  }
  return rows;
}

/// A million interactions in writes of 10,000, then the time until a reopened directory has answered a count.
void import_and_reopen(benchmark::State& state) {
  constexpr std::size_t kRows = 1'000'000;
  constexpr std::size_t kRowsPerWrite = 10'000;
  for (auto _ : state) {
    const TestDirectory directory;
    double import_seconds = 0;
    {
      TestStore store(directory.path());
      import_seconds = seconds_of([&] {
        for (std::size_t i = 0; i < kRows; i += kRowsPerWrite)
          CHECK(store.add(make_interactions(i, kRowsPerWrite)).ok());
      });
    }
    state.counters["open_ms"] = 1'000 * seconds_of([&] {
                                  TestStore store(directory.path());
                                  CHECK(store.reader().count_interactions().value() == kRows);
                                });
    state.SetIterationTime(import_seconds);
  }
}
BENCHMARK(import_and_reopen)->UseManualTime()->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
}  // namespace matchcue::store
