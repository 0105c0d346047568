// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/verify.h"

#include <algorithm>
#include <set>

#include "store/decision_chunk.h"
#include "store/sqlite/checked_pages.h"
#include "store/sqlite/data_directory.h"
#include "store/sqlite/reader.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/wal_check.h"

namespace matchcue::store {

namespace {

constexpr std::size_t kNamedMax = 100;
constexpr std::size_t kRowsPerRead = 4'096;

/// One check of a directory that is whole enough to be opened.
class Verifier {
 public:
  explicit Verifier(const DataPaths& paths) : paths_(paths), reader_(paths), log_(*paths.disk, paths.log) {}

  Result<Verification> run() {
    MCUE_TRY(const auto connection, Connection::open(paths_.database, Access::read, paths_.disk->sqlite_vfs()));
    MCUE_TRY_VOID(check_layout(*connection, paths_.database));
    check_pages(*connection);
    MCUE_TRY_VOID(check_sums());
    note("live events", check_events());
    note("items", check_items(*connection));
    note("viewers", check_viewers());
    note("interactions", check_interactions());
    note("decisions", check_decisions(*connection));
    note("feedback", check_feedback());
    note("learner steps", check_steps());
    note("filters and links", check_others());
    return std::move(done_);
  }

 private:
  void report(const std::string& what) {
    if (done_.damage.size() < kNamedMax) done_.damage.push_back(what);
  }
  void note(const char* what, const Result<std::uint64_t>& count) {
    if (!count.ok()) report(std::string(what) + ": " + count.error().message);
    done_.checked.emplace_back(what, count.ok() ? *count : 0);
  }

  /// SQLite's own check of its pages, tables and indices.
  void check_pages(Connection& connection) {
    for (const char* check : {"PRAGMA integrity_check(100)", "PRAGMA foreign_key_check"}) {
      Query query(connection, check);
      while (true) {
        const auto more = query.next();
        if (!more.ok()) return report(more.error().message);
        if (!*more) break;
        if (query.view(0) != "ok") report(paths_.database + ": " + query.text(0));
      }
    }
    Query pages(connection, "PRAGMA page_count");
    const auto row = pages.next();
    done_.checked.emplace_back("database pages", row.ok() && *row ? pages.count(0) : 0);
  }

  /// Every page of the file, also those that nobody reads.
  Result<void> check_sums() {
    MCUE_TRY(const auto file, paths_.disk->open(paths_.database, OpenFor::reading));
    MCUE_TRY(const std::string bytes, file->read(16, 2));
    const std::size_t page_bytes = bytes.size() < 2 ? 0 : static_cast<unsigned char>(bytes[0]) * 256U;
    std::uint64_t unsealed = 0;
    for (std::uint64_t number = 0; page_bytes >= 512; ++number) {
      MCUE_TRY(const std::string page, file->read(number * page_bytes, page_bytes));
      if (page.size() < page_bytes) break;
      const PageState state = check_page(page, number);
      unsealed += state == PageState::unsealed ? 1 : 0;
      if (state == PageState::damaged) {
        report(paths_.database + ": page " + std::to_string(number + 1) + " does not match its checksum");
      }
    }
    if (unsealed > 0) {
      done_.notes.push_back(paths_.database + ": " + std::to_string(unsealed) +
                            " pages have no checksum: another program wrote them");
    }
    return {};
  }

  Result<std::uint64_t> check_events() {
    MCUE_TRY(const auto events, reader_.load_events());
    std::uint64_t changes = 0;
    for (const domain::LiveEvent& event : events) {
      domain::Sequence last(0);
      while (true) {
        MCUE_TRY(const auto page, reader_.load_changes(event.id, last, kRowsPerRead));
        if (page.empty()) break;
        changes += page.size();
        last = page.back().sequence;
      }
      if (last != event.sequence) {
        report(paths_.database + ": live event \"" + event.id.str() + "\" is at sequence " +
               std::to_string(event.sequence.value()) + ", its last change is " + std::to_string(last.value()));
      }
    }
    done_.checked.emplace_back("changes", changes);
    return events.size();
  }

  Result<std::uint64_t> check_items(Connection& connection) {
    Query query(connection, "SELECT " MCUE_ITEM_COLUMNS ", catalogue_version FROM items");
    for (std::uint64_t rows = 0;; ++rows) {
      MCUE_TRY(const bool more, query.next());
      if (!more) return rows;
      MCUE_TRY(const domain::Item item, read_item(query, query.count(8)));
    }
  }

  Result<std::uint64_t> check_viewers() {
    std::uint64_t rows = 0;
    for (domain::ViewerId last;;) {
      MCUE_TRY(const auto page, reader_.load_viewers(last, kRowsPerRead));
      if (page.empty()) return rows;
      rows += page.size();
      last = page.back().id;
    }
  }

  Result<std::uint64_t> check_interactions() {
    std::uint64_t rows = 0;
    MCUE_TRY_VOID(reader_.visit_interactions(UINT64_MAX, [&rows](const domain::Interaction&) { return ++rows > 0; }));
    MCUE_TRY(const std::uint64_t counted, reader_.count_interactions());
    if (rows != counted) {
      report(paths_.database + ": " + std::to_string(counted) + " interactions were counted, " + std::to_string(rows) +
             " are there");
    }
    return rows;
  }

  Result<std::uint64_t> check_decisions(Connection& connection) {
    Query query(connection, "SELECT log_offset, length, event_id, sequence FROM decision_chunks ORDER BY log_offset");
    std::uint64_t decisions = 0;
    MCUE_TRY(std::uint64_t end, load_meta_count(connection, kLogBeginKey));
    while (true) {
      MCUE_TRY(const bool more, query.next());
      if (!more) break;
      const ChunkPlace place{query.count(0), query.count(1), domain::EventId(query.text(2)),
                             domain::Sequence(query.count(3))};
      if (place.offset > end) note_unused(end, place.offset);
      end = place.offset + place.length;
      decisions += check_chunk(place);
    }
    MCUE_TRY(const std::uint64_t log_end, load_log_end());
    if (log_end > end) note_unused(end, log_end);
    MCUE_TRY_VOID(check_dropped(connection));
    return decisions;
  }

  Result<std::uint64_t> load_log_end() {
    const auto segments = list_log_segments(*paths_.disk, paths_.log);
    if (segments.empty()) return not_found("no_log_segment", "there is no " + paths_.log);
    MCUE_TRY(const auto file, paths_.disk->open(segments.rbegin()->second, OpenFor::reading));
    MCUE_TRY(const std::uint64_t size, file->size());
    return segments.rbegin()->first + size;
  }

  /// What is kept of dropped decisions. An empty header is of decisions that were damaged.
  Result<void> check_dropped(Connection& connection) {
    Query query(connection, "SELECT event_id, sequence, header FROM dropped_decisions");
    std::uint64_t changes = 0;
    for (;; ++changes) {
      MCUE_TRY(const bool more, query.next());
      if (!more) break;
      decided_.emplace(domain::EventId(query.text(0)), domain::Sequence(query.count(1)));
      if (query.view(2).empty()) continue;
      const auto header = decode_decision_header(query.view(2));
      if (header.ok() && header->event.str() == query.view(0) && header->sequence.value() == query.count(1)) continue;
      report(paths_.database + ": what is kept of the dropped decisions for change " + std::to_string(query.count(1)) +
             " of \"" + query.text(0) + "\" is damaged");
    }
    if (changes > 0) done_.checked.emplace_back("changes with dropped decisions", changes);
    return {};
  }

  /// Power loss tears decisions that nobody was promised.
  void note_unused(std::uint64_t from, std::uint64_t to) {
    done_.notes.push_back(paths_.log + ": bytes " + std::to_string(from) + " to " + std::to_string(to) +
                          " are of no decision (a crash or power loss before they were durable)");
  }

  std::uint64_t check_chunk(const ChunkPlace& place) {
    decided_.emplace(place.event, place.sequence);
    const auto bytes = log_.read(place.offset, place.length);
    const auto batch = bytes.ok() ? decode_decision_chunk(*bytes) : Result<domain::DecisionBatch>(bytes.error());
    if (!batch.ok()) {
      report(paths_.log + ": the decisions for change " + std::to_string(place.sequence.value()) + " of \"" +
             place.event.str() + "\", at byte " + std::to_string(place.offset) + ": " + batch.error().message);
      return 0;
    }
    if (batch->header.event != place.event || batch->header.sequence != place.sequence) {
      report(paths_.log + ": the decisions at byte " + std::to_string(place.offset) + " are for another change");
    }
    return batch->rows();
  }

  Result<std::uint64_t> check_feedback() {
    std::uint64_t last = 0;
    while (true) {
      MCUE_TRY(const auto page, reader_.load_feedback_after(last, kRowsPerRead));
      if (page.empty()) return last;
      for (const domain::Feedback& row : page) {
        if (row.number != ++last) {
          report(paths_.database + ": feedback " + std::to_string(last) + " is missing");
          last = row.number;
        }
        const domain::DecisionId& cited = row.cue.decision;
        if (row.attributed && !decided_.contains({cited.event, cited.sequence})) {
          report(paths_.log + ": feedback " + std::to_string(row.number) + " cites decisions for change " +
                 std::to_string(cited.sequence.value()) + " of \"" + cited.event.str() + "\", which are not there");
        }
      }
    }
  }

  Result<std::uint64_t> check_steps() {
    std::uint64_t last = 0;
    while (true) {
      MCUE_TRY(const auto page, reader_.load_learner_steps(last, kRowsPerRead));
      if (page.empty()) return last;
      for (const LearnerStep& step : page) {
        if (step.number != ++last) report(paths_.database + ": learner step " + std::to_string(last) + " is missing");
        last = step.number;
      }
    }
  }

  Result<std::uint64_t> check_others() {
    MCUE_TRY(const auto filters, reader_.load_filters());
    MCUE_TRY(const auto links, reader_.load_viewer_links(0, SIZE_MAX));
    for (const auto kind :
         {domain::DatasetKind::items, domain::DatasetKind::users, domain::DatasetKind::interactions}) {
      MCUE_TRY(const auto schema, reader_.load_schema(kind));
    }
    return filters.size() + links.size();
  }

  DataPaths paths_;
  SqliteReader reader_;
  DecisionLogReader log_;
  std::set<std::pair<domain::EventId, domain::Sequence>> decided_;
  Verification done_;
};

}  // namespace

Result<Verification> verify_directory(const std::string& directory, Disk& disk) {
  const DataPaths paths(disk, directory);
  if (!disk.exists(paths.database)) {
    return not_found("unknown_data_directory", "there is no data directory at " + directory, "data_dir");
  }
  MCUE_TRY(const auto locked, DataDirectory::open(disk, directory));
  const Result<void> wal = check_wal(disk, paths.database + "-wal");
  auto verified = wal.ok() ? Verifier(paths).run() : Result<Verification>(wal.error());
  if (verified.ok() || verified.error().kind != ErrorKind::corrupt) return verified;
  return Verification{{}, {verified.error().message}, {}};
}

}  // namespace matchcue::store
