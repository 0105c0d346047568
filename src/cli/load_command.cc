// SPDX-License-Identifier: Apache-2.0
//
// load: viewers over real sockets that report what is missing, doubled or late.
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/crowd_flags.h"
#include "cli/interrupt.h"
#include "simulate/driver.h"
#include "simulate/load_client.h"

namespace matchcue::cli {
namespace {

constexpr Milliseconds kNoEnd = std::chrono::hours(24 * 365);

struct LoadFlags {
  CrowdFlags crowd;
  std::string duration;
  std::string quiet_time = "5s";
  std::string welcome_time = "60s";
  bool until_quiet = false;
  bool no_stream = false;
};

struct LoadTimes {
  Milliseconds duration = kNoEnd;
  Milliseconds quiet{0};
  Milliseconds welcome{0};
};

Result<LoadTimes> read_times(const LoadFlags& flags) {
  LoadTimes times;
  if (!flags.duration.empty()) {
    MCUE_TRY(times.duration, parse_duration(flags.duration, "duration"));
  }
  MCUE_TRY(times.quiet, parse_duration(flags.quiet_time, "quiet-time"));
  MCUE_TRY(times.welcome, parse_duration(flags.welcome_time, "welcome-time"));
  return times;
}

void say_ready(const Globals& globals, const simulate::LoadSnapshot& now, double seconds) {
  if (globals.json) {
    std::printf("{\"ready\":true,\"welcomed\":%llu,\"seconds\":%.3f}\n", static_cast<unsigned long long>(now.welcomed),
                seconds);
  } else if (!globals.quiet) {
    std::printf("%llu viewers welcomed in %.2f s\n", static_cast<unsigned long long>(now.welcomed), seconds);
  }
  std::fflush(stdout);
}

ExitCode load(const Globals& globals, const LoadFlags& flags) {
  const SystemClock clock;
  const auto options = crowd_options(flags.crowd, clock.wall(), globals.server.ca);
  if (!options) return fail(globals, options.error());
  const auto times = read_times(flags);
  if (!times) return fail(globals, times.error());
  const std::atomic<bool>& stop = stop_on_interrupt();
  const std::unique_ptr<simulate::EventApi> api =
      flags.no_stream ? nullptr : simulate::make_http_event_api(globals.server);

  simulate::LoadClient client(*options, clock);
  const SteadyTime start = clock.steady();
  client.start();
  client.wait_welcomed(times->welcome, stop);
  say_ready(globals, client.snapshot(), std::chrono::duration<double>(clock.steady() - start).count());
  if (flags.until_quiet) {
    client.wait_quiet(times->quiet, times->duration, stop);
  } else {
    simulate::FlagPause pause(clock, stop);
    pause.until(clock.steady() + times->duration);
  }
  const auto report = client.finish(api.get(), domain::EventId(flags.crowd.event));
  if (!report) return fail(globals, report.error());
  std::fputs((globals.json ? write_report_json(*report) + "\n" : write_report(*report)).c_str(), stdout);
  return report->ok() ? ExitCode::ok : ExitCode::problems_found;
}

}  // namespace

void add_load_command(Commands commands) {
  const auto flags = std::make_shared<LoadFlags>();  // shared: the callback below outlives this call
  CLI::App* command = commands.app.add_subcommand("load", "Connect many viewers and check what each of them gets");
  command->add_option("N", flags->crowd.viewers, "How many viewers")->check(CLI::Range(1, 1'000'000))->required();
  command->add_option("--event", flags->crowd.event, "The live event whose changes are expected")
      ->capture_default_str();
  command->add_option("--content", flags->crowd.content, "The content that they watch")->capture_default_str();
  command->add_option("--duration", flags->duration, "Stop after this time; without it at Ctrl-C");
  command->add_flag("--until-quiet", flags->until_quiet, "Stop when no slate has come for --quiet-time");
  command->add_option("--quiet-time", flags->quiet_time, "See --until-quiet")->capture_default_str();
  command->add_option("--welcome-time", flags->welcome_time, "Wait at most so long for all to be welcomed")
      ->capture_default_str();
  command->add_flag("--no-stream", flags->no_stream,
                    "Ask no server what is due: what one viewer got, all should have got");
  add_crowd_flags(*command, flags->crowd);
  command->callback([flags, &globals = commands.globals, &action = commands.action] {
    action = [flags, &globals] { return load(globals, *flags); };
  });
}

}  // namespace matchcue::cli
