#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Tells a WAL that a crash cut short from one that is damaged. SQLite stops reading a WAL at the first frame whose sum
// does not match, and calls what follows never committed: right after a crash, silent loss after a flipped bit.

#include <string>

#include "store/disk.h"

namespace matchcue::store {

/// A frame that does not match is damage when commits follow it that began after its own was durable. What was
/// committed last cannot be told from a torn write, and is not there then. Nothing to say about a file that is not
/// there. Right before SQLite opens the database, which may not have crashed before on this WAL. Errors: corrupt,
/// naming the frame; unavailable.
Result<void> check_wal(Disk& disk, const std::string& path);

}  // namespace matchcue::store
