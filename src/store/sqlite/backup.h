#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A copy of a data directory that is whole, taken while a server writes to it, and its way back.

#include <cstdint>
#include <string>

#include "store/sqlite/verify.h"

namespace matchcue::store {

/// What a copy holds.
struct BackupSummary {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  Verification verification;  ///< of the copy
};

/// Copies what is committed now into the directory `to`, which must be empty or missing, and verifies the copy. A
/// server goes on writing; what it writes meanwhile is left out. The copy's decision log has every decision that its
/// feedback cites. Errors: not_found, conflict (directory_not_empty), corrupt (the copy is not whole: then neither is
/// the original), unsupported, unavailable (erased_meanwhile: somebody was erased, and the copy is gone again).
Result<BackupSummary> back_up(const std::string& directory, const std::string& to, Disk& disk = real_disk());

/// Verifies a backup and copies it into `directory`, which must be empty or missing. The change streams get a new
/// epoch: who resumes with what they saw after the backup is told that continuity is lost. Errors: as back_up().
Result<BackupSummary> restore(const std::string& from, const std::string& directory, Disk& disk = real_disk());

}  // namespace matchcue::store
