// SPDX-License-Identifier: Apache-2.0
//
// Power cuts at any write or sync, thousands of them: what was acknowledged is there afterwards, once, and the store
// always opens. MCUE_POWER_CUTS=n makes it n cuts, MCUE_SEED=n begins with that seed.
#include <gtest/gtest.h>

#include <cstdlib>

#include "store/fault_script.h"
#include "store/simulated_disk.h"
#include "store/sqlite/sqlite_store.h"

namespace matchcue::store {
namespace {

constexpr std::uint64_t kCutsOfOneDisk = 10;
constexpr std::size_t kGroups = 25;

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::unique_ptr<Store> open_on(SimulatedDisk& disk, std::string& error) {
  SqliteOptions options;
  options.directory = "data";
  options.disk = &disk;
  options.checkpoint_pages = 40;
  auto store = open_sqlite_store(options);
  if (!store.ok()) error = store.error().message;
  return store.ok() ? *std::move(store) : nullptr;
}

/// One disk, from its first use on, through several cuts. Returns what went wrong, or nothing.
std::string run_disk(std::uint64_t seed, std::uint64_t cuts, std::uint64_t& acknowledged) {
  Random random(seed);
  SimulatedDisk disk;
  FaultScript script(seed);
  std::string error;
  for (std::uint64_t cut = 1; cut <= cuts; ++cut) {
    disk.cut_power_at(1 + random.below(cut == 1 ? 60 : 150));
    if (auto store = open_on(disk, error); store != nullptr) script.write(*store, kGroups);  // closing may be cut too
    disk.restart(random.next());
    error.clear();
    const auto store = open_on(disk, error);
    if (store == nullptr) return "after cut " + std::to_string(cut) + " the store does not open: " + error;
    const std::string wrong = script.check(*store->make_reader());
    if (!wrong.empty()) return "after cut " + std::to_string(cut) + ": " + wrong;
  }
  acknowledged += script.acknowledged();
  return {};
}

TEST(PowerCut, LosesNothingAcknowledgedAndDoublesNothing) {
  const std::uint64_t cuts = setting("MCUE_POWER_CUTS", 2'000);
  const std::uint64_t first_seed = setting("MCUE_SEED", 1);
  std::uint64_t acknowledged = 0;
  for (std::uint64_t disk = 0; disk * kCutsOfOneDisk < cuts; ++disk) {
    const std::string wrong = run_disk(first_seed + disk, kCutsOfOneDisk, acknowledged);
    ASSERT_EQ(wrong, "") << "seed " << first_seed + disk;
  }
  std::cout << cuts << " power cuts, " << acknowledged << " writes acknowledged, lost 0, doubled 0\n";
  EXPECT_GT(acknowledged, cuts);
}

}  // namespace
}  // namespace matchcue::store
