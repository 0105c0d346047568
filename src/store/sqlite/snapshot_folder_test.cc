// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/snapshot_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "store/sqlite/test_store.h"

namespace matchcue::store {
namespace {

struct SnapshotFolderTest : ::testing::Test {
  TestDirectory directory;
  SnapshotFolder folder{real_disk(), directory.path() + "/snapshots"};

  std::optional<LearnerSnapshot> load(std::uint64_t step_max) { return folder.load(step_max).value(); }
};

TEST_F(SnapshotFolderTest, GivesBackTheNewestThatIsNotTooNew) {
  EXPECT_FALSE(load(UINT64_MAX));
  ASSERT_TRUE(folder.save({7, std::string("se\0ven", 6)}).ok());
  ASSERT_TRUE(folder.save({12, "twelve"}).ok());
  EXPECT_EQ(load(UINT64_MAX)->bytes, "twelve");
  EXPECT_EQ(load(12)->step, 12U);
  EXPECT_EQ(load(11)->bytes, std::string("se\0ven", 6));
  EXPECT_FALSE(load(6));
}

TEST_F(SnapshotFolderTest, KeepsAFewAndReplacesOneOfTheSameStep) {
  for (std::uint64_t step = 1; step <= SnapshotFolder::kKept + 2; ++step) {
    ASSERT_TRUE(folder.save({step, "first"}).ok());
  }
  EXPECT_FALSE(load(2));
  EXPECT_EQ(load(3)->bytes, "first");
  ASSERT_TRUE(folder.save({3, "second"}).ok());
  EXPECT_EQ(load(3)->bytes, "second");
}

TEST_F(SnapshotFolderTest, OverlooksWhatACrashLeftUnfinished) {
  ASSERT_TRUE(folder.save({1, "whole"}).ok());
  std::ofstream(directory.path() + "/snapshots/learner-2.mcls.tmp") << "ha";
  EXPECT_EQ(load(UINT64_MAX)->bytes, "whole");
}

TEST(SnapshotFolderErrors, NamesTheFileThatCannotBeWritten) {
  const auto saved = SnapshotFolder(real_disk(), "/proc/nowhere").save({1, ""});
  ASSERT_FALSE(saved.ok());
  EXPECT_EQ(saved.error().kind, ErrorKind::unavailable);
  EXPECT_NE(saved.error().message.find("/proc/nowhere"), std::string::npos);
}

}  // namespace
}  // namespace matchcue::store
