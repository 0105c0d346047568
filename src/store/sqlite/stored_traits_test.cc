// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/stored_traits.h"

#include <gtest/gtest.h>

#include "store/sqlite/schema.h"
#include "store/sqlite/test_store.h"

namespace matchcue::store {
namespace {

struct StoredTraitsTest : ::testing::Test {
  TestDirectory directory;
  std::unique_ptr<Connection> connection = Connection::open(directory.database(), Access::write).value();
  TraitsNumbers numbers;

  StoredTraitsTest() { CHECK(migrate(*connection, directory.database()).ok()); }

  std::int64_t number_of(const domain::TraitsPtr& traits) { return numbers.number_of(*connection, traits).value(); }
};

TEST_F(StoredTraitsTest, EqualTraitsHaveOneNumber) {
  const std::int64_t first = number_of(make_traits(30, "DE"));
  EXPECT_NE(number_of(make_traits(31, "DE")), first);
  EXPECT_EQ(number_of(make_traits(30, "DE")), first);
  EXPECT_EQ(TraitsNumbers().number_of(*connection, make_traits(30, "DE")).value(), first) << "after a restart";
}

TEST_F(StoredTraitsTest, ComeBackByNumberAsOneObject) {
  const auto traits = make_traits(30, "DE");
  const std::int64_t number = number_of(traits);
  TraitsByNumber stored;
  const auto first = stored.load(*connection, number).value();
  EXPECT_EQ(*first, *traits);
  EXPECT_EQ(stored.load(*connection, number).value(), first);
}

TEST_F(StoredTraitsTest, AnUnknownNumberIsDamage) {
  EXPECT_EQ(TraitsByNumber().load(*connection, 9).error().kind, ErrorKind::corrupt);
}

TEST_F(StoredTraitsTest, ANumberThatWasRolledBackIsNotUsedAgain) {
  const auto traits = make_traits(30, "DE");
  ASSERT_TRUE(connection->run("BEGIN").ok());
  number_of(traits);
  ASSERT_TRUE(connection->run("ROLLBACK").ok());
  numbers.on_rollback();
  number_of(make_traits(31, "DE"));
  EXPECT_EQ(*TraitsByNumber().load(*connection, number_of(traits)).value(), *traits);
}

TEST_F(StoredTraitsTest, MoreThanAreRememberedAreStillRight) {
  ASSERT_TRUE(connection->run("BEGIN").ok());
  std::vector<domain::TraitsPtr> all;
  std::vector<std::int64_t> known;
  for (int age = 0; age < static_cast<int>(kTraitsRememberedMax) + 100; ++age) {
    all.push_back(make_traits(age, "DE"));
    known.push_back(number_of(all.back()));
  }
  TraitsByNumber stored;
  for (std::size_t i = 0; i < all.size(); ++i) {
    ASSERT_EQ(number_of(all[i]), known[i]);
    ASSERT_EQ(*stored.load(*connection, known[i]).value(), *all[i]);
  }
}

}  // namespace
}  // namespace matchcue::store
