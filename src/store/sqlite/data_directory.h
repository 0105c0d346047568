#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The directory that a store lives in: which files it holds, and the lock that keeps a second process out.

#include <memory>
#include <string>

#include "base/result.h"
#include "store/disk.h"

namespace matchcue::store {

/// What a directory holds, where.
struct DataPaths {
  DataPaths(Disk& on, const std::string& folder)
      : disk(&on),
        directory(folder),
        database(folder + "/matchcue.db"),
        log(folder + "/decisions.log"),
        snapshots(folder + "/snapshots") {}

  Disk* disk;
  std::string directory;
  std::string database;
  std::string log;
  std::string snapshots;
};

/// Holds the lock as long as it lives. Movable.
class DataDirectory {
 public:
  /// Creates the directory (and its parents, for the owner only) when missing and locks it.
  /// Errors: conflict when another process has it (the message names its pid), unavailable.
  static Result<DataDirectory> open(Disk& disk, const std::string& path);

  const DataPaths& paths() const { return paths_; }
  /// Makes the names of newly created files durable. Errors: unavailable.
  Result<void> sync() const { return paths_.disk->sync_folder(paths_.directory); }

 private:
  DataDirectory(DataPaths paths, std::unique_ptr<FolderLock> lock) : paths_(std::move(paths)), lock_(std::move(lock)) {}

  DataPaths paths_;
  std::unique_ptr<FolderLock> lock_;
};

}  // namespace matchcue::store
