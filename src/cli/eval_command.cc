// SPDX-License-Identifier: Apache-2.0
//
// eval: how good solution versions are on interactions that were held out.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/progress_line.h"
#include "cli/ranking_flags.h"
#include "cli/temporary_folder.h"
#include "cli/training_data.h"
#include "evaluate/ranking_report.h"
#include "recipes/recipe.h"
#include "scoring/open_sequence_model.h"
#include "scoring/solution_folder.h"

namespace matchcue::cli {
namespace {

namespace fs = std::filesystem;

/// What the command line says.
struct Arguments {
  DataFlags data;
  std::vector<std::string> versions;
  std::vector<std::string> recipes;
  RankingFlags ranking;
  bool validation = false;
  std::string html;
};

/// What is asked, of whichever version.
struct Exam {
  const dataset::Dataset& data;
  const evaluate::Split& split;
  const dataset::Dataset& part;  ///< of data, what may be trained on
  const evaluate::RankingTask& task;
  std::uint64_t seed = 1;  ///< of who is asked about
};

/// A version that is asked.
struct Candidate {
  std::string name;
  std::string note;
  scoring::SequenceModelPtr model;
};

Result<void> check_arguments(const Arguments& arguments) {
  MCUE_TRY_VOID(check_ranking_flags(arguments.ranking));
  if (arguments.validation && hold_out_of(arguments.ranking).protocol == evaluate::Protocol::personalize) {
    return bad_flag("protocol", arguments.ranking.protocol, "has no validation part; leave-one-out has");
  }
  if (arguments.versions.empty() && arguments.recipes.empty()) {
    return invalid("invalid_flag", "--version says which solution version, or --recipe which recipe to train and ask",
                   "version");
  }
  return {};
}

/// Whether a version knows already what it is asked, from the hash of what it was trained on.
std::string provenance_note(const std::string& manifest, const Exam& exam) {
  const auto json = nlohmann::json::parse(manifest, nullptr, false);
  const auto pointer = nlohmann::json::json_pointer("/data/hash");
  const std::string hash = json.is_object() && json.contains(pointer) && json.at(pointer).is_string()
                               ? json.at(pointer).get<std::string>()
                               : "";
  if (hash == exam.part.hash) return {};
  if (hash == exam.data.hash) {
    return fmt::format(
        "was trained on all of these data, so it has seen what it is asked about and looks better than it is. "
        "matchcue train --hold-out {} --hold-out-seed {} trains without what is asked",
        to_string(exam.split.protocol), exam.seed);
  }
  return "was trained on other data; whether it has seen what it is asked about is not known";
}

/// A folder as it is, or a version's id in the data directory.
Result<Candidate> open_version(const Globals& globals, const std::string& name, const Exam& exam) {
  std::error_code problem;
  const bool is_folder = fs::exists(fs::path(name) / "manifest.json", problem);
  const std::string path =
      is_folder ? fs::path(name).lexically_normal().string() : versions_directory(globals) + "/" + name;
  auto folder = scoring::open_solution_folder(path);
  if (!folder.ok() && folder.error().kind == ErrorKind::not_found) {
    return not_found("unknown_solution_version",
                     fmt::format("there is no solution version \"{}\", neither as a folder nor in {}", name,
                                 versions_directory(globals)),
                     "version");
  }
  if (!folder.ok()) return std::move(folder).error();
  MCUE_TRY(auto model, scoring::open_sequence_model(*folder));
  return Candidate{(*folder)->id(), provenance_note((*folder)->manifest(), exam), std::move(model)};
}

/// "sims,min_cointeraction_count=5": trained here on what the protocol lets it see.
Result<Candidate> train_recipe(const std::string& text, const Exam& exam, const Arguments& arguments,
                               ProgressLine& line) {
  const auto parts = split(text, ',');
  const recipes::Recipe* recipe = recipes::find_recipe(parts.front());
  if (recipe == nullptr || !recipe->is_closed_form()) {
    std::string names;
    for (const recipes::Recipe& each : recipes::all_recipes()) {
      if (each.is_closed_form()) names += (names.empty() ? "" : ", ") + std::string(each.name);
    }
    return bad_flag("recipe", text, fmt::format("no such recipe can be trained here; there are {}", names));
  }
  recipes::TrainOptions options;
  options.event_type = arguments.data.event_type;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::size_t equals = parts[i].find('=');
    if (equals == std::string_view::npos) return bad_flag("recipe", text, "is not RECIPE[,NAME=VALUE...]");
    options.parameters[std::string(parts[i].substr(0, equals))] = parts[i].substr(equals + 1);
  }
  MCUE_TRY(const TemporaryFolder folder, TemporaryFolder::make("eval"));
  options.out = folder.path();
  MCUE_TRY(const auto trained, recipes::train_version(*recipe, exam.part, options, [&](std::string_view, double share) {
             line.update_rows("train " + text, static_cast<std::uint64_t>(100 * share), 100);
           }));
  // The weights stay mapped when the folder is gone.
  MCUE_TRY(auto model, scoring::open_sequence_model(folder.path() + "/" + trained.id));
  return Candidate{text, "", std::move(model)};
}

Result<std::vector<Candidate>> gather(const Globals& globals, const Arguments& arguments, const Exam& exam,
                                      ProgressLine& line) {
  std::vector<Candidate> candidates;
  for (const std::string& name : arguments.versions) {
    MCUE_TRY(candidates.emplace_back(), open_version(globals, name, exam));
  }
  for (const std::string& recipe : arguments.recipes) {
    MCUE_TRY(candidates.emplace_back(), train_recipe(recipe, exam, arguments, line));
  }
  return candidates;
}

Result<evaluate::RankingReport> examine(const Arguments& arguments, const Exam& exam,
                                        const std::vector<Candidate>& candidates, ProgressLine& line) {
  evaluate::RankingEvaluationOptions options;
  options.bootstrap.resamples = arguments.ranking.resamples;
  options.bootstrap.seed = arguments.ranking.seed;
  evaluate::RankingReport report;
  report.protocol = exam.split.protocol;
  report.task = exam.task.options();
  report.seed = arguments.ranking.seed;
  report.items = exam.data.item_count();
  report.viewers = exam.data.viewer_count();
  report.interactions = exam.data.interaction_count();
  report.trained = exam.part.interaction_count();
  report.asked_viewers = exam.task.viewers().size();
  report.requests = exam.task.requests().size();
  report.left_out = exam.task.left_out();
  std::optional<evaluate::RankingRun> first;
  for (const Candidate& candidate : candidates) {
    MCUE_TRY(evaluate::RankingRun run,
             evaluate::ask(exam.task, *candidate.model, [&](std::size_t done, std::size_t total) {
               line.update_rows("ask " + candidate.name, done, total);
             }));
    evaluate::VersionReport version{candidate.name, candidate.note, evaluate_ranking(exam.task, run, options), {}};
    if (first) version.difference = compare_rankings(exam.task, run, *first, options);
    if (!first) first = std::move(run);
    report.versions.push_back(std::move(version));
  }
  return report;
}

Result<evaluate::RankingReport> evaluate_all(const Globals& globals, const Arguments& arguments) {
  MCUE_TRY_VOID(check_arguments(arguments));
  MCUE_TRY(const dataset::Dataset data, load_training_data(globals, arguments.data));
  MCUE_TRY(const evaluate::Split split, evaluate::make_split(data, hold_out_of(arguments.ranking)));
  const dataset::Dataset part = evaluate::training_part(data, split);
  const evaluate::RankingTask task(data, split, arguments.validation ? split.validation : split.test,
                                   task_options_of(arguments.ranking));
  if (task.requests().empty()) {
    return invalid("too_little_data",
                   "everything held out had been acted upon before: there is nothing to ask; "
                   "--seen kept asks for it again");
  }
  const SystemClock clock;
  ProgressLine line("eval", 0, progress_style(globals.quiet), clock);
  const Exam exam{data, split, part, task, arguments.ranking.seed};
  MCUE_TRY(const auto candidates, gather(globals, arguments, exam, line));
  auto report = examine(arguments, exam, candidates, line);
  line.finish();
  if (report.ok()) report->data = name_of_data(globals, arguments.data) + (arguments.validation ? " (validation)" : "");
  return report;
}

ExitCode run(const Globals& globals, const Arguments& arguments) {
  const auto report = evaluate_all(globals, arguments);
  if (!report.ok()) return fail(globals, report.error());
  std::fputs((globals.json ? write_ranking_json(*report) + "\n" : write_ranking_text(*report)).c_str(), stdout);
  if (arguments.html.empty()) return ExitCode::ok;
  std::ofstream file(arguments.html);
  file << write_ranking_page(*report);
  if (file.flush()) return ExitCode::ok;
  return fail(globals, unavailable("cannot_write", "html: cannot write \"" + arguments.html + "\""));
}

}  // namespace

void add_eval_command(Commands commands) {
  // shared_ptr: the parser's options and the callback both hold it, and CLI11 copies callbacks.
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = commands.app.add_subcommand("eval", "how good solution versions are on held-out interactions");
  command->add_option("--version", arguments->versions,
                      "a solution version: its id or its folder; more of them are compared with the first");
  command->add_option("--recipe", arguments->recipes,
                      "RECIPE[,NAME=VALUE...] in closed form: trained here on what the protocol lets it see");
  add_ranking_flags(*command, arguments->ranking);
  command->add_flag("--validation", arguments->validation,
                    "leave-one-out: the last act but one, for choosing parameters");
  command->add_option("--seed", arguments->ranking.seed, "who is held out, and of the bootstrap")
      ->capture_default_str();
  command->add_option("--html", arguments->html, "write a page with plots to this file");
  add_data_flags(*command, arguments->data);
  command->callback([commands, arguments] {
    commands.action = [&globals = commands.globals, arguments] { return run(globals, *arguments); };
  });
}

}  // namespace matchcue::cli
