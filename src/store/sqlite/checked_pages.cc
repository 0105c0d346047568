// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/checked_pages.h"

#include <sqlite3.h>

#include <bit>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>

#include "base/check.h"
#include "store/crc32c.h"

namespace matchcue::store {

namespace {

constexpr std::string_view kSeal = "mcpg";
constexpr int kPageBytesMin = 512;
constexpr std::string_view kDatabaseHeader("SQLite format 3\0", 16);
constexpr std::size_t kReservedBytesAt = 20;  // in the database's header: what a page has at its end for others

std::string sum_of(std::string_view page, std::uint64_t number) {
  const std::string_view content = page.substr(0, page.size() - kPageSumBytes);
  const std::string_view place(reinterpret_cast<const char*>(&number), sizeof number);
  const std::uint32_t sum = crc32c(place, crc32c(content));
  std::string bytes(kSeal);
  return bytes.append(reinterpret_cast<const char*>(&sum), sizeof sum);
}

/// The database file. SQLite allocates it, with the base's own file directly behind.
struct CheckedFile {
  sqlite3_file base;  // first: SQLite sees only this
  bool sealed;        // pages of this database have room for a sum
};

sqlite3_file* inner(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(CheckedFile));
}
CheckedFile& checked(sqlite3_file* file) { return *reinterpret_cast<CheckedFile*>(file); }

bool is_page(int length, sqlite3_int64 offset) {
  return length >= kPageBytesMin && std::has_single_bit(static_cast<unsigned>(length)) && offset % length == 0;
}

/// The first bytes of a database say whether its pages have room for a sum.
void look_at_header(CheckedFile& file, std::string_view bytes, sqlite3_int64 offset) {
  if (offset != 0 || bytes.size() < 100 || !bytes.starts_with(kDatabaseHeader)) return;
  file.sealed = bytes[kReservedBytesAt] == kPageSumBytes;
}

int read(sqlite3_file* file, void* to, int length, sqlite3_int64 offset) {
  const int code = inner(file)->pMethods->xRead(inner(file), to, length, offset);
  if (code != SQLITE_OK) return code;
  const std::string_view bytes(static_cast<const char*>(to), static_cast<std::size_t>(length));
  look_at_header(checked(file), bytes, offset);
  if (!checked(file).sealed || !is_page(length, offset)) return SQLITE_OK;
  if (check_page(bytes, static_cast<std::uint64_t>(offset / length)) == PageState::damaged) return SQLITE_CORRUPT;
  std::memset(static_cast<char*>(to) + length - kPageSumBytes, 0, kPageSumBytes);
  return SQLITE_OK;
}

int write(sqlite3_file* file, const void* from, int length, sqlite3_int64 offset) {
  std::string bytes(static_cast<const char*>(from), static_cast<std::size_t>(length));
  look_at_header(checked(file), bytes, offset);
  if (checked(file).sealed && is_page(length, offset)) seal_page(bytes, static_cast<std::uint64_t>(offset / length));
  return inner(file)->pMethods->xWrite(inner(file), bytes.data(), length, offset);
}

// What remains is the base's.
int close(sqlite3_file* file) { return inner(file)->pMethods->xClose(inner(file)); }
int truncate(sqlite3_file* file, sqlite3_int64 size) { return inner(file)->pMethods->xTruncate(inner(file), size); }
int sync(sqlite3_file* file, int flags) { return inner(file)->pMethods->xSync(inner(file), flags); }
int file_size(sqlite3_file* file, sqlite3_int64* size) { return inner(file)->pMethods->xFileSize(inner(file), size); }
int lock(sqlite3_file* file, int level) { return inner(file)->pMethods->xLock(inner(file), level); }
int unlock(sqlite3_file* file, int level) { return inner(file)->pMethods->xUnlock(inner(file), level); }
int check_reserved(sqlite3_file* file, int* out) { return inner(file)->pMethods->xCheckReservedLock(inner(file), out); }
int control(sqlite3_file* file, int operation, void* argument) {
  return inner(file)->pMethods->xFileControl(inner(file), operation, argument);
}
int sector_size(sqlite3_file* file) { return inner(file)->pMethods->xSectorSize(inner(file)); }
int characteristics(sqlite3_file* file) { return inner(file)->pMethods->xDeviceCharacteristics(inner(file)); }
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return inner(file)->pMethods->xShmMap(inner(file), page, size, extend, out);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return inner(file)->pMethods->xShmLock(inner(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) { inner(file)->pMethods->xShmBarrier(inner(file)); }
int shm_unmap(sqlite3_file* file, int remove) { return inner(file)->pMethods->xShmUnmap(inner(file), remove); }

/// Version 2: without mapped memory, which pages would be read from behind our back.
constexpr sqlite3_io_methods kMethods = {
    2,         close,          read,    write,       truncate,        sync,    file_size, lock,
    unlock,    check_reserved, control, sector_size, characteristics, shm_map, shm_lock,  shm_barrier,
    shm_unmap, nullptr,        nullptr};

/// A registered VFS. The base is looked up by name whenever it is used: it may go and come again.
struct CheckedVfs {
  std::string name;
  std::string base_name;
  sqlite3_vfs vfs{};

  sqlite3_vfs* base() const {
    sqlite3_vfs* found = sqlite3_vfs_find(base_name.c_str());
    CHECK(found != nullptr, base_name);
    return found;
  }
};

sqlite3_vfs* base_of(sqlite3_vfs* vfs) { return static_cast<CheckedVfs*>(vfs->pAppData)->base(); }

int vfs_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  sqlite3_vfs* base = base_of(vfs);
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0) return base->xOpen(base, name, file, flags, flags_out);
  file->pMethods = nullptr;
  checked(file).sealed = false;
  const int code = base->xOpen(base, name, inner(file), flags, flags_out);
  if (inner(file)->pMethods != nullptr) file->pMethods = &kMethods;
  return code;
}
int vfs_delete(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  return base_of(vfs)->xDelete(base_of(vfs), name, sync_folder);
}
int vfs_access(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
  return base_of(vfs)->xAccess(base_of(vfs), name, flags, out);
}
int vfs_full_path(sqlite3_vfs* vfs, const char* name, int length, char* out) {
  return base_of(vfs)->xFullPathname(base_of(vfs), name, length, out);
}
int vfs_randomness(sqlite3_vfs* vfs, int count, char* out) {
  return base_of(vfs)->xRandomness(base_of(vfs), count, out);
}
int vfs_sleep(sqlite3_vfs* vfs, int microseconds) { return base_of(vfs)->xSleep(base_of(vfs), microseconds); }
int vfs_time(sqlite3_vfs* vfs, double* out) { return base_of(vfs)->xCurrentTime(base_of(vfs), out); }
int vfs_last_error(sqlite3_vfs* vfs, int count, char* out) {
  return base_of(vfs)->xGetLastError(base_of(vfs), count, out);
}

std::unique_ptr<CheckedVfs> make_vfs(const std::string& base_name) {
  auto made = std::make_unique<CheckedVfs>();
  made->base_name = base_name;
  made->name = "checked-" + base_name;
  const sqlite3_vfs* base = made->base();
  sqlite3_vfs& vfs = made->vfs;
  vfs.iVersion = 1;
  vfs.szOsFile = static_cast<int>(sizeof(CheckedFile)) + base->szOsFile;
  vfs.mxPathname = base->mxPathname;
  vfs.zName = made->name.c_str();
  vfs.pAppData = made.get();
  vfs.xOpen = vfs_open;
  vfs.xDelete = vfs_delete;
  vfs.xAccess = vfs_access;
  vfs.xFullPathname = vfs_full_path;
  vfs.xRandomness = vfs_randomness;
  vfs.xSleep = vfs_sleep;
  vfs.xCurrentTime = vfs_time;
  vfs.xGetLastError = vfs_last_error;
  CHECK(sqlite3_vfs_register(&vfs, 0) == SQLITE_OK);
  return made;
}

}  // namespace

PageState check_page(std::string_view page, std::uint64_t number) {
  const std::string_view sum = page.substr(page.size() - kPageSumBytes);
  if (sum.find_first_not_of('\0') == std::string_view::npos) return PageState::unsealed;
  return sum == sum_of(page, number) ? PageState::whole : PageState::damaged;
}

void seal_page(std::string& page, std::uint64_t number) {
  page.replace(page.size() - kPageSumBytes, kPageSumBytes, sum_of(page, number));
}

const char* checked_vfs(const char* base) {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<CheckedVfs>> made;  // for the life of the process, as SQLite's list is
  const std::lock_guard lock(mutex);
  const std::string name = base != nullptr ? base : sqlite3_vfs_find(nullptr)->zName;
  auto& vfs = made[name];
  if (vfs == nullptr) vfs = make_vfs(name);
  return vfs->name.c_str();
}

}  // namespace matchcue::store
