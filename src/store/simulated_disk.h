#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// For tests: a disk in memory that tells what was written from what is durable. Power can be cut at any call, and any
// call can fail. The store's own files and SQLite (through a VFS of this disk's) live on it together.
//
// What a power cut leaves of a file is what was synced, and of each later write nothing, all, or some of its sectors;
// one sector may be torn in the middle. Names are journalled: of the changes that were not synced the first few are
// there. A failed sync behaves as Linux does: some of the writes are on the disk, and no later sync brings the others.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "store/disk.h"

namespace matchcue::store {

/// A file's content, as processes see it and as a power cut would leave it.
class SimulatedFile {
 public:
  const std::string& bytes() const { return now_; }
  const std::string& durable_bytes() const { return durable_; }
  void write(std::uint64_t offset, std::string_view bytes);
  void truncate(std::uint64_t size);
  void sync();
  /// Some of what is not durable becomes so, at random.
  void keep_some(std::mt19937_64& random);
  void flip_bit(std::uint64_t bit);

  // SQLite's locks. Owners are told apart by address.
  int shared = 0;
  const void* reserved = nullptr;
  const void* pending = nullptr;
  const void* exclusive = nullptr;
  std::vector<std::unique_ptr<char[]>> shared_memory;
  int shared_memory_users = 0;
  struct Slot {
    int shared = 0;
    const void* exclusive = nullptr;
  };
  Slot slots[8];

 private:
  struct Change {
    std::uint64_t offset = 0;
    std::string bytes;
    bool truncates = false;
  };
  void apply(const Change& change, std::string& to) const;

  std::string now_;
  std::string durable_;
  std::vector<Change> pending_;
};
using SimulatedFilePtr = std::shared_ptr<SimulatedFile>;  // a removed file lives on in those who have it open

/// What can be made to fail. `write` is everything that changes a disk and is no sync: also truncating, creating,
/// renaming, removing.
enum class DiskCall { read, write, sync };

/// Any thread.
class SimulatedDisk final : public Disk {
 public:
  SimulatedDisk();
  ~SimulatedDisk() override;
  SimulatedDisk(const SimulatedDisk&) = delete;
  SimulatedDisk& operator=(const SimulatedDisk&) = delete;

  // As in Disk.
  Result<std::unique_ptr<DiskFile>> open(const std::string& path, OpenFor how) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;
  bool exists(const std::string& path) override;
  std::vector<std::string> list(const std::string& folder) override;
  Result<void> create_folder(const std::string& path) override;
  Result<void> sync_folder(const std::string& path) override;
  Result<std::unique_ptr<FolderLock>> lock_folder(const std::string& path) override;
  const char* sqlite_vfs() const override { return vfs_name_.c_str(); }

  // What goes wrong.
  /// The `first`-th call of this kind from now on, counted from 1, ends with this errno, and so do the `count` - 1
  /// after it. A failing write leaves half of its bytes.
  void fail(DiskCall call, std::uint64_t first, std::uint64_t count, int error_number);
  void work_again();
  /// Power goes out in the middle of the n-th write or sync from now on; every call fails until restart().
  void cut_power_at(std::uint64_t call);
  bool has_power();
  /// Power comes back, on a disk as `seed` has the cut leave it. Whoever had files open finds them failing for good.
  void restart(std::uint64_t seed);
  /// Every process is gone and the disk as they saw it.
  void kill_processes();
  void flip_bit(const std::string& path, std::uint64_t bit);
  /// Called in every sync, while nothing is locked: a slow disk.
  std::function<void()> on_sync;

  // What there is to see.
  std::uint64_t calls(DiskCall call);
  /// Every file, by path; and a disk that begins with these, durable.
  std::map<std::string, std::string> files();
  void put_files(const std::map<std::string, std::string>& files);

  // For SQLite's VFS. 0 or an errno; a file that another boot opened is dead.
  struct Handle {
    SimulatedFilePtr file;
    std::string path;
    std::uint64_t boot = 0;
    int lock_level = 0;
    bool maps_memory = false;
    bool names_synced = true;  ///< false: its first sync makes its name durable too
    bool goes_when_closed = false;
    std::uint16_t shared_slots = 0;
    std::uint16_t exclusive_slots = 0;
  };
  int open_handle(const std::string& path, bool create, Handle& handle);
  int read(const Handle& handle, std::uint64_t offset, std::size_t length, std::string& bytes);
  int write(const Handle& handle, std::uint64_t offset, std::string_view bytes);
  int truncate(const Handle& handle, std::uint64_t size);
  int sync(Handle& handle);
  int remove_file(const std::string& path, bool durably);
  bool is_named(const Handle& handle);
  std::mutex& mutex() { return mutex_; }

 private:
  /// One change of names that is whole or not at all.
  using NameChange = std::vector<std::pair<std::string, SimulatedFilePtr>>;  // null: the name goes
  struct Failure {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    int error_number = 0;
  };

  int begin(DiskCall call);
  void change_names(NameChange change);
  static SimulatedFilePtr file_of(std::string_view bytes);
  void sync_names();
  static void apply(const NameChange& change, std::map<std::string, SimulatedFilePtr>& names);

  std::string vfs_name_;
  void* vfs_ = nullptr;
  std::mutex mutex_;  // guards what follows
  std::map<std::string, SimulatedFilePtr> names_;
  std::map<std::string, SimulatedFilePtr> durable_names_;
  std::vector<NameChange> pending_names_;
  std::uint64_t boot_ = 1;
  std::uint64_t counts_[3] = {};
  std::optional<Failure> failures_[3];
  std::uint64_t changes_ = 0;  ///< writes and syncs together
  std::optional<std::uint64_t> power_cut_;
  bool power_ = true;
  std::mt19937_64 random_{1};
};

/// Makes SQLite reach a simulated disk under this name. Returns what unregister_simulated_vfs() takes.
void* register_simulated_vfs(SimulatedDisk& disk, const char* name);
void unregister_simulated_vfs(void* vfs);

}  // namespace matchcue::store
