// SPDX-License-Identifier: Apache-2.0
//
// simulate match, simulate sample, replay.
#include <fmt/format.h>

#include <cstdio>
#include <limits>
#include <map>
#include <memory>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/crowd_flags.h"
#include "cli/interrupt.h"
#include "cli/moment_lines.h"
#include "simulate/driver.h"
#include "simulate/feed_replay.h"
#include "simulate/load_client.h"
#include "simulate/match_script.h"
#include "simulate/sample_script.h"

namespace matchcue::cli {
namespace {

constexpr Milliseconds kWelcomeMax(60'000);

struct SimulateFlags {
  std::string event = "1";
  std::string content = "c1";
  std::uint64_t seed = 1;
  double speed = 1;
  std::string interval = "10s";
  std::uint64_t count = std::numeric_limits<std::uint64_t>::max();
  std::string file;
  simulate::MatchSetting setting;
  std::size_t viewers = 0;
  CrowdFlags crowd;
};

/// Everything that plays one source against the running server.
struct Stage {
  Stage(const Globals& globals_, const SimulateFlags& flags, bool map_content)
      : globals(globals_),
        api(simulate::make_http_event_api(globals.server)),
        stop(stop_on_interrupt()),
        pause(clock, stop),
        driver(*api, clock, pause, options(flags, map_content)) {}

  static simulate::DriverOptions options(const SimulateFlags& flags, bool map_content) {
    simulate::DriverOptions options;
    options.event = domain::EventId(flags.event);
    if (map_content && !flags.content.empty()) options.content = domain::ContentId(flags.content);
    options.speed = flags.speed;
    return options;
  }

  /// Prints each moment; notes when it was sent.
  Result<simulate::DriverSummary> play(simulate::MomentSource& source) {
    return driver.play(source, [&](const simulate::TimedMoment& moment, const simulate::Played& played) {
      sent[played.sequence.value()] = played.sent;
      if (globals.quiet) return;
      std::puts((globals.json ? moment_json(moment, played) : moment_line(moment, played)).c_str());
      std::fflush(stdout);
    });
  }

  const Globals& globals;
  SystemClock clock;
  std::unique_ptr<simulate::EventApi> api;
  const std::atomic<bool>& stop;
  simulate::FlagPause pause;
  simulate::Driver driver;
  std::map<std::uint64_t, SteadyTime> sent;
};

ExitCode finish(const Globals& globals, const Result<simulate::DriverSummary>& summary) {
  if (!summary) return fail(globals, summary.error());
  return summary->interrupted ? ExitCode::interrupted : ExitCode::ok;
}

ExitCode simulate_match(const Globals& globals, const SimulateFlags& flags) {
  Stage stage(globals, flags, true);
  std::vector<simulate::TimedMoment> match = simulate::make_match(flags.seed);
  const auto prepared = stage.driver.prepare(match.front().state);
  if (!prepared) return fail(globals, prepared.error());
  simulate::MomentList source(std::move(match));
  return finish(globals, stage.play(source));
}

ExitCode simulate_sample(const Globals& globals, const SimulateFlags& flags) {
  const auto interval = parse_duration(flags.interval, "interval");
  if (!interval) return fail(globals, interval.error());
  Stage stage(globals, flags, false);
  simulate::SampleScript source(flags.seed, *interval, flags.count);
  return finish(globals, stage.driver.play(source, [&](const auto& moment, const auto& played) {
    // Exactly the sample's line, which people and scripts look for.
    std::puts(globals.json ? moment_json(moment, played).c_str() : moment.text.c_str());
    std::fflush(stdout);
  }));
}

/// Plays the feed while a crowd watches, and prints what the crowd saw.
ExitCode replay_watched(Stage& stage, simulate::MomentSource& source, const SimulateFlags& flags) {
  CrowdFlags crowd = flags.crowd;
  crowd.viewers = flags.viewers;
  crowd.content = flags.content;
  crowd.event = flags.event;
  const auto options = crowd_options(crowd, stage.clock.wall());
  if (!options) return fail(stage.globals, options.error());
  simulate::LoadClient client(*options, stage.clock);
  client.start();
  if (!client.wait_welcomed(kWelcomeMax, stage.stop)) {
    std::fprintf(stderr, "replay: only %llu of %zu viewers were welcomed\n",
                 static_cast<unsigned long long>(client.snapshot().welcomed), flags.viewers);
  }
  const auto summary = stage.play(source);
  if (!summary) return fail(stage.globals, summary.error());
  const auto report = client.finish(stage.api.get(), domain::EventId(flags.event), stage.sent);
  if (!report) return fail(stage.globals, report.error());
  std::fputs((stage.globals.json ? write_report_json(*report) + "\n" : write_report(*report)).c_str(), stdout);
  if (summary->interrupted) return ExitCode::interrupted;
  return report->ok() ? ExitCode::ok : ExitCode::problems_found;
}

ExitCode replay(const Globals& globals, const SimulateFlags& flags) {
  auto moments = simulate::read_feed_file(flags.file, flags.setting);
  if (!moments) return fail(globals, moments.error());
  Stage stage(globals, flags, true);
  const auto prepared = stage.driver.prepare(moments->front().state);
  if (!prepared) return fail(globals, prepared.error());
  simulate::MomentList source(std::move(*moments));
  if (flags.viewers > 0) return replay_watched(stage, source, flags);
  return finish(globals, stage.play(source));
}

void add_event_flags(CLI::App& command, SimulateFlags& flags) {
  command.add_option("--event", flags.event, "The live event")->capture_default_str();
}
void add_play_flags(CLI::App& command, SimulateFlags& flags) {
  add_event_flags(command, flags);
  command.add_option("--content", flags.content, "Content to map to the event first; \"\" for none")
      ->capture_default_str();
  command.add_option("--speed", flags.speed, "Times faster than real time")
      ->check(CLI::Range(0.01, 100'000.0))
      ->capture_default_str();
}

}  // namespace

void add_simulate_commands(Commands commands) {
  const auto flags = std::make_shared<SimulateFlags>();  // shared: the callbacks below outlive this call
  const auto set = [&](CLI::App* command, ExitCode (*run)(const Globals&, const SimulateFlags&)) {
    command->callback([flags, run, &globals = commands.globals, &action = commands.action] {
      action = [flags, run, &globals] { return run(globals, *flags); };
    });
  };
  CLI::App* simulate = commands.app.add_subcommand("simulate", "Play something that never happened");
  simulate->require_subcommand(1);

  CLI::App* match = simulate->add_subcommand("match", "A believable football match from a seed");
  add_play_flags(*match, *flags);
  match->add_option("--seed", flags->seed, "The same seed plays the same match")->capture_default_str();
  set(match, simulate_match);

  CLI::App* sample = simulate->add_subcommand("sample", "The AWS sample's simulator: random states");
  add_event_flags(*sample, *flags);
  sample->add_option("--seed", flags->seed, "The same seed draws the same states")->capture_default_str();
  sample->add_option("--interval", flags->interval, "Time between states")->capture_default_str();
  sample->add_option("--count", flags->count, "Stop after so many states");
  set(sample, simulate_sample);

  CLI::App* replay_command = commands.app.add_subcommand("replay", "Play a recorded match (NDJSON facts)");
  replay_command->add_option("FILE", flags->file, "The facts, one JSON object a line")->required();
  add_play_flags(*replay_command, *flags);
  replay_command->add_option("--type", flags->setting.type, "MATCH_TYPE")->capture_default_str();
  replay_command->add_option("--venue", flags->setting.venue, "MATCH_VENUE")->capture_default_str();
  replay_command->add_option("--viewers", flags->viewers, "Watch with so many viewers and check what they get");
  add_crowd_flags(*replay_command, flags->crowd);
  set(replay_command, replay);
}

}  // namespace matchcue::cli
