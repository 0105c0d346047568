// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <memory>
#include <optional>

#include "cli/command.h"
#include "cli/serve.h"

namespace matchcue::cli {

namespace {

/// What the command line says; empty where it says nothing.
struct ServeFlags {
  std::string listen;
  std::string api;
  std::string viewers_auth, api_token_file, tls_certificate, tls_key;
  std::vector<std::string> set;
  std::optional<std::string> web;
  bool no_sample_data = false;
};

Result<Options> options_of(const Globals& globals, const ServeFlags& flags) {
  MCUE_TRY(Options options, load_options(globals.config));
  const std::pair<const char*, const std::string&> named[] = {{"listen", flags.listen},
                                                              {"api", flags.api},
                                                              {"data_dir", globals.data_dir},
                                                              {"viewers.auth", flags.viewers_auth},
                                                              {"api.token_file", flags.api_token_file},
                                                              {"tls.certificate", flags.tls_certificate},
                                                              {"tls.key", flags.tls_key}};
  for (const auto& [key, value] : named) {
    if (!value.empty()) MCUE_TRY_VOID(apply_setting(options, key, value));
  }
  if (flags.web) MCUE_TRY_VOID(apply_setting(options, "web.folder", *flags.web));
  for (const std::string& each : flags.set) MCUE_TRY_VOID(apply_assignment(options, each));
  if (flags.no_sample_data) options.sample_data = false;
  return options;
}

/// Where it listens, and who may come in.
void say_where(const Globals& globals, const Options& options, const Server& server) {
  const std::string viewers = (server.is_secure() ? "wss://" : "ws://") + server.viewers_address();
  const std::string api = (server.is_secure() ? "https://" : "http://") + server.api_address();
  std::string home = server.web().home_address();
  if (!home.empty()) home = (server.web().is_secure() ? "https://" : "http://") + home + "/";
  if (globals.json) {
    std::cout << R"({"viewers":")" << viewers << R"(/v1/ws","sample":")" << viewers << R"(/dev","api":")" << api
              << R"(","home":)" << (home.empty() ? "null" : '"' + home + '"') << "}" << std::endl;
    return;
  }
  const bool has_sample_route = !options.access.needs_tickets();
  std::cout << "matchcue serves from " << options.store.directory << "\n"
            << "  viewers  " << viewers << "/v1/ws"
            << (has_sample_route ? "   (the AWS sample's route: " + viewers + "/dev)" : "   (with a ticket)") << "\n"
            << "  API      " << api << "/   "
            << (options.access.api_tokens.empty() ? "(open it in a browser)" : "(with an operator's token)") << "\n";
  if (!home.empty()) {
    std::cout << "  home     " << home << "   (" << server.web().remotes_text() << ")\n";
  } else if (options.web.wanted()) {
    const std::string& why = server.web().why_none();
    std::cout << (why.empty() ? "  no home; the other sites: " + server.web().remotes_text() : "  no web sites: " + why)
              << "\n";
  }
  const bool is_public = !home.empty() && !runtime::Address{options.web.listen, 0}.is_loopback();
  if (options.gateway.listen.is_loopback() && options.api.is_loopback() && !is_public)
    std::cout << "Only this machine can connect. ";
  std::cout << "Ctrl-C stops." << std::endl;
}

ExitCode serve(const Globals& globals, const ServeFlags& flags) {
  const auto options = options_of(globals, flags);
  if (!options.ok()) {
    fail(globals, options.error());
    return ExitCode::invalid_config;
  }
  block_signals();
  auto server = start_server(*options);
  if (!server.ok()) {
    const ExitCode code = fail(globals, server.error());
    return server.error().code == "unprotected" ? ExitCode::invalid_config : code;
  }
  say_where(globals, *options, **server);
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
  serve_app->add_option("--viewers-auth", flags->viewers_auth,
                        "ticket, or none: everybody is who they say (the sample route needs none)");
  serve_app->add_option("--api-token-file", flags->api_token_file, "operators: NAME SCOPES SHA256 a line");
  serve_app->add_option("--tls-cert", flags->tls_certificate, "PEM certificate chain, for both listeners");
  serve_app->add_option("--tls-key", flags->tls_key, "PEM private key");
  serve_app->add_option("--web", flags->web, "folder of the web sites, or off");
  serve_app->add_option("--set", flags->set, "any setting: KEY=VALUE (matchcue doctor --settings lists them)");
  serve_app->add_flag("--no-sample-data", flags->no_sample_data, "leave an empty data directory empty");
  serve_app->callback(
      [commands, flags] { commands.action = [&globals = commands.globals, flags] { return serve(globals, *flags); }; });
}

}  // namespace matchcue::cli
