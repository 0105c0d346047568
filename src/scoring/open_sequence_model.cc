// SPDX-License-Identifier: Apache-2.0
#include "scoring/open_sequence_model.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>

#include "scoring/factorization_model.h"
#include "scoring/recurrent_model.h"
#include "scoring/window_model.h"

namespace matchcue::scoring {

namespace {

constexpr std::array<std::string_view, 6> kWindowRecipes = {
    "personalized-ranking", "popularity-count", "sequential-ridge", "similar-items", "sims", "trending-now"};

}  // namespace

Result<SequenceModelPtr> open_sequence_model(const std::string& path) {
  MCUE_TRY(const SolutionFolderPtr folder, open_solution_folder(path));
  return open_sequence_model(folder);
}

Result<SequenceModelPtr> open_sequence_model(const SolutionFolderPtr& folder) {
  const auto manifest = nlohmann::json::parse(folder->manifest(), nullptr, false);
  if (!manifest.is_object() || !manifest.contains("recipe") || !manifest["recipe"].is_string()) {
    return Error{ErrorKind::corrupt, "corrupt_solution_version", folder->id() + ": the manifest names no recipe", {}};
  }
  const auto recipe = manifest["recipe"].get<std::string>();
  if (std::find(kWindowRecipes.begin(), kWindowRecipes.end(), recipe) != kWindowRecipes.end()) {
    MCUE_TRY(WindowTables tables, read_window_tables(manifest, folder, ""));
    return make_window_model(folder->id(), recipe, std::move(tables));
  }
  if (recipe == "user-personalization") return open_recurrent_model(folder);
  if (recipe == kFactorizationMachine) return open_factorization_model(folder);
  return Error{ErrorKind::unsupported,
               "unknown_recipe",
               folder->id() + ": recipe \"" + recipe + "\" is not known to this build",
               {}};
}

Result<SequenceModelPtr> find_sequence_model(const std::string& data_directory, const std::string& id) {
  const std::string path = data_directory + "/versions/" + id;
  std::error_code problem;
  // A name with a slash or that begins with a dot is none of ours.
  const bool plausible = !id.empty() && id.front() != '.' && id.find('/') == std::string::npos;
  if (!plausible || !std::filesystem::is_directory(path, problem)) {
    return not_found(
        "unknown_solution_version",
        "unknown solution version \"" + id + "\": there is no such folder in " + data_directory + "/versions",
        "solution_version");
  }
  return open_sequence_model(path);
}

}  // namespace matchcue::scoring
