// SPDX-License-Identifier: Apache-2.0
#include "cli/solution_versions.h"

#include <fmt/format.h>

#include <algorithm>

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

/// What lists show of a version.
Result<Json> open_made(const std::string& path) {
  MCUE_TRY(const Json manifest, open_manifest(path));
  return Json{{"recipe", manifest.value("recipe", "")},
              {"data", manifest.value("data", Json())},
              {"metrics", manifest.value("metrics", Json())}};
}

WallTime written_at(const std::string& path) {
  std::error_code problem;
  const auto written = fs::last_write_time(path, problem);
  if (problem) return {};
  return std::chrono::time_point_cast<Milliseconds>(std::chrono::file_clock::to_sys(written));
}

}  // namespace

VersionShelf::Stamp VersionShelf::stamp_of(const std::string& path) {
  Stamp stamp;
  std::error_code problem;
  for (const auto& file : fs::directory_iterator(path, problem)) {
    stamp.emplace_back(file.path().filename().string(), file.file_size(problem), file.last_write_time(problem));
  }
  std::sort(stamp.begin(), stamp.end());
  return stamp;
}

Result<std::vector<StoredVersion>> VersionShelf::list() {
  MCUE_TRY(const std::vector<std::string> ids, scoring::list_solution_folders(directory_));
  std::map<std::string, Seen> seen;
  std::vector<StoredVersion> versions;
  for (const std::string& id : ids) {
    const std::string path = directory_ + "/" + id;
    Stamp stamp = stamp_of(path);
    const auto before = seen_.find(id);
    const bool is_same = before != seen_.end() && before->second.stamp == stamp;
    Result<Json> made = is_same ? std::move(before->second.made) : open_made(path);
    versions.push_back({id, written_at(path), made});
    seen.emplace(id, Seen{std::move(stamp), std::move(made)});
  }
  seen_ = std::move(seen);
  std::sort(versions.begin(), versions.end(), [](const StoredVersion& a, const StoredVersion& b) {
    return std::tie(a.created, a.id) < std::tie(b.created, b.id);
  });
  return versions;
}

Json to_json(const std::vector<StoredVersion>& versions) {
  Json all = Json::array();
  for (const StoredVersion& version : versions) {
    Json one = {{"solution_version", version.id}, {"created", format_rfc3339(version.created)}};
    if (version.made.ok()) {
      one.update(*version.made);
    } else {
      one["trouble"] = version.made.error().message;
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
  MCUE_TRY(const std::vector<std::string> ids, scoring::list_solution_folders(directory));
  const auto nearest = nearest_name(id, ids);
  return not_found("unknown_solution_version",
                   fmt::format("{} has no solution version \"{}\"{}", directory, id,
                               nearest ? "; did you mean " + *nearest + "?" : std::string()));
}

}  // namespace matchcue::cli
