#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// For tests that get between the store and its disk.

#include <memory>
#include <string>
#include <vector>

#include "store/disk.h"

namespace matchcue::store {

/// This machine's disks; a test overrides what is to go differently.
class ForwardingDisk : public Disk {
 public:
  Result<std::unique_ptr<DiskFile>> open(const std::string& path, OpenFor how) override {
    return disk_.open(path, how);
  }
  Result<void> rename(const std::string& from, const std::string& to) override { return disk_.rename(from, to); }
  Result<void> remove(const std::string& path) override { return disk_.remove(path); }
  bool exists(const std::string& path) override { return disk_.exists(path); }
  std::vector<std::string> list(const std::string& folder) override { return disk_.list(folder); }
  Result<void> create_folder(const std::string& path) override { return disk_.create_folder(path); }
  Result<void> sync_folder(const std::string& path) override { return disk_.sync_folder(path); }
  Result<std::unique_ptr<FolderLock>> lock_folder(const std::string& path) override { return disk_.lock_folder(path); }
  const char* sqlite_vfs() const override { return disk_.sqlite_vfs(); }

 private:
  Disk& disk_ = real_disk();
};

}  // namespace matchcue::store
