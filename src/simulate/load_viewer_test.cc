// SPDX-License-Identifier: Apache-2.0
#include "simulate/load_viewer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <utility>

namespace matchcue::simulate {
namespace {

struct LoadViewerTest : testing::Test, ViewerSink {
  void on_interaction_ack(const domain::ViewerId&, std::string_view id, SteadyTime, SteadyTime) override {
    acknowledged.emplace_back(id);
  }
  /// The viewer hears a message; returns what it says.
  std::vector<std::string> hear(LoadViewer& viewer, const std::string& text) {
    std::vector<std::string> say;
    viewer.on_text(text, SteadyTime(), say);
    return say;
  }
  static std::string welcome(int sequence, const char* continuity = "kept", const char* epoch = "k1") {
    return fmt::format(R"({{"t":"welcome","session":"s","epoch":"{}","seq":{},"continuity":"{}"}})", epoch, sequence,
                       continuity);
  }
  static std::string slate(int sequence, int item = 9) {
    return fmt::format(R"({{"t":"slate","seq":{0},"event":"1","moment":{0},"decision":"d_{0}","cues":[)"
                       R"({{"id":"c_{0}","slot":"GENERAL","item":"ITEM_ID_{1}"}}]}})",
                       sequence, item);
  }
  /// The viewer clicks so many times; returns what it says.
  static std::vector<std::string> act(LoadViewer& viewer, int times) {
    std::vector<std::string> say;
    for (int i = 0; i < times; ++i) viewer.act("c_1", "click", SteadyTime(), say);
    return say;
  }
  LoadViewer make() { return LoadViewer(domain::ViewerId("v1"), options, 1, *this); }
  std::vector<std::string> open(LoadViewer& viewer) {
    std::vector<std::string> say;
    viewer.on_open(say);
    return say;
  }

  ViewerOptions options;
  std::vector<std::string> acknowledged;
};

TEST_F(LoadViewerTest, IntroducesItselfAndCountsSlates) {
  LoadViewer viewer = make();
  EXPECT_EQ(open(viewer).at(0), R"({"t":"hello","viewer":"v1","content":"c1","device":"d1"})");
  EXPECT_FALSE(viewer.welcomed());
  hear(viewer, welcome(5));
  EXPECT_TRUE(viewer.welcomed());
  hear(viewer, slate(6));
  hear(viewer, slate(9));
  EXPECT_EQ(viewer.tally().slates, 2U);
  EXPECT_EQ(viewer.joined_at(), 5U);
  EXPECT_EQ(viewer.receipts().back().sequence, 9U);
}

TEST_F(LoadViewerTest, ARepeatedSequenceIsADuplicateAndALowerOneIsOutOfOrder) {
  LoadViewer viewer = make();
  hear(viewer, welcome(0));
  for (const int sequence : {3, 3, 5, 4, 3}) hear(viewer, slate(sequence));
  EXPECT_EQ(viewer.tally().slates, 2U);
  EXPECT_EQ(viewer.tally().duplicated, 2U);
  EXPECT_EQ(viewer.tally().out_of_order, 1U);
}

TEST_F(LoadViewerTest, AcknowledgesTheLatestSequenceOnce) {
  LoadViewer viewer = make();
  hear(viewer, welcome(0));
  hear(viewer, slate(3));
  hear(viewer, R"({"t":"retract","seq":4,"cues":["c_3"],"reason":"VAR"})");
  ASSERT_TRUE(viewer.owes_acknowledgement());
  std::vector<std::string> say;
  viewer.acknowledge(say);
  EXPECT_EQ(say.at(0), R"({"t":"ack","seq":4})");
  EXPECT_FALSE(viewer.owes_acknowledgement());
}

TEST_F(LoadViewerTest, WhatBreaksTheProtocolIsMalformed) {
  LoadViewer viewer = make();
  hear(viewer, "nonsense");
  hear(viewer, R"({"t":"slate","seq":1})");
  hear(viewer, R"({"t":"slate","seq":2,"decision":"d","cues":[{"id":"c","slot":"S"}]})");
  hear(viewer, R"({"t":"welcome","seq":2})");
  hear(viewer, R"({"t":"something new"})");
  EXPECT_EQ(viewer.tally().malformed, 4U);
  EXPECT_EQ(viewer.tally().first_problem, "viewer v1: not a JSON object: nonsense");
}

TEST_F(LoadViewerTest, ResumesWhereItWasAndRemembersAnnouncedGaps) {
  LoadViewer viewer = make();
  hear(viewer, welcome(5));
  hear(viewer, slate(7));
  viewer.on_close();
  EXPECT_NE(open(viewer).at(0).find(R"("resume":{"epoch":"k1","seq":7})"), std::string::npos);
  hear(viewer, welcome(12, "lost"));
  ASSERT_EQ(viewer.gaps().size(), 1U);
  EXPECT_EQ(viewer.gaps()[0].after, 7U);
  EXPECT_EQ(viewer.gaps()[0].through, 12U);
  EXPECT_EQ(viewer.tally().gaps, 1U);
}

TEST_F(LoadViewerTest, InteractionsAreSentAgainUntilTheyAreAcknowledged) {
  options.impression_share = 1;
  options.click_probability = 1;
  LoadViewer viewer = make();
  hear(viewer, welcome(0));
  const auto said = hear(viewer, slate(1));
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said[0], R"({"t":"interaction","id":"r-1","cue":"c_1","kind":"impression","value":1})");
  EXPECT_EQ(said[1], R"({"t":"interaction","id":"r-2","cue":"c_1","kind":"click","value":1})");
  hear(viewer, R"({"t":"ack","id":"r-1"})");
  viewer.on_close();
  EXPECT_EQ(hear(viewer, welcome(1)), std::vector<std::string>{said[1]});
  hear(viewer, R"({"t":"ack","id":"r-2"})");
  hear(viewer, R"({"t":"ack","id":"r-2"})");
  EXPECT_EQ(acknowledged, (std::vector<std::string>{"r-1", "r-2"}));
  EXPECT_EQ(viewer.unacknowledged(), 0U);
}

TEST_F(LoadViewerTest, AfterABreakTheNextInteractionWaitsForAnAnswerToThoseBeforeIt) {
  LoadViewer viewer = make();
  hear(viewer, welcome(0));
  EXPECT_EQ(act(viewer, 73).size(), 16U);
  viewer.on_close();
  EXPECT_EQ(act(viewer, 1).size(), 0U) << "without a connection it says nothing";
  std::vector<std::string> say = hear(viewer, welcome(0));
  EXPECT_EQ(say.size(), 16U);
  for (std::size_t i = 0; i < say.size(); ++i) {
    const std::string id = fmt::format("r-{}", i + 1);
    EXPECT_NE(say[i].find("\"" + id + "\""), std::string::npos) << say[i];
    for (std::string& more : hear(viewer, fmt::format(R"({{"t":"ack","id":"{}"}})", id)))
      say.push_back(std::move(more));
  }
  EXPECT_EQ(say.size(), 74U);
  EXPECT_EQ(viewer.unacknowledged(), 0U);
}

TEST_F(LoadViewerTest, ARefusedInteractionIsAnErrorAndHoldsUpNoOther) {
  LoadViewer viewer = make();
  hear(viewer, welcome(0));
  act(viewer, 17);
  const auto next = hear(viewer, R"({"t":"error","code":"unknown_cue","id":"r-1","message":"no","fatal":false})");
  ASSERT_EQ(next.size(), 1U);
  EXPECT_NE(next[0].find("\"r-17\""), std::string::npos);
  EXPECT_EQ(viewer.unacknowledged(), 16U);
  EXPECT_EQ(viewer.tally().errors, 1U);
}

TEST_F(LoadViewerTest, WhoRestsActsOnNoSlate) {
  options.impression_share = 1;
  LoadViewer viewer = make();
  hear(viewer, welcome(0));
  EXPECT_EQ(hear(viewer, slate(1)).size(), 1U);
  viewer.rest();
  EXPECT_EQ(hear(viewer, slate(2)).size(), 0U);
  EXPECT_EQ(viewer.tally().slates, 2U);
}

TEST_F(LoadViewerTest, WithATasteItClicksOnWhatAppealsAndOnWhatItLikes) {
  options.impression_share = 1;
  options.click_probability = 1;
  options.taste = true;
  const auto clicks_of = [&](const std::string& name, int item) {
    std::size_t clicks = 0;
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
      LoadViewer viewer(domain::ViewerId(name), options, seed, *this);
      hear(viewer, welcome(0));
      clicks += hear(viewer, slate(1, item)).size() - 1;
    }
    return clicks;
  };
  std::map<std::size_t, int> of_one_viewer;  // by clicks, an item
  for (int item = 1; item <= 12; ++item) of_one_viewer.emplace(clicks_of("v1", item), item);
  const auto [least, most] = std::pair(*of_one_viewer.begin(), *of_one_viewer.rbegin());
  EXPECT_GT(least.first, 0U);
  EXPECT_GT(most.first, 8 * least.first) << "more than liking explains: items appeal more or less";
  std::set<std::size_t> of_one_item;
  for (int viewer = 1; viewer <= 12; ++viewer) of_one_item.insert(clicks_of("v" + std::to_string(viewer), most.second));
  EXPECT_GT(*of_one_item.rbegin(), 2 * *of_one_item.begin()) << "and viewers like some of them";
}

TEST_F(LoadViewerTest, SpeaksTheSampleRoute) {
  options.protocol = LoadProtocol::sample;
  LoadViewer viewer = make();
  EXPECT_EQ(open(viewer).at(0), R"({"action":"sendmessage","consumer_id":"v1","device_id":"d1","content_id":"c1"})");
  hear(viewer, R"({"status": "success"})");
  EXPECT_TRUE(viewer.welcomed());
  hear(viewer, R"({"PLAYER": "ITEM_ID_18", "GENERAL": "ITEM_ID_17"})");
  hear(viewer, R"({"message": "Internal server error", "connectionId":"x", "requestId":"y"})");
  hear(viewer, "\"text\"");
  EXPECT_EQ(viewer.tally().slates, 1U);
  EXPECT_EQ(viewer.tally().errors, 1U);
  EXPECT_EQ(viewer.tally().malformed, 1U);
  EXPECT_FALSE(viewer.owes_acknowledgement());
}

}  // namespace
}  // namespace matchcue::simulate
