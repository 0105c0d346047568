// SPDX-License-Identifier: Apache-2.0
#include "scoring/popularity_count.h"

#include <gtest/gtest.h>

namespace matchcue::scoring {
namespace {

using domain::Item;
using domain::ItemId;
using domain::Value;
using domain::Values;

domain::Catalogue catalogue_of(std::vector<std::string> ids) {
  std::vector<Item> items;
  for (std::string& id : ids) {
    items.push_back(
        domain::make_item(ItemId(std::move(id)), {{"ITEM_TYPE", Value{std::string("GENERAL")}}}, "").value());
  }
  return domain::Catalogue(1, std::move(items));
}

Counts goal_counts() {
  Counts counts;
  counts[ItemId("BET")] = {100, {{{"MATCH_EVENT", "GOAL"}, 80}, {{"MATCH_EVENT", "THROW"}, 20}}};
  counts[ItemId("TRIVIA")] = {120, {{{"MATCH_EVENT", "GOAL"}, 20}, {{"MATCH_EVENT", "THROW"}, 100}}};
  return counts;
}

SolutionVersionPtr trained(const Counts& counts) {
  return decode_popularity_count(encode_popularity_count(counts)).value();
}

std::vector<float> score(const SolutionVersionPtr& version, const domain::Catalogue& catalogue,
                         const domain::Values& context) {
  std::vector<float> scores(catalogue.items().size());
  version->fold(catalogue, {context, {}})->score("anybody", {}, scores);
  return scores;
}

TEST(PopularityCount, ContextChangesWhichItemIsBest) {
  const auto catalogue = catalogue_of({"BET", "TRIVIA"});
  const auto version = trained(goal_counts());
  const auto at_goal = score(version, catalogue, {{"MATCH_EVENT", Value{std::string("GOAL")}}});
  const auto at_throw = score(version, catalogue, {{"MATCH_EVENT", Value{std::string("THROW")}}});
  EXPECT_GT(at_goal[0], at_goal[1]);
  EXPECT_LT(at_throw[0], at_throw[1]);
  EXPECT_FLOAT_EQ(at_goal[0], 1);
}

TEST(PopularityCount, AnUnseenContextValueFallsBackToOverallPopularity) {
  const auto catalogue = catalogue_of({"BET", "TRIVIA"});
  const auto version = trained(goal_counts());
  const auto unseen = score(version, catalogue, {{"MATCH_EVENT", Value{std::string("METEORITE")}}});
  EXPECT_EQ(unseen, score(version, catalogue, {}));
  EXPECT_NEAR(unseen[0], 101.0 / 121.0, 1e-6);
}

TEST(PopularityCount, AnItemWithoutHistoryStillHasAScore) {
  const auto scores = score(trained(goal_counts()), catalogue_of({"BET", "NEW"}), {});
  EXPECT_GT(scores[1], 0);
  EXPECT_LT(scores[1], scores[0]);
}

TEST(PopularityCount, WithNoDataAllItemsAreEqual) {
  const auto scores = score(trained({}), catalogue_of({"A", "B", "C"}), {{"MATCH_EVENT", Value{std::string("GOAL")}}});
  EXPECT_EQ(scores, (std::vector<float>{1, 1, 1}));
}

TEST(PopularityCount, TheSameCountsMakeTheSameVersion) {
  EXPECT_EQ(trained(goal_counts())->id(), trained(goal_counts())->id());
  Counts other = goal_counts();
  other[ItemId("BET")].total++;
  EXPECT_NE(trained(goal_counts())->id(), trained(other)->id());
}

TEST(PopularityCount, ADamagedArtefactIsRefusedByLine) {
  std::string bytes = encode_popularity_count(goal_counts());
  bytes.insert(bytes.find('\n') + 1, "!! 3\n");
  const auto result = decode_popularity_count(bytes);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::corrupt);
  EXPECT_NE(result.error().message.find("line 2"), std::string::npos);
}

}  // namespace
}  // namespace matchcue::scoring
