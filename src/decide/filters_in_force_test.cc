// SPDX-License-Identifier: Apache-2.0
//
// Decisions with filters in force.
#include "decide/filters_in_force.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "decide/decider.h"
#include "scoring/test_fixed_version.h"

namespace matchcue::decide {
namespace {

using domain::ItemId;
using domain::Value;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

domain::Item item(const char* id, const char* type, std::int64_t price) {
  return domain::make_item(ItemId(id), {{"ITEM_TYPE", Value{std::string(type)}}, {"PRICE", Value{price}}}, "").value();
}

/// Four GENERAL items a..d that cost 1..4, and a PLAYER e.
struct FiltersInForceTest : ::testing::Test {
  domain::Catalogue catalogue{1,
                              {item("a", "GENERAL", 1), item("b", "GENERAL", 2), item("c", "GENERAL", 3),
                               item("d", "GENERAL", 4), item("e", "PLAYER", 5)}};
  scoring::SolutionVersionPtr version = scoring::make_fixed_version();

  domain::DecisionHeader header(std::vector<std::string> expressions,
                                std::vector<domain::ItemOverride> overrides = {}) {
    domain::Change change;
    change.event = domain::EventId("1");
    change.sequence = change.moment = domain::Sequence(7);
    domain::Circumstances circumstances{std::move(overrides), {}, {}};
    for (std::string& expression : expressions) {
      const std::string name = "f" + std::to_string(circumstances.filters.size());
      circumstances.filters.push_back({domain::FilterName(name), std::move(expression), {}});
    }
    return make_header(change, std::move(circumstances), catalogue, *version, {});
  }

  /// What could be drawn in the first slot, having checked that nothing else is.
  std::vector<std::string> candidates(Decider& decider, const domain::ViewerTraits& traits = {},
                                      const domain::PastItems& past = {}) {
    std::vector<std::string> ids;
    double sum = 0;
    for (const Standing& standing : decider.standings(0, "ann", traits, past)) {
      if (standing.excluded.empty()) ids.push_back(catalogue.items()[standing.item].id.str());
      EXPECT_EQ(standing.excluded.empty(), standing.propensity > 0);
      sum += standing.propensity;
    }
    EXPECT_TRUE(ids.empty() || std::abs(sum - 1) < 1e-9) << sum;
    std::sort(ids.begin(), ids.end());
    std::vector<domain::Choice> choices(decider.slot_count());
    for (int viewer = 0; viewer < 50; ++viewer) {
      decider.draw("viewer" + std::to_string(viewer), traits, choices.data(), past);
      if (ids.empty()) {
        EXPECT_EQ(choices[0].item, domain::kNoItem);
      } else {
        EXPECT_THAT(ids, ::testing::Contains(catalogue.items()[choices[0].item].id.str()));
      }
    }
    return ids;
  }
};

TEST_F(FiltersInForceTest, AnItemHasToPassAllOfThem) {
  Decider decider(header({"EXCLUDE ItemID WHERE Items.PRICE < 2", "INCLUDE ItemID WHERE Items.PRICE < 4"}), catalogue,
                  *version);
  EXPECT_THAT(candidates(decider), ElementsAre("b", "c"));
  EXPECT_EQ(decider.past_questions(), 0U);
}

TEST_F(FiltersInForceTest, AnAdultMaySeeWhatAChildMayNot) {
  Decider decider(
      header({"EXCLUDE ItemID WHERE Items.PRICE > 2 IF CurrentUser.AGE < 18", "EXCLUDE ItemID WHERE Items.PRICE < 2"}),
      catalogue, *version);
  EXPECT_THAT(candidates(decider, {30, "", {{"AGE", Value{std::int64_t{30}}}}}), ElementsAre("b", "c", "d"));
  EXPECT_THAT(candidates(decider, {12, "", {{"AGE", Value{std::int64_t{12}}}}}), ElementsAre("b"));
}

TEST_F(FiltersInForceTest, WhatAViewerDidIsAnsweredOnceForEachQuestion) {
  Decider decider(header({R"(EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click"))",
                          R"(INCLUDE ItemID WHERE Interactions.EVENT_TYPE NOT IN ("stream"))"}),
                  catalogue, *version);
  domain::ViewerPast past;
  past.add("CLICK", ItemId("c"));
  past.add("click", ItemId("a"));
  past.add("click", ItemId("gone"));
  past.add("stream", ItemId("b"));
  ASSERT_EQ(decider.past_questions(), 2U);
  const domain::PastItems answers = decider.answer(past);
  EXPECT_THAT(answers, ElementsAre(ElementsAre(0, 2), ElementsAre(1)));
  EXPECT_THAT(candidates(decider, {}, answers), ElementsAre("d"));
  EXPECT_THAT(candidates(decider, {}, decider.answer({})), ElementsAre("a", "b", "c", "d"));
}

TEST_F(FiltersInForceTest, NothingIsShownWhenNothingPasses) {
  Decider decider(header({"INCLUDE ItemID WHERE Items.PRICE > 4"}), catalogue, *version);
  EXPECT_THAT(candidates(decider), IsEmpty());
  std::vector<domain::Choice> choices(decider.slot_count());
  decider.draw("ann", {}, choices.data());
  EXPECT_EQ(catalogue.items()[choices[1].item].id, ItemId("e"));
}

TEST_F(FiltersInForceTest, ABlockedOrFilteredPinIsNotShown) {
  Decider decider(header({"EXCLUDE ItemID WHERE Items.PRICE < 2"}, {{domain::OverrideAction::pin, ItemId("a")}}),
                  catalogue, *version);
  EXPECT_THAT(candidates(decider), ElementsAre("b", "c", "d"));
}

TEST_F(FiltersInForceTest, OtherSlotsDrawWhatTheyDrew) {
  Decider before(header({}), catalogue, *version);
  Decider after(header({R"(INCLUDE ItemID WHERE Items.PRICE = 5 | INCLUDE ItemID WHERE Items.ITEM_TYPE = "GENERAL")"}),
                catalogue, *version);
  std::vector<domain::Choice> first(2), second(2);
  before.draw("ann", {}, first.data());
  after.draw("ann", {}, second.data());
  EXPECT_EQ(first, second);
}

TEST_F(FiltersInForceTest, ARecordThatIsNotUnderstoodIsNamed) {
  const auto made = FiltersInForce::make(header({"EXCLUDE everything"}), catalogue);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().kind, ErrorKind::corrupt);
  EXPECT_THAT(made.error().message, ::testing::HasSubstr("\"f0\""));
}

}  // namespace
}  // namespace matchcue::decide
