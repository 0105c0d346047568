#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The directory that a store lives in: which files it holds, and the lock that keeps a second process out.

#include <string>

#include "base/result.h"
#include "store/decision_log.h"

namespace matchcue::store {

/// What a directory holds, where.
struct DataPaths {
  explicit DataPaths(const std::string& directory)
      : database(directory + "/matchcue.db"), log(directory + "/decisions.log"), snapshots(directory + "/snapshots") {}

  std::string database;
  std::string log;
  std::string snapshots;
};

/// Holds the lock as long as it lives. Movable.
class DataDirectory {
 public:
  /// Creates the directory (and its parents, for the owner only) when missing and locks it.
  /// Errors: conflict when another process has it (the message names its pid), unavailable.
  static Result<DataDirectory> open(const std::string& path);

  const DataPaths& paths() const { return paths_; }
  /// Makes the names of newly created files durable. Errors: unavailable.
  Result<void> sync() const;

 private:
  DataDirectory(std::string path, FileHandle lock) : path_(std::move(path)), paths_(path_), lock_(std::move(lock)) {}

  std::string path_;
  DataPaths paths_;
  FileHandle lock_;
};

}  // namespace matchcue::store
