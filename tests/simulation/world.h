#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What everybody in a simulated world shares: time, the plan, the disk, the process that runs now, and the promises.

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "engine/threaded_engine.h"
#include "tests/simulation/edge.h"
#include "tests/simulation/plan.h"
#include "tests/simulation/promises.h"
#include "tests/simulation/scheduler.h"
#include "tests/simulation/sim_store.h"

namespace matchcue::simulation {

/// One life of the server. Members in the order in which they must go, last first.
struct Process {
  std::unique_ptr<SimStore> store;
  metrics::Metrics metrics{"simulation"};
  std::unique_ptr<SimLoop> control;
  std::vector<std::unique_ptr<SimLoop>> shards;
  std::unique_ptr<engine::Engine> engine;
  std::unique_ptr<engine::Retention> retention;
  std::unique_ptr<Edge> edge;
  bool alive = true;  ///< false: it has crashed, and what is left of it does not know
};

struct Promises {
  Promises(const Disk& disk, Findings& findings)
      : acks(disk, findings),
        slates(disk, findings),
        isolation(disk, findings),
        attribution(disk, findings),
        refusals(disk, findings) {}
  DurableAcks acks;
  SlateRules slates;
  Isolation isolation;
  Attribution attribution;
  Refusals refusals;
};

struct World {
  World(const Plan& drawn, bool print_trace)
      : plan(drawn), scheduler(stable_hash("scheduler", drawn.seed), {}), random(stable_hash("world", drawn.seed)) {
    if (print_trace) scheduler.print_trace();
  }

  Plan plan;
  Scheduler scheduler;
  Random random;
  std::unique_ptr<SimLoop> loop = scheduler.make_loop("world", true);
  Disk disk;
  Findings findings;
  Promises promises{disk, findings};
  std::unique_ptr<Process> process;
  bool healing = false;  ///< nothing goes wrong any more
  std::map<std::uint64_t, std::string> unanswered;
  std::uint64_t next_call = 1;

  bool up() const { return process && process->alive && process->engine && process->engine->ready(); }
  SteadyTime now() { return scheduler.clock().steady(); }
  bool chance(double share) { return random.uniform() < share; }
  std::uint64_t below(std::uint64_t bound) { return random.below(bound); }
  Milliseconds ms(std::uint64_t low, std::uint64_t high) { return Milliseconds(low + random.below(high - low + 1)); }
  void trace(const std::string& what) { scheduler.trace(what); }

  /// A reply that counts: it must come exactly once, unless the process dies first. What a dead process says is not
  /// heard.
  template <typename T, typename Then>
  engine::Reply<T> reply(const std::string& what, Then then) {
    const std::uint64_t call = next_call++;
    unanswered[call] = what;
    return [this, asked = process.get(), call, what, then](const Result<T>& result) {
      if (asked != process.get() || !asked->alive) return;
      if (unanswered.erase(call) == 0) {
        findings.add("a call is answered exactly once", what + " is answered once", "a second answer");
        return;
      }
      trace(what + (result.ok() ? " ok" : " refused: " + result.error().code));
      then(result);
    };
  }
};

}  // namespace matchcue::simulation
