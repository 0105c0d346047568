#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The trained versions of a data directory, as the command line and the API list them.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace matchcue::cli {

/// A version, or why it does not open.
struct StoredVersion {
  std::string id;
  WallTime created;
  Result<nlohmann::ordered_json> manifest;
};

/// Those of a folder of versions, oldest first; none where there is no such folder. Opens every one of them.
std::vector<StoredVersion> load_versions(const std::string& directory);
/// {"solution_versions":[{"solution_version","created","recipe","data","metrics"}]}; of one that does not open,
/// "trouble".
nlohmann::ordered_json to_json(const std::vector<StoredVersion>& versions);

/// How one was made: its manifest. Errors: unknown_solution_version (with the nearest), corrupt.
Result<nlohmann::ordered_json> load_manifest(const std::string& directory, const std::string& id);

}  // namespace matchcue::cli
