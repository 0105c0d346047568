// SPDX-License-Identifier: Apache-2.0
//
// solution list|show: the trained versions of a data directory.
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/solution_versions.h"
#include "cli/training_data.h"

namespace matchcue::cli {
namespace {

using Json = nlohmann::ordered_json;

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
  const auto versions = VersionShelf(directory).list();
  if (!versions.ok()) return fail(globals, versions.error());
  if (globals.json) {
    std::printf("%s\n", to_json(*versions).dump().c_str());
    return ExitCode::ok;
  }
  if (versions->empty()) std::printf("no solution versions in %s; matchcue train makes one\n", directory.c_str());
  for (const StoredVersion& version : *versions) {
    const std::string text = version.made.ok() ? fmt::format("{} interactions of {} viewers with {} items",
                                                             shown(find_in(*version.made, "data", "interactions")),
                                                             shown(find_in(*version.made, "data", "viewers")),
                                                             shown(find_in(*version.made, "data", "items")))
                                               : version.made.error().message;
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
  auto manifest = load_manifest(directory, id);
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
