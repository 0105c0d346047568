// SPDX-License-Identifier: Apache-2.0
#include "recipes/recipe.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "dataset/subset.h"
#include "scoring/solution_folder.h"
#include "scoring/window_model.h"

namespace matchcue::recipes {

namespace {

using dataset::Dataset;
using Json = nlohmann::json;

constexpr std::array kFloorFactors = {1.0, .1, .3, 3.0, 10.0, 30.0};

/// What was measured, and the floor that it was best with; none where nothing was measured.
struct Measured {
  Calibration calibration;
  std::optional<double> floor;
};

/// Trains without the middle fifth of the time and measures on that, with the recipe's floor and with some around it: a
/// floor does not change the order of the items, only what differences are worth.
Result<Measured> measure(const Recipe& recipe, const Dataset& dataset, const Parameters& parameters, std::uint64_t seed,
                         const Progress& progress) {
  const auto held_out = middle_interactions(dataset);
  if (held_out.empty()) {
    progress("nothing to measure: all interactions have one time", 0);
    return Measured();
  }
  MCUE_TRY(const scoring::WindowTables tables,
           recipe.train(dataset::without_interactions(dataset, held_out), parameters, progress));
  ChoiceOptions options;
  options.seed = seed;
  std::optional<Measured> best;
  for (const double factor : kFloorFactors) {
    progress("measuring", 0);
    scoring::WindowTables tried = tables;
    tried.floor *= factor;
    const double floor = tried.floor;
    const auto model = scoring::make_window_model("held-out", std::string(recipe.name), std::move(tried));
    Calibration calibration = fit_scale(score_choices(*model, dataset, held_out, options));
    if (!best || calibration.loss < best->calibration.loss) best = Measured{calibration, floor};
    if (floor == 0) break;
  }
  return *best;
}

Json manifest_of(const Recipe& recipe, const Dataset& dataset, const Parameters& parameters,
                 const TrainOptions& options, const Calibration& calibration) {
  Json left_out = Json::array();
  for (const auto& column : dataset.left_out) {
    left_out.push_back({{"table", column.table}, {"column", column.column}, {"reason", column.reason}});
  }
  return {{"recipe", recipe.name},
          {"parameters", parameters.texts()},
          {"seed", options.seed},
          {"data",
           {{"hash", dataset.hash},
            {"interactions", dataset.interaction_count()},
            {"viewers", dataset.viewer_count()},
            {"items", dataset.item_count()},
            {"event_type", options.event_type},
            {"left_out", left_out}}},
          {"metrics",
           {{"calibration",
             {{"choices", calibration.choices},
              {"log_odds_scale", calibration.scale},
              {"loss", calibration.loss},
              {"loss_without", calibration.loss_without}}}}}};
}

}  // namespace

Result<TrainedVersion> train_version(const Recipe& recipe, const Dataset& dataset, const TrainOptions& options,
                                     const Progress& progress) {
  MCUE_TRY(const Parameters parameters, Parameters::read(recipe.name, recipe.parameters, options.parameters));
  MCUE_TRY_VOID(dataset::check_minimum(dataset, options.event_type));
  MCUE_TRY(const Measured measured, measure(recipe, dataset, parameters, options.seed, progress));
  MCUE_TRY(scoring::WindowTables tables, recipe.train(dataset, parameters, progress));
  tables.log_odds_scale = measured.calibration.scale;
  if (measured.floor) tables.floor = *measured.floor;
  progress("writing", 0);
  Json manifest = manifest_of(recipe, dataset, parameters, options, measured.calibration);
  std::vector<scoring::Tensor> tensors;
  scoring::write_window_tables(tables, "", manifest, tensors);
  MCUE_TRY(std::string id, scoring::write_solution_folder(options.out, manifest.dump(), tensors));
  progress("writing", 1);
  return TrainedVersion{std::move(id), measured.calibration};
}

}  // namespace matchcue::recipes
