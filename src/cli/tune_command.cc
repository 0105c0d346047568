// SPDX-License-Identifier: Apache-2.0
//
// tune: which hyperparameters of a recipe rank best, and whether that is more than chance.
#include <fmt/format.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <memory>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/progress_line.h"
#include "cli/ranking_flags.h"
#include "cli/recipe_flags.h"
#include "cli/training_data.h"
#include "cli/tuning_report.h"

namespace matchcue::cli {
namespace {

constexpr std::size_t kTrialsMax = 10'000;

/// What the command line says.
struct Arguments {
  RecipeFlags recipe;
  DataFlags data;
  RankingFlags ranking;
  std::size_t trials = TuningOptions().trials;
  std::string metric = "ndcg_at_10";
  std::vector<std::string> ranges;
  std::vector<std::string> choices;
  std::string write;  ///< a file
  std::string out;    ///< a folder
};

Result<TuningOptions> read_options(const Arguments& arguments) {
  MCUE_TRY_VOID(check_ranking_flags(arguments.ranking));
  if (arguments.trials < 1 || arguments.trials > kTrialsMax) {
    return bad_flag("trials", fmt::to_string(arguments.trials), fmt::format("is not in 1..{}", kTrialsMax));
  }
  const auto metric = evaluate::parse_ranking_metric(arguments.metric);
  if (!metric || *metric == evaluate::RankingMetric::novelty_at_25) {
    std::string keys;
    for (std::size_t i = 0; i < evaluate::kRankingMetricCount; ++i) {
      const auto each = static_cast<evaluate::RankingMetric>(i);
      if (each == evaluate::RankingMetric::novelty_at_25) continue;
      keys += (keys.empty() ? "" : ", ") + std::string(evaluate::key_of(each));
    }
    return bad_flag("metric", arguments.metric, "is not one that says how good a ranking is; there are " + keys);
  }
  TuningOptions options;
  options.trials = arguments.trials;
  options.metric = *metric;
  options.hold_out = hold_out_of(arguments.ranking);
  options.task = task_options_of(arguments.ranking);
  options.bootstrap.resamples = arguments.ranking.resamples;
  options.bootstrap.seed = arguments.ranking.seed;
  return options;
}

Result<recipes::ParameterSearch> make_search(const Arguments& arguments, const TrainingConfig& config,
                                             const recipes::Recipe& recipe) {
  MCUE_TRY(const auto first, recipe.read(config.hyperparameters));
  MCUE_TRY(auto ranges, recipes::draw_ranges(recipe.name, recipe.parameters,
                                             {config.hyperparameters, arguments.ranges, arguments.choices}));
  return recipes::ParameterSearch(first.texts(), std::move(ranges), arguments.ranking.seed);
}

/// Says each trial as it ends; what is being done is in the progress line between.
class Narrator {
 public:
  Narrator(const Globals& globals, const TuningOptions& options, const Clock& clock)
      : quiet_(globals.quiet),
        options_(options),
        line_("tune", 0, progress_style(globals.quiet), clock),
        stop_(stop_on_interrupt()) {}

  TuningWatch watch() {
    return {[this](const std::string& what, std::uint64_t done, std::uint64_t total) {
              line_.update_rows(what, done, total);
            },
            [this](std::size_t number, const TuningTrial& trial, bool is_best) { on_trial(number, trial, is_best); },
            [this] { return stop_.load(); }};
  }
  void finish() { line_.finish(); }

 private:
  void on_trial(std::size_t number, const TuningTrial& trial, bool is_best) {
    if (number == 1) defaults_ = trial;
    if (quiet_) return;
    line_.finish();
    const std::string result = trial.validation ? fmt::format("{} {:.4f}{}", evaluate::name_of(options_.metric),
                                                              *trial.validation, is_best ? " *" : "  ")
                                                : "none: " + trial.problem;
    std::fprintf(stderr, "%s\n",
                 fmt::format("trial {:>3} of {}  {}  {:.1f} s  {}", number, options_.trials, result, trial.seconds,
                             changes_of(trial, defaults_))
                     .c_str());
  }

  bool quiet_;
  const TuningOptions& options_;
  ProgressLine line_;
  const std::atomic<bool>& stop_;
  TuningTrial defaults_;
};

/// Trains the chosen on all of the data, for a campaign.
Result<std::string> train_chosen(const Globals& globals, const Arguments& arguments, const TrainingConfig& config,
                                 const recipes::Recipe& recipe, const dataset::Dataset& data) {
  if (arguments.out.empty()) return std::string();
  if (!recipe.is_closed_form()) {
    return train_all_by_program(globals, with_config(arguments.data, config), config, arguments.out);
  }
  recipes::TrainOptions options;
  options.parameters = config.hyperparameters;
  options.event_type = config.event_type.value_or("");
  options.seed = config.seed.value_or(1);
  options.out = arguments.out;
  MCUE_TRY(const auto version, recipes::train_version(recipe, data, options, [](std::string_view, double) {}));
  return version.id;
}

Result<void> write_file(const std::string& path, const std::string& text) {
  if (path.empty()) return {};
  std::ofstream file(path);
  file << text;
  if (file.flush()) return {};
  return unavailable("cannot_write", "write: cannot write \"" + path + "\"");
}

Result<TuningReport> tune_all(const Globals& globals, const Arguments& arguments) {
  MCUE_TRY(TrainingConfig config, read_config(arguments.recipe, arguments.data));
  MCUE_TRY(const TuningOptions options, read_options(arguments));
  MCUE_TRY(const recipes::Recipe* recipe, find_recipe(config.recipe));
  MCUE_TRY_VOID(check_training(config));
  MCUE_TRY(auto search, make_search(arguments, config, *recipe));
  const DataFlags data_flags = with_config(arguments.data, config);
  MCUE_TRY(const dataset::Dataset data, load_training_data(globals, data_flags));
  const SystemClock clock;
  Narrator narrator(globals, options, clock);
  const TrainOnPart train =
      recipe->is_closed_form() ? train_closed_form(*recipe) : train_by_program(globals, data_flags, config);
  auto tuning = tune(train, data, std::move(search), options, narrator.watch(), clock);
  narrator.finish();
  if (!tuning.ok()) return std::move(tuning).error();
  config.hyperparameters = tuning->trials[tuning->chosen].parameters;
  TuningReport report{config.recipe, name_of_data(globals, data_flags), options, *std::move(tuning), {}, {}};
  report.config = write_training_config(
      config, fmt::format("matchcue tune on {}: trial {} of {}, against the defaults {}", report.data,
                          report.tuning.chosen + 1, report.tuning.trials.size(), verdict_of(report.tuning)));
  MCUE_TRY_VOID(write_file(arguments.write, report.config));
  MCUE_TRY(report.version, train_chosen(globals, arguments, config, *recipe, data));
  return report;
}

ExitCode run(const Globals& globals, const Arguments& arguments) {
  const auto report = tune_all(globals, arguments);
  if (!report.ok()) return fail(globals, report.error());
  std::fputs((globals.json ? write_tuning_json(*report) + "\n" : write_tuning_text(*report)).c_str(), stdout);
  return ExitCode::ok;
}

}  // namespace

void add_tune_command(Commands commands) {
  // shared_ptr: the parser's options and the callback both hold it, and CLI11 copies callbacks.
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      commands.app.add_subcommand("tune", "search a recipe's hyperparameters, and ask whether that gained anything");
  add_recipe_flags(*command, arguments->recipe);
  command->add_option("--trials", arguments->trials, "at most, the defaults counted")->capture_default_str();
  command->add_option("--metric", arguments->metric, "what is to be best, by the names of matchcue eval --json")
      ->capture_default_str();
  command->add_option("--range", arguments->ranges,
                      "NAME=LOW..HIGH[:log]: draw a number from there; :log evenly by its logarithm");
  command->add_option("--choice", arguments->choices, "NAME=a,b,c: draw one of these");
  add_ranking_flags(*command, arguments->ranking);
  command->add_option("--seed", arguments->ranking.seed, "of what is drawn, who is held out, and the bootstrap")
      ->capture_default_str();
  command->add_option("--write", arguments->write, "the chosen settings, as a file for matchcue train --config");
  command->add_option("--out", arguments->out, "train with them on all of the data, and keep the version in here");
  add_data_flags(*command, arguments->data);
  command->callback([commands, arguments] {
    commands.action = [&globals = commands.globals, arguments] { return run(globals, *arguments); };
  });
}

}  // namespace matchcue::cli
