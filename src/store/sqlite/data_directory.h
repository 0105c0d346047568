#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The directory that a store lives in: which files it holds, and the lock that keeps a second process out.

#include <string>

#include "base/result.h"
#include "store/decision_log.h"

namespace matchcue::store {

/// Holds the lock as long as it lives. Movable.
class DataDirectory {
 public:
  /// Creates the directory (and its parents, for the owner only) when missing and locks it.
  /// Errors: conflict when another process has it (the message names its pid), unavailable.
  static Result<DataDirectory> open(const std::string& path);

  struct Paths {
    std::string database;
    std::string log;
  };
  static Paths paths_in(const std::string& path) { return {path + "/matchcue.db", path + "/decisions.log"}; }

  std::string database_path() const { return paths_in(path_).database; }
  std::string log_path() const { return paths_in(path_).log; }
  /// Makes the names of newly created files durable. Errors: unavailable.
  Result<void> sync() const;

 private:
  DataDirectory(std::string path, FileHandle lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  std::string path_;
  FileHandle lock_;
};

}  // namespace matchcue::store
