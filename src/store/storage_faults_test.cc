// SPDX-License-Identifier: Apache-2.0
//
// Every write of a script of a minute fails once with an error that disks have, in turn, or with each of them where
// MCUE_ALL_FAULTS is set, and every sync: what is refused says why, reading goes on, and nothing that was acknowledged
// is lost or doubled.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <iterator>
#include <mutex>

#include "store/fault_script.h"
#include "store/simulated_disk.h"
#include "store/sqlite/test_store.h"
#include "store/sqlite/verify.h"

namespace matchcue::store {
namespace {

using ::testing::IsEmpty;
using ::testing::IsSubsetOf;

constexpr std::size_t kGroups = 60;  // a second apart

Result<std::unique_ptr<Store>> open_on(SimulatedDisk& disk) {
  SqliteOptions options;
  options.directory = "data";
  options.disk = &disk;
  options.checkpoint_pages = 40;
  return open_sqlite_store(options);
}

/// The files of a store that was never written to.
const std::map<std::string, std::string>& fresh_files() {
  static const auto kFiles = [] {
    SimulatedDisk disk;
    CHECK(open_on(disk).ok());
    return disk.files();
  }();
  return kFiles;
}

/// How many calls of this kind the whole script makes when all goes well.
std::uint64_t calls_of_script(DiskCall call) {
  SimulatedDisk disk;
  disk.put_files(fresh_files());
  FaultScript script(1);
  const auto store = open_on(disk).value();
  const std::uint64_t before = disk.calls(call);
  script.write(*store, kGroups);
  return disk.calls(call) - before;
}

/// A script on a disk that starts to fail in the middle of it.
struct FaultyRun {
  SimulatedDisk disk;
  FaultScript script{1};
  std::unique_ptr<Store> store;

  FaultyRun(DiskCall call, std::uint64_t first, std::uint64_t count, int error_number) {
    disk.put_files(fresh_files());
    store = open_on(disk).value();
    disk.fail(call, first, count, error_number);
    script.write_on(*store, kGroups);
  }
  /// Ends the process or cuts the power, and says what is wrong then.
  std::string check_after_restart(bool power_cut) {
    store.reset();
    disk.work_again();
    if (power_cut) {
      disk.restart(1);
    } else {
      disk.kill_processes();
    }
    auto again = open_on(disk);
    if (!again.ok()) return again.error().message;
    return script.check(*(*again)->make_reader());
  }
};

struct Fault {
  int error_number;
  const char* code;
};
constexpr Fault kFaults[] = {{ENOSPC, "storage_full"}, {EROFS, "storage_read_only"}, {EIO, "storage_failed"}};

TEST(StorageFaults, EachWriteThatFailsIsRefusedByNameAndTheNextOnesAreTaken) {
  const std::uint64_t writes = calls_of_script(DiskCall::write);
  ASSERT_GT(writes, 100U);
  const bool all = std::getenv("MCUE_ALL_FAULTS") != nullptr;
  std::uint64_t refused = 0;
  for (std::uint64_t kind = 0; kind < std::size(kFaults); ++kind) {
    const Fault& fault = kFaults[kind];
    for (std::uint64_t nth = all ? 1 : kind + 1; nth <= writes; nth += all ? 1 : std::size(kFaults)) {
      FaultyRun run(DiskCall::write, nth, 1, fault.error_number);
      // Nothing is refused when what failed can be done later: a checkpoint, the removal of an old snapshot.
      ASSERT_THAT(run.script.refusals(), IsSubsetOf({fault.code, "sequence_conflict", "learner_step_conflict"})) << nth;
      refused += run.script.refusals().size();
      ASSERT_TRUE(run.store->make_reader()->load_events().ok()) << nth;
      run.script.check(*run.store->make_reader());  // the client goes on from what is there
      run.script.forget_refusals();
      run.script.write_on(*run.store, 2);
      ASSERT_THAT(run.script.refusals(), IsEmpty()) << nth;
      ASSERT_EQ(run.check_after_restart(nth % 2 == 0), "") << fault.code << " at write " << nth;
    }
  }
  EXPECT_GT(refused, (all ? std::size(kFaults) : 1) * writes / 2);
}

TEST(StorageFaults, ADiskThatStaysFullIsGoodAgainWhenThereIsRoom) {
  const std::uint64_t writes = calls_of_script(DiskCall::write);
  for (std::uint64_t nth = 1; nth <= writes; nth += 3) {
    FaultyRun run(DiskCall::write, nth, UINT64_MAX, ENOSPC);
    ASSERT_TRUE(run.store->make_reader()->load_events().ok());
    run.disk.work_again();
    const std::string wrong = run.script.check(*run.store->make_reader());
    ASSERT_EQ(wrong, "") << "full from write " << nth;
    run.script.forget_refusals();
    run.script.write_on(*run.store, 3);
    ASSERT_THAT(run.script.refusals(), IsEmpty()) << nth;
    ASSERT_EQ(run.check_after_restart(nth % 2 == 0), "") << "full from write " << nth;
  }
}

TEST(StorageFaults, AfterAFailedSyncNothingIsAcknowledgedUntilARestart) {
  const std::uint64_t syncs = calls_of_script(DiskCall::sync);
  ASSERT_GT(syncs, 20U);
  for (std::uint64_t nth = 1; nth <= syncs; ++nth) {
    FaultyRun run(DiskCall::sync, nth, 1, EIO);
    ASSERT_TRUE(run.store->make_reader()->load_events().ok());
    // A snapshot's sync may fail alone: its file is written anew with the next one.
    ASSERT_THAT(run.script.refusals(), IsSubsetOf({std::string(kSyncFailed), std::string("sequence_conflict"),
                                                   std::string("learner_step_conflict")}));
    ASSERT_EQ(run.check_after_restart(true), "") << "failed sync " << nth;
  }
}

TEST(StorageFaults, AFailedCommitSyncStopsTheStoreAndSaysWhatToDo) {
  SimulatedDisk disk;
  SqliteOptions options;
  options.disk = &disk;
  TestStore store("data", options);
  ASSERT_TRUE(store.append(make_change("match", 1), 0).ok());
  disk.fail(DiskCall::sync, 1, 1, EIO);
  EXPECT_EQ(store.append(make_change("match", 2), 1).error().code, kSyncFailed);
  for (int i = 0; i < 3; ++i) {
    const auto refused = store.append(make_change("match", 2), 1);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
    EXPECT_EQ(refused.error().code, kSyncFailed);
    EXPECT_THAT(refused.error().message, ::testing::HasSubstr("until matchcue is started again"));
  }
  EXPECT_EQ(store.reader().load_events()->at(0).sequence, domain::Sequence(1));
}

TEST(StorageFaults, FeedbackOnDecisionsThatCouldNotBeLoggedIsKeptAsUnattributed) {
  SimulatedDisk disk;
  SqliteOptions options;
  options.disk = &disk;
  TestStore store("data", options);
  ASSERT_TRUE(store.log(make_batch("match", 1, 3)).ok());
  disk.fail(DiskCall::write, 1, 1, ENOSPC);
  ASSERT_EQ(store.log(make_batch("match", 2, 3)).error().code, "storage_full");
  ASSERT_TRUE(store.give({make_feedback("viewer1", "a", 1), make_feedback("viewer1", "b", 2)}).ok());
  const auto stored = store.reader().load_feedback_after(0, 10).value();
  EXPECT_TRUE(stored.at(0).attributed);
  EXPECT_FALSE(stored.at(1).attributed);
  EXPECT_TRUE(stored.at(1).item.empty());
}

/// Somebody in a few of the things that a store keeps.
void write_somebody(TestStore& store, const char* who) {
  for (std::uint64_t sequence = 1; sequence <= 5; ++sequence) {
    auto batch = make_batch("match", sequence, 3);
    batch.viewers[1] = domain::ViewerId(who);
    ASSERT_TRUE(store.log(batch).ok());
    ASSERT_TRUE(store
                    .give({make_feedback(who, std::to_string(sequence), sequence),
                           make_feedback("viewer2", std::to_string(sequence), sequence)})
                    .ok());
  }
  ASSERT_TRUE(
      store.add({make_interaction(who, "item", 1, "GOAL"), make_interaction("viewer2", "item", 1, "GOAL")}).ok());
  ASSERT_TRUE(store.identify("anonymous-0815", who).ok());
}

TEST(StorageFaults, AnErasureThatAPowerCutEndsGoesOnWhenAskedAgain) {
  constexpr const char* kWho = "known-to-us-4711";
  SimulatedDisk disk;
  SqliteOptions options;
  options.disk = &disk;
  {
    TestStore store("data", options);
    write_somebody(store, kWho);
  }
  const auto files = disk.files();
  const auto erase = [&](TestStore& store) {
    return wait_for<Erasure>(
        [&](Done<Erasure> done) { store.store().erase_viewer(domain::ViewerId(kWho), std::move(done)); });
  };
  std::uint64_t cuts = 0;
  for (bool whole = false; !whole; ++cuts) {
    disk.put_files(files);
    {
      TestStore store("data", options);
      disk.cut_power_at(cuts + 1);
      whole = erase(store).ok();
    }
    disk.restart(cuts);
    {
      TestStore store("data", options);
      const auto erased = erase(store);
      ASSERT_TRUE(erased.ok()) << erased.error().message;
      ASSERT_THAT(erased->bytes_found, IsEmpty()) << "cut " << cuts;
      ASSERT_EQ(store.reader().load_feedback(domain::ViewerId("viewer2"), 100)->size(), 5U) << "cut " << cuts;
      ASSERT_EQ(store.reader().count_interactions().value(), 1U);
    }
    ASSERT_THAT(verify_directory("data", disk)->damage, IsEmpty()) << "cut " << cuts;
    for (const auto& [path, bytes] : disk.files()) {
      ASSERT_EQ(bytes.find(kWho), std::string::npos) << path << ", cut " << cuts;
      ASSERT_EQ(bytes.find("anonymous-0815"), std::string::npos) << path << ", cut " << cuts;
    }
  }
  EXPECT_GT(cuts, 20U);
}

TEST(StorageFaults, OpeningOnAFailingDiskSaysWhyAndDamagesNothing) {
  FaultyRun run(DiskCall::write, UINT64_MAX / 2, 1, EIO);
  run.store.reset();
  run.disk.kill_processes();
  const auto files = run.disk.files();
  for (const DiskCall call : {DiskCall::write, DiskCall::sync, DiskCall::read}) {
    for (std::uint64_t nth = 1; nth <= 60; ++nth) {
      run.disk.put_files(files);
      run.disk.fail(call, nth, 1, EIO);
      const auto opened = open_on(run.disk);
      if (!opened.ok()) {
        ASSERT_EQ(opened.error().kind, ErrorKind::unavailable) << opened.error().message;
      }
      run.disk.work_again();
    }
  }
  run.disk.kill_processes();
  EXPECT_EQ(run.check_after_restart(true), "");
}

TEST(StorageFaults, ASlowDiskDelaysAcknowledgementsAndNobodyWhoReads) {
  SimulatedDisk disk;
  SqliteOptions options;
  options.disk = &disk;
  TestStore store("data", options);
  ASSERT_TRUE(store.append(make_change("match", 1), 0).ok());
  std::mutex mutex;
  std::condition_variable changed;
  bool stuck = false;
  bool released = false;
  disk.on_sync = [&] {
    std::unique_lock lock(mutex);
    stuck = true;
    changed.notify_all();
    changed.wait(lock, [&] { return released; });
  };
  std::promise<Result<void>> promise;
  auto answer = promise.get_future();
  const auto change = std::make_shared<domain::Change>(make_change("match", 2));
  store.store().append_change(change, {change->event, change->sequence, change->moment, change->after, {}, {}},
                              domain::Sequence(1), [&](Result<void> result) { promise.set_value(std::move(result)); });
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return stuck; });
  }
  EXPECT_EQ(store.reader().load_events()->at(0).sequence, domain::Sequence(1));
  EXPECT_EQ(answer.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  {
    const std::lock_guard lock(mutex);
    released = true;
  }
  changed.notify_all();
  EXPECT_TRUE(answer.get().ok());
}

}  // namespace
}  // namespace matchcue::store
