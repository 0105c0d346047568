// SPDX-License-Identifier: Apache-2.0
//
// Filters over real parts: kept, put in force for viewers on sockets, recorded, and computed again after everything
// that they were made from has changed.
#include <gmock/gmock.h>

#include <filesystem>

#include "tests/pieces.h"
#include "tests/socket_client.h"

namespace matchcue {
namespace {

using domain::EventId;
using domain::FilterName;
using domain::ItemId;
using domain::Value;
using domain::ViewerId;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::make_item;
using tests::Pieces;
using tests::SocketClient;
using tests::Waiting;

const EventId kMatch("1");

struct FiltersTest : ::testing::Test {
  std::filesystem::path directory =
      std::filesystem::temp_directory_path() / ("matchcue-filters-" + std::to_string(::getpid()) + "-" +
                                                ::testing::UnitTest::GetInstance()->current_test_info()->name());
  std::unique_ptr<Pieces> pieces;

  FiltersTest() {
    std::filesystem::remove_all(directory);
    pieces = std::make_unique<Pieces>(directory);
    ask<store::WriteSummary>(&engine::Engine::put_items,
                             std::vector{make_item("bet", "GENERAL"), make_item("quiz", "GENERAL"),
                                         make_item("trivia", "GENERAL"), make_item("messi", "PLAYER")});
    ask<domain::LiveEvent>(&engine::Engine::map_content, domain::ContentId("c1"), kMatch);
  }
  ~FiltersTest() override {
    pieces.reset();
    std::filesystem::remove_all(directory);
  }

  /// Calls one method of the engine and waits for its answer.
  template <typename T, typename... Parameters, typename... Given>
  Result<T> try_ask(void (engine::Engine::*method)(Parameters...), Given... given) {
    Waiting<T> waiting;
    (pieces->engine().*method)(std::move(given)..., waiting.reply());
    return waiting.get();
  }
  template <typename T, typename... Parameters, typename... Given>
  T ask(void (engine::Engine::*method)(Parameters...), Given... given) {
    auto answer = try_ask<T>(method, std::move(given)...);
    CHECK(answer.ok(), answer.ok() ? "" : answer.error().message);
    return *std::move(answer);
  }

  void put(const char* name, const char* expression) {
    ask<domain::StoredFilter>(&engine::Engine::put_filter, FilterName(name), std::string(expression));
  }
  Result<engine::ChangeReceipt> use(const char* name, bool in_force = true,
                                    std::map<std::string, std::string, std::less<>> values = {}) {
    return try_ask<engine::ChangeReceipt>(
        &engine::Engine::use_filter, engine::UseFilter{kMatch, in_force, {FilterName(name), std::move(values)}, {}});
  }
  void fire() { ask<engine::ChangeReceipt>(&engine::Engine::fire_moment, engine::FireMoment{kMatch, {}, {}, {}}); }
  void put_viewer(const char* id, std::int64_t age) {
    ask<store::WriteSummary>(&engine::Engine::put_viewers,
                             std::vector{domain::make_viewer(ViewerId(id), {{"AGE", Value{age}}}, "{}").value()});
  }
  void add_click(const char* viewer, const char* item) {
    ask<store::WriteSummary>(
        &engine::Engine::add_interactions,
        std::vector{domain::Interaction{ViewerId(viewer), ItemId(item), 1'700'000'000, "CLICK", 1, {}, {}}});
  }
  std::unique_ptr<SocketClient> watch(const char* viewer) {
    auto client = std::make_unique<SocketClient>(pieces->address());
    EXPECT_THAT(client->upgrade("/v1/ws", "matchcue.v1.json"), HasSubstr("101"));
    client->send_json({{"t", "hello"}, {"viewer", viewer}, {"content", "c1"}, {"device", "d"}});
    EXPECT_EQ(client->read_json()["t"], "welcome");
    return client;
  }
  /// The item of the first slot of the next slate.
  static std::string general_of(const json& slate) { return slate["cues"][0]["item"]; }
  bool identical(const std::string& decision) {
    return ask<engine::ExplainedDecision>(&engine::Engine::explain, domain::parse_decision_id(decision).value())
        .identical;
  }
};

TEST_F(FiltersTest, AKeptFilterSurvivesARestartAndServesPreviews) {
  put_viewer("kid", 12);
  put("young", R"(EXCLUDE ItemID WHERE Items.ITEM_LABEL IN ($LABELS) IF CurrentUser.AGE < 18)");
  pieces.reset();
  pieces = std::make_unique<Pieces>(directory);
  EXPECT_EQ(ask<std::vector<domain::StoredFilter>>(&engine::Engine::list_filters).at(0).name, FilterName("young"));
  engine::RecommendRequest request{ViewerId("kid"), {}, {}, engine::FilterChoice{FilterName("young"), {}}};
  request.filter->values["LABELS"] = R"("Label of bet","Label of quiz")";
  const auto made = ask<engine::Recommendation>(&engine::Engine::recommend, request);
  std::vector<std::string> left;
  for (const engine::Candidate& candidate : made.slots[0].candidates) {
    if (candidate.excluded == "filter") continue;
    left.push_back(candidate.item.str());
    EXPECT_EQ(candidate.propensity, 1);
  }
  EXPECT_THAT(left, ElementsAre("trivia"));
  request.viewer = ViewerId("somebody");
  const auto other = ask<engine::Recommendation>(&engine::Engine::recommend, request);
  for (const engine::Candidate& candidate : other.slots[0].candidates) EXPECT_EQ(candidate.excluded, "");
  request.filter->values.clear();
  request.filter->values["LABEL"] = "1";
  EXPECT_EQ(try_ask<engine::Recommendation>(&engine::Engine::recommend, request).error().code, "unknown_placeholder");
}

TEST_F(FiltersTest, WrongFiltersAreRefusedAndChangeNothing) {
  const auto refused = [&](const char* name, const char* expression) {
    return try_ask<domain::StoredFilter>(&engine::Engine::put_filter, FilterName(name), std::string(expression))
        .error();
  };
  EXPECT_THAT(refused("f", "EXCLUDE ItemID WHERE Items.LABEL IN (\"x\")").message, HasSubstr("\n  EXCLUDE"));
  EXPECT_EQ(refused("f", "EXCLUDE ItemID").field, "expression");
  EXPECT_EQ(refused("no name", R"(EXCLUDE ItemID WHERE Items.ITEM_LABEL = "x")").code, "invalid_id");
  EXPECT_EQ(refused("f", "EXCLUDE UserID WHERE Users.AGE < 18").kind, ErrorKind::invalid_argument);
  EXPECT_THAT(ask<std::vector<domain::StoredFilter>>(&engine::Engine::list_filters), IsEmpty());
  EXPECT_EQ(use("f").error().code, "unknown_filter");
}

TEST_F(FiltersTest, WhatIsInForceReachesViewersAndComesOutAgainWhenAllElseHasChanged) {
  put_viewer("kid", 12);
  put_viewer("adult", 40);
  put("young", R"(INCLUDE ItemID WHERE Items.ITEM_LABEL = "Label of quiz" | )"
               R"(INCLUDE ItemID WHERE Items.ITEM_LABEL = "Label of trivia" IF CurrentUser.AGE >= 18)");
  ASSERT_TRUE(use("young").ok());
  auto kid = watch("kid");
  auto adult = watch("adult");
  std::vector<std::string> decisions;
  for (int moment = 0; moment < 5; ++moment) {
    if (moment > 0) fire();
    const json slate = kid->read_json();
    EXPECT_EQ(general_of(slate), "quiz");
    EXPECT_EQ(slate["cues"].size(), 1U) << "no PLAYER passes";
    const json other = adult->read_json();
    EXPECT_THAT(general_of(other), ::testing::AnyOf("quiz", "trivia"));
    for (const json* each : {&slate, &other}) decisions.push_back((*each)["decision"]);
  }
  EXPECT_EQ(try_ask<domain::StoredFilter>(&engine::Engine::delete_filter, FilterName("young")).error().code,
            "filter_in_force");
  ASSERT_TRUE(use("young", false).ok());
  EXPECT_EQ(use("young", false).error().code, "filter_not_in_force");
  ask<domain::StoredFilter>(&engine::Engine::delete_filter, FilterName("young"));
  put_viewer("kid", 50);
  ask<store::WriteSummary>(&engine::Engine::put_items, std::vector{make_item("quiz", "PLAYER")});
  kid.reset();
  adult.reset();
  pieces.reset();
  pieces = std::make_unique<Pieces>(directory);
  for (const std::string& decision : decisions) EXPECT_TRUE(identical(decision)) << decision;
}

TEST_F(FiltersTest, WhatViewersDidCountsFromTheNextDecisionAndIsRecorded) {
  add_click("ann", "bet");
  put("seen", R"(EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click"))");
  auto ann = watch("ann");
  fire();
  std::vector<std::string> decisions = {ann->read_json()["decision"]};
  ASSERT_TRUE(use("seen").ok());
  fire();
  json slate = ann->read_json();  // of the filter, or when that changed nothing, of the moment
  if (slate["seq"] == 2) {
    decisions.push_back(slate["decision"]);
    slate = ann->read_json();
  }
  decisions.push_back(slate["decision"]);
  const std::string first = general_of(slate);
  EXPECT_NE(first, "bet");
  ann->send_json({{"t", "interaction"}, {"id", "i-1"}, {"cue", slate["cues"][0]["id"]}, {"kind", "click"}});
  EXPECT_EQ(ann->read_json()["t"], "ack");
  fire();
  slate = ann->read_json();
  decisions.push_back(slate["decision"]);
  const std::string second = general_of(slate);
  EXPECT_THAT(second, ::testing::AllOf(::testing::Ne("bet"), ::testing::Ne(first)));
  add_click("ann", second.c_str());
  fire();
  slate = ann->read_json();
  decisions.push_back(slate["decision"]);
  ASSERT_EQ(slate["cues"].size(), 1U) << "every GENERAL item was clicked";
  EXPECT_EQ(slate["cues"][0]["item"], "messi");
  ann.reset();
  pieces.reset();
  pieces = std::make_unique<Pieces>(directory);
  for (const std::string& decision : decisions) EXPECT_TRUE(identical(decision)) << decision;
  auto again = watch("ann");
  EXPECT_EQ(again->read_json()["cues"].size(), 1U) << "in force after a restart";
}

TEST_F(FiltersTest, ATrialSaysWhatPassesAndAsksForTheIndexFirst) {
  add_click("ann", "bet");
  engine::FilterTrial trial{{}, R"(exclude itemid where interactions.event_type in ("click"))", {}, ViewerId("ann")};
  EXPECT_EQ(try_ask<engine::FilterOutcome>(&engine::Engine::try_filter, trial).error().code, "past_not_indexed");
  put("seen", trial.expression.c_str());
  const auto outcome = ask<engine::FilterOutcome>(&engine::Engine::try_filter, trial);
  EXPECT_EQ(outcome.expression, R"(EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click"))");
  EXPECT_TRUE(outcome.asks_past);
  EXPECT_THAT(outcome.filtered, ElementsAre(ItemId("bet")));
  EXPECT_EQ(outcome.passed.size(), 3U);
  trial.viewer = std::nullopt;
  EXPECT_THAT(ask<engine::FilterOutcome>(&engine::Engine::try_filter, trial).filtered, IsEmpty());
}

}  // namespace
}  // namespace matchcue
