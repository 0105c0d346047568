#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The trained versions of a data directory, as the command line and the API list them.

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace matchcue::cli {

/// A version, or why it does not open.
struct StoredVersion {
  std::string id;
  WallTime created;
  Result<nlohmann::ordered_json> made;  ///< "recipe", "data" and "metrics" of its manifest
};

/// The versions of a folder, for who lists them again and again. To open one is to read and hash all of its bytes, so
/// what was found is kept until its files are others, by name, size and time. Single thread.
class VersionShelf {
 public:
  explicit VersionShelf(std::string directory) : directory_(std::move(directory)) {}

  /// Oldest first; none where there is no such folder. Errors: unavailable.
  Result<std::vector<StoredVersion>> list();

 private:
  using Stamp = std::vector<std::tuple<std::string, std::uintmax_t, std::filesystem::file_time_type>>;
  struct Seen {
    Stamp stamp;
    Result<nlohmann::ordered_json> made;
  };
  static Stamp stamp_of(const std::string& path);

  std::string directory_;
  std::map<std::string, Seen> seen_;  ///< by id
};

/// {"solution_versions":[{"solution_version","created","recipe","data","metrics"}]}; of one that does not open,
/// "trouble".
nlohmann::ordered_json to_json(const std::vector<StoredVersion>& versions);

/// How one was made: its manifest. Errors: unknown_solution_version (with the nearest), corrupt.
Result<nlohmann::ordered_json> load_manifest(const std::string& directory, const std::string& id);

}  // namespace matchcue::cli
