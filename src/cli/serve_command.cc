// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <memory>

#include "cli/command.h"
#include "cli/serve.h"

namespace matchcue::cli {

namespace {

/// What the command line says; empty where it says nothing.
struct ServeFlags {
  std::string listen;
  std::string api;
  std::vector<std::string> set;
  bool no_sample_data = false;
};

Result<Options> options_of(const Globals& globals, const ServeFlags& flags) {
  MCUE_TRY(Options options, load_options(globals.config));
  const std::pair<const char*, const std::string&> named[] = {
      {"listen", flags.listen}, {"api", flags.api}, {"data_dir", globals.data_dir}};
  for (const auto& [key, value] : named) {
    if (!value.empty()) MCUE_TRY_VOID(apply_setting(options, key, value));
  }
  for (const std::string& each : flags.set) MCUE_TRY_VOID(apply_assignment(options, each));
  if (flags.no_sample_data) options.sample_data = false;
  return options;
}

ExitCode serve(const Globals& globals, const ServeFlags& flags) {
  const auto options = options_of(globals, flags);
  if (!options.ok()) {
    fail(globals, options.error());
    return ExitCode::invalid_config;
  }
  block_signals();
  auto server = start_server(*options);
  if (!server.ok()) return fail(globals, server.error());
  const std::string viewers = (*server)->viewers_address();
  const std::string api = (*server)->api_address();
  if (globals.json) {
    std::cout << R"({"viewers":"ws://)" << viewers << R"(/v1/ws","sample":"ws://)" << viewers
              << R"(/dev","api":"http://)" << api << "\"}" << std::endl;
  } else {
    std::cout << "matchcue serves from " << options->store.directory << "\n"
              << "  viewers  ws://" << viewers << "/v1/ws   (the AWS sample's route: ws://" << viewers << "/dev)\n"
              << "  API      http://" << api << "/   (open it in a browser)\n"
              << "No authentication and no TLS yet: only this machine can connect. Ctrl-C stops." << std::endl;
  }
  wait_for_signal();
  if (!globals.quiet) std::cerr << "stopping: viewers are told, what was accepted is made durable" << std::endl;
  (*server)->stop();
  return ExitCode::ok;
}

}  // namespace

void add_serve_command(Commands commands) {
  auto flags = std::make_shared<ServeFlags>();
  CLI::App* serve_app = commands.app.add_subcommand("serve", "Serve viewers and the HTTP API");
  serve_app->add_option("--listen", flags->listen, "where viewers connect; default 127.0.0.1:8080");
  serve_app->add_option("--api", flags->api, "where the HTTP API is; default 127.0.0.1:8081");
  serve_app->add_option("--set", flags->set, "any setting: KEY=VALUE (matchcue doctor --settings lists them)");
  serve_app->add_flag("--no-sample-data", flags->no_sample_data, "leave an empty data directory empty");
  serve_app->callback(
      [commands, flags] { commands.action = [&globals = commands.globals, flags] { return serve(globals, *flags); }; });
}

}  // namespace matchcue::cli
