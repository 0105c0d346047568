// SPDX-License-Identifier: Apache-2.0
//
// train: from data to a solution version. The closed forms are trained here; user-personalization and
// factorization-machine by matchcue-train, which is the program that links libtorch.
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/progress_line.h"
#include "cli/recipe_flags.h"
#include "cli/trainer_program.h"
#include "cli/training_data.h"
#include "evaluate/holdout.h"
#include "recipes/recipe.h"
#include "recipes/training_progress.h"

namespace matchcue::cli {
namespace {

/// What the command line says.
struct Arguments {
  RecipeFlags recipe;
  std::string out;
  std::optional<std::uint64_t> seed;
  std::string hold_out;
  std::uint64_t hold_out_seed = 1;
  DataFlags data;
  std::string progress = "text";
  pid_t parent = 0;  ///< the program that started it; 0: a person
};

constexpr int kNice = 10;

Result<std::optional<evaluate::HoldOutRequest>> read_hold_out(const Arguments& arguments) {
  return evaluate::read_hold_out_flag(arguments.hold_out, {.seed = arguments.hold_out_seed});
}

std::string output_folder(const Globals& globals, const Arguments& arguments) {
  return arguments.out.empty() ? versions_directory(globals) : arguments.out;
}

/// What the trainer is told: the command line, with what the configuration file says as flags. Those of the command
/// line come last, and so win.
std::vector<std::string> trainer_words(const Globals& globals, const Arguments& arguments, const TrainingConfig& config,
                                       const std::vector<std::string>& unknown) {
  std::vector<std::string> words = training_words(config);
  for (std::string& word : data_words(globals, arguments.data)) words.push_back(std::move(word));
  words.push_back("--out=" + output_folder(globals, arguments));
  if (!arguments.hold_out.empty()) words.push_back("--hold-out=" + arguments.hold_out);
  words.push_back(fmt::format("--hold-out-seed={}", arguments.hold_out_seed));
  if (globals.json) words.emplace_back("--json");
  if (globals.quiet) words.emplace_back("--quiet");
  words.push_back("--progress=" + arguments.progress);
  if (arguments.parent != 0) words.emplace_back("--no-checkpoint");  // programs order anew, and never --resume
  words.insert(words.end(), unknown.begin(), unknown.end());
  return words;
}

struct Answer {
  std::string recipe;
  std::string path;
  recipes::TrainedVersion version;
  double seconds = 0;
};

void print_answer(const Globals& globals, const Answer& answer) {
  const recipes::Calibration& measured = answer.version.calibration;
  if (globals.json) {
    const nlohmann::ordered_json json = {{"solution_version", answer.version.id},
                                         {"recipe", answer.recipe},
                                         {"path", answer.path},
                                         {"seconds", answer.seconds},
                                         {"log_odds_scale", measured.scale},
                                         {"choices", measured.choices},
                                         {"loss", measured.loss},
                                         {"loss_without", measured.loss_without}};
    std::printf("%s\n", json.dump().c_str());
    return;
  }
  std::printf("%s\n", answer.version.id.c_str());
  if (globals.quiet) return;
  std::printf("  in %s, after %.1f s\n", answer.path.c_str(), answer.seconds);
  if (measured.scale == 0) {
    const bool few = measured.choices < recipes::kChoicesMin;
    std::printf("  its scores %s %zu held-out choices%s\n", few ? "could not be judged by" : "say nothing about",
                measured.choices, few ? "" : ": a campaign of it will have no say");
  } else {
    std::printf("  loss of %zu held-out choices: %.3f nats, %.3f without it\n", measured.choices, measured.loss,
                measured.loss_without);
  }
}

/// A training that a server runs leaves it the processor, and ends with it. The trainer, which this program may become,
/// does the same.
void run_beside(pid_t parent) {
  ::setpriority(PRIO_PROCESS, 0, std::max(kNice, ::getpriority(PRIO_PROCESS, 0)));
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::raise(SIGTERM);  // it ended before
}

/// Says how far a training is, in the way that was asked for.
recipes::Progress make_progress(const Arguments& arguments, ProgressLine& line) {
  if (arguments.progress != "json") {
    return [&line](std::string_view stage, double share) {
      line.update_rows(stage, static_cast<std::uint64_t>(100 * share), 100);
    };
  }
  return [](std::string_view stage, double share) {
    recipes::TrainingProgress progress;
    progress.stage = stage;
    progress.share = share;
    std::fprintf(stderr, "%s\n", recipes::write_progress(progress).c_str());
  };
}

Result<Answer> train(const Globals& globals, const Arguments& arguments, const TrainingConfig& config,
                     const recipes::Recipe& recipe) {
  const DataFlags data_flags = with_config(arguments.data, config);
  const SystemClock clock;
  const bool for_machines = arguments.progress == "json";
  ProgressLine line("train " + config.recipe, 0, progress_style(globals.quiet || for_machines), clock);
  const recipes::Progress progress = make_progress(arguments, line);
  if (for_machines) progress("reading", 0);
  Globals reading = globals;
  reading.quiet = globals.quiet || for_machines;
  MCUE_TRY(const auto hold_out, read_hold_out(arguments));
  MCUE_TRY(dataset::Dataset all, load_training_data(reading, data_flags));
  MCUE_TRY(const dataset::Dataset data, evaluate::without_held_out(std::move(all), hold_out));
  recipes::TrainOptions options;
  options.parameters = config.hyperparameters;
  options.event_type = data_flags.event_type;
  options.seed = config.seed.value_or(1);
  options.out = output_folder(globals, arguments);
  const SteadyTime begun = clock.steady();
  auto version = recipes::train_version(recipe, data, options, progress);
  line.finish();
  if (!version.ok()) return std::move(version).error();
  const double seconds = std::chrono::duration<double>(clock.steady() - begun).count();
  return Answer{config.recipe, options.out + "/" + version->id, *std::move(version), seconds};
}

ExitCode run(const Globals& globals, const Arguments& arguments, const std::vector<std::string>& unknown) {
  if (arguments.parent != 0) run_beside(arguments.parent);
  auto config = read_config(arguments.recipe, arguments.data);
  if (!config.ok()) return fail(globals, config.error());
  if (arguments.seed) config->seed = arguments.seed;
  // What is wrong is said before the data are read.
  if (const auto hold_out = read_hold_out(arguments); !hold_out.ok()) return fail(globals, hold_out.error());
  if (const auto checked = check_training(*config); !checked.ok()) return fail(globals, checked.error());
  const auto recipe = find_recipe(config->recipe);
  if (!(*recipe)->is_closed_form()) {
    return fail(globals, become_trainer(config->recipe, trainer_words(globals, arguments, *config, unknown)));
  }
  if (!unknown.empty()) {
    return fail(globals,
                invalid("invalid_flag", fmt::format("recipe {} does not take {}", config->recipe, unknown.front())));
  }
  const auto answer = train(globals, arguments, *config, **recipe);
  if (!answer.ok()) return fail(globals, answer.error());
  print_answer(globals, *answer);
  return ExitCode::ok;
}

}  // namespace

void add_train_command(Commands commands) {
  // shared_ptr: the parser's options and the callback both hold it, and CLI11 copies callbacks.
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = commands.app.add_subcommand("train", "train a recipe: from data to a solution version");
  add_recipe_flags(*command, arguments->recipe);
  command->add_option("--out", arguments->out, "where versions are kept; default DATA_DIR/versions");
  command->add_option("--seed", arguments->seed, "the same data, parameters and seed give the same version");
  command->add_option("--hold-out", arguments->hold_out,
                      "train without what matchcue eval asks by this protocol: personalize or leave-one-out");
  command->add_option("--hold-out-seed", arguments->hold_out_seed, "of which viewers: eval's --seed");
  command->add_option("--progress", arguments->progress, "on standard error: text, or json, a line each")
      ->check(CLI::IsMember({"text", "json"}));
  command->add_option("--parent", arguments->parent)->group("");  // a server's process, which writes it with "="
  add_data_flags(*command, arguments->data);
  // Recipes that are trained elsewhere have flags that only their trainer knows. What falls through to the program
  // would be refused there, so nothing does, and the program's own flags stand here too.
  command->allow_extras()->fallthrough(false);
  command->add_flag("--json", commands.globals.json, "JSON on standard output");
  command->add_flag("-q,--quiet", commands.globals.quiet, "no progress");
  command->add_option("--data-dir", commands.globals.data_dir, "where everything is kept; default ./matchcue-data");
  command->callback([commands, arguments, command] {
    commands.action = [&globals = commands.globals, arguments, command] {
      return run(globals, *arguments, command->remaining());
    };
  });
}

}  // namespace matchcue::cli
