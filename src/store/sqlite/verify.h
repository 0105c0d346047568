#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Reads everything in a data directory and says what is broken.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "store/disk.h"

namespace matchcue::store {

struct Verification {
  std::vector<std::pair<std::string, std::uint64_t>> checked;  ///< what, and how many; in the order of checking
  std::vector<std::string> damage;                             ///< each names the file; empty when all is whole
  std::vector<std::string> notes;                              ///< what is unusual and no damage
};

/// Keeps a server out meanwhile. Of one kind of damage at most 100 are named. Cost: reads every byte.
/// Errors: not_found (no data directory), conflict (a process has it open; the message names its pid), unsupported
/// (made by another version), unavailable.
Result<Verification> verify_directory(const std::string& directory, Disk& disk = real_disk());

}  // namespace matchcue::store
