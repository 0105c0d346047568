// SPDX-License-Identifier: Apache-2.0
//
// simulation --seeds N [--first S] [--stop-at-first]     runs seeds
// simulation --seed S [--trace]                          replays one
//
// A finding is printed with the one command that replays it; the exit status is 1 when there was any.

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/text.h"
#include "tests/simulation/simulation.h"

namespace matchcue::simulation {
namespace {

std::uint64_t seed_at_work = 0;
const char* program = "simulation";

struct Options {
  std::uint64_t first = 1;
  std::uint64_t count = 100;
  bool trace = false;
  bool stop_at_first = false;
};

/// A CHECK of the product ends the process: the seed is said all the same.
void on_abort(int) {
  std::printf("seed %llu: the product gave up\n  replay: %s --seed %llu --trace\n",
              static_cast<unsigned long long>(seed_at_work), program, static_cast<unsigned long long>(seed_at_work));
  std::fflush(stdout);
}

Options read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    const auto number = [&]() -> std::uint64_t {
      const auto value = i + 1 < argc ? parse_int(argv[++i]) : std::nullopt;
      if (value && *value >= 0) return static_cast<std::uint64_t>(*value);
      std::fprintf(stderr, "%s wants a number\n", name.c_str());
      std::exit(2);
    };
    if (name == "--seeds") {
      options.count = number();
    } else if (name == "--first") {
      options.first = number();
    } else if (name == "--seed") {
      options.first = number();
      options.count = 1;
    } else if (name == "--trace") {
      options.trace = true;
    } else if (name == "--stop-at-first") {
      options.stop_at_first = true;
    } else {
      std::fprintf(stderr, "unknown option %s\n", name.c_str());
      std::exit(2);
    }
  }
  return options;
}

void print(const Finding& finding, std::uint64_t seed) {
  std::printf("seed %llu breaks promise %s\n  expected: %s\n  seen:     %s\n  replay:   %s --seed %llu --trace\n",
              static_cast<unsigned long long>(seed), finding.promise.c_str(), finding.expected.c_str(),
              finding.seen.c_str(), program, static_cast<unsigned long long>(seed));
  std::fflush(stdout);
}

int run(const Options& options) {
  const auto start = std::chrono::steady_clock::now();
  std::uint64_t findings = 0;
  std::uint64_t turns = 0;
  std::uint64_t changes = 0;
  std::uint64_t feedback = 0;
  std::uint64_t crashes = 0;
  std::uint64_t dropped = 0;
  double hours = 0;
  std::uint64_t ran = 0;
  for (; ran < options.count; ++ran) {
    seed_at_work = options.first + ran;
    const Outcome outcome = run_seed(draw_plan(seed_at_work), options.trace);
    turns += outcome.turns;
    changes += outcome.changes;
    feedback += outcome.feedback;
    crashes += outcome.crashes;
    dropped += outcome.dropped;
    hours += static_cast<double>(outcome.virtual_time.count()) / 3.6e6;
    if (options.count == 1) std::printf("trace %016llx\n", static_cast<unsigned long long>(outcome.trace_hash));
    if (!outcome.finding) continue;
    ++findings;
    print(*outcome.finding, seed_at_work);
    if (options.stop_at_first) {
      ++ran;
      break;
    }
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  std::printf(
      "%llu seeds in %.1f s: %llu findings; %.1f virtual hours, %llu turns, %llu changes, %llu interactions, "
      "%llu crashes, %llu batches of decisions dropped by age\n",
      static_cast<unsigned long long>(ran), taken.count(), static_cast<unsigned long long>(findings), hours,
      static_cast<unsigned long long>(turns), static_cast<unsigned long long>(changes),
      static_cast<unsigned long long>(feedback), static_cast<unsigned long long>(crashes),
      static_cast<unsigned long long>(dropped));
  return findings == 0 ? 0 : 1;
}

}  // namespace
}  // namespace matchcue::simulation

int main(int argc, char** argv) {
  matchcue::simulation::program = argv[0];
  std::signal(SIGABRT, matchcue::simulation::on_abort);
  return matchcue::simulation::run(matchcue::simulation::read_options(argc, argv));
}
