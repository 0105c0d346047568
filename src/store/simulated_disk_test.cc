// SPDX-License-Identifier: Apache-2.0
#include "store/simulated_disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <set>

namespace matchcue::store {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

std::unique_ptr<DiskFile> create(SimulatedDisk& disk, const char* path) {
  return disk.open(path, OpenFor::writing).value();
}

std::string content(SimulatedDisk& disk, const char* path) {
  return disk.open(path, OpenFor::reading).value()->read(0, 1'000'000).value();
}

TEST(SimulatedDisk, KeepsWhatWasSyncedThroughEveryCut) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SimulatedDisk disk;
    const auto file = create(disk, "d/a");
    ASSERT_TRUE(file->write(0, "synced").ok() && file->sync().ok() && disk.sync_folder("d").ok());
    disk.restart(seed);
    EXPECT_EQ(content(disk, "d/a"), "synced");
    EXPECT_FALSE(file->write(0, "x").ok()) << "it is another process's now";
  }
}

TEST(SimulatedDisk, LosesKeepsAndTearsWhatWasNotSynced) {
  const std::string bytes(5'000, 'n');
  std::set<std::string> left;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SimulatedDisk disk;
    const auto file = create(disk, "d/a");
    ASSERT_TRUE(file->write(0, std::string(5'000, 'o')).ok() && file->sync().ok() && disk.sync_folder("d").ok());
    ASSERT_TRUE(file->write(0, bytes).ok());
    disk.restart(seed);
    left.insert(content(disk, "d/a"));
  }
  EXPECT_THAT(left, Contains(bytes));
  EXPECT_THAT(left, Contains(std::string(5'000, 'o')));
  EXPECT_GT(left.size(), 50U) << "and mixtures of both";
}

TEST(SimulatedDisk, ForgetsNamesThatWereNotSynced) {
  bool forgotten = false;
  bool renamed = false;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SimulatedDisk disk;
    ASSERT_TRUE(create(disk, "d/a")->sync().ok() && disk.sync_folder("d").ok());
    create(disk, "d/b");
    ASSERT_TRUE(disk.rename("d/a", "d/c").ok());
    disk.restart(seed);
    EXPECT_NE(disk.exists("d/a"), disk.exists("d/c")) << "a rename is whole";
    forgotten |= !disk.exists("d/b");
    renamed |= disk.exists("d/c");
  }
  EXPECT_TRUE(forgotten);
  EXPECT_TRUE(renamed);
}

TEST(SimulatedDisk, AFailedSyncLosesWritesThatNoLaterOneBringsBack) {
  std::set<std::string> left;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SimulatedDisk disk;
    disk.restart(seed);
    const auto file = create(disk, "d/a");
    ASSERT_TRUE(disk.sync_folder("d").ok() && file->write(0, "new").ok());
    disk.fail(DiskCall::sync, 1, 1, EIO);
    EXPECT_EQ(file->sync().error().code, kSyncFailed);
    EXPECT_EQ(content(disk, "d/a"), "new") << "who reads it still sees it";
    ASSERT_TRUE(file->sync().ok());
    disk.restart(seed);
    left.insert(content(disk, "d/a"));
  }
  EXPECT_THAT(left, Contains("new"));
  EXPECT_THAT(left, Contains(Not("new")));
}

TEST(SimulatedDisk, FailsTheCallsThatItIsToldTo) {
  SimulatedDisk disk;
  const auto file = create(disk, "d/a");
  disk.fail(DiskCall::write, 2, 1, ENOSPC);
  EXPECT_TRUE(file->write(0, "1234").ok());
  EXPECT_EQ(file->write(4, "5678").error().code, "storage_full");
  EXPECT_TRUE(file->write(6, "xx").ok());
  EXPECT_EQ(content(disk, "d/a"), "123456xx") << "a write that fails leaves half of its bytes";
  disk.fail(DiskCall::read, 1, 1, EIO);
  EXPECT_EQ(file->read(0, 1).error().code, "storage_failed");
  disk.cut_power_at(1);
  EXPECT_FALSE(file->write(0, "z").ok());
  EXPECT_FALSE(disk.has_power());
  EXPECT_FALSE(file->read(0, 1).ok());
}

TEST(SimulatedDisk, ListsAFolderAndThoseBelow) {
  SimulatedDisk disk;
  create(disk, "d/b");
  create(disk, "d/a");
  create(disk, "d/e/f");
  EXPECT_THAT(disk.list("d"), ElementsAre("a", "b", "e/f"));
}

}  // namespace
}  // namespace matchcue::store
