#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Removes a person from everything stored, and searches for what is left of them.

#include "store/sqlite/data_directory.h"
#include "store/sqlite/writer.h"

namespace matchcue::store {

/// As Store::erase_viewer. Writer thread, between two commits. Links go last, so that asking again after a crash finds
/// the person whole.
Result<Erasure> erase_person(Storage& storage, const DataPaths& paths, const domain::ViewerId& viewer);

/// Writes the chunks of the table log_patches over those in the log, durably; whole chunks that are in their place
/// already do no harm. Errors: unavailable, corrupt.
Result<void> overwrite_patched_chunks(Connection& connection, DecisionLog& log);

}  // namespace matchcue::store
