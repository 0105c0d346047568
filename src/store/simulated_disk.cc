// SPDX-License-Identifier: Apache-2.0
#include "store/simulated_disk.h"

#include <algorithm>
#include <atomic>
#include <cerrno>

namespace matchcue::store {

namespace {

constexpr std::uint64_t kSectorBytes = 512;

class OpenFile final : public DiskFile {
 public:
  OpenFile(SimulatedDisk& disk, SimulatedDisk::Handle handle) : disk_(disk), handle_(std::move(handle)) {}

  Result<std::string> read(std::uint64_t offset, std::size_t length) override {
    std::string bytes;
    const int failed = disk_.read(handle_, offset, length, bytes);
    if (failed != 0) return storage_error(failed, "read", handle_.path);
    return bytes;
  }
  Result<void> write(std::uint64_t offset, std::string_view bytes) override {
    return result(disk_.write(handle_, offset, bytes), "write");
  }
  Result<void> truncate(std::uint64_t size) override { return result(disk_.truncate(handle_, size), "truncate"); }
  Result<void> sync() override {
    if (disk_.sync(handle_) != 0) return sync_error(handle_.path, "simulated");
    return {};
  }
  Result<std::uint64_t> size() override {
    const std::lock_guard lock(disk_.mutex());
    return handle_.file->bytes().size();
  }
  bool is_in_place() const override { return disk_.is_named(handle_); }

 private:
  Result<void> result(int failed, std::string_view doing) const {
    if (failed != 0) return storage_error(failed, doing, handle_.path);
    return {};
  }

  SimulatedDisk& disk_;
  SimulatedDisk::Handle handle_;
};

class NoLock final : public FolderLock {};

}  // namespace

// --- a file

void SimulatedFile::apply(const Change& change, std::string& to) const {
  if (change.truncates) return to.resize(change.offset);
  if (to.size() < change.offset + change.bytes.size()) to.resize(change.offset + change.bytes.size());
  to.replace(change.offset, change.bytes.size(), change.bytes);
}

void SimulatedFile::write(std::uint64_t offset, std::string_view bytes) {
  pending_.push_back({offset, std::string(bytes), false});
  apply(pending_.back(), now_);
}

void SimulatedFile::truncate(std::uint64_t size) {
  if (size == now_.size()) return;
  pending_.push_back({size, {}, true});
  apply(pending_.back(), now_);
}

void SimulatedFile::sync() {
  for (const Change& change : pending_) apply(change, durable_);
  pending_.clear();
}

void SimulatedFile::keep_some(std::mt19937_64& random) {
  enum { nothing, everything, first_ones, any_sectors };
  const auto how = random() % 4;
  const std::uint64_t first = pending_.empty() ? 0 : random() % (pending_.size() + 1);
  for (std::uint64_t i = 0; i < pending_.size() && how != nothing; ++i) {
    const Change& change = pending_[i];
    if (how == first_ones && i > first) break;
    const bool part = how == any_sectors || (how == first_ones && i == first);
    if (!part || change.truncates) {
      if (!part || random() % 2 == 0) apply(change, durable_);
      continue;
    }
    for (std::uint64_t at = 0; at < change.bytes.size();) {
      const std::uint64_t offset = change.offset + at;
      std::uint64_t length = std::min(kSectorBytes - offset % kSectorBytes, change.bytes.size() - at);
      const auto fate = random() % 8;
      if (fate == 0) apply({offset, change.bytes.substr(at, random() % (length + 1)), false}, durable_);  // torn
      if (fate > 3) apply({offset, change.bytes.substr(at, length), false}, durable_);
      at += length;
    }
  }
  pending_.clear();
}

void SimulatedFile::flip_bit(std::uint64_t bit) {
  CHECK(bit / 8 < now_.size(), bit, now_.size());
  const auto flip = static_cast<char>(1U << (bit % 8));
  now_[bit / 8] = static_cast<char>(now_[bit / 8] ^ flip);
  durable_ = now_;
}

// --- the disk

SimulatedDisk::SimulatedDisk() {
  static std::atomic<int> disks = 0;
  vfs_name_ = "simulated-" + std::to_string(++disks);
  vfs_ = register_simulated_vfs(*this, vfs_name_.c_str());
}

SimulatedDisk::~SimulatedDisk() { unregister_simulated_vfs(vfs_); }

/// 0, or the errno that this call ends with. Under the mutex.
int SimulatedDisk::begin(DiskCall call) {
  if (!power_) return EIO;
  const auto kind = static_cast<std::size_t>(call);
  ++counts_[kind];
  if (call != DiskCall::read && power_cut_ && ++changes_ >= *power_cut_) power_ = false;
  const auto& failure = failures_[kind];
  if (failure && counts_[kind] >= failure->first && counts_[kind] - failure->first < failure->count) {
    return failure->error_number;
  }
  return 0;
}

Result<std::unique_ptr<DiskFile>> SimulatedDisk::open(const std::string& path, OpenFor how) {
  Handle handle;
  const int failed = open_handle(path, how == OpenFor::writing, handle);
  if (failed != 0) return storage_error(failed, "open", path);
  return std::unique_ptr<DiskFile>(std::make_unique<OpenFile>(*this, std::move(handle)));
}

int SimulatedDisk::open_handle(const std::string& path, bool create, Handle& handle) {
  const std::lock_guard lock(mutex_);
  if (!power_) return EIO;
  auto named = path.empty() ? names_.end() : names_.find(path);
  if (named != names_.end()) {
    handle.file = named->second;
  } else {
    if (!create) return ENOENT;
    handle.file = std::make_shared<SimulatedFile>();
    if (!path.empty()) {
      if (const int failed = begin(DiskCall::write); failed != 0) return failed;
      change_names({{path, handle.file}});
      handle.names_synced = false;
    }
  }
  handle.path = path;
  handle.boot = boot_;
  return power_ ? 0 : EIO;
}

Result<void> SimulatedDisk::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  const int failed = names_.contains(from) ? begin(DiskCall::write) : ENOENT;
  if (failed != 0) return storage_error(failed, "rename", from);
  change_names({{from, nullptr}, {to, names_.at(from)}});
  if (!power_) return storage_error(EIO, "rename", from);
  return {};
}

Result<void> SimulatedDisk::remove(const std::string& path) {
  const int failed = remove_file(path, false);
  if (failed != 0) return storage_error(failed, "remove", path);
  return {};
}

int SimulatedDisk::remove_file(const std::string& path, bool durably) {
  const std::lock_guard lock(mutex_);
  if (!names_.contains(path)) return ENOENT;
  if (const int failed = begin(DiskCall::write); failed != 0) return failed;
  change_names({{path, nullptr}});
  if (!power_) return EIO;
  if (durably) sync_names();
  return 0;
}

bool SimulatedDisk::exists(const std::string& path) {
  const std::lock_guard lock(mutex_);
  return names_.contains(path);
}

std::vector<std::string> SimulatedDisk::list(const std::string& folder) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> found;
  for (const auto& [path, file] : names_) {
    if (path.starts_with(folder + "/")) found.push_back(path.substr(folder.size() + 1));
  }
  return found;
}

Result<void> SimulatedDisk::create_folder(const std::string& path) {
  if (!has_power()) return storage_error(EIO, "create", path);
  return {};
}

Result<void> SimulatedDisk::sync_folder(const std::string& path) {
  if (on_sync) on_sync();
  const std::lock_guard lock(mutex_);
  if (begin(DiskCall::sync) != 0 || !power_) return sync_error(path, "simulated");
  sync_names();
  return {};
}

Result<std::unique_ptr<FolderLock>> SimulatedDisk::lock_folder(const std::string& path) {
  if (!has_power()) return storage_error(EIO, "lock", path);
  return std::unique_ptr<FolderLock>(std::make_unique<NoLock>());
}

int SimulatedDisk::read(const Handle& handle, std::uint64_t offset, std::size_t length, std::string& bytes) {
  const std::lock_guard lock(mutex_);
  if (handle.boot != boot_) return EIO;
  if (const int failed = begin(DiskCall::read); failed != 0) return failed;
  const std::string& all = handle.file->bytes();
  bytes = offset < all.size() ? all.substr(offset, length) : std::string();
  return 0;
}

int SimulatedDisk::write(const Handle& handle, std::uint64_t offset, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (handle.boot != boot_) return EIO;
  const bool had_power = power_;
  const int failed = begin(DiskCall::write);
  if (failed == 0) handle.file->write(offset, bytes);
  if (failed != 0 && had_power) handle.file->write(offset, bytes.substr(0, bytes.size() / 2));
  return failed != 0 || power_ ? failed : EIO;
}

int SimulatedDisk::truncate(const Handle& handle, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  if (handle.boot != boot_) return EIO;
  if (const int failed = begin(DiskCall::write); failed != 0) return failed;
  handle.file->truncate(size);
  return power_ ? 0 : EIO;
}

int SimulatedDisk::sync(Handle& handle) {
  if (on_sync) on_sync();
  const std::lock_guard lock(mutex_);
  if (handle.boot != boot_) return EIO;
  const bool had_power = power_;
  const int failed = begin(DiskCall::sync);
  if (failed != 0 && had_power) handle.file->keep_some(random_);
  if (failed != 0 || !power_) return failed != 0 ? failed : EIO;
  handle.file->sync();
  if (!handle.names_synced) sync_names();
  handle.names_synced = true;
  return 0;
}

bool SimulatedDisk::is_named(const Handle& handle) {
  const std::lock_guard lock(mutex_);
  const auto named = names_.find(handle.path);
  return handle.boot == boot_ && named != names_.end() && named->second == handle.file;
}

// --- what goes wrong

void SimulatedDisk::fail(DiskCall call, std::uint64_t first, std::uint64_t count, int error_number) {
  const std::lock_guard lock(mutex_);
  const auto kind = static_cast<std::size_t>(call);
  failures_[kind] = Failure{counts_[kind] + first, count, error_number};
}

void SimulatedDisk::work_again() {
  const std::lock_guard lock(mutex_);
  for (auto& failure : failures_) failure.reset();
}

void SimulatedDisk::cut_power_at(std::uint64_t call) {
  const std::lock_guard lock(mutex_);
  changes_ = 0;
  power_cut_ = call;
}

bool SimulatedDisk::has_power() {
  const std::lock_guard lock(mutex_);
  return power_;
}

void SimulatedDisk::restart(std::uint64_t seed) {
  const std::lock_guard lock(mutex_);
  std::mt19937_64 random(seed);
  const std::size_t journalled = random() % (pending_names_.size() + 1);
  for (std::size_t i = 0; i < journalled; ++i) apply(pending_names_[i], durable_names_);
  pending_names_.clear();
  names_.clear();
  for (auto& [path, file] : durable_names_) {
    file->keep_some(random);
    file = file_of(file->durable_bytes());
    names_.emplace(path, file);
  }
  random_.seed(seed);
  ++boot_;
  power_ = true;
  power_cut_.reset();
  for (auto& failure : failures_) failure.reset();
}

void SimulatedDisk::kill_processes() {
  const std::lock_guard lock(mutex_);
  ++boot_;
  for (auto& [path, file] : names_) {
    file = file_of(file->bytes());
  }
  durable_names_ = names_;
  pending_names_.clear();
}

void SimulatedDisk::flip_bit(const std::string& path, std::uint64_t bit) {
  const std::lock_guard lock(mutex_);
  names_.at(path)->flip_bit(bit);
}

// --- what there is to see

std::uint64_t SimulatedDisk::calls(DiskCall call) {
  const std::lock_guard lock(mutex_);
  return counts_[static_cast<std::size_t>(call)];
}

std::map<std::string, std::string> SimulatedDisk::files() {
  const std::lock_guard lock(mutex_);
  std::map<std::string, std::string> all;
  for (const auto& [path, file] : names_) all.emplace(path, file->bytes());
  return all;
}

void SimulatedDisk::put_files(const std::map<std::string, std::string>& files) {
  const std::lock_guard lock(mutex_);
  ++boot_;
  names_.clear();
  pending_names_.clear();
  for (const auto& [path, bytes] : files) names_.emplace(path, file_of(bytes));
  durable_names_ = names_;
}

// --- names

SimulatedFilePtr SimulatedDisk::file_of(std::string_view bytes) {
  auto file = std::make_shared<SimulatedFile>();
  file->write(0, bytes);
  file->sync();
  return file;
}

void SimulatedDisk::apply(const NameChange& change, std::map<std::string, SimulatedFilePtr>& names) {
  for (const auto& [path, file] : change) {
    if (file == nullptr) {
      names.erase(path);
    } else {
      names[path] = file;
    }
  }
}

void SimulatedDisk::change_names(NameChange change) {
  apply(change, names_);
  pending_names_.push_back(std::move(change));
}

void SimulatedDisk::sync_names() {
  for (const NameChange& change : pending_names_) apply(change, durable_names_);
  pending_names_.clear();
}

}  // namespace matchcue::store
