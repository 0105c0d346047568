// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/key_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/test_store.h"
#include "store/sqlite/writes.h"

namespace matchcue::store {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

/// A database whose interactions are nothing but keys.
class KeyIndexTest : public ::testing::Test {
 protected:
  void SetUp() override {
    connection_ = Connection::open(directory_.database(), Access::write).value();
    ASSERT_TRUE(migrate(*connection_, directory_.database()).ok());
    reopen();
  }
  void reopen() { index_ = std::make_unique<KeyIndex>(KeyIndex::open(*connection_, kInteractionKeys).value()); }

  void begin() { ASSERT_TRUE(connection_->run("BEGIN").ok()); }
  std::int64_t add(std::int64_t key) {
    Query insert(*connection_, "INSERT INTO interactions VALUES (NULL, ?1, '', '', 0, '', 0, '', '')", key);
    CHECK(insert.run().ok());
    const std::int64_t number = connection_->last_row();
    index_->add(key, number);
    return number;
  }
  void commit() {
    ASSERT_TRUE(index_->move_some(*connection_).ok());
    ASSERT_TRUE(connection_->run("COMMIT").ok());
    index_->on_commit();
  }
  void roll_back() {
    ASSERT_TRUE(index_->move_some(*connection_).ok());
    ASSERT_TRUE(connection_->run("ROLLBACK").ok());
    index_->on_rollback();
  }
  std::vector<std::int64_t> find(std::int64_t key) { return index_->find(*connection_, key).value(); }
  std::uint64_t indexed() { return load_meta_count(*connection_, kInteractionsIndexedKey).value(); }
  std::uint64_t in_table() {
    Query query(*connection_, "SELECT count(*) FROM interaction_keys");
    CHECK(query.next().value());
    return query.count(0);
  }

  TestDirectory directory_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<KeyIndex> index_;
};

TEST_F(KeyIndexTest, FindsEveryRowUnderAKey) {
  begin();
  const std::int64_t first = add(-5);
  const std::int64_t second = add(-5);
  commit();
  reopen();
  EXPECT_THAT(find(-5), ::testing::UnorderedElementsAre(first, second));
  EXPECT_THAT(find(5), IsEmpty());
}

TEST_F(KeyIndexTest, TakesBackWhatASavepointOrATransactionTakesBack) {
  begin();
  const std::int64_t kept = add(1);
  const std::size_t mark = index_->added();
  add(1);
  add(2);
  index_->undo(mark);
  EXPECT_THAT(find(1), ::testing::ElementsAre(kept));
  EXPECT_THAT(find(2), IsEmpty());
  roll_back();
  EXPECT_THAT(find(1), IsEmpty());
}

TEST_F(KeyIndexTest, FindsAllKeysWhileTheyMoveThroughRollbacksAndRestarts) {
  Random random(3);
  std::vector<std::pair<std::int64_t, std::int64_t>> expected;
  bool moved_in_part = false;
  for (int round = 0; round < 60; ++round) {
    std::vector<std::pair<std::int64_t, std::int64_t>> added;
    begin();
    for (int i = 0; i < 5'000; ++i) {
      const auto key = static_cast<std::int64_t>(random.next());
      added.emplace_back(key, add(key));
    }
    if (round % 7 == 3) {
      roll_back();
      for (std::size_t i = 0; i < added.size(); i += 501) ASSERT_THAT(find(added[i].first), IsEmpty());
    } else {
      commit();
      expected.insert(expected.end(), added.begin(), added.end());
    }
    if (round % 11 == 5) reopen();
    moved_in_part = moved_in_part || in_table() > indexed();
    for (std::size_t i = 0; i < expected.size(); i += 997) {
      ASSERT_THAT(find(expected[i].first), Contains(expected[i].second)) << round;
    }
  }
  EXPECT_TRUE(moved_in_part);
  EXPECT_GT(indexed(), 100'000U);
  EXPECT_GE(in_table(), indexed());
}

}  // namespace
}  // namespace matchcue::store
