#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The embedded store: one SQLite file in WAL mode with synchronous=FULL, one decision log beside it, one writer thread
// that commits in groups.

#include <memory>
#include <string>

#include "store/disk.h"
#include "store/store.h"

namespace matchcue::store {

struct SqliteOptions {
  std::string directory = "./matchcue-data";  ///< created when missing; locked against a second process
  std::size_t queue_writes_max = 100'000;     ///< writes waiting; one more is refused as unavailable
  std::size_t commit_writes_max = 1'000;      ///< writes in one commit
  std::size_t checkpoint_pages = 8'000;       ///< of the WAL (32 MiB), which is copied into the database then
  Disk* disk = nullptr;                       ///< not owned, outlives the store; null: this machine's
};

/// Opens or creates a data directory. Errors: conflict (another process has it open; the message names its pid),
/// corrupt (a check failed; the message names the file), unavailable (cannot be created, disk full), unsupported (made
/// by a newer version).
Result<std::unique_ptr<Store>> open_sqlite_store(const SqliteOptions& options);

/// Opens a data directory to read it, whether or not another process serves from it: the lock is not taken, no row
/// changes, and a server's writer does not wait for readers. What is committed meanwhile is seen by later calls.
/// Errors: not_found (no data directory; the message names it), unsupported (made by an older or newer version, which
/// `open_sqlite_store` may be able to mend), corrupt, unavailable.
Result<std::unique_ptr<Reader>> open_sqlite_reader(const std::string& directory);

}  // namespace matchcue::store
