// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace matchcue::store {

namespace {

Error directory_error(const std::string& path, std::string_view doing) {
  return unavailable("storage_unavailable", "cannot " + std::string(doing) + " " + path + ": " + std::strerror(errno));
}

std::string read_pid(int fd) {
  char text[24] = {};
  const ssize_t count = ::pread(fd, text, sizeof text - 1, 0);
  const std::string_view pid(text, count > 0 ? static_cast<std::size_t>(count) : 0);
  return std::string(pid.substr(0, pid.find('\n')));
}

}  // namespace

Result<DataDirectory> DataDirectory::open(const std::string& path) {
  std::error_code error;
  const bool created = std::filesystem::create_directories(path, error);
  if (error) return unavailable("storage_unavailable", "cannot create " + path + ": " + error.message());
  if (created) std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);

  const std::string lock_path = path + "/matchcue.lock";
  FileHandle lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock.is_open()) return directory_error(lock_path, "open");
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return directory_error(lock_path, "lock");
    return Error{ErrorKind::conflict, "directory_in_use", path + " is in use by process " + read_pid(lock.get()), {}};
  }
  // The pid is only for the message above; the lock itself goes with the process.
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock.get(), 0) != 0 || ::pwrite(lock.get(), pid.data(), pid.size(), 0) < 0) {
    return directory_error(lock_path, "write");
  }
  return DataDirectory(path, std::move(lock));
}

Result<void> DataDirectory::sync() const {
  const FileHandle directory(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open() || ::fsync(directory.get()) != 0) return directory_error(path_, "sync");
  return {};
}

}  // namespace matchcue::store
