// SPDX-License-Identifier: Apache-2.0
//
// train: from data to a solution version. The closed forms are trained here; user-personalization and
// factorization-machine by matchcue-train, which is the program that links libtorch.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/progress_line.h"
#include "cli/recipe_flags.h"
#include "cli/training_data.h"
#include "evaluate/holdout.h"
#include "recipes/recipe.h"

namespace matchcue::cli {
namespace {

/// What the command line says.
struct Arguments {
  RecipeFlags recipe;
  std::string out;
  std::optional<std::uint64_t> seed;
  std::string hold_out;
  DataFlags data;
};

/// What the trainer is told: the command line, with what the configuration file says as flags. Those of the command
/// line come last, and so win.
std::vector<std::string> trainer_words(const Globals& globals, const Arguments& arguments,
                                       const TrainingConfig& config) {
  std::vector<std::string> words;
  const auto add = [&words](bool said_there, const std::string& flag, const std::string& value) {
    if (!said_there) words.insert(words.end(), {flag, value});
  };
  add(!arguments.recipe.recipe.empty(), "--recipe", config.recipe);
  if (config.seed) add(arguments.seed.has_value(), "--seed", fmt::to_string(*config.seed));
  if (config.event_type) add(!arguments.data.event_type.empty(), "--event-type", *config.event_type);
  if (config.event_value_min) {
    add(arguments.data.event_value_min.has_value(), "--event-value-min", fmt::to_string(*config.event_value_min));
  }
  add(!globals.data_dir.empty(), "--data-dir", data_directory(globals));
  for (const auto& [name, value] : config.hyperparameters) add(false, "--set", name + "=" + value);
  std::vector<std::string> said = globals.arguments;
  said.erase(std::find(said.begin(), said.end(), "train"));
  for (auto word = said.begin(); word != said.end(); ++word) {
    if (*word == "--config") {
      ++word;
    } else if (!word->starts_with("--config=")) {
      words.push_back(*word);
    }
  }
  return words;
}

/// Becomes the trainer beside this program; returns only when that failed.
Error become_trainer(const Globals& globals, const Arguments& arguments, const TrainingConfig& config) {
  std::error_code problem;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", problem);
  const std::string trainer = (self.parent_path() / kTrainer).string();
  if (problem || !std::filesystem::exists(trainer, problem)) {
    return Error{
        ErrorKind::unsupported,
        "trainer_missing",
        fmt::format(
            "recipe {} is trained by {}, which is not there: {}. It needs libtorch-dev and libopenblas0-pthread; "
            "then build the target {}. sequential-ridge needs neither",
            config.recipe, kTrainer, trainer, kTrainer),
        {}};
  }
  std::vector<std::string> words = trainer_words(globals, arguments, config);
  std::vector<char*> argv = {const_cast<char*>(trainer.c_str())};
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execv(trainer.c_str(), argv.data());
  return unavailable("trainer_failed", trainer + ": " + std::strerror(errno));
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

/// The data, or what a protocol of matchcue eval allows to be trained on of them.
Result<dataset::Dataset> load_data(const Globals& globals, const DataFlags& flags, const std::string& hold_out) {
  MCUE_TRY(dataset::Dataset data, load_training_data(globals, flags));
  const auto protocol = evaluate::parse_protocol(hold_out);
  if (!protocol) return data;
  return evaluate::training_part(data, *protocol);
}

Result<Answer> train(const Globals& globals, const Arguments& arguments, const TrainingConfig& config,
                     const recipes::Recipe& recipe) {
  const DataFlags data_flags = with_config(arguments.data, config);
  // Wrong parameters are said before the data are read.
  MCUE_TRY_VOID(recipes::Parameters::read(recipe.name, recipe.parameters, config.hyperparameters));
  MCUE_TRY(const dataset::Dataset data, load_data(globals, data_flags, arguments.hold_out));
  recipes::TrainOptions options;
  options.parameters = config.hyperparameters;
  options.event_type = data_flags.event_type;
  options.seed = config.seed.value_or(1);
  options.out = arguments.out.empty() ? versions_directory(globals) : arguments.out;
  const SystemClock clock;
  const SteadyTime begun = clock.steady();
  ProgressLine line("train " + config.recipe, 0, progress_style(globals.quiet), clock);
  auto version = recipes::train_version(recipe, data, options, [&](std::string_view stage, double share) {
    line.update_rows(stage, static_cast<std::uint64_t>(100 * share), 100);
  });
  line.finish();
  if (!version.ok()) return std::move(version).error();
  const double seconds = std::chrono::duration<double>(clock.steady() - begun).count();
  return Answer{config.recipe, options.out + "/" + version->id, *std::move(version), seconds};
}

ExitCode run(const Globals& globals, const Arguments& arguments, const std::vector<std::string>& unknown) {
  auto config = read_config(arguments.recipe, arguments.data);
  if (!config.ok()) return fail(globals, config.error());
  if (arguments.seed) config->seed = arguments.seed;
  const std::string& hold_out = arguments.hold_out;
  if (!hold_out.empty() && !evaluate::parse_protocol(hold_out)) {
    return fail(globals,
                invalid("invalid_flag", fmt::format("--hold-out \"{}\": is not personalize or leave-one-out", hold_out),
                        "hold-out"));
  }
  if (is_trained_elsewhere(config->recipe)) {
    return fail(globals, become_trainer(globals, arguments, *config));
  }
  if (!unknown.empty()) {
    return fail(globals,
                invalid("invalid_flag", fmt::format("recipe {} does not take {}", config->recipe, unknown.front())));
  }
  const recipes::Recipe* recipe = recipes::find_recipe(config->recipe);
  if (recipe == nullptr) return fail(globals, unknown_recipe(config->recipe));
  const auto answer = train(globals, arguments, *config, *recipe);
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
