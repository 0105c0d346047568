// SPDX-License-Identifier: Apache-2.0
#include "feedback/attribution.h"

#include <gtest/gtest.h>

#include <limits>

namespace matchcue::feedback {
namespace {

using domain::Choice;
using domain::ItemId;
using domain::Value;
using domain::ViewerId;

struct Fixture : ::testing::Test {
  domain::Catalogue catalogue{
      4, {domain::make_item(ItemId("bet"), {{"ITEM_TYPE", Value{std::string("GENERAL")}}}, "").value()}};
  domain::DecisionHeader header;
  std::vector<Choice> choices{Choice{0, .25F}};
  domain::TraitsPtr traits = std::make_shared<const domain::ViewerTraits>(domain::ViewerTraits{30, "DE", {}});
  DecisionRow decision{header, choices, traits, catalogue};
  Report report;

  Fixture() {
    header.catalogue_version = 4;
    header.slots = catalogue.slots();
    header.solution_version = "v1";
    report.id = "c-1";
    report.viewer = ViewerId("ann");
    report.cue = {{domain::EventId("1"), domain::Sequence(3), ViewerId("ann")}, 0};
    report.kind = domain::FeedbackKind::click;
  }
};
using Attribution = Fixture;

TEST_F(Attribution, ACueOfAnAnonymousViewerIsThatOfWhomTheyWereIdentifiedAs) {
  report.viewer = ViewerId("bob");
  EXPECT_EQ(check_report(report).error().code, "not_your_cue");
  EXPECT_EQ(check_report(report, ViewerId("carl")).error().code, "not_your_cue");
  EXPECT_TRUE(check_report(report, ViewerId("bob")).ok());
}

TEST_F(Attribution, JoinsItemSlotPropensityVersionAndTraits) {
  const auto feedback = attribute(report, &decision);
  EXPECT_TRUE(feedback.attributed);
  EXPECT_EQ(feedback.item, ItemId("bet"));
  EXPECT_EQ(feedback.slot.str(), "GENERAL");
  EXPECT_EQ(feedback.propensity, .25F);
  EXPECT_EQ(feedback.solution_version, "v1");
  EXPECT_EQ(feedback.traits, traits);
}

TEST_F(Attribution, WithoutADecisionItIsKeptButUnattributed) {
  const auto feedback = attribute(report, nullptr);
  EXPECT_FALSE(feedback.attributed);
  EXPECT_EQ(feedback.id, "c-1");
  EXPECT_EQ(feedback.propensity, 0);
  EXPECT_EQ(feedback.traits, nullptr);
}

TEST_F(Attribution, AnEmptySlotOrAnUnknownOneIsUnattributed) {
  choices[0] = Choice{};
  EXPECT_FALSE(attribute(report, &decision).attributed);
  report.cue.slot = 9;
  EXPECT_FALSE(attribute(report, &decision).attributed);
}

TEST_F(Attribution, NobodyReportsForSomebodyElse) {
  EXPECT_TRUE(check_report(report).ok());
  report.viewer = ViewerId("bob");
  EXPECT_EQ(check_report(report).error().code, "not_your_cue");
}

TEST_F(Attribution, AValueMustBeFinite) {
  report.value = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(check_report(report).error().code, "invalid_value");
}

}  // namespace
}  // namespace matchcue::feedback
