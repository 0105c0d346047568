#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The files that decisions are appended to, chunk behind chunk with nothing in between. A log that nothing was ever
// dropped from is one file; retention begins new ones and removes the oldest whole. Offsets count from the first byte
// that was ever logged, so that a place never changes its name.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/decision.h"
#include "store/disk.h"

namespace matchcue::store {

/// Where a chunk lies in the log and which change it decides.
struct ChunkPlace {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  domain::EventId event;
  domain::Sequence sequence;
  friend bool operator==(const ChunkPlace&, const ChunkPlace&) = default;
};

/// The name of the segment that begins at `offset`, where the one at 0 is `path`: "decisions.log" there, else
/// "decisions-00000000000000004096.log".
std::string log_segment_path(const std::string& path, std::uint64_t offset);

/// The segments that are there: their paths by the offsets at which they begin.
std::map<std::uint64_t, std::string> list_log_segments(Disk& disk, const std::string& path);

/// Reads the log at the places that the index names. One thread. Opens segments when they are first read.
class DecisionLogReader {
 public:
  DecisionLogReader(Disk& disk, std::string path) : disk_(&disk), path_(std::move(path)) {}
  /// The bytes of one chunk, unchecked. Errors: corrupt when the file is too short, not_found when there is no segment
  /// for it, unavailable.
  Result<std::string> read(std::uint64_t offset, std::uint64_t length);

 private:
  Result<std::string> read_known(std::uint64_t offset, std::uint64_t length);
  void look_again();

  Disk* disk_;
  std::string path_;
  std::map<std::uint64_t, std::string> segments_;
  std::map<std::uint64_t, std::unique_ptr<DiskFile>> files_;
};

/// The writing end; the store's writer thread only. Appended bytes are safe from a crash of the process at once and
/// from power loss after sync(). After a failed sync nobody can say what is on the disk, so the log refuses everything
/// until it is opened again.
class DecisionLog {
 public:
  /// Opens the segments, or creates the first one at `path`. Errors: unavailable.
  static Result<DecisionLog> open(Disk& disk, std::string path);

  /// Appends a chunk and returns its offset. Errors: unavailable; then the log is as it was before.
  Result<std::uint64_t> append(std::string_view chunk);
  /// Drops everything from `end` on: what a rolled-back transaction wrote.
  void rewind(std::uint64_t end);
  /// Replaces bytes that were appended before by as many others. Durable after sync(). Errors: unavailable.
  Result<void> overwrite(std::uint64_t offset, std::string_view bytes);
  Result<std::string> read(const ChunkPlace& place);
  /// Makes everything appended so far durable. Errors: unavailable.
  Result<void> sync();

  /// What is appended from now on goes into a new segment. Everything appended so far must be known to be durable by
  /// whoever opens the log next. Errors: unavailable; when that is of a sync, as after any other.
  Result<void> begin_segment();
  /// Removes segments that end at or in front of `offset`, the oldest first, never the newest, and frees up to
  /// `bytes_max` of their bytes, also for those who have them open. Returns how many it freed; 0 when none is left.
  /// Cost: about a millisecond a MiB. Errors: unavailable.
  Result<std::uint64_t> free_before(std::uint64_t offset, std::uint64_t bytes_max);
  /// Where the newest segment begins.
  std::uint64_t segment_begin() const { return begin_; }
  /// Where the first segment begins that does not begin in front of `offset`.
  std::uint64_t segment_at_or_after(std::uint64_t offset) const;

  /// Reads the whole chunks from `offset` on and cuts off what follows the last of them. Errors: unavailable, corrupt
  /// when that is not in the newest segment.
  Result<std::vector<ChunkPlace>> recover_tail(std::uint64_t offset);
  /// True when a whole, undamaged chunk is at this place.
  Result<bool> has_chunk(const ChunkPlace& place);

  const std::string& path() const { return path_; }
  std::uint64_t end() const { return end_; }
  std::uint64_t unsynced_bytes() const { return end_ > synced_ ? end_ - synced_ : 0; }
  /// False when somebody removed the newest file: then nothing written to it will be found again.
  bool is_in_place() const { return file_->is_in_place(); }

 private:
  DecisionLog(Disk& disk, std::string path) : disk_(&disk), path_(std::move(path)) {}
  /// The segment with this offset in it, and where it begins. Errors: unavailable, corrupt when there is none.
  Result<std::pair<DiskFile*, std::uint64_t>> file_at(std::uint64_t offset);
  Result<std::string> read(std::uint64_t offset, std::size_t length);
  /// Takes the name of the oldest segment away when it ends at or in front of `offset`; its bytes are freed next.
  Result<bool> remove_oldest(std::uint64_t offset);
  Result<void> cut(std::uint64_t end);
  void drop_tail();

  Disk* disk_;
  std::string path_;
  std::map<std::uint64_t, std::string> older_;  ///< segments in front of the newest
  std::map<std::uint64_t, std::unique_ptr<DiskFile>> older_files_;
  std::unique_ptr<DiskFile> removed_;  ///< has no name any more, and bytes that are to be freed
  std::unique_ptr<DiskFile> file_;     ///< the newest segment, and where it begins
  std::uint64_t begin_ = 0;
  std::uint64_t end_ = 0;
  std::uint64_t synced_ = 0;
  bool stale_tail_ = false;  ///< bytes behind end_ are still to be cut off
  bool sync_failed_ = false;
};

}  // namespace matchcue::store
