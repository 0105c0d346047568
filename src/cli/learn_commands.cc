// SPDX-License-Identifier: Apache-2.0
//
// learn show|watch|settle: is it learning, and what?
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "cli/api_calls.h"
#include "cli/interrupt.h"
#include "cli/learn_text.h"
#include "simulate/driver.h"

namespace matchcue::cli {
namespace {

constexpr Milliseconds kWatchPeriod(2'000);

ExitCode show(const Globals& globals) {
  api::HttpClient client(globals.server);
  const auto view = call(client, "GET", "/v1/learner");
  if (!view) return fail(globals, view.error());
  return print(globals, *view, readable_learner(*view));
}

ExitCode settle(const Globals& globals) {
  api::HttpClient client(globals.server);
  const auto view = call(client, "POST", "/v1/learner/settle", Json::object());
  if (!view) return fail(globals, view.error());
  return print(globals, *view, readable_learner(*view));
}

/// Shows it anew every two seconds, until Ctrl-C: over the last picture on a terminal, otherwise one after another.
ExitCode watch(const Globals& globals) {
  const std::atomic<bool>& stop = stop_on_interrupt();
  const SystemClock clock;
  simulate::FlagPause pause(clock, stop);
  api::HttpClient client(globals.server);
  const bool terminal = !globals.json && ::isatty(STDOUT_FILENO) != 0;
  while (!stop) {
    const auto view = call(client, "GET", "/v1/learner");
    if (!view) return fail(globals, view.error());
    if (terminal) std::cout << "\x1b[H\x1b[2J";
    print(globals, *view, readable_learner(*view));
    if (!std::cout) return ExitCode::ok;  // the reader of our output has gone
    pause.until(clock.steady() + kWatchPeriod);
  }
  return ExitCode::interrupted;
}

}  // namespace

void add_learn_commands(Commands commands) {
  CLI::App* family = commands.app.add_subcommand("learn", "the live learner: what it believes and what it gains");
  family->require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& help, ExitCode (*run)(const Globals&)) {
    family->add_subcommand(name, help)->callback([run, &action = commands.action, &globals = commands.globals] {
      action = [run, &globals] { return run(globals); };
    });
  };
  add("show", "how it stands", show);
  add("watch", "how it stands, every two seconds until Ctrl-C", watch);
  add("settle", "judge what was shown until now without waiting longer for acts", settle);
  add_learn_verify_command(*family, commands);
}

}  // namespace matchcue::cli
