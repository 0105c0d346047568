// SPDX-License-Identifier: Apache-2.0
#include "cli/solution_versions.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "scoring/solution_folder.h"

namespace matchcue::cli {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Result<Json> open_manifest(const std::string& path) {
  MCUE_TRY(const auto folder, scoring::open_solution_folder(path));
  auto manifest = Json::parse(folder->manifest(), nullptr, false);
  if (!manifest.is_object()) return Error{ErrorKind::corrupt, "corrupt_solution_version", path + ": no manifest", {}};
  return manifest;
}

/// A name in the folder, and not a way out of it.
bool is_id(const std::string& id) { return !id.empty() && id.front() != '.' && id.find('/') == std::string::npos; }

WallTime written_at(const fs::directory_entry& entry) {
  std::error_code problem;
  const auto written = entry.last_write_time(problem);
  if (problem) return {};
  return std::chrono::time_point_cast<Milliseconds>(std::chrono::file_clock::to_sys(written));
}

}  // namespace

std::vector<StoredVersion> load_versions(const std::string& directory) {
  std::vector<StoredVersion> versions;
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(directory, problem)) {
    const std::string name = entry.path().filename().string();
    if (!is_id(name) || !entry.is_directory(problem)) continue;
    versions.push_back({name, written_at(entry), open_manifest(entry.path().string())});
  }
  std::sort(versions.begin(), versions.end(), [](const StoredVersion& a, const StoredVersion& b) {
    return std::tie(a.created, a.id) < std::tie(b.created, b.id);
  });
  return versions;
}

Json to_json(const std::vector<StoredVersion>& versions) {
  Json all = Json::array();
  for (const StoredVersion& version : versions) {
    Json one = {{"solution_version", version.id}, {"created", format_rfc3339(version.created)}};
    if (version.manifest.ok()) {
      one["recipe"] = version.manifest->value("recipe", "");
      one["data"] = version.manifest->value("data", Json());
      one["metrics"] = version.manifest->value("metrics", Json());
    } else {
      one["trouble"] = version.manifest.error().message;
    }
    all.push_back(std::move(one));
  }
  return {{"solution_versions", std::move(all)}};
}

Result<Json> load_manifest(const std::string& directory, const std::string& id) {
  if (is_id(id)) {
    auto manifest = open_manifest(directory + "/" + id);
    if (manifest.ok() || manifest.error().kind != ErrorKind::not_found) return manifest;
  }
  std::vector<std::string> ids;
  for (const StoredVersion& version : load_versions(directory)) ids.push_back(version.id);
  const auto nearest = nearest_name(id, ids);
  return not_found("unknown_solution_version",
                   fmt::format("{} has no solution version \"{}\"{}", directory, id,
                               nearest ? "; did you mean " + *nearest + "?" : std::string()));
}

}  // namespace matchcue::cli
