// SPDX-License-Identifier: Apache-2.0
//
// The writer thread: many writes to a commit, one failing among them, a full queue, a closed store.
#include "store/sqlite/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <thread>

#include "store/sqlite/test_store.h"

namespace matchcue::store {
namespace {

using ::testing::ElementsAre;

void append(Store& store, const domain::Change& change, std::uint64_t previous, Done<void> done) {
  domain::LiveEvent event{change.event, change.sequence, change.moment, change.after, {}, {}};
  store.append_change(std::make_shared<domain::Change>(change), event, domain::Sequence(previous), std::move(done));
}

TEST(Writer, AnswersInTheOrderOfTheCalls) {
  const TestDirectory directory;
  TestStore store(directory.path());
  std::vector<int> answered;
  {
    const HoldWriter hold(store.store());
    for (int i = 0; i < 100; ++i) {
      store.store().append_feedback({make_feedback("v", std::to_string(i), 1)}, [&answered, i](const auto& result) {
        if (result.ok()) answered.push_back(i);
      });
    }
  }
  store.store().close();
  ASSERT_EQ(answered.size(), 100U);
  EXPECT_TRUE(std::is_sorted(answered.begin(), answered.end()));
}

TEST(Writer, AFailingWriteHarmsNoneOfItsNeighbours) {
  const TestDirectory directory;
  TestStore store(directory.path());
  std::vector<std::string> answers;
  const auto note = [&](const Result<void>& result) { answers.push_back(result.ok() ? "ok" : result.error().code); };
  domain::DecisionBatch too_large = make_batch("match", 2, 12'000);
  too_large.viewers.back() = domain::ViewerId(std::string(300 * 1024, 'x'));  // fails after its first chunks
  {
    const HoldWriter hold(store.store());
    append(store.store(), make_change("match", 1), 0, note);
    append(store.store(), make_change("match", 12), 9, note);
    store.store().append_decisions(std::make_shared<domain::DecisionBatch>(too_large), note);
    store.store().append_decisions(std::make_shared<domain::DecisionBatch>(make_batch("match", 3, 5)), note);
    append(store.store(), make_change("match", 2), 1, note);
  }
  store.store().close();
  EXPECT_THAT(answers, ElementsAre("ok", "sequence_conflict", "decision_too_large", "ok", "ok"));
  EXPECT_EQ(store.reader().load_changes(domain::EventId("match"), domain::Sequence(0), 9)->size(), 2U);
  const auto find = [&](std::uint64_t sequence) {
    return store.reader()
        .load_decision({domain::EventId("match"), domain::Sequence(sequence), domain::ViewerId("viewer1")})
        .value()
        .has_value();
  };
  EXPECT_FALSE(find(2));
  EXPECT_TRUE(find(3));
}

TEST(Writer, RefusesWhatIsBeyondTheQueueAtOnceWhateverTheDiskDoes) {
  const TestDirectory directory;
  SqliteOptions options;
  options.queue_writes_max = 3;
  TestStore store(directory.path(), options);
  const auto put = [&](Done<void> done) {
    store.store().put_schema(domain::DatasetKind::items, "text", std::move(done));
  };
  std::vector<std::string> answers;  // of those that wait for the disk
  {
    const HoldWriter hold(store.store());
    for (int i = 0; i < 3; ++i) put([&](const auto& result) { answers.push_back(result.ok() ? "ok" : "refused"); });
    for (int i = 0; i < 2; ++i) EXPECT_EQ(wait_for<void>(put).error().code, "store_queue_full");
    EXPECT_THAT(answers, ElementsAre());
  }
  store.store().close();
  EXPECT_THAT(answers, ElementsAre("ok", "ok", "ok"));
}

TEST(Writer, CarriesOutWhatIsQueuedThenRefuses) {
  const TestDirectory directory;
  TestStore store(directory.path());
  for (int i = 0; i < 3'000; ++i) store.store().append_feedback({make_feedback("v", std::to_string(i), 1)}, {});
  store.store().close();
  store.store().close();
  EXPECT_EQ(store.reader().load_feedback(domain::ViewerId("v"), 10'000)->size(), 3'000U);
  const auto refused = store.give({make_feedback("v", "late", 1)});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(refused.error().code, "store_closed");
}

TEST(Writer, TakesWritesFromManyThreadsWhileReadersRead) {
  const TestDirectory directory;
  TestStore store(directory.path());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&store, t] {
      const auto reader = store.store().make_reader();
      for (int i = 0; i < 50; ++i) {
        store.store().append_feedback({make_feedback("v" + std::to_string(t), std::to_string(i), 1)}, {});
        store.store().append_decisions(
            std::make_shared<domain::DecisionBatch>(make_batch("match", static_cast<std::uint64_t>(i) + 1, 3)), {});
        if (i % 10 == 0) {
          EXPECT_TRUE(reader->load_feedback(domain::ViewerId(), 5).ok());
          EXPECT_TRUE(reader->visit_latest_decisions(100'000, [](const domain::DecisionBatch&) {}).ok());
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  store.store().close();
  EXPECT_EQ(store.reader().load_feedback(domain::ViewerId(), 1'000)->size(), 200U);
}

}  // namespace
}  // namespace matchcue::store
