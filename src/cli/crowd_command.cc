// SPDX-License-Identifier: Apache-2.0
//
// crowd: how much of what could be gained is gained, in front of viewers whose taste is known.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <fstream>
#include <memory>
#include <sstream>

#include "cli/command.h"
#include "cli/engine_host.h"
#include "cli/interrupt.h"
#include "cli/serve.h"
#include "cli/temporary_folder.h"
#include "simulate/crowd_audience_policy.h"
#include "simulate/crowd_policies.h"
#include "simulate/crowd_report.h"
#include "simulate/engine_audience.h"
#include "simulate/feed_replay.h"
#include "simulate/match_script.h"
#include "simulate/socket_audience.h"

namespace matchcue::cli {
namespace {

constexpr std::uint64_t kMadeMatches = 3;

struct CrowdRunFlags {
  std::string params;
  std::uint64_t seed = 1;
  std::size_t viewers = 1'500;
  std::vector<std::string> feeds;
  bool in_process = false;
  std::string connect;
  std::string event = "crowd";
  std::int64_t interval_ms = 300;
  std::string policy = "matchcue";
  std::vector<std::string> set;
  std::string html;
};

Result<std::string> read_file(const std::string& path, const std::string& flag) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return not_found("unreadable_file", flag + ": cannot read \"" + path + "\"", flag);
  return text.str();
}

Result<simulate::CrowdWorld> make_world(const CrowdRunFlags& flags) {
  simulate::CrowdParams params;
  if (!flags.params.empty()) {
    MCUE_TRY(const std::string text, read_file(flags.params, "params"));
    MCUE_TRY(params, simulate::parse_crowd_params(text, flags.params));
  }
  std::vector<std::vector<simulate::TimedMoment>> matches;
  for (const std::string& feed : flags.feeds) {
    MCUE_TRY(matches.emplace_back(), simulate::read_feed_file(feed, {}));
  }
  for (std::uint64_t match = 0; flags.feeds.empty() && match < kMadeMatches; ++match) {
    matches.push_back(simulate::make_match(flags.seed + match));
  }
  return simulate::CrowdWorld(params, std::move(matches), flags.seed, flags.viewers);
}

/// An engine of our own, on a store that is thrown away.
Result<void> start_host(EngineHost& host, const Globals& globals, const CrowdRunFlags& flags,
                        const std::string& directory) {
  MCUE_TRY(Options options, load_options(globals.config));
  options.sample_data = false;
  options.engine.decide.seed = flags.seed;
  for (const std::string& each : flags.set) MCUE_TRY_VOID(apply_assignment(options, each));
  options.store.directory = directory;
  return host.start(options);
}

void say_progress(const Globals& globals, const simulate::CrowdWorld& world, const simulate::CrowdTickValue& sum) {
  if (globals.quiet) return;
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  const std::size_t tick = world.tick_number() + 1;
  if (!terminal && tick % 50 != 0) return;
  std::fputs(fmt::format("{}moment {} of {}   G {:.3f}{}", terminal ? "\r" : "", tick, world.tick_count(), sum.gain(),
                         terminal ? "   " : "\n")
                 .c_str(),
             stderr);
}

ExitCode finish(const Globals& globals, const CrowdRunFlags& flags, const simulate::CrowdRun& run) {
  if (!globals.quiet && ::isatty(STDERR_FILENO) != 0) std::fputs("\n", stderr);
  std::fputs((globals.json ? write_crowd_json(run) + "\n" : write_crowd_text(run)).c_str(), stdout);
  if (!flags.html.empty()) {
    std::ofstream file(flags.html);
    file << write_crowd_page(run);
    if (!file.flush()) {
      return fail(globals, unavailable("cannot_write", "html: cannot write \"" + flags.html + "\""));
    }
  }
  return run.score.ticks().size() == run.ticks ? ExitCode::ok : ExitCode::interrupted;
}

simulate::CrowdRun play(const Globals& globals, const CrowdRunFlags& flags, simulate::CrowdWorld& world,
                        simulate::CrowdPolicy& policy) {
  const std::atomic<bool>& stop = stop_on_interrupt();
  const SystemClock clock;
  const SteadyTime start = clock.steady();
  const std::clock_t cpu = std::clock();
  simulate::CrowdTickValue sum;
  simulate::CrowdRun run{flags.policy, flags.seed, flags.viewers, world.tick_count(), {}, 0, 0};
  run.score = run_crowd(world, policy, [&](const simulate::CrowdWorld& at, const simulate::CrowdTickValue& tick) {
    sum += tick;
    say_progress(globals, at, sum);
    return !stop;
  });
  run.wall_s = std::chrono::duration<double>(clock.steady() - start).count();
  run.cpu_s = static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
  return run;
}

ExitCode play_to(const Globals& globals, const CrowdRunFlags& flags, simulate::CrowdWorld& world,
                 simulate::CrowdAudience& audience) {
  simulate::AudiencePolicy policy(audience);
  const simulate::CrowdRun run = play(globals, flags, world, policy);
  if (policy.trouble()) return fail(globals, *policy.trouble());
  return finish(globals, flags, run);
}

ExitCode play_in_process(const Globals& globals, const CrowdRunFlags& flags, simulate::CrowdWorld& world) {
  const auto folder = TemporaryFolder::make("crowd");
  if (!folder.ok()) return fail(globals, folder.error());
  EngineHost host;
  if (const auto started = start_host(host, globals, flags, folder->path()); !started.ok()) {
    return fail(globals, started.error());
  }
  const auto audience = simulate::make_engine_audience(host.engine(), host.loops(), domain::EventId(flags.event));
  return play_to(globals, flags, world, *audience);
}

ExitCode play_over_sockets(const Globals& globals, const CrowdRunFlags& flags, simulate::CrowdWorld& world) {
  const std::string prefix = "ws://";
  const std::string url = flags.connect.starts_with(prefix) ? flags.connect.substr(prefix.size()) : flags.connect;
  const auto address = runtime::parse_address(url, "connect");
  if (!address.ok()) return fail(globals, address.error());
  const SystemClock clock;
  const auto audience = simulate::make_socket_audience(
      {globals.server, *address, domain::EventId(flags.event), Milliseconds(flags.interval_ms)}, clock);
  return play_to(globals, flags, world, *audience);
}

ExitCode play_reference(const Globals& globals, const CrowdRunFlags& flags, simulate::CrowdWorld& world) {
  const auto policy = flags.policy == "random"   ? simulate::make_random_policy(flags.seed)
                      : flags.policy == "oracle" ? simulate::make_oracle_policy()
                                                 : simulate::make_popularity_policy(flags.seed);
  return finish(globals, flags, play(globals, flags, world, *policy));
}

ExitCode crowd(const Globals& globals, const CrowdRunFlags& flags) {
  if (flags.in_process && !flags.connect.empty()) {
    return fail(globals, invalid("both_in_process_and_connect",
                                 "--in-process and --connect \"" + flags.connect + "\" exclude each other", "connect"));
  }
  auto world = make_world(flags);
  if (!world.ok()) return fail(globals, world.error());
  if (flags.policy != "matchcue") return play_reference(globals, flags, *world);
  return flags.connect.empty() ? play_in_process(globals, flags, *world) : play_over_sockets(globals, flags, *world);
}

}  // namespace

void add_crowd_command(Commands commands) {
  const auto flags = std::make_shared<CrowdRunFlags>();  // shared: the callback below outlives this call
  CLI::App* command = commands.app.add_subcommand("crowd", "Measure what is learned, on viewers whose taste is known");
  command->add_option("--params", flags->params, "JSON file with parameters of the crowd; default as documented");
  command->add_option("--seed", flags->seed, "The same seed makes the same crowd")->capture_default_str();
  command->add_option("--viewers", flags->viewers, "How many viewers")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  command->add_option("--feed", flags->feeds,
                      "Recorded matches (NDJSON facts), played in this order; default: made from the seed");
  command->add_flag("--in-process", flags->in_process, "An engine in this process, without sockets (the default)");
  command->add_option("--connect", flags->connect,
                      "A running server's viewers' address, ws://HOST:PORT, with its API at --server");
  command->add_option("--event", flags->event, "The live event whose moments are fired")->capture_default_str();
  command->add_option("--interval", flags->interval_ms, "With --connect: least milliseconds between two moments")
      ->check(CLI::Range(0, 600'000))
      ->capture_default_str();
  command->add_option("--policy", flags->policy, "Who decides")
      ->check(CLI::IsMember({"matchcue", "random", "oracle", "popularity"}))
      ->capture_default_str();
  command->add_option("--set", flags->set, "In process: any setting, KEY=VALUE");
  command->add_option("--html", flags->html, "Write a page with plots to this file");
  command->callback([flags, &globals = commands.globals, &action = commands.action] {
    action = [flags, &globals] { return crowd(globals, *flags); };
  });
}

}  // namespace matchcue::cli
