#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The file that decisions are appended to, chunk behind chunk with nothing in between.

#include <cstdint>
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

/// Reads the log at the places that the index names. One thread. Opens the file at the first read.
class DecisionLogReader {
 public:
  DecisionLogReader(Disk& disk, std::string path) : disk_(&disk), path_(std::move(path)) {}
  /// The bytes of one chunk, unchecked. Errors: corrupt when the file is too short, unavailable.
  Result<std::string> read(std::uint64_t offset, std::uint64_t length);

 private:
  Disk* disk_;
  std::string path_;
  std::unique_ptr<DiskFile> file_;
};

/// The writing end; the store's writer thread only. Appended bytes are safe from a crash of the process at once and
/// from power loss after sync(). After a failed sync nobody can say what is on the disk, so the log refuses everything
/// until it is opened again.
class DecisionLog {
 public:
  /// Opens or creates the file. Errors: unavailable.
  static Result<DecisionLog> open(Disk& disk, std::string path);

  /// Appends a chunk and returns its offset. Errors: unavailable; then the log is as it was before.
  Result<std::uint64_t> append(std::string_view chunk);
  /// Drops everything from `end` on: what a rolled-back transaction wrote.
  void rewind(std::uint64_t end);
  /// Replaces bytes that were appended before by as many others. Durable after sync(). Errors: unavailable.
  Result<void> overwrite(std::uint64_t offset, std::string_view bytes) {
    CHECK(offset + bytes.size() <= end_, offset, bytes.size(), end_);
    return file_->write(offset, bytes);
  }
  Result<std::string> read(const ChunkPlace& place) { return file_->read(place.offset, place.length); }
  /// Makes everything appended so far durable. Errors: unavailable.
  Result<void> sync();

  /// Reads the whole chunks from `offset` on and cuts off what follows the last of them. Errors: unavailable.
  Result<std::vector<ChunkPlace>> recover_tail(std::uint64_t offset);
  /// True when a whole, undamaged chunk is at this place.
  Result<bool> has_chunk(const ChunkPlace& place);

  const std::string& path() const { return path_; }
  std::uint64_t end() const { return end_; }
  std::uint64_t unsynced_bytes() const { return end_ > synced_ ? end_ - synced_ : 0; }
  /// False when somebody removed the file: then nothing written to it will be found again.
  bool is_in_place() const { return file_->is_in_place(); }

 private:
  DecisionLog(std::string path, std::unique_ptr<DiskFile> file, std::uint64_t end);
  Result<void> cut(std::uint64_t end);
  void drop_tail();

  std::string path_;
  std::unique_ptr<DiskFile> file_;
  std::uint64_t end_;
  std::uint64_t synced_ = 0;
  bool stale_tail_ = false;  ///< bytes behind end_ are still to be cut off
  bool sync_failed_ = false;
};

}  // namespace matchcue::store
