#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// One seed: a world is set up, things go wrong in it for a while, then it heals, and everything must settle.

#include <cstdint>
#include <optional>

#include "tests/simulation/plan.h"
#include "tests/simulation/promises.h"

namespace matchcue::simulation {

struct Outcome {
  std::optional<Finding> finding;
  std::uint64_t trace_hash = 0;  ///< the same for the same seed and build
  std::uint64_t turns = 0;
  std::uint64_t changes = 0;
  std::uint64_t feedback = 0;
  std::uint64_t crashes = 0;
  std::uint64_t dropped = 0;  ///< batches of decisions, by retention
  Milliseconds virtual_time{0};
};

/// Single thread. Some 10 ms for most seeds.
Outcome run_seed(const Plan& plan, bool print_trace);

}  // namespace matchcue::simulation
