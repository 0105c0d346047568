// SPDX-License-Identifier: Apache-2.0
//
// SQLite on a simulated disk: sqlite3_vfs and sqlite3_io_methods over SimulatedDisk, with the locks and the shared
// memory that WAL mode needs between the connections of one process.
#include <sqlite3.h>

#include <cerrno>
#include <cstring>

#include "store/simulated_disk.h"

namespace matchcue::store {

namespace {

/// SQLite allocates and frees its memory; what is in it we construct and destroy.
struct OpenFile {
  sqlite3_file base;  // first: SQLite sees only this
  SimulatedDisk* disk;
  SimulatedDisk::Handle* handle;
  int last_errno;
};

OpenFile& open_file(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }
SimulatedDisk::Handle& handle_of(sqlite3_file* file) { return *open_file(file).handle; }
SimulatedDisk& disk_of(sqlite3_file* file) { return *open_file(file).disk; }
SimulatedDisk& disk_of(sqlite3_vfs* vfs) { return *static_cast<SimulatedDisk*>(vfs->pAppData); }

thread_local int last_errno = 0;

/// SQLite's code for a call on a file that ended with this errno.
int code_of(sqlite3_file* file, int error_number, int io_code) {
  if (error_number == 0) return SQLITE_OK;
  last_errno = open_file(file).last_errno = error_number;
  return error_number == ENOSPC ? SQLITE_FULL : io_code;
}

// --- shared memory

int shm_unmap(sqlite3_file* file, int /*remove*/) {
  SimulatedDisk::Handle& handle = handle_of(file);
  const std::lock_guard lock(disk_of(file).mutex());
  if (!handle.maps_memory) return SQLITE_OK;
  handle.maps_memory = false;
  if (--handle.file->shared_memory_users == 0) handle.file->shared_memory.clear();
  return SQLITE_OK;
}

int shm_map(sqlite3_file* file, int region, int bytes, int extend, void volatile** memory) {
  SimulatedDisk::Handle& handle = handle_of(file);
  const std::lock_guard lock(disk_of(file).mutex());
  auto& regions = handle.file->shared_memory;
  if (!handle.maps_memory) ++handle.file->shared_memory_users;
  handle.maps_memory = true;
  *memory = nullptr;
  while (extend != 0 && regions.size() <= static_cast<std::size_t>(region)) {
    regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(bytes)));
  }
  if (static_cast<std::size_t>(region) < regions.size()) *memory = regions[static_cast<std::size_t>(region)].get();
  return SQLITE_OK;
}

int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  SimulatedDisk::Handle& handle = handle_of(file);
  const std::lock_guard lock(disk_of(file).mutex());
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  const bool locking = (flags & SQLITE_SHM_LOCK) != 0;
  for (int i = offset; locking && i < offset + count; ++i) {
    const auto& slot = handle.file->slots[i];
    const bool others_share = slot.shared > ((handle.shared_slots >> i) & 1);
    if (slot.exclusive != nullptr && slot.exclusive != &handle) return SQLITE_BUSY;
    if (exclusive && others_share) return SQLITE_BUSY;
  }
  for (int i = offset; i < offset + count; ++i) {
    auto& slot = handle.file->slots[i];
    const auto bit = static_cast<std::uint16_t>(1U << i);
    if (locking && exclusive) {
      slot.exclusive = &handle;
      handle.exclusive_slots |= bit;
    } else if (locking) {
      if ((handle.shared_slots & bit) == 0) ++slot.shared;
      handle.shared_slots |= bit;
    } else {
      if ((handle.shared_slots & bit) != 0) --slot.shared;
      if (slot.exclusive == &handle) slot.exclusive = nullptr;
      handle.shared_slots &= static_cast<std::uint16_t>(~bit);
      handle.exclusive_slots &= static_cast<std::uint16_t>(~bit);
    }
  }
  return SQLITE_OK;
}

void shm_barrier(sqlite3_file* file) { const std::lock_guard lock(disk_of(file).mutex()); }

// --- locks

int lock_file(sqlite3_file* file, int level) {
  SimulatedDisk::Handle& handle = handle_of(file);
  const std::lock_guard lock(disk_of(file).mutex());
  SimulatedFile& on = *handle.file;
  if (level <= handle.lock_level) return SQLITE_OK;
  const auto is_others = [&handle](const void* owner) { return owner != nullptr && owner != &handle; };
  if (handle.lock_level == SQLITE_LOCK_NONE) {
    if (is_others(on.exclusive) || is_others(on.pending)) return SQLITE_BUSY;
    ++on.shared;
    handle.lock_level = SQLITE_LOCK_SHARED;
    if (level == SQLITE_LOCK_SHARED) return SQLITE_OK;
  }
  if (is_others(on.reserved)) return SQLITE_BUSY;
  on.reserved = &handle;
  if (level == SQLITE_LOCK_RESERVED) {
    handle.lock_level = level;
    return SQLITE_OK;
  }
  on.pending = &handle;
  handle.lock_level = SQLITE_LOCK_PENDING;
  if (on.shared > 1) return SQLITE_BUSY;
  on.exclusive = &handle;
  handle.lock_level = SQLITE_LOCK_EXCLUSIVE;
  return SQLITE_OK;
}

int unlock_file(sqlite3_file* file, int level) {
  SimulatedDisk::Handle& handle = handle_of(file);
  const std::lock_guard lock(disk_of(file).mutex());
  SimulatedFile& on = *handle.file;
  if (level >= handle.lock_level) return SQLITE_OK;
  for (const void** owner : {&on.reserved, &on.pending, &on.exclusive}) {
    if (*owner == &handle) *owner = nullptr;
  }
  if (level == SQLITE_LOCK_NONE) --on.shared;
  handle.lock_level = level;
  return SQLITE_OK;
}

int check_reserved_lock(sqlite3_file* file, int* result) {
  const std::lock_guard lock(disk_of(file).mutex());
  *result = handle_of(file).file->reserved != nullptr ? 1 : 0;
  return SQLITE_OK;
}

// --- files

int close_file(sqlite3_file* file) {
  SimulatedDisk::Handle* handle = open_file(file).handle;
  shm_unmap(file, 0);
  unlock_file(file, SQLITE_LOCK_NONE);
  if (handle->goes_when_closed && !handle->path.empty()) disk_of(file).remove_file(handle->path, false);
  delete handle;
  return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* to, int length, sqlite3_int64 offset) {
  std::string bytes;
  const int failed =
      disk_of(file).read(handle_of(file), static_cast<std::uint64_t>(offset), static_cast<std::size_t>(length), bytes);
  if (failed != 0) return code_of(file, failed, SQLITE_IOERR_READ);
  std::memset(to, 0, static_cast<std::size_t>(length));
  std::memcpy(to, bytes.data(), bytes.size());
  return bytes.size() == static_cast<std::size_t>(length) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* from, int length, sqlite3_int64 offset) {
  const std::string_view bytes(static_cast<const char*>(from), static_cast<std::size_t>(length));
  return code_of(file, disk_of(file).write(handle_of(file), static_cast<std::uint64_t>(offset), bytes),
                 SQLITE_IOERR_WRITE);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return code_of(file, disk_of(file).truncate(handle_of(file), static_cast<std::uint64_t>(size)),
                 SQLITE_IOERR_TRUNCATE);
}

int sync_file(sqlite3_file* file, int /*flags*/) {
  const int failed = disk_of(file).sync(handle_of(file));
  return failed == 0 ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  const std::lock_guard lock(disk_of(file).mutex());
  *size = static_cast<sqlite3_int64>(handle_of(file).file->bytes().size());
  return SQLITE_OK;
}

int file_control(sqlite3_file* file, int operation, void* argument) {
  int* result = static_cast<int*>(argument);
  switch (operation) {
    case SQLITE_FCNTL_HAS_MOVED: *result = disk_of(file).is_named(handle_of(file)) ? 0 : 1; return SQLITE_OK;
    case SQLITE_FCNTL_LAST_ERRNO: *result = open_file(file).last_errno; return SQLITE_OK;
    default: return SQLITE_NOTFOUND;
  }
}

int sector_size(sqlite3_file*) { return 4096; }
int device_characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

constexpr sqlite3_io_methods kMethods = {2,
                                         close_file,
                                         read_file,
                                         write_file,
                                         truncate_file,
                                         sync_file,
                                         file_size,
                                         lock_file,
                                         unlock_file,
                                         check_reserved_lock,
                                         file_control,
                                         sector_size,
                                         device_characteristics,
                                         shm_map,
                                         shm_lock,
                                         shm_barrier,
                                         shm_unmap,
                                         nullptr,
                                         nullptr};

// --- the VFS

int vfs_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  file->pMethods = nullptr;
  auto handle = std::make_unique<SimulatedDisk::Handle>();
  const int failed = disk_of(vfs).open_handle(name == nullptr ? "" : name, (flags & SQLITE_OPEN_CREATE) != 0, *handle);
  if (failed != 0) {
    last_errno = failed;
    return SQLITE_CANTOPEN;
  }
  // As SQLite's own does: the first sync of a new journal makes its name durable, that of a database does not.
  const bool journal = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL)) != 0;
  if (!journal) handle->names_synced = true;
  handle->goes_when_closed = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
  open_file(file).disk = &disk_of(vfs);
  open_file(file).handle = handle.release();
  open_file(file).last_errno = 0;
  file->pMethods = &kMethods;
  if (flags_out != nullptr) *flags_out = flags;
  return SQLITE_OK;
}

int vfs_delete(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  const int failed = disk_of(vfs).remove_file(name, sync_folder != 0);
  if (failed == ENOENT) return SQLITE_IOERR_DELETE_NOENT;
  last_errno = failed;
  return failed == 0 ? SQLITE_OK : SQLITE_IOERR_DELETE;
}

int vfs_access(sqlite3_vfs* vfs, const char* name, int /*flags*/, int* result) {
  *result = disk_of(vfs).exists(name) ? 1 : 0;
  return SQLITE_OK;
}

int vfs_full_path(sqlite3_vfs*, const char* name, int length, char* full) {
  sqlite3_snprintf(length, full, "%s", name);
  return SQLITE_OK;
}

sqlite3_vfs* own_vfs() { return sqlite3_vfs_find(nullptr); }
int vfs_randomness(sqlite3_vfs*, int count, char* bytes) { return own_vfs()->xRandomness(own_vfs(), count, bytes); }
int vfs_sleep(sqlite3_vfs*, int microseconds) { return own_vfs()->xSleep(own_vfs(), microseconds); }
int vfs_time(sqlite3_vfs*, double* julian) { return own_vfs()->xCurrentTime(own_vfs(), julian); }
int vfs_last_error(sqlite3_vfs*, int, char*) { return last_errno; }

}  // namespace

void* register_simulated_vfs(SimulatedDisk& disk, const char* name) {
  auto* vfs = new sqlite3_vfs{};
  vfs->iVersion = 1;
  vfs->szOsFile = sizeof(OpenFile);
  vfs->mxPathname = 512;
  vfs->zName = name;
  vfs->pAppData = &disk;
  vfs->xOpen = vfs_open;
  vfs->xDelete = vfs_delete;
  vfs->xAccess = vfs_access;
  vfs->xFullPathname = vfs_full_path;
  vfs->xRandomness = vfs_randomness;
  vfs->xSleep = vfs_sleep;
  vfs->xCurrentTime = vfs_time;
  vfs->xGetLastError = vfs_last_error;
  CHECK(sqlite3_vfs_register(vfs, 0) == SQLITE_OK);
  return vfs;
}

void unregister_simulated_vfs(void* vfs) {
  sqlite3_vfs_unregister(static_cast<sqlite3_vfs*>(vfs));
  delete static_cast<sqlite3_vfs*>(vfs);
}

}  // namespace matchcue::store
