// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/sqlite/backup.h"
#include "store/sqlite/test_store.h"

namespace matchcue::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using std::chrono::hours;

constexpr Milliseconds kKeep = hours(24 * 30);

/// Days of a store that lives for months.
struct RetentionTest : ::testing::Test {
  TestDirectory directory;
  std::optional<TestStore> store{directory.path()};

  static WallTime day(int number) { return wall_time_from_ms(1'780'000'000'000) + hours(24 * number); }

  void log(std::uint64_t sequence, const std::string& viewers = "viewer") {
    ASSERT_TRUE(store->log(make_batch("match", sequence, 3, viewers)).ok());
  }
  /// All steps that are due. Returns the last one, with the bytes that all have freed.
  RetentionStep drop(int today) {
    RetentionStep all;
    do {
      const auto step = store->drop(day(today), kKeep);
      EXPECT_TRUE(step.ok());
      all = {all.bytes_freed + step->bytes_freed, step->more, step->kept_from};
    } while (all.more);
    return all;
  }
  std::vector<std::uint64_t> kept() {
    std::vector<std::uint64_t> sequences;
    EXPECT_TRUE(store->reader()
                    .visit_decisions([&](const domain::DecisionBatch& batch) {
                      sequences.push_back(batch.header.sequence.value());
                      return true;
                    })
                    .ok());
    return sequences;
  }
  void restart() {
    store.reset();
    store.emplace(directory.path());
  }
  void expect_whole() {
    store.reset();
    const auto verified = verify_directory(directory.path());
    ASSERT_TRUE(verified.ok());
    EXPECT_THAT(verified->damage, IsEmpty());
    EXPECT_THAT(verified->notes, IsEmpty());
    store.emplace(directory.path());
  }
};

TEST_F(RetentionTest, DropsDecisionsThatAreOlderThanTheyAreKept) {
  log(1);
  drop(0);  // what is there by now is a day zero's
  log(2);
  drop(20);
  EXPECT_THAT(kept(), ElementsAre(1, 2));
  const RetentionStep step = drop(30);
  EXPECT_GT(step.bytes_freed, 0);
  EXPECT_THAT(kept(), ElementsAre(2));
  EXPECT_EQ(drop(49).bytes_freed, 0);
  drop(50);
  EXPECT_THAT(kept(), IsEmpty());
  expect_whole();
}

TEST_F(RetentionTest, SaysSinceWhenDecisionsAreKept) {
  EXPECT_EQ(drop(0).kept_from, std::nullopt);
  log(1);
  EXPECT_EQ(drop(1).kept_from, make_batch("match", 1, 1).header.at);
}

TEST_F(RetentionTest, BeginsAFileADayAndGoesOnInItAfterARestart) {
  for (int today = 0; today < 3; ++today) {
    log(static_cast<std::uint64_t>(today + 1));
    drop(today);
    ASSERT_TRUE(store->drop(day(today) + hours(1), kKeep).ok());
    log(static_cast<std::uint64_t>(today + 11));
    restart();
  }
  EXPECT_EQ(list_log_segments(real_disk(), directory.log()).size(), 4U);
  EXPECT_THAT(kept(), ElementsAre(1, 11, 2, 12, 3, 13));
  drop(31);
  EXPECT_THAT(kept(), ElementsAre(12, 3, 13));
  EXPECT_EQ(list_log_segments(real_disk(), directory.log()).size(), 3U);
  expect_whole();
}

TEST_F(RetentionTest, LeavesNoByteOfWhoWasDecidedFor) {
  log(1, "somebody-long-ago-");
  drop(0);
  ASSERT_GT(count_bytes(directory.path(), "somebody-long-ago-"), 0U);
  EXPECT_THAT(kept(), ElementsAre(1));  // so that a reader has the file open
  drop(40);
  EXPECT_EQ(count_bytes(directory.path(), "somebody-long-ago-"), 0U);
}

TEST_F(RetentionTest, APersonIsErasedFromWhatIsDroppedHalfway) {
  for (std::uint64_t sequence = 1; sequence <= 40; ++sequence) log(sequence, "somebody");
  drop(0);
  ASSERT_TRUE(store->drop(day(40), kKeep)->more);
  ASSERT_THAT(kept(), ElementsAre(33, 34, 35, 36, 37, 38, 39, 40)) << "the others are in the file, and in no row";
  const auto erased = store->erase("somebody1");
  ASSERT_TRUE(erased.ok());
  EXPECT_THAT(erased->bytes_found, IsEmpty());
  EXPECT_EQ(count_bytes(directory.path(), "somebody1"), 0U);
  expect_whole();
}

TEST_F(RetentionTest, KeepsWhatFeedbackIsLearnedFrom) {
  const auto batch = make_batch("match", 1, 3);
  log(1);
  ASSERT_TRUE(store->give({make_feedback("viewer1", "f1", 1)}).ok());
  drop(0);
  drop(40);
  const domain::DecisionId id{domain::EventId("match"), domain::Sequence(1), domain::ViewerId("viewer1")};
  EXPECT_FALSE(store->reader().load_decision(id)->has_value());
  EXPECT_TRUE(*store->reader().has_dropped_decisions(id.event, id.sequence));
  EXPECT_FALSE(*store->reader().has_dropped_decisions(id.event, domain::Sequence(2)));
  EXPECT_EQ(store->reader().load_decision_header(id.event, id.sequence).value(), batch.header);
  expect_whole();
}

TEST_F(RetentionTest, TheFirstHeaderOfAChangeStaysTheOneThatCounts) {
  auto first = make_batch("match", 1, 3);
  first.header.solution_version = "first";
  ASSERT_TRUE(store->log(first).ok());
  drop(0);
  log(1, "latecomer");
  drop(40);
  EXPECT_THAT(kept(), ElementsAre(1));
  const auto header = store->reader().load_decision_header(domain::EventId("match"), domain::Sequence(1));
  EXPECT_EQ((*header)->solution_version, "first");
  const domain::DecisionId late{domain::EventId("match"), domain::Sequence(1), domain::ViewerId("latecomer0")};
  EXPECT_TRUE(store->reader().load_decision(late)->has_value());
}

TEST_F(RetentionTest, DamagedDecisionsStayDamagedWhenTheyAreDropped) {
  log(1);
  drop(0);
  flip_byte(directory.log(), 100);
  drop(40);
  const auto header = store->reader().load_decision_header(domain::EventId("match"), domain::Sequence(1));
  EXPECT_EQ(header.error().kind, ErrorKind::corrupt);
  expect_whole();
}

TEST_F(RetentionTest, GoesInStepsThatLetOthersWrite) {
  for (std::uint64_t sequence = 1; sequence <= 150; ++sequence) log(sequence);
  drop(0);
  const auto first = store->drop(day(40), kKeep);
  EXPECT_TRUE(first->more);
  EXPECT_EQ(first->bytes_freed, 0U);
  EXPECT_EQ(kept().front(), 33U);
  restart();
  EXPECT_GT(drop(40).bytes_freed, 0U);
  EXPECT_THAT(kept(), IsEmpty());
  expect_whole();
}

TEST_F(RetentionTest, ALargeFileIsFreedPieceByPiece) {
  for (std::uint64_t sequence = 1; sequence <= 6; ++sequence) {
    ASSERT_TRUE(store->log(make_batch("match", sequence, 80'000)).ok());
  }
  drop(0);
  const std::uint64_t size = std::filesystem::file_size(directory.log());
  ASSERT_GT(size, 10 << 20);
  std::uint64_t freed = 0;
  for (bool more = true; more;) {
    const auto step = store->drop(day(40), kKeep);
    EXPECT_LE(step->bytes_freed, 8U << 20);
    freed += step->bytes_freed;
    more = step->more;
    if (freed > 0) {
      EXPECT_FALSE(std::filesystem::exists(directory.log())) << "nobody finds half a file";
    }
  }
  EXPECT_EQ(freed, size);
  expect_whole();
}

TEST_F(RetentionTest, ALogOfBeforeGoesOnAsItIsAndIsDroppedWhole) {
  log(1);
  restart();
  log(2);
  drop(0);
  log(3);
  EXPECT_THAT(kept(), ElementsAre(1, 2, 3));
  drop(30);
  EXPECT_THAT(kept(), ElementsAre(3));
  EXPECT_FALSE(std::filesystem::exists(directory.log()));
}

TEST_F(RetentionTest, ADatabaseOfBeforeTheNewestFileFindsWhatWasLoggedSince) {
  log(1);
  store.reset();
  const std::string before = directory.path() + "/before.db";
  std::filesystem::copy_file(directory.database(), before);
  store.emplace(directory.path());
  log(2);
  drop(0);
  log(3);
  store.reset();
  std::filesystem::rename(before, directory.database());
  store.emplace(directory.path());
  EXPECT_THAT(kept(), ElementsAre(1, 2, 3));
}

TEST_F(RetentionTest, DamageInFrontOfTheNewestFileIsSaidAndNothingIsCutOff) {
  store.reset();
  const std::string before = directory.path() + "/before.db";
  std::filesystem::copy_file(directory.database(), before);
  store.emplace(directory.path());
  log(1);
  drop(0);
  log(2);
  store.reset();
  std::filesystem::rename(before, directory.database());
  flip_byte(directory.log(), 100);
  SqliteOptions options;
  options.directory = directory.path();
  EXPECT_EQ(open_sqlite_store(options).error().code, "corrupt_decisions");
  flip_byte(directory.log(), 100);
  store.emplace(directory.path());
  EXPECT_THAT(kept(), ElementsAre(1, 2));
}

TEST_F(RetentionTest, AClockThatWentBackDropsNothingEarly) {
  log(1);
  drop(500);  // the clock was wrong
  log(2);
  drop(0);
  log(3);
  drop(29);
  EXPECT_THAT(kept(), ElementsAre(1, 2, 3));
  drop(30);
  EXPECT_THAT(kept(), ElementsAre(3));
}

TEST_F(RetentionTest, APersonIsErasedFromEveryFile) {
  for (int today = 0; today < 3; ++today) {
    log(static_cast<std::uint64_t>(today + 1), "person-to-be-erased-");
    drop(today);
  }
  const auto erased = wait_for<Erasure>([&](Done<Erasure> done) {
    store->store().erase_viewer(domain::ViewerId("person-to-be-erased-1"), std::move(done));
  });
  ASSERT_TRUE(erased.ok());
  EXPECT_EQ(erased->decisions, 3U);
  EXPECT_EQ(count_bytes(directory.path(), "person-to-be-erased-1"), 0U);
  EXPECT_THAT(kept(), ElementsAre(1, 2, 3));
  expect_whole();
}

TEST_F(RetentionTest, ABackupHasEveryFileAndCanBeGoneOnWith) {
  for (int today = 0; today < 3; ++today) {
    log(static_cast<std::uint64_t>(today + 1));
    drop(today);
  }
  drop(30);
  TestDirectory copies;
  const std::string copy = copies.path() + "/backup";
  const auto summary = back_up(directory.path(), copy);
  ASSERT_TRUE(summary.ok()) << summary.error().message;
  EXPECT_THAT(summary->verification.notes, IsEmpty());
  TestStore restored(copy);
  ASSERT_TRUE(restored.log(make_batch("match", 4, 3)).ok());
  std::vector<std::uint64_t> sequences;
  ASSERT_TRUE(restored.reader()
                  .visit_decisions([&](const domain::DecisionBatch& batch) {
                    sequences.push_back(batch.header.sequence.value());
                    return true;
                  })
                  .ok());
  EXPECT_THAT(sequences, ElementsAre(2, 3, 4));
}

TEST_F(RetentionTest, ABackupOfALogThatWasDroppedWholeCanBeGoneOnWith) {
  log(1);
  drop(0);
  drop(40);
  TestDirectory copies;
  const std::string copy = copies.path() + "/backup";
  ASSERT_TRUE(back_up(directory.path(), copy).ok());
  TestStore restored(copy);
  ASSERT_TRUE(restored.log(make_batch("match", 2, 3)).ok());
  const domain::DecisionId id{domain::EventId("match"), domain::Sequence(2), domain::ViewerId("viewer1")};
  EXPECT_TRUE(restored.reader().load_decision(id)->has_value());
}

}  // namespace
}  // namespace matchcue::store
