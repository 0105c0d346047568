#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Drops decisions by age.

#include "store/sqlite/writer.h"

namespace matchcue::store {

/// As Store::drop_decisions. Writer thread, between two commits. Asked again after a crash it goes on.
Result<RetentionStep> drop_some_decisions(Storage& storage, WallTime now, Milliseconds keep);

/// Drops the rest of a segment of which some is dropped. In between it has bytes that no row names, in which nobody
/// could erase a person. Cost: as reading the segment.
Result<void> finish_dropping(Storage& storage);

}  // namespace matchcue::store
