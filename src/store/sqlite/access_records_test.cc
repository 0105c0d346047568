// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "store/sqlite/test_store.h"

namespace matchcue::store {
namespace {

domain::Revocation of_ticket(const std::string& id, std::int64_t at, std::int64_t until) {
  return {id, domain::ViewerId(), wall_time_from_ms(at), wall_time_from_ms(until)};
}

template <typename Method, typename Record>
Result<void> put(TestStore& store, Method method, const Record& record) {
  return wait_for<void>([&](Done<void> done) { (store.store().*method)(record, std::move(done)); });
}

TEST(AccessRecords, RevocationsAreKeptUntilTheyDoNotMatter) {
  TestDirectory directory;
  auto store = std::make_unique<TestStore>(directory.path());
  ASSERT_TRUE(put(*store, &Store::put_revocation, of_ticket("t1", 1'000, 5'000)).ok());
  const domain::Revocation viewer{"", domain::ViewerId("bob"), wall_time_from_ms(2'000), wall_time_from_ms(9'000)};
  ASSERT_TRUE(put(*store, &Store::put_revocation, viewer).ok());
  store.reset();
  store = std::make_unique<TestStore>(directory.path());
  auto kept = store->reader().load_revocations().value();
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].viewer.str(), "bob");
  EXPECT_EQ(kept[0].until, viewer.until);
  EXPECT_EQ(kept[1].ticket, "t1");
  ASSERT_TRUE(put(*store, &Store::put_revocation, of_ticket("t2", 6'000, 8'000)).ok());
  kept = store->reader().load_revocations().value();
  ASSERT_EQ(kept.size(), 2U) << "t1 is over";
}

TEST(AccessRecords, ALaterRevocationDoesNotShortenAnEarlierOne) {
  TestDirectory directory;
  TestStore store(directory.path());
  ASSERT_TRUE(put(store, &Store::put_revocation, of_ticket("t1", 1'000, 9'000)).ok());
  ASSERT_TRUE(put(store, &Store::put_revocation, of_ticket("t1", 2'000, 5'000)).ok());
  const auto kept = store.reader().load_revocations().value();
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].at, wall_time_from_ms(2'000));
  EXPECT_EQ(kept[0].until, wall_time_from_ms(9'000));
}

TEST(AccessRecords, AnAuditRecordIsWrittenTwiceAndReadOnce) {
  TestDirectory directory;
  auto store = std::make_unique<TestStore>(directory.path());
  domain::AuditRecord record;
  record.number = 1;
  record.at = wall_time_from_ms(7);
  record.who = "ann";
  record.from = "192.0.2.1";
  record.operation = "fireMoment";
  record.target = "/v1/events/1/moments";
  record.request = R"({"state":{}})";
  record.before = "{}";
  ASSERT_TRUE(put(*store, &Store::put_audit, record).ok());
  EXPECT_EQ(store->reader().load_audit(0, 10).value().at(0).status, 0) << "nobody knows yet";
  record.after = R"({"sequence":1})";
  record.status = 201;
  ASSERT_TRUE(put(*store, &Store::put_audit, record).ok());
  store.reset();
  store = std::make_unique<TestStore>(directory.path());
  const auto kept = store->reader().load_audit(0, 10).value();
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].status, 201);
  EXPECT_EQ(kept[0].after, record.after);
  EXPECT_EQ(kept[0].from, "192.0.2.1");
  EXPECT_EQ(store->reader().last_audit_number().value(), 1U);
  EXPECT_TRUE(store->reader().load_audit(1, 10).value().empty());
}

}  // namespace
}  // namespace matchcue::store
