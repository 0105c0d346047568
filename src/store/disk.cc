// SPDX-License-Identifier: Apache-2.0
#include "store/disk.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace matchcue::store {

namespace {

std::string_view storage_code(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return "storage_full";
    case EROFS: return "storage_read_only";
    case EIO: return "storage_failed";
    default: return "storage_unavailable";
  }
}

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

class RealFile final : public DiskFile {
 public:
  RealFile(std::string path, Descriptor file) : path_(std::move(path)), file_(std::move(file)) {}

  Result<std::string> read(std::uint64_t offset, std::size_t length) override {
    std::string bytes(length, '\0');
    std::size_t done = 0;
    while (done < length) {
      const ssize_t count = ::pread(file_.get(), bytes.data() + done, length - done, static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return storage_error(errno, "read", path_);
      if (count == 0) break;
      done += static_cast<std::size_t>(count);
    }
    bytes.resize(done);
    return bytes;
  }

  Result<void> write(std::uint64_t offset, std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t count = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return storage_error(errno, "write", path_);
      bytes.remove_prefix(static_cast<std::size_t>(count));
      offset += static_cast<std::uint64_t>(count);
    }
    return {};
  }

  Result<void> truncate(std::uint64_t size) override {
    if (::ftruncate(file_.get(), static_cast<off_t>(size)) != 0) return storage_error(errno, "truncate", path_);
    return {};
  }

  Result<void> sync() override {
    if (::fdatasync(file_.get()) != 0) return sync_error(path_, std::strerror(errno));
    return {};
  }

  Result<std::uint64_t> size() override {
    struct stat status {};
    if (::fstat(file_.get(), &status) != 0) return storage_error(errno, "look at", path_);
    return static_cast<std::uint64_t>(status.st_size);
  }

  bool is_in_place() const override {
    struct stat status {};
    return ::fstat(file_.get(), &status) == 0 && status.st_nlink > 0;
  }

 private:
  std::string path_;
  Descriptor file_;
};

class RealLock final : public FolderLock {
 public:
  explicit RealLock(Descriptor file) : file_(std::move(file)) {}

 private:
  Descriptor file_;
};

std::string read_pid(int fd) {
  char text[24] = {};
  const ssize_t count = ::pread(fd, text, sizeof text - 1, 0);
  const std::string_view pid(text, count > 0 ? static_cast<std::size_t>(count) : 0);
  return std::string(pid.substr(0, pid.find('\n')));
}

class RealDisk final : public Disk {
 public:
  Result<std::unique_ptr<DiskFile>> open(const std::string& path, OpenFor how) override {
    const int flags = how == OpenFor::writing ? O_RDWR | O_CREAT : O_RDONLY;
    Descriptor file(::open(path.c_str(), flags | O_CLOEXEC, 0600));
    if (!file.is_open()) return storage_error(errno, "open", path);
    return std::unique_ptr<DiskFile>(std::make_unique<RealFile>(path, std::move(file)));
  }

  Result<void> rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return storage_error(errno, "rename", from);
    return {};
  }

  Result<void> remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) return storage_error(errno, "remove", path);
    return {};
  }

  bool exists(const std::string& path) override { return ::access(path.c_str(), F_OK) == 0; }

  std::vector<std::string> list(const std::string& folder) override {
    std::vector<std::string> names;
    std::error_code none;
    for (std::filesystem::recursive_directory_iterator entry(folder, none), end; entry != end; entry.increment(none)) {
      if (entry->is_regular_file(none)) names.push_back(entry->path().lexically_relative(folder).string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<void> create_folder(const std::string& path) override {
    std::error_code error;
    const bool created = std::filesystem::create_directories(path, error);
    if (error) return storage_error(error.value(), "create", path);
    if (created) std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
    return {};
  }

  Result<void> sync_folder(const std::string& path) override {
    const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.is_open()) return storage_error(errno, "open", path);
    if (::fsync(folder.get()) != 0) return sync_error(path, std::strerror(errno));
    return {};
  }

  Result<std::unique_ptr<FolderLock>> lock_folder(const std::string& path) override {
    const std::string lock_path = path + "/matchcue.lock";
    Descriptor lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock.is_open()) return storage_error(errno, "open", lock_path);
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return storage_error(errno, "lock", lock_path);
      return Error{ErrorKind::conflict, "directory_in_use", path + " is in use by process " + read_pid(lock.get()), {}};
    }
    // The pid is only for the message above; the lock itself goes with the process.
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(lock.get(), 0) != 0 || ::pwrite(lock.get(), pid.data(), pid.size(), 0) < 0) {
      return storage_error(errno, "write", lock_path);
    }
    return std::unique_ptr<FolderLock>(std::make_unique<RealLock>(std::move(lock)));
  }

  const char* sqlite_vfs() const override { return nullptr; }
};

}  // namespace

Error storage_error(int error_number, std::string_view doing, const std::string& path) {
  return unavailable(std::string(storage_code(error_number)),
                     "cannot " + std::string(doing) + " " + path + ": " + std::strerror(error_number));
}

Error sync_error(const std::string& path, std::string_view why) {
  return unavailable(std::string(kSyncFailed), "cannot sync " + path + ": " + std::string(why));
}

Disk& real_disk() {
  static RealDisk disk;
  return disk;
}

}  // namespace matchcue::store
