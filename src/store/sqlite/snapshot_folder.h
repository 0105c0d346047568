#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Where the learner's snapshots are kept: one file each, named by its step. A file is there whole or not at all.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/disk.h"
#include "store/store.h"

namespace matchcue::store {

/// No state but where it is: any thread, as long as one at a time saves.
class SnapshotFolder {
 public:
  static constexpr std::size_t kKept = 4;

  SnapshotFolder(Disk& disk, std::string path) : disk_(&disk), path_(std::move(path)) {}

  /// Writes a snapshot durably, in the place of one of the same step, and removes the oldest of more than kKept.
  /// Errors: unavailable, naming the file.
  Result<void> save(const LearnerSnapshot& snapshot) const;
  /// Removes every snapshot, durably; returns how many there were. Errors: unavailable.
  Result<std::size_t> remove_all() const;
  /// The newest snapshot of a step <= `step_max`. Errors: unavailable.
  Result<std::optional<LearnerSnapshot>> load(std::uint64_t step_max) const;

 private:
  /// In ascending order.
  std::vector<std::uint64_t> steps() const;
  std::string file_of(std::uint64_t step) const;
  Result<void> write_durably(const std::string& path, std::string_view bytes) const;

  Disk* disk_;
  std::string path_;
};

}  // namespace matchcue::store
