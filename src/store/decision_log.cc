// SPDX-License-Identifier: Apache-2.0
//
// decisions.log is nothing but chunks, one directly behind the other; decision_chunk.cc draws one.
#include "store/decision_log.h"

#include <utility>

#include "store/decision_chunk.h"

namespace matchcue::store {

Result<std::string> DecisionLogReader::read(std::uint64_t offset, std::uint64_t length) {
  if (file_ == nullptr) {
    MCUE_TRY(file_, disk_->open(path_, OpenFor::reading));
  }
  if (length > kChunkBytesMax) {
    return Error{ErrorKind::corrupt, "corrupt_decisions", path_ + ": the index names a chunk that is too long", {}};
  }
  MCUE_TRY(std::string bytes, file_->read(offset, length));
  if (bytes.size() != length) {
    return Error{ErrorKind::corrupt,
                 "corrupt_decisions",
                 path_ + " ends inside the chunk at offset " + std::to_string(offset),
                 {}};
  }
  return bytes;
}

DecisionLog::DecisionLog(std::string path, std::unique_ptr<DiskFile> file, std::uint64_t end)
    : path_(std::move(path)), file_(std::move(file)), end_(end) {}

Result<DecisionLog> DecisionLog::open(Disk& disk, std::string path) {
  MCUE_TRY(auto file, disk.open(path, OpenFor::writing));
  MCUE_TRY(const std::uint64_t end, file->size());
  return DecisionLog(std::move(path), std::move(file), end);
}

Result<std::uint64_t> DecisionLog::append(std::string_view chunk) {
  if (sync_failed_) return sync_error(path_, "an earlier sync failed");
  if (stale_tail_) MCUE_TRY_VOID(cut(end_));
  const Result<void> written = file_->write(end_, chunk);
  if (!written.ok()) {
    drop_tail();
    return written.error();
  }
  const std::uint64_t offset = end_;
  end_ += chunk.size();
  return offset;
}

void DecisionLog::rewind(std::uint64_t end) {
  CHECK(end <= end_, end, end_);
  if (end == end_) return;
  end_ = end;
  if (synced_ > end_) synced_ = end_;
  drop_tail();
}

void DecisionLog::drop_tail() {
  stale_tail_ = true;
  [[maybe_unused]] const bool cut_now = cut(end_).ok();  // else before the next append
}

Result<void> DecisionLog::sync() {
  if (sync_failed_) return sync_error(path_, "an earlier sync failed");
  const Result<void> synced = file_->sync();
  sync_failed_ = !synced.ok();
  if (synced.ok()) synced_ = end_;
  return synced;
}

Result<std::vector<ChunkPlace>> DecisionLog::recover_tail(std::uint64_t offset) {
  std::vector<ChunkPlace> places;
  while (offset < end_) {
    MCUE_TRY(const std::string prefix, file_->read(offset, kChunkPrefixBytes));
    const auto length = chunk_length(prefix);
    if (!length) break;
    MCUE_TRY(const std::string chunk, file_->read(offset, *length));
    const auto batch = decode_decision_chunk(chunk);
    if (!batch) break;
    places.push_back({offset, *length, batch->header.event, batch->header.sequence});
    offset += *length;
  }
  MCUE_TRY_VOID(cut(offset));
  return places;
}

Result<bool> DecisionLog::has_chunk(const ChunkPlace& place) {
  if (place.length > kChunkBytesMax) return false;
  MCUE_TRY(const std::string chunk, file_->read(place.offset, place.length));
  return decode_decision_chunk(chunk).ok();
}

Result<void> DecisionLog::cut(std::uint64_t end) {
  MCUE_TRY_VOID(file_->truncate(end));
  end_ = end;
  stale_tail_ = false;
  return {};
}

}  // namespace matchcue::store
