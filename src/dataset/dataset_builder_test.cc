// SPDX-License-Identifier: Apache-2.0
#include "dataset/dataset_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace matchcue::dataset {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

domain::Interaction act(const char* viewer, const char* item, std::int64_t second, const char* moment = "GOAL") {
  domain::Interaction interaction;
  interaction.viewer = domain::ViewerId(viewer);
  interaction.item = domain::ItemId(item);
  interaction.timestamp_s = second;
  interaction.event_type = "CLICK";
  interaction.context = {{"MATCH_EVENT", std::string(moment)}};
  return interaction;
}

domain::Item item(const char* id, domain::Values fields) {
  return domain::make_item(domain::ItemId(id), std::move(fields), "").value();
}

domain::Viewer viewer(const char* id, domain::Values fields) {
  return domain::make_viewer(domain::ViewerId(id), std::move(fields), "").value();
}

Dataset build(const std::vector<domain::Interaction>& interactions, InteractionFilter filter = {}) {
  DatasetBuilder builder(builtin_schemas(), std::move(filter));
  for (const auto& interaction : interactions) builder.add_interaction(interaction);
  return std::move(builder).build().value();
}

TEST(DatasetBuilder, SortsByViewerThenTimeThenArrival) {
  const Dataset data = build({act("v2", "b", 9), act("v1", "c", 5), act("v1", "b", 5), act("v1", "a", 3)});
  EXPECT_THAT(data.viewers, ElementsAre("v1", "v2"));
  EXPECT_THAT(data.items, ElementsAre("a", "b", "c"));
  EXPECT_THAT(data.begin, ElementsAre(0, 3, 4));
  EXPECT_THAT(data.item, ElementsAre(0, 2, 1, 1));
  EXPECT_THAT(data.timestamp_s, ElementsAre(3, 5, 5, 9));
}

TEST(DatasetBuilder, KeepsOneOfEqualInteractionsAndAllThatDifferInAnything) {
  auto valued = act("v1", "a", 5);
  valued.event_value = 2;
  auto typed = act("v1", "a", 5);
  typed.event_type = "WATCH";
  const Dataset data = build({act("v1", "a", 5), act("v1", "a", 5), valued, typed, act("v1", "a", 5, "FOUL"),
                              act("v1", "b", 5), act("v1", "a", 6), act("v2", "a", 5), act("v1", "a", 5)});
  EXPECT_EQ(data.interaction_count(), 7u);
}

TEST(DatasetBuilder, FiltersByTypeAndLeastValue) {
  auto watch = act("v1", "a", 1);
  watch.event_type = "WATCH";
  watch.event_value = .25;
  auto longer = watch;
  longer.item = domain::ItemId("b");
  longer.event_value = .75;
  const std::vector<domain::Interaction> acts = {watch, longer, act("v1", "c", 2)};
  EXPECT_THAT(build(acts, {"WATCH", {}}).items, ElementsAre("a", "b"));
  EXPECT_THAT(build(acts, {"WATCH", .75}).items, ElementsAre("b"));
  EXPECT_THAT(build(acts, {"", .75}).items, ElementsAre("b", "c"));
  EXPECT_THAT(build(acts, {"BUY", {}}).items, IsEmpty());
}

TEST(DatasetBuilder, CodesContextAndTables) {
  DatasetBuilder builder(builtin_schemas(), {});
  EXPECT_TRUE(builder.add_item(item("b", {{"ITEM_TYPE", std::string("SOCIAL")}, {"FIFA_STATS", std::int64_t{7}}})));
  EXPECT_TRUE(builder.add_item(item("z", {{"ITEM_TYPE", std::string("PLAYER")}})));
  EXPECT_FALSE(builder.add_item(item("z", {{"ITEM_TYPE", std::string("GENERAL")}})));
  EXPECT_TRUE(builder.add_viewer(viewer("v1", {{"GENDER", std::string("F")}, {"AGE", std::int64_t{30}}})));
  builder.add_interaction(act("v1", "b", 2, "GOAL"));
  builder.add_interaction(act("v2", "a", 1, "FOUL"));
  const Dataset data = std::move(builder).build().value();

  EXPECT_THAT(data.items, ElementsAre("a", "b", "z"));
  const auto& items = data.item_fields;
  ASSERT_EQ(items.codes.fields().size(), 2u);
  EXPECT_THAT(items.codes.fields()[0].labels, ElementsAre("PLAYER", "SOCIAL"));
  EXPECT_THAT(items.row(0, 0), IsEmpty());
  EXPECT_THAT(items.row(0, 1), ElementsAre(2));
  EXPECT_THAT(items.row(0, 2), ElementsAre(1));
  EXPECT_EQ(items.codes.fields()[1].name, "FIFA_STATS");
  EXPECT_THAT(items.row(1, 1), ElementsAre(1));

  EXPECT_THAT(data.viewers, ElementsAre("v1", "v2"));
  ASSERT_EQ(data.viewer_fields.codes.fields().size(), 2u);
  EXPECT_EQ(data.viewer_fields.codes.fields()[0].name, "AGE");
  EXPECT_THAT(data.viewer_fields.row(1, 0), ElementsAre(1));
  EXPECT_THAT(data.viewer_fields.row(1, 1), IsEmpty());

  ASSERT_EQ(data.context_codes.fields().size(), 1u);
  EXPECT_THAT(data.context_codes.fields()[0].labels, ElementsAre("FOUL", "GOAL"));
  EXPECT_THAT(data.context, ElementsAre(ElementsAre(2, 1)));
  EXPECT_THAT(data.event_types, ElementsAre("CLICK"));
}

TEST(DatasetBuilder, AnItemIsAsOldAsItsRowSaysOrItsFirstInteractionOrNew) {
  DatasetBuilder builder(builtin_schemas(), {});
  builder.add_item(item("a", {{"CREATION_TIMESTAMP", std::int64_t{77}}}));
  builder.add_item(item("c", {{"CREATION_TIMESTAMP", domain::Value{}}}));
  builder.add_interaction(act("v1", "a", 10));
  builder.add_interaction(act("v1", "b", 30));
  builder.add_interaction(act("v2", "b", 20));
  EXPECT_THAT(std::move(builder).build()->item_created_s, ElementsAre(77, 20, 30));
}

TEST(DatasetBuilder, ImpressionsStayWithTheirInteraction) {
  DatasetBuilder builder(builtin_schemas(), {});
  const std::vector<std::string_view> first = {"a", "d", ""};
  const std::vector<std::string_view> second = {"b", "a"};
  builder.add_interaction(act("v2", "a", 1), first);
  builder.add_interaction(act("v1", "c", 1));
  builder.add_interaction(act("v1", "b", 2), second);
  const Dataset data = std::move(builder).build().value();
  EXPECT_THAT(data.items, ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(data.impression_begin, ElementsAre(0, 0, 2, 4));
  EXPECT_THAT(data.impression_items, ElementsAre(1, 0, 0, 3));
  EXPECT_THAT(build({act("v1", "a", 1)}).impression_begin, IsEmpty());
}

TEST(DatasetBuilder, TheHashFollowsTheContentAndNotTheOrderOfTheRows) {
  const auto hash = [](std::vector<domain::Interaction> acts) { return build(acts).hash; };
  const std::string base = hash({act("v1", "a", 1), act("v2", "b", 2)});
  EXPECT_EQ(base.size(), 64u);
  EXPECT_EQ(base, hash({act("v2", "b", 2), act("v1", "a", 1), act("v1", "a", 1)}));
  EXPECT_NE(base, hash({act("v1", "a", 1), act("v2", "b", 3)}));
  EXPECT_NE(base, hash({act("v1", "a", 1), act("v2", "c", 2)}));
  EXPECT_NE(base, hash({act("v1", "a", 1), act("v2", "b", 2, "FOUL")}));
}

TEST(CheckMinimum, AsksForAThousandInteractionsAndTwentyFiveViewersWithTwo) {
  const auto data = [](int viewers_with_two, int viewers_with_one, int of_first) {
    DatasetBuilder builder(builtin_schemas(), {});
    const auto add = [&](int viewer, int second) {
      builder.add_interaction(act(("v" + std::to_string(viewer)).c_str(), "a", second));
    };
    for (int v = 0; v < viewers_with_two + viewers_with_one; ++v) add(v, 1);
    for (int v = 0; v < viewers_with_two; ++v) add(v, 2);
    for (int second = 3; second <= of_first; ++second) add(0, second);
    return std::move(builder).build().value();
  };
  EXPECT_TRUE(check_minimum(data(25, 0, 952), "").ok());
  const auto few = check_minimum(data(25, 0, 951), "CLICK");
  ASSERT_FALSE(few.ok());
  EXPECT_EQ(few.error().code, "too_little_data");
  EXPECT_THAT(few.error().message,
              HasSubstr("Dataset has fewer than 1000 interactions after filtering by event type: CLICK (it has 999)"));
  const auto lonely = check_minimum(data(24, 1'000, 2), "");
  ASSERT_FALSE(lonely.ok());
  EXPECT_THAT(lonely.error().message,
              HasSubstr("Dataset has fewer than 25 users with at least 2 interactions each (it has 24)"));
}

}  // namespace
}  // namespace matchcue::dataset
