#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// How a command plugs into the command line: one add_* function per family, listed in main.cc.

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "api/http_client.h"
#include "base/result.h"

namespace matchcue::cli {

/// Stable exit codes; docs/reference/cli.md has the table.
enum class ExitCode {
  ok = 0,
  problems_found = 1,
  usage = 2,
  invalid_config = 3,
  invalid_input = 4,
  not_found = 5,
  conflict = 6,
  auth = 7,
  unreachable = 8,
  limit = 9,
  corrupt = 10,
  internal = 70,
  interrupted = 130,
};

ExitCode exit_code_for(ErrorKind kind);

/// Options that every command takes.
struct Globals {
  bool json = false;     ///< one JSON object, or JSON lines for streams, on stdout
  bool quiet = false;    ///< no progress
  api::Endpoint server;  ///< the API of a running matchcue
  std::string config;    ///< matchcue.toml; empty is ./matchcue.toml if it exists
  std::string data_dir;  ///< where everything is kept; empty is ./matchcue-data
};

/// What add_* functions work on. A chosen sub-command puts what is to be done into `action` (by CLI11's callback).
struct Commands {
  CLI::App& app;
  Globals& globals;
  std::function<ExitCode()>& action;
};

/// Prints an error to stderr as people read it (or as JSON) and returns its exit code.
ExitCode fail(const Globals& globals, const Error& error);

void add_serve_command(Commands commands);      // serve
void add_doctor_command(Commands commands);     // doctor
void add_access_commands(Commands commands);    // token make, ticket key|make|check|revoke, audit
void add_event_commands(Commands commands);     // event set|get|list|tail|map|pin|block|release
void add_filter_commands(Commands commands);    // filter put|list|show|delete|test|use|drop
void add_moment_commands(Commands commands);    // moment fire|correct|list
void add_viewer_commands(Commands commands);    // viewer show|identify|erase
void add_decision_commands(Commands commands);  // decision show, recommend
void add_import_commands(Commands commands);    // import users|items|interactions, sample-data
void add_train_command(Commands commands);      // train
void add_solution_commands(Commands commands);  // solution list|show
void add_simulate_commands(Commands commands);  // simulate match|sample, replay
void add_crowd_command(Commands commands);      // crowd
void add_campaign_commands(Commands commands);  // campaign show|deploy|rollback|shadow
void add_learn_commands(Commands commands);     // learn show|watch|settle|verify
void add_learn_verify_command(CLI::App& family, Commands commands);
void add_ope_command(Commands commands);       // ope
void add_eval_command(Commands commands);      // eval
void add_tune_command(Commands commands);      // tune
void add_load_command(Commands commands);      // load
void add_demo_command(Commands commands);      // demo
void add_storage_commands(Commands commands);  // verify, backup, restore

}  // namespace matchcue::cli
