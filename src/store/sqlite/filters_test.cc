// SPDX-License-Identifier: Apache-2.0
//
// Kept filters, filters in force, and what viewers did.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/sqlite/test_store.h"

namespace matchcue::store {
namespace {

using ::testing::ElementsAre;

class StoredFiltersTest : public ::testing::Test {
 protected:
  void reopen() {
    held_.reset();
    held_ = std::make_unique<TestStore>(directory_.path());
  }
  TestStore& store() { return *held_; }
  Reader& reader() { return held_->reader(); }

  Result<domain::StoredFilter> put(const char* name, const char* expression, std::int64_t ms) {
    return wait_for<domain::StoredFilter>([&](Done<domain::StoredFilter> done) {
      store().store().put_filter({domain::FilterName(name), expression, wall_time_from_ms(ms)}, std::move(done));
    });
  }
  Result<domain::StoredFilter> erase(const char* name) {
    return wait_for<domain::StoredFilter>([&](Done<domain::StoredFilter> done) {
      store().store().delete_filter(domain::FilterName(name), std::move(done));
    });
  }
  Result<void> index_past() {
    return wait_for<void>([&](Done<void> done) { store().store().index_past(std::move(done)); });
  }

  TestDirectory directory_;
  std::unique_ptr<TestStore> held_ = std::make_unique<TestStore>(directory_.path());
};

TEST_F(StoredFiltersTest, KeepsFiltersByName) {
  ASSERT_TRUE(put("young", "EXCLUDE 1", 1'000).ok());
  ASSERT_TRUE(put("adult", "INCLUDE 1", 2'000).ok());
  const auto replaced = put("young", "EXCLUDE 2", 3'000);
  reopen();
  const domain::StoredFilter young{domain::FilterName("young"), "EXCLUDE 2", wall_time_from_ms(1'000)};
  const domain::StoredFilter adult{domain::FilterName("adult"), "INCLUDE 1", wall_time_from_ms(2'000)};
  EXPECT_EQ(replaced.value(), young);
  EXPECT_THAT(reader().load_filters().value(), ElementsAre(adult, young));
  EXPECT_EQ(erase("young").value(), young);
  EXPECT_EQ(erase("young").error().code, "unknown_filter");
  EXPECT_THAT(reader().load_filters().value(), ElementsAre(adult));
}

TEST_F(StoredFiltersTest, KeepsWhatIsInForceAndTheChangeThatPutItThere) {
  const domain::FilterUse use{domain::FilterName("genre"), "INCLUDE ..", {{"GENRE", "\"a\",\"b\""}}};
  domain::Change change = make_change("match", 1);
  change.kind = domain::ChangeKind::filter;
  change.filter = domain::FilterChange{true, use};
  domain::LiveEvent event{change.event, change.sequence, change.moment, change.after, {}, {}, {use}};
  const auto appended = wait_for<void>([&](Done<void> done) {
    store().store().append_change(std::make_shared<domain::Change>(change), event, domain::Sequence(0),
                                  std::move(done));
  });
  ASSERT_TRUE(appended.ok());
  reopen();
  EXPECT_THAT(reader().load_events()->at(0).filters, ElementsAre(use));
  const auto stored = reader().load_change(change.event, change.sequence);
  EXPECT_EQ(stored.value()->kind, domain::ChangeKind::filter);
  EXPECT_EQ(stored.value()->filter, change.filter);
}

TEST_F(StoredFiltersTest, KnowsWhatAViewerDidNewestLast) {
  auto streamed = make_interaction("v1", "old", 1'779'999'000, "GOAL");
  streamed.event_type = "Stream";
  ASSERT_TRUE(
      store()
          .add({make_interaction("v1", "b", 1'779'999'002, "GOAL"), make_interaction("v1", "a", 1'779'999'001, "GOAL"),
                streamed, make_interaction("v1", "future", 1'790'000'000, "GOAL"),
                make_interaction("v2", "c", 1'779'999'003, "GOAL")})
          .ok());
  domain::Feedback seen = make_feedback("v1", "f1", 1);
  seen.kind = domain::FeedbackKind::impression;
  domain::Feedback unattributed = make_feedback("v1", "f2", 1);
  unattributed.attributed = false;
  unattributed.traits = nullptr;
  ASSERT_TRUE(store().give({seen, unattributed, make_feedback("v1", "f3", 1)}).ok());
  for (const bool indexed : {false, true}) {
    EXPECT_EQ(reader().has_past_index().value(), indexed);
    const auto past = reader().load_past(domain::ViewerId("v1"));
    ASSERT_TRUE(past.ok()) << past.error().message;
    ASSERT_EQ(past->by_type().size(), 2U);
    EXPECT_THAT(past->by_type().at("click"), ElementsAre(domain::ItemId("a"), domain::ItemId("b"),
                                                         domain::ItemId("ITEM_9"), domain::ItemId("future")));
    EXPECT_THAT(past->by_type().at("stream"), ElementsAre(domain::ItemId("old")));
    EXPECT_TRUE(reader().load_past(domain::ViewerId("v3"))->by_type().empty());
    ASSERT_TRUE(index_past().ok());
  }
}

}  // namespace
}  // namespace matchcue::store
