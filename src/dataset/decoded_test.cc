// SPDX-License-Identifier: Apache-2.0
#include "dataset/decoded.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataset/dataset_builder.h"
#include "dataset/subset.h"

namespace matchcue::dataset {
namespace {

using testing::ElementsAre;

Dataset sample() {
  DatasetBuilder builder(builtin_schemas(), {});
  builder.add_item(domain::make_item(domain::ItemId("a"),
                                     {{"ITEM_TYPE", std::string("SOCIAL")}, {"FIFA_STATS", std::int64_t{7}}}, "")
                       .value());
  builder.add_item(
      domain::make_item(
          domain::ItemId("b"),
          {{"ITEM_TYPE", std::string("PLAYER")}, {"COUNTRIES", std::string("FR|DE")}, {"FIFA_STATS", std::int64_t{9}}},
          "")
          .value());
  builder.add_viewer(
      domain::make_viewer(domain::ViewerId("v2"), {{"AGE", std::int64_t{30}}, {"GENDER", std::string("F")}}, "")
          .value());
  const auto act = [&](const char* viewer, const char* item, std::int64_t second, const char* moment) {
    domain::Interaction interaction;
    interaction.viewer = domain::ViewerId(viewer);
    interaction.item = domain::ItemId(item);
    interaction.timestamp_s = second;
    if (*moment != '\0') interaction.context["MATCH_EVENT"] = std::string(moment);
    builder.add_interaction(interaction, std::vector<std::string_view>{item, "z"});
  };
  act("v1", "a", 1, "GOAL");
  act("v1", "b", 2, "");
  act("v2", "b", 1, "FOUL");
  return std::move(builder).build().value();
}

TEST(Decoded, ValuesReadAsTheCodesThatTheyCameFrom) {
  const Dataset data = sample();
  const domain::Catalogue catalogue = catalogue_of(data);
  ASSERT_EQ(catalogue.items().size(), data.item_count());
  for (std::size_t item = 0; item < data.item_count(); ++item) {
    EXPECT_EQ(catalogue.items()[item].id.str(), data.items[item]);
    std::vector<std::vector<Code>> read(data.item_fields.codes.fields().size());
    data.item_fields.codes.read(catalogue.items()[item].fields,
                                [&](std::size_t field, Code code) { read[field].push_back(code); });
    for (std::size_t field = 0; field < read.size(); ++field) {
      const auto row = data.item_fields.row(field, item);
      EXPECT_EQ(read[field], std::vector<Code>(row.begin(), row.end())) << item << " " << field;
    }
  }
  EXPECT_EQ(catalogue.items()[1].slot.str(), "PLAYER");
  EXPECT_EQ(traits_of(data, 1).fields.at("GENDER"), domain::Value(std::string("F")));
  EXPECT_TRUE(traits_of(data, 0).fields.empty());
  EXPECT_EQ(context_of(data, 0).at("MATCH_EVENT"), domain::Value(std::string("GOAL")));
  EXPECT_TRUE(context_of(data, 1).empty());
}

TEST(FirstInteractions, KeepsTheEarlyOnesWithAllThatBelongsToThem) {
  const Dataset data = sample();
  const std::vector<std::size_t> end = {1, 3};
  const Dataset part = first_interactions(data, end);
  EXPECT_THAT(part.begin, ElementsAre(0, 1, 2));
  EXPECT_THAT(part.item, ElementsAre(0, 1));
  EXPECT_THAT(part.context, ElementsAre(ElementsAre(2, 1)));
  EXPECT_THAT(part.impression_begin, ElementsAre(0, 2, 4));
  EXPECT_THAT(part.impression_items, ElementsAre(0, 2, 1, 2));
  EXPECT_EQ(part.items, data.items);
  EXPECT_NE(part.hash, data.hash);
}

TEST(WithoutInteractions, LeavesThemOutWhereverTheyAre) {
  const Dataset data = sample();
  const Dataset part = without_interactions(data, std::vector<std::size_t>{0});
  EXPECT_EQ(part.interaction_count(), data.interaction_count() - 1);
  EXPECT_EQ(part.begin[1], data.begin[1] - 1);
  EXPECT_EQ(part.item, std::vector<std::uint32_t>(data.item.begin() + 1, data.item.end()));
  EXPECT_EQ(part.impression_items.size(), data.impression_items.size() - data.impression_begin[1]);
  EXPECT_EQ(part.viewers, data.viewers);
}

}  // namespace
}  // namespace matchcue::dataset
