// SPDX-License-Identifier: Apache-2.0
//
// A segment is nothing but chunks, one directly behind the other; decision_chunk.cc draws one.
#include "store/decision_log.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "store/decision_chunk.h"

namespace matchcue::store {

namespace {

constexpr std::string_view kSuffix = ".log";
constexpr std::size_t kOpenSegmentsMax = 16;  // of a reader
constexpr std::size_t kDigits = 20;           // as many as an offset may have: names are in the order of the offsets

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

}  // namespace

std::string log_segment_path(const std::string& path, std::uint64_t offset) {
  if (offset == 0) return path;
  const std::string digits = std::to_string(offset);
  return path.substr(0, path.size() - kSuffix.size()) + "-" + std::string(kDigits - digits.size(), '0') + digits +
         std::string(kSuffix);
}

std::map<std::uint64_t, std::string> list_log_segments(Disk& disk, const std::string& path) {
  std::map<std::uint64_t, std::string> segments;
  if (disk.exists(path)) segments.emplace(0, path);
  const std::string folder = folder_of(path);
  const std::string prefix = path.substr(folder.size() + 1, path.size() - folder.size() - 1 - kSuffix.size()) + "-";
  for (const std::string& name : disk.list(folder)) {
    if (name.size() != prefix.size() + kDigits + kSuffix.size() || !name.starts_with(prefix)) continue;
    const auto offset = parse_int(name.substr(prefix.size(), kDigits));
    if (offset && *offset > 0 && name.ends_with(kSuffix)) {
      segments.emplace(static_cast<std::uint64_t>(*offset), folder + "/" + name);
    }
  }
  return segments;
}

// --- reading

Result<std::string> DecisionLogReader::read(std::uint64_t offset, std::uint64_t length) {
  if (length > kChunkBytesMax) {
    return Error{ErrorKind::corrupt, "corrupt_decisions", path_ + ": the index names a chunk that is too long", {}};
  }
  auto bytes = read_known(offset, length);
  if (bytes.ok() && bytes->size() == length) return bytes;
  look_again();  // a segment may have begun since, or gone
  MCUE_TRY(bytes, read_known(offset, length));
  if (bytes->size() == length) return bytes;
  return Error{ErrorKind::corrupt,
               "corrupt_decisions",
               path_ + " ends inside the chunk at offset " + std::to_string(offset),
               {}};
}

Result<std::string> DecisionLogReader::read_known(std::uint64_t offset, std::uint64_t length) {
  const auto after = segments_.upper_bound(offset);
  if (after == segments_.begin()) {
    return not_found("no_log_segment", path_ + ": no file has what was logged at offset " + std::to_string(offset));
  }
  const auto& [begin, path] = *std::prev(after);
  if (files_.size() >= kOpenSegmentsMax && !files_.contains(begin)) files_.clear();
  std::unique_ptr<DiskFile>& file = files_[begin];
  if (file == nullptr) {
    MCUE_TRY(file, disk_->open(path, OpenFor::reading));
  }
  return file->read(offset - begin, length);
}

void DecisionLogReader::look_again() {
  segments_ = list_log_segments(*disk_, path_);
  std::erase_if(files_, [this](const auto& file) { return file.second == nullptr || !segments_.contains(file.first); });
}

// --- writing

Result<DecisionLog> DecisionLog::open(Disk& disk, std::string path) {
  DecisionLog log(disk, std::move(path));
  log.older_ = list_log_segments(disk, log.path_);
  if (!log.older_.empty()) {
    log.begin_ = log.older_.rbegin()->first;
    log.older_.erase(log.begin_);
  }
  MCUE_TRY(log.file_, disk.open(log_segment_path(log.path_, log.begin_), OpenFor::writing));
  MCUE_TRY(const std::uint64_t bytes, log.file_->size());
  log.end_ = log.begin_ + bytes;
  return log;
}

Result<std::pair<DiskFile*, std::uint64_t>> DecisionLog::file_at(std::uint64_t offset) {
  if (offset >= begin_) return std::pair(file_.get(), begin_);
  const auto after = older_.upper_bound(offset);
  if (after == older_.begin()) {
    return Error{ErrorKind::corrupt,
                 "corrupt_decisions",
                 path_ + ": no file has what was logged at offset " + std::to_string(offset),
                 {}};
  }
  const auto& [begin, path] = *std::prev(after);
  std::unique_ptr<DiskFile>& file = older_files_[begin];
  if (file == nullptr) {
    MCUE_TRY(file, disk_->open(path, OpenFor::writing));
  }
  return std::pair(file.get(), begin);
}

Result<std::string> DecisionLog::read(std::uint64_t offset, std::size_t length) {
  MCUE_TRY(const auto found, file_at(offset));
  return found.first->read(offset - found.second, length);
}

Result<std::string> DecisionLog::read(const ChunkPlace& place) { return read(place.offset, place.length); }

Result<void> DecisionLog::overwrite(std::uint64_t offset, std::string_view bytes) {
  CHECK(offset + bytes.size() <= end_, offset, bytes.size(), end_);
  MCUE_TRY(const auto found, file_at(offset));
  return found.first->write(offset - found.second, bytes);
}

Result<void> DecisionLog::begin_segment() {
  CHECK(unsynced_bytes() == 0, end_, synced_);
  if (end_ == begin_) return {};
  if (stale_tail_) MCUE_TRY_VOID(cut(end_));
  const std::string path = log_segment_path(path_, end_);
  MCUE_TRY(auto file, disk_->open(path, OpenFor::writing));
  Result<void> durable = file->sync();
  if (durable.ok()) durable = disk_->sync_folder(folder_of(path_));
  if (!durable.ok()) {
    // The name is there, or it is not: whoever opens the log next must find out.
    sync_failed_ = true;
    return sync_error(path, durable.error().message);
  }
  older_.emplace(begin_, log_segment_path(path_, begin_));
  older_files_[begin_] = std::move(file_);
  file_ = std::move(file);
  begin_ = end_;
  return {};
}

Result<std::uint64_t> DecisionLog::free_before(std::uint64_t offset, std::uint64_t bytes_max) {
  std::uint64_t freed = 0;
  while (freed < bytes_max) {
    if (removed_ == nullptr) {
      MCUE_TRY(const bool any, remove_oldest(offset));
      if (!any) break;
    }
    MCUE_TRY(const std::uint64_t bytes, removed_->size());
    const std::uint64_t left = bytes - std::min(bytes, bytes_max - freed);
    MCUE_TRY_VOID(removed_->truncate(left));  // readers may have it open for long
    freed += bytes - left;
    if (left == 0) removed_ = nullptr;
  }
  return freed;
}

Result<bool> DecisionLog::remove_oldest(std::uint64_t offset) {
  if (older_.empty()) return false;
  const auto [begin, path] = *older_.begin();
  const std::uint64_t end = older_.size() > 1 ? std::next(older_.begin())->first : begin_;
  if (end > offset) return false;
  MCUE_TRY(auto file, disk_->open(path, OpenFor::writing));
  MCUE_TRY_VOID(disk_->remove(path));
  removed_ = std::move(file);
  older_files_.erase(begin);
  older_.erase(begin);
  MCUE_TRY_VOID(disk_->sync_folder(folder_of(path_)));
  return true;
}

std::uint64_t DecisionLog::segment_at_or_after(std::uint64_t offset) const {
  const auto at = older_.lower_bound(offset);
  return at != older_.end() ? at->first : std::max(offset, begin_);
}

Result<std::uint64_t> DecisionLog::append(std::string_view chunk) {
  if (sync_failed_) return sync_error(path_, "an earlier sync failed");
  if (stale_tail_) MCUE_TRY_VOID(cut(end_));
  const Result<void> written = file_->write(end_ - begin_, chunk);
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
  Result<void> synced = file_->sync();
  for (const auto& [begin, file] : older_files_) {  // those that were overwritten in
    if (synced.ok()) synced = file->sync();
  }
  sync_failed_ = !synced.ok();
  if (!synced.ok()) return synced;
  older_files_.clear();
  synced_ = end_;
  return synced;
}

Result<std::vector<ChunkPlace>> DecisionLog::recover_tail(std::uint64_t offset) {
  std::vector<ChunkPlace> places;
  while (offset < end_) {
    MCUE_TRY(const std::string prefix, read(offset, kChunkPrefixBytes));
    const auto length = chunk_length(prefix);
    if (!length) break;
    MCUE_TRY(const std::string chunk, read(offset, *length));
    const auto batch = decode_decision_chunk(chunk);
    if (!batch) break;
    places.push_back({offset, *length, batch->header.event, batch->header.sequence});
    offset += *length;
  }
  if (offset < begin_) {
    return Error{ErrorKind::corrupt,
                 "corrupt_decisions",
                 std::prev(older_.upper_bound(offset))->second + ": no whole chunk at offset " +
                     std::to_string(offset) + ", and more was logged behind it",
                 {}};
  }
  MCUE_TRY_VOID(cut(offset));
  return places;
}

Result<bool> DecisionLog::has_chunk(const ChunkPlace& place) {
  if (place.length > kChunkBytesMax) return false;
  MCUE_TRY(const std::string chunk, read(place));
  return decode_decision_chunk(chunk).ok();
}

Result<void> DecisionLog::cut(std::uint64_t end) {
  CHECK(end >= begin_, end, begin_);
  MCUE_TRY_VOID(file_->truncate(end - begin_));
  end_ = end;
  stale_tail_ = false;
  return {};
}

}  // namespace matchcue::store
