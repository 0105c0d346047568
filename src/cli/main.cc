// SPDX-License-Identifier: Apache-2.0
//
// Every command of the program, by name.

#include <iostream>

#include "base/text.h"
#include "cli/command.h"

namespace {

/// Adds what could have stood at the place of an unknown word: the options and subcommands of the commands that were
/// named.
void add_names(const CLI::App& command, std::vector<std::string>& names) {
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  const auto named = command.get_subcommands();
  for (const CLI::App* subcommand : named) add_names(*subcommand, names);
  if (!named.empty()) return;
  for (const CLI::App* subcommand : command.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(subcommand->get_name());
  }
}

void print_nearest(const CLI::App& app) {
  std::vector<std::string> names;
  add_names(app, names);
  for (const std::string& word : app.remaining(true)) {
    const std::string name = word.substr(0, word.find('='));
    if (const auto nearest = matchcue::nearest_name(name, names)) {
      std::cerr << '"' << name << "\": did you mean " << *nearest << "?\n";
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  using namespace matchcue::cli;
  CLI::App app("matchcue: at every moment of a live event, the right thing on every viewer's screen");
  app.set_version_flag("--version", "matchcue 0.1.0");
  app.require_subcommand(1);
  app.fallthrough();
  Globals globals;
  app.add_flag("--json", globals.json, "JSON on standard output");
  app.add_flag("-q,--quiet", globals.quiet, "no progress");
  app.add_option("--server", globals.server.url, "the API of a running matchcue")->capture_default_str();
  app.add_option("--token", globals.server.token, "the operator's token; better in the environment, where ps is blind")
      ->envname("MATCHCUE_TOKEN");
  app.add_option("--ca", globals.server.ca, "PEM file of who signs the server's certificate")->envname("MATCHCUE_CA");
  app.add_option("--config", globals.config, "configuration file; default ./matchcue.toml if it exists");
  app.add_option("--data-dir", globals.data_dir, "where everything is kept; default ./matchcue-data");

  std::function<ExitCode()> action;
  const Commands commands{app, globals, action};
  add_serve_command(commands);
  add_demo_command(commands);
  add_access_commands(commands);
  add_event_commands(commands);
  add_moment_commands(commands);
  add_filter_commands(commands);
  add_viewer_commands(commands);
  add_decision_commands(commands);
  add_import_commands(commands);
  add_train_command(commands);
  add_solution_commands(commands);
  add_simulate_commands(commands);
  add_crowd_command(commands);
  add_learn_commands(commands);
  add_campaign_commands(commands);
  add_ope_command(commands);
  add_eval_command(commands);
  add_tune_command(commands);
  add_load_command(commands);
  add_storage_commands(commands);
  add_doctor_command(commands);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    if (code != 0) print_nearest(app);
    return code == 0 ? 0 : static_cast<int>(ExitCode::usage);
  }
  try {
    return static_cast<int>(action());
  } catch (const std::exception& error) {
    std::cerr << "matchcue: internal error: " << error.what() << std::endl;
    return static_cast<int>(ExitCode::internal);
  }
}
