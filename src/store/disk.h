#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What the store asks of a disk. SQLite asks the same through the VFS that a disk names, so that a test can put one
// simulated disk, which tears, fills up and fails, under all of it.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace matchcue::store {

/// The error of a call that ended with this errno. Its code names the cause, always of the kind unavailable:
/// storage_full, storage_read_only, storage_failed (the medium), or storage_unavailable for everything else.
Error storage_error(int error_number, std::string_view doing, const std::string& path);

/// The code of a failed sync. Nobody can say what is on the disk then: kernels drop what they could not write and call
/// the next sync a success. Whoever wrote refuses to go on until everything is read again.
constexpr std::string_view kSyncFailed = "storage_sync_failed";
Error sync_error(const std::string& path, std::string_view why);

/// An open file. One thread at a time. Errors of every call: unavailable.
class DiskFile {
 public:
  virtual ~DiskFile() = default;
  /// Up to `length` bytes; fewer only at the end of the file.
  virtual Result<std::string> read(std::uint64_t offset, std::size_t length) = 0;
  virtual Result<void> write(std::uint64_t offset, std::string_view bytes) = 0;
  virtual Result<void> truncate(std::uint64_t size) = 0;
  /// What was written is on the disk when this succeeds. Errors: also kSyncFailed.
  virtual Result<void> sync() = 0;
  virtual Result<std::uint64_t> size() = 0;
  /// False when somebody removed or replaced the file: then nothing written to it will be found again.
  virtual bool is_in_place() const = 0;
};

/// Keeps a second process out of a folder as long as it lives.
class FolderLock {
 public:
  virtual ~FolderLock() = default;
};

enum class OpenFor {
  reading,
  writing,  ///< created when missing, for the owner only
};

/// Any thread. Errors of every call: unavailable, naming the path.
class Disk {
 public:
  virtual ~Disk() = default;
  virtual Result<std::unique_ptr<DiskFile>> open(const std::string& path, OpenFor how) = 0;
  /// In the place of what has the new name. Durable after sync_folder().
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  virtual Result<void> remove(const std::string& path) = 0;
  virtual bool exists(const std::string& path) = 0;
  /// The files in a folder and in those below it, by their paths from it, in order; none when it is not there.
  virtual std::vector<std::string> list(const std::string& folder) = 0;
  /// With its parents, for the owner only; nothing when it is there.
  virtual Result<void> create_folder(const std::string& path) = 0;
  /// Makes the names of files that were created, renamed and removed durable.
  virtual Result<void> sync_folder(const std::string& path) = 0;
  /// Errors: conflict (directory_in_use) when another process has it; the message names its pid.
  virtual Result<std::unique_ptr<FolderLock>> lock_folder(const std::string& path) = 0;
  /// The SQLite VFS that reaches the same files; null for SQLite's own.
  virtual const char* sqlite_vfs() const = 0;
};

/// The disks of this machine.
Disk& real_disk();

}  // namespace matchcue::store
