// SPDX-License-Identifier: Apache-2.0
#include "dataset/load_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/personalize_schema.h"
#include "store/sqlite/test_store.h"

namespace matchcue::dataset {
namespace {

using domain::FeedbackKind;
using store::TestDirectory;
using store::TestStore;
using testing::ElementsAre;
using testing::IsEmpty;

domain::Feedback feedback(const char* viewer, std::uint64_t sequence, const char* item, FeedbackKind kind) {
  static int count = 0;
  domain::Feedback given = store::make_feedback(viewer, "f" + std::to_string(++count), sequence);
  given.item = domain::ItemId(item);
  given.kind = kind;
  return given;
}

class LoadStoreTest : public testing::Test {
 protected:
  Dataset load(const StoreRows& rows) {
    auto loaded = load_dataset_store(held_.reader(), rows);
    CHECK(loaded.ok(), loaded.ok() ? "" : loaded.error().message);
    return *std::move(loaded);
  }

  TestDirectory directory_;
  TestStore held_{directory_.path()};
};

TEST_F(LoadStoreTest, ReadsCatalogueViewersAndInteractionsByTheSchemasInForce) {
  ASSERT_TRUE(held_.put(std::vector{store::make_test_item("a", "A"), store::make_test_item("c", "C")}).ok());
  ASSERT_TRUE(
      held_.put(std::vector{domain::make_viewer(domain::ViewerId("v1"), {{"GENDER", std::string("F")}}, "").value()})
          .ok());
  ASSERT_TRUE(
      held_.add({store::make_interaction("v2", "a", 2, "GOAL"), store::make_interaction("v1", "b", 1, "FOUL")}).ok());
  const Dataset data = load({});
  EXPECT_THAT(data.items, ElementsAre("a", "b", "c"));
  EXPECT_THAT(data.viewers, ElementsAre("v1", "v2"));
  EXPECT_THAT(data.item, ElementsAre(1, 0));
  EXPECT_THAT(data.context, ElementsAre(ElementsAre(1, 2)));
  EXPECT_THAT(data.viewer_fields.row(0, 0), ElementsAre(1));
  EXPECT_THAT(data.impression_items, IsEmpty());
  EXPECT_EQ(data.hash, load({}).hash);
}

TEST_F(LoadStoreTest, ReadsImpressionsWhereTheSchemaHasThem) {
  domain::Schema schema = codec::builtin_schema(domain::DatasetKind::interactions);
  schema.fields.push_back({"IMPRESSION", domain::FieldType::string, true, false, false});
  ASSERT_TRUE(store::wait_for<void>([&](store::Done<void> done) {
                held_.store().put_schema(domain::DatasetKind::interactions, codec::write_schema(schema), done);
              }).ok());
  auto row = store::make_interaction("v1", "a", 1, "GOAL");
  row.document = R"({"USER_ID":"v1","IMPRESSION":"a|b"})";
  ASSERT_TRUE(held_.add({row}).ok());
  EXPECT_THAT(load({}).impression_items, ElementsAre(0, 1));
}

TEST_F(LoadStoreTest, WhoWasIdentifiedIsOneViewerWhoDidItAllInTheOrderOfTime) {
  const auto row = [](const char* id, const char* gender) {
    return domain::make_viewer(domain::ViewerId(id), {{"GENDER", std::string(gender)}}, "").value();
  };
  ASSERT_TRUE(held_.put(std::vector{row("anon", "M"), row("bob", "F")}).ok());
  ASSERT_TRUE(held_
                  .add({store::make_interaction("bob", "a", 3, "GOAL"), store::make_interaction("anon", "b", 2, "GOAL"),
                        store::make_interaction("bob", "c", 1, "GOAL")})
                  .ok());
  ASSERT_TRUE(held_.log(store::make_batch("match", 7, 2)).ok());
  ASSERT_TRUE(held_.give({feedback("anon", 7, "d", FeedbackKind::click)}).ok());
  const StoreRows rows{{}, {FeedbackKind::click}};
  EXPECT_THAT(load(rows).viewers, ElementsAre("anon", "bob"));
  ASSERT_TRUE(held_.identify("anon", "bob").ok());
  const Dataset data = load(rows);
  EXPECT_THAT(data.viewers, ElementsAre("bob"));
  EXPECT_THAT(data.items, ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(data.item, ElementsAre(2, 1, 0, 3));
  ASSERT_EQ(data.viewer_fields.codes.fields().size(), 1u);
  EXPECT_THAT(data.viewer_fields.codes.fields()[0].labels, ElementsAre("F")) << "the row of who they are";
}

TEST_F(LoadStoreTest, FeedbackCountsWhenAskedForWithTheItemsThatWereSeen) {
  auto batch = store::make_batch("match", 7, 2);
  batch.header.context = {{"MATCH_EVENT", std::string("PENALTY")}};
  ASSERT_TRUE(held_.log(batch).ok());
  auto stray = feedback("v1", 8, "x", FeedbackKind::click);
  stray.attributed = false;
  stray.traits = nullptr;
  ASSERT_TRUE(
      held_
          .give({feedback("v1", 7, "b", FeedbackKind::impression), feedback("v1", 7, "a", FeedbackKind::impression),
                 feedback("v1", 7, "a", FeedbackKind::click), feedback("v2", 7, "a", FeedbackKind::impression),
                 feedback("v1", 7, "c", FeedbackKind::dismiss), stray})
          .ok());
  EXPECT_EQ(load({}).interaction_count(), 0u);
  const Dataset data = load({{}, {FeedbackKind::click, FeedbackKind::answer}});
  EXPECT_THAT(data.items, ElementsAre("a", "b", "c"));
  EXPECT_THAT(data.viewers, ElementsAre("v1"));
  EXPECT_THAT(data.item, ElementsAre(0));
  EXPECT_THAT(data.event_types, ElementsAre("CLICK"));
  EXPECT_THAT(data.timestamp_s, ElementsAre(1'780'000'000));
  EXPECT_THAT(data.impression_items, ElementsAre(1, 0, 2));
  ASSERT_EQ(data.context_codes.fields().size(), 1u);
  EXPECT_THAT(data.context_codes.fields()[0].labels, ElementsAre("PENALTY"));
  EXPECT_THAT(load({{}, {FeedbackKind::impression}}).event_types, ElementsAre("IMPRESSION"));
}

}  // namespace
}  // namespace matchcue::dataset
