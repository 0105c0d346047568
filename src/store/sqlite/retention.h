#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Drops decisions by age.

#include "store/sqlite/writer.h"

namespace matchcue::store {

/// As Store::drop_decisions. Writer thread, between two commits. Asked again after a crash it goes on.
Result<RetentionStep> drop_some_decisions(Storage& storage, WallTime now, Milliseconds keep);

}  // namespace matchcue::store
