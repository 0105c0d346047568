// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/backup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <thread>
#include <utility>

#include "store/sqlite/test_store.h"
#include "store/test_forwarding_disk.h"

namespace matchcue::store {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

void write_some(TestStore& store) {
  ASSERT_TRUE(store.append(make_change("match", 1), 0).ok());
  ASSERT_TRUE(store.put({make_test_item("a", "A"), make_test_item("b", "B")}).ok());
  ASSERT_TRUE(store.add({make_interaction("v", "a", 1, "GOAL")}).ok());
  for (std::uint64_t sequence = 1; sequence <= 3; ++sequence) {
    ASSERT_TRUE(store.log(make_batch("match", sequence, 10)).ok());
  }
  ASSERT_TRUE(store.give({make_feedback("viewer1", "f", 2)}).ok());
  ASSERT_TRUE(store.step({1, 1, wall_time_from_ms(0), false, "{}", 0}).ok());
  ASSERT_TRUE(store.store().put_learner_snapshot({1, "snapshot"}).ok());
}

TEST(Verify, CountsWhatIsThereAndFindsNothingWrong) {
  const TestDirectory directory;
  {
    TestStore store(directory.path());
    write_some(store);
    const auto in_use = verify_directory(directory.path());
    ASSERT_FALSE(in_use.ok());
    EXPECT_EQ(in_use.error().code, "directory_in_use");
  }
  const auto verified = verify_directory(directory.path());
  ASSERT_TRUE(verified.ok()) << verified.error().message;
  EXPECT_THAT(verified->damage, IsEmpty());
  EXPECT_THAT(verified->notes, IsEmpty());
  for (const auto& [what, count] : std::map<std::string, std::uint64_t>{{"changes", 1},
                                                                        {"items", 2},
                                                                        {"interactions", 1},
                                                                        {"decisions", 30},
                                                                        {"feedback", 1},
                                                                        {"learner steps", 1}}) {
    EXPECT_THAT(verified->checked, Contains(Pair(what, count)));
  }
}

TEST(Verify, NamesTheDecisionsThatAreDamaged) {
  const TestDirectory directory;
  {
    TestStore store(directory.path());
    write_some(store);
  }
  flip_byte(directory.log(), std::filesystem::file_size(directory.log()) / 2);
  const auto verified = verify_directory(directory.path());
  ASSERT_TRUE(verified.ok());
  EXPECT_THAT(verified->damage, ElementsAre(AllOf(HasSubstr("decisions.log"), HasSubstr("change 2 of \"match\""),
                                                  HasSubstr("checksum"))));
}

TEST(Verify, SaysWhenALogEndsEarlyOrADirectoryIsNone) {
  const TestDirectory directory;
  EXPECT_EQ(verify_directory(directory.path() + "/none").error().kind, ErrorKind::not_found);
  {
    TestStore store(directory.path());
    write_some(store);
  }
  std::ofstream(directory.log(), std::ios::app) << "torn";
  EXPECT_THAT(verify_directory(directory.path())->notes, ElementsAre(HasSubstr("of no decision")));
  std::filesystem::resize_file(directory.log(), 100);
  EXPECT_THAT(verify_directory(directory.path())->damage, SizeIs(3));
}

TEST(Backup, IsWholeWhileAServerGoesOnWriting) {
  const TestDirectory directory;
  TestStore store(directory.path());
  write_some(store);
  std::atomic<bool> stop = false;
  std::atomic<std::uint64_t> written = 3;
  std::thread server([&] {
    while (!stop) {
      const std::uint64_t sequence = written + 1;
      CHECK(store.log(make_batch("match", sequence, 10)).ok());
      CHECK(store.give({make_feedback("viewer1", std::to_string(sequence), sequence)}).ok());
      ++written;
    }
  });
  for (int i = 0; i < 5; ++i) {
    const TestDirectory target;
    const std::uint64_t before = written;
    const auto made = back_up(directory.path(), target.path() + "/backup");
    ASSERT_TRUE(made.ok()) << made.error().message;
    EXPECT_THAT(made->verification.damage, IsEmpty());
    const TestStore copy(target.path() + "/backup");
    EXPECT_GE(const_cast<TestStore&>(copy).reader().last_feedback_number().value(), before - 2);
  }
  stop = true;
  server.join();
}

/// Does something when the first file is about to be written.
class InterruptedDisk final : public ForwardingDisk {
 public:
  explicit InterruptedDisk(std::function<void()> interruption) : interruption_(std::move(interruption)) {}
  Result<std::unique_ptr<DiskFile>> open(const std::string& path, OpenFor how) override {
    if (how == OpenFor::writing && interruption_) std::exchange(interruption_, nullptr)();
    return ForwardingDisk::open(path, how);
  }

 private:
  std::function<void()> interruption_;
};

TEST(Backup, KeepsNothingOfSomebodyWhoIsErasedMeanwhile) {
  const TestDirectory directory;
  const TestDirectory target;
  TestStore store(directory.path());
  write_some(store);
  ASSERT_TRUE(store.store().put_learner_snapshot({2, "knows viewer1"}).ok());
  InterruptedDisk disk([&] { ASSERT_TRUE(store.erase("viewer1").ok()); });
  const auto made = back_up(directory.path(), target.path(), disk);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, "erased_meanwhile");
  EXPECT_EQ(count_bytes(target.path(), "viewer1"), 0U);
  ASSERT_TRUE(back_up(directory.path(), target.path(), disk).ok());
  EXPECT_EQ(count_bytes(target.path(), "viewer1"), 0U);
}

TEST(Backup, ComesBackWithEverythingAndANewEpoch) {
  const TestDirectory directory;
  const TestDirectory target;
  std::string epoch;
  {
    TestStore store(directory.path());
    write_some(store);
    epoch = store.store().epoch();
    std::filesystem::create_directories(directory.path() + "/versions/sims-1");
    std::ofstream(directory.path() + "/versions/sims-1/manifest.json") << "{}";
    ASSERT_TRUE(back_up(directory.path(), target.path() + "/backup").ok());
  }
  const auto restored = restore(target.path() + "/backup", target.path() + "/again");
  ASSERT_TRUE(restored.ok()) << restored.error().message;
  EXPECT_TRUE(std::filesystem::exists(target.path() + "/again/versions/sims-1/manifest.json"));
  TestStore store(target.path() + "/again");
  EXPECT_NE(store.store().epoch(), epoch);
  EXPECT_EQ(store.reader().load_learner_snapshot(UINT64_MAX).value()->bytes, "snapshot");
  EXPECT_EQ(store.reader().load_events()->at(0).sequence, domain::Sequence(1));
  EXPECT_TRUE(store.reader()
                  .load_decision({domain::EventId("match"), domain::Sequence(2), domain::ViewerId("viewer1")})
                  ->has_value());
  EXPECT_TRUE(store.append(make_change("match", 2), 1).ok());
}

TEST(Backup, RefusesATargetThatIsNotEmptyAndABackupThatIsNotWhole) {
  const TestDirectory directory;
  const TestDirectory target;
  {
    TestStore store(directory.path());
    write_some(store);
  }
  const std::string backup = target.path() + "/backup";
  ASSERT_TRUE(back_up(directory.path(), backup).ok());
  EXPECT_EQ(back_up(directory.path(), backup).error().code, "directory_not_empty");
  EXPECT_EQ(restore(backup, directory.path()).error().code, "directory_not_empty");
  flip_byte(backup + "/decisions.log", 1'000);
  EXPECT_EQ(restore(backup, target.path() + "/again").error().code, "corrupt_backup");
  EXPECT_FALSE(std::filesystem::exists(target.path() + "/again"));
}

}  // namespace
}  // namespace matchcue::store
