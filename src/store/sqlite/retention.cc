// SPDX-License-Identifier: Apache-2.0
//
// The decision log is dropped from its front, a file at a time: the rows of the index first, some in each step, then
// the file's name, then its bytes. Of each change one header stays, since feedback that cites it may be folded again:
// so the learner's log says the same as before. A crash in between leaves a file that no row names, and opening removes
// it.
#include "store/sqlite/retention.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "store/decision_chunk.h"

namespace matchcue::store {

namespace {

/// Each may be 256 KiB long and is read.
constexpr std::int64_t kChunksPerStep = 32;
constexpr std::uint64_t kBytesPerStep = 8 << 20;
constexpr Milliseconds kSegmentMax = std::chrono::hours(24);

/// When the newest segment was begun; nothing when that is not known yet.
Result<std::optional<WallTime>> load_begun(Storage& storage) {
  Query query(*storage.connection, "SELECT at FROM decision_segments WHERE log_offset = ?1",
              storage.log.segment_begin());
  MCUE_TRY(const bool known, query.next());
  return known ? std::optional(wall_time_from_ms(query.whole(0))) : std::nullopt;
}

/// Begins a segment when the newest one covers long enough, and keeps when that was. The time is that of a later step
/// when a crash comes in between: what was logged by then was logged by then.
Result<void> begin_segment_when_due(Storage& storage, WallTime now, Milliseconds keep) {
  MCUE_TRY(const auto begun, load_begun(storage));
  const bool is_due = !begun || now < *begun || now - *begun >= std::min(kSegmentMax, keep / 4);
  if (is_due && storage.log.end() > storage.log.segment_begin()) {
    MCUE_TRY_VOID(storage.log.sync());
    MCUE_TRY_VOID(save_meta_count(*storage.connection, kLogSyncedKey, storage.log.end()));
    MCUE_TRY_VOID(storage.log.begin_segment());
  }
  return Query(*storage.connection, "INSERT OR IGNORE INTO decision_segments (log_offset, at) VALUES (?1, ?2)",
               storage.log.segment_begin(), to_ms(now))
      .run();
}

/// Everything in front of it was logged before `before`.
Result<std::uint64_t> load_drop_end(Connection& connection, WallTime before) {
  Query query(connection, "SELECT max(log_offset) FROM decision_segments WHERE at <= ?1", to_ms(before));
  MCUE_TRY_VOID(query.next());
  return query.count(0);  // NULL reads as 0
}

Result<std::vector<ChunkPlace>> load_places(Connection& connection, std::uint64_t begin, std::uint64_t end) {
  Query query(connection,
              "SELECT log_offset, length, event_id, sequence FROM decision_chunks WHERE log_offset >= ?1 AND "
              "log_offset < ?2 ORDER BY log_offset LIMIT ?3",
              begin, end, kChunksPerStep);
  std::vector<ChunkPlace> places;
  while (true) {
    MCUE_TRY(const bool more, query.next());
    if (!more) return places;
    places.push_back(
        {query.count(0), query.count(1), domain::EventId(query.text(2)), domain::Sequence(query.count(3))});
  }
}

Result<void> keep_header(Storage& storage, const ChunkPlace& place) {
  {
    Query known(*storage.connection, "SELECT 1 FROM dropped_decisions WHERE event_id = ?1 AND sequence = ?2",
                place.event.str(), place.sequence.value());
    MCUE_TRY(const bool kept, known.next());
    if (kept) return {};
  }
  const auto chunk = storage.log.read(place);
  // What cannot be read must not keep everything behind it for good.
  const bool lost = !chunk.ok() && (chunk.error().kind == ErrorKind::corrupt || chunk.error().code == "storage_failed");
  if (!chunk.ok() && !lost) return chunk.error();
  const auto header = chunk.ok() ? decode_decision_header(*chunk) : Result<domain::DecisionHeader>(chunk.error());
  const std::string kept = header.ok() ? encode_decision_header(*header) : std::string();
  return Query(*storage.connection,
               "INSERT INTO dropped_decisions (event_id, sequence, header) VALUES (?1, ?2, CAST(?3 AS BLOB))",
               place.event.str(), place.sequence.value(), kept)
      .run();
}

Result<std::uint64_t> forget_chunks(Storage& storage, std::uint64_t begin, std::uint64_t end) {
  Connection& connection = *storage.connection;
  MCUE_TRY(const auto places, load_places(connection, begin, end));
  for (const ChunkPlace& place : places) MCUE_TRY_VOID(keep_header(storage, place));
  const bool all = static_cast<std::int64_t>(places.size()) < kChunksPerStep;
  const std::uint64_t new_begin = all ? end : places.back().offset + places.back().length;
  MCUE_TRY_VOID(Query(connection, "DELETE FROM decision_chunks WHERE log_offset < ?1", new_begin).run());
  // An erasure that failed may have left some; there is nothing to write them over any more.
  MCUE_TRY_VOID(Query(connection, "DELETE FROM log_patches WHERE log_offset < ?1", new_begin).run());
  MCUE_TRY_VOID(Query(connection, "DELETE FROM decision_segments WHERE log_offset < ?1", new_begin).run());
  MCUE_TRY_VOID(save_meta_count(connection, kLogBeginKey, new_begin));
  return new_begin;
}

/// Takes the next chunks in front of `end` out of the index. Returns where the log begins then.
Result<std::uint64_t> forget_some_chunks(Storage& storage, std::uint64_t begin, std::uint64_t end) {
  MCUE_TRY_VOID(in_transaction(*storage.connection, [&]() -> Result<void> {
    MCUE_TRY(begin, forget_chunks(storage, begin, end));
    return {};
  }));
  return begin;
}

/// When the oldest decisions that are left were made.
Result<std::optional<WallTime>> load_kept_from(Storage& storage) {
  ChunkPlace oldest;
  {
    Query query(*storage.connection, "SELECT log_offset, length FROM decision_chunks ORDER BY log_offset LIMIT 1");
    MCUE_TRY(const bool any, query.next());
    if (!any) return std::optional<WallTime>();
    oldest = {query.count(0), query.count(1), {}, {}};
  }
  const auto chunk = storage.log.read(oldest);
  const auto header = chunk.ok() ? decode_decision_header(*chunk) : Result<domain::DecisionHeader>(chunk.error());
  return header.ok() ? std::optional(header->at) : std::nullopt;  // damaged: verify says so
}

}  // namespace

Result<RetentionStep> drop_some_decisions(Storage& storage, WallTime now, Milliseconds keep) {
  Connection& connection = *storage.connection;
  MCUE_TRY(std::uint64_t begin, load_meta_count(connection, kLogBeginKey));
  RetentionStep step;
  // First, since it needs no room: on a full disk the rest may fail.
  MCUE_TRY(step.bytes_freed, storage.log.free_before(begin, kBytesPerStep));
  step.more = step.bytes_freed > 0;
  if (step.more) return step;
  MCUE_TRY(const std::uint64_t end, load_drop_end(connection, now - keep));
  step.more = begin < end;
  if (step.more) {
    MCUE_TRY(begin, forget_some_chunks(storage, begin, end));
    return step;
  }
  MCUE_TRY_VOID(begin_segment_when_due(storage, now, keep));
  MCUE_TRY(step.kept_from, load_kept_from(storage));
  return step;
}

Result<void> finish_dropping(Storage& storage) {
  MCUE_TRY(std::uint64_t begin, load_meta_count(*storage.connection, kLogBeginKey));
  const std::uint64_t end = storage.log.segment_at_or_after(begin);
  while (begin < end) {
    MCUE_TRY(begin, forget_some_chunks(storage, begin, end));
  }
  MCUE_TRY_VOID(storage.log.free_before(begin, UINT64_MAX));
  return {};
}

}  // namespace matchcue::store
