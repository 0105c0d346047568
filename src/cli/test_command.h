#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// For tests: a command line run in this process, and what it printed.

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "cli/command.h"

namespace matchcue::cli {

/// What a command printed, and its exit code.
struct Outcome {
  ExitCode code = ExitCode::internal;
  std::string out;
  std::string err;
};

/// Runs `line` against the commands that `families` add.
inline Outcome run_command(const std::string& line, Globals globals,
                           std::initializer_list<void (*)(Commands)> families) {
  CLI::App app;
  app.require_subcommand(1);
  app.fallthrough();
  app.add_flag("--json", globals.json);
  app.add_option("--data-dir", globals.data_dir);
  std::function<ExitCode()> action;
  const Commands commands{app, globals, action};
  for (const auto add : families) add(commands);
  app.parse(line);
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Outcome outcome;
  outcome.code = action();
  outcome.out = testing::internal::GetCapturedStdout();
  outcome.err = testing::internal::GetCapturedStderr();
  return outcome;
}

}  // namespace matchcue::cli
