#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What a seed stands for: the sizes of a world and the faults that happen in it. Each seed has its own few faults,
// since a world in which all goes wrong at once finds less.

#include <cstdint>
#include <string>

#include "engine/options.h"
#include "engine/retention.h"
#include "tests/simulation/scheduler.h"
#include "tests/simulation/sim_store.h"

namespace matchcue::simulation {

struct Plan {
  std::uint64_t seed = 0;
  Milliseconds duration{20'000};  ///< of the part in which things go wrong

  // Sizes.
  std::size_t shards = 1;
  std::size_t events = 1;
  std::size_t viewers = 3;  ///< devices on the native route
  std::size_t sample_viewers = 0;
  std::size_t items = 12;
  Milliseconds change_every{2'000};  ///< about
  double act_share = 0.3;            ///< of cues seen, those acted upon

  // What operators and viewers do.
  bool corrections = false;
  bool overrides = false;
  bool filters = false;
  bool catalogue_changes = false;
  bool second_devices = false;
  bool anonymous = false;

  // Faults.
  std::size_t crashes = 0;
  double power_cut_share = 0;  ///< of crashes
  bool storage_refuses = false;
  bool network_cuts = false;
  bool half_open = false;
  bool stuck_viewers = false;
  bool clock_steps = false;
  bool poison = false;
  bool duplicates = false;
  Milliseconds latency_max{20};

  Pace pace;
  StoreOptions store;
  engine::Options engine;
  engine::RetentionOptions retention;
  std::size_t outbox_bytes_max = 8 * 1024;
  std::size_t kernel_bytes = 4 * 1024;  ///< that a connection holds for a client which does not read
};

Plan draw_plan(std::uint64_t seed);
/// In one line.
std::string to_string(const Plan& plan);

}  // namespace matchcue::simulation
