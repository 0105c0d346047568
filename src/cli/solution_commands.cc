// SPDX-License-Identifier: Apache-2.0
//
// solution list|show: the trained versions of a data directory.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/command.h"
#include "cli/training_data.h"
#include "scoring/solution_folder.h"

namespace matchcue::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// A version, or why it does not open.
struct Version {
  std::string id;
  fs::file_time_type written;
  Result<Json> manifest;
};

Result<Json> load_manifest(const std::string& path) {
  MCUE_TRY(const auto folder, scoring::open_solution_folder(path));
  auto manifest = Json::parse(folder->manifest(), nullptr, false);
  if (!manifest.is_object()) return Error{ErrorKind::corrupt, "corrupt_solution_version", path + ": no manifest", {}};
  return manifest;
}

/// Oldest first; none where there is no such directory.
std::vector<Version> load_versions(const std::string& directory) {
  std::vector<Version> versions;
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(directory, problem)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.') || !entry.is_directory(problem)) continue;
    versions.push_back({name, entry.last_write_time(problem), load_manifest(entry.path().string())});
  }
  std::sort(versions.begin(), versions.end(),
            [](const Version& a, const Version& b) { return std::tie(a.written, a.id) < std::tie(b.written, b.id); });
  return versions;
}

/// A member of a member, or null.
Json find_in(const Json& json, const char* outer, const char* inner) {
  const auto found = json.find(outer);
  if (found == json.end() || !found->is_object() || !found->contains(inner)) return nullptr;
  return (*found)[inner];
}

std::string shown(const Json& value) {
  return value.is_null() ? "-" : value.is_string() ? value.get<std::string>() : value.dump();
}

ExitCode list(const Globals& globals, const std::string& directory) {
  const auto versions = load_versions(directory);
  if (globals.json) {
    Json json = Json::array();
    for (const Version& version : versions) {
      Json one = {{"solution_version", version.id}};
      if (version.manifest.ok()) {
        one["recipe"] = version.manifest->value("recipe", "");
        one["data"] = version.manifest->value("data", Json());
        one["metrics"] = version.manifest->value("metrics", Json());
      } else {
        one["trouble"] = version.manifest.error().message;
      }
      json.push_back(std::move(one));
    }
    std::printf("%s\n", Json{{"solution_versions", json}}.dump().c_str());
    return ExitCode::ok;
  }
  if (versions.empty()) std::printf("no solution versions in %s; matchcue train makes one\n", directory.c_str());
  for (const Version& version : versions) {
    const std::string text = version.manifest.ok()
                                 ? fmt::format("{} interactions of {} viewers with {} items",
                                               shown(find_in(*version.manifest, "data", "interactions")),
                                               shown(find_in(*version.manifest, "data", "viewers")),
                                               shown(find_in(*version.manifest, "data", "items")))
                                 : version.manifest.error().message;
    std::printf("%s\n", fmt::format("{:<36} {}", version.id, text).c_str());
  }
  return ExitCode::ok;
}

/// The manifest without its long lists: what a person wants to know.
Json shortened(Json manifest) {
  for (auto& [name, value] : manifest.items()) {
    if (!value.is_object()) continue;
    for (auto& [inner, list] : value.items()) {
      if (list.is_array() && list.size() > 20) list = fmt::format("{} of them", list.size());
    }
  }
  return manifest;
}

ExitCode show(const Globals& globals, const std::string& directory, const std::string& id) {
  auto manifest = load_manifest(directory + "/" + id);
  if (!manifest.ok() && manifest.error().kind == ErrorKind::not_found) {
    std::vector<std::string> ids;
    for (const Version& version : load_versions(directory)) ids.push_back(version.id);
    const auto nearest = nearest_name(id, ids);
    return fail(globals, not_found("unknown_solution_version",
                                   fmt::format("{} has no solution version \"{}\"{}", directory, id,
                                               nearest ? "; did you mean " + *nearest + "?" : std::string())));
  }
  if (!manifest.ok()) return fail(globals, manifest.error());
  if (globals.json) {
    std::printf("%s\n", manifest->dump().c_str());
  } else {
    std::printf("%s\n%s\n", id.c_str(), shortened(*std::move(manifest)).dump(2).c_str());
  }
  return ExitCode::ok;
}

}  // namespace

void add_solution_commands(Commands commands) {
  CLI::App* family = commands.app.add_subcommand("solution", "trained solution versions");
  family->require_subcommand(1);
  const auto out = std::make_shared<std::string>();  // shared_ptr: options and callbacks both hold it
  const auto id = std::make_shared<std::string>();
  const auto directory = [out](const Globals& globals) { return out->empty() ? versions_directory(globals) : *out; };
  CLI::App* list_app = family->add_subcommand("list", "every version, oldest first");
  list_app->add_option("--out", *out, "where versions are kept; default DATA_DIR/versions");
  list_app->callback([commands, directory] {
    commands.action = [&globals = commands.globals, directory] { return list(globals, directory(globals)); };
  });
  CLI::App* show_app = family->add_subcommand("show", "how a version was made");
  show_app->add_option("version", *id, "its id")->required();
  show_app->add_option("--out", *out, "where versions are kept; default DATA_DIR/versions");
  show_app->callback([commands, directory, id] {
    commands.action = [&globals = commands.globals, directory, id] { return show(globals, directory(globals), *id); };
  });
}

}  // namespace matchcue::cli
