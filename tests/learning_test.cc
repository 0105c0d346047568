// SPDX-License-Identifier: Apache-2.0
//
// Learning over real parts: viewers on sockets click, and what they are shown next is what that taught.

#include <gmock/gmock.h>

#include <filesystem>
#include <thread>

#include "engine/live_learning.h"
#include "learn/test_sequence_model.h"
#include "tests/pieces.h"
#include "tests/socket_client.h"

namespace matchcue {
namespace {

using domain::ContentId;
using domain::EventId;
using domain::Value;
using domain::ViewerId;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using tests::make_item;
using tests::Pieces;
using tests::SocketClient;
using tests::Waiting;

const EventId kMatch("1");

struct LearningTest : ::testing::Test {
  std::filesystem::path directory =
      std::filesystem::temp_directory_path() / ("matchcue-learning-" + std::to_string(::getpid()) + "-" +
                                                ::testing::UnitTest::GetInstance()->current_test_info()->name());
  engine::Options options;
  std::unique_ptr<Pieces> pieces;
  std::vector<std::unique_ptr<SocketClient>> viewers;
  std::vector<std::string> decisions;  ///< every decision's id
  int interactions = 0;

  LearningTest() { std::filesystem::remove_all(directory); }
  ~LearningTest() override {
    viewers.clear();
    pieces.reset();
    std::filesystem::remove_all(directory);
  }

  void start() {
    pieces = std::make_unique<Pieces>(directory, options);
    std::vector<domain::Item> items;
    for (const char* id : {"bet", "quiz", "trivia"}) items.push_back(make_item(id, "GENERAL"));
    for (const char* id : {"messi", "mbappe"}) items.push_back(make_item(id, "PLAYER"));
    Waiting<store::WriteSummary> put;
    pieces->engine().put_items(items, put.reply());
    ASSERT_TRUE(put.get().ok());
    Waiting<domain::LiveEvent> mapped;
    pieces->engine().map_content(ContentId("c1"), kMatch, mapped.reply());
    ASSERT_TRUE(mapped.get().ok());
  }
  void connect(std::size_t count) {
    for (std::size_t v = 0; v < count; ++v) {
      viewers.push_back(std::make_unique<SocketClient>(pieces->address()));
      EXPECT_THAT(viewers.back()->upgrade("/v1/ws", "matchcue.v1.json"), HasSubstr("101"));
      viewers.back()->send_json(
          {{"t", "hello"}, {"viewer", "v" + std::to_string(v)}, {"content", "c1"}, {"device", "d"}});
      EXPECT_EQ(viewers.back()->read_json()["t"], "welcome");
    }
  }

  void act(SocketClient& viewer, const std::string& cue, const std::string& kind) {
    const std::string id = "i" + std::to_string(++interactions);
    viewer.send_json({{"t", "interaction"}, {"id", id}, {"cue", cue}, {"kind", kind}});
    EXPECT_EQ(viewer.read_json(), (json{{"t", "ack"}, {"id", id}}));
  }
  /// A moment at which everybody who sees the quiz clicks on it, and what it taught is served.
  engine::LearnerView play() {
    Waiting<engine::ChangeReceipt> fired;
    pieces->engine().fire_moment({kMatch, {{"MATCH_EVENT", Value{std::string("GOAL")}}}, {}, {}}, fired.reply());
    EXPECT_TRUE(fired.get().ok());
    for (auto& viewer : viewers) {
      const json slate = viewer->read_json();
      decisions.push_back(slate["decision"]);
      for (const json& cue : slate["cues"]) {
        act(*viewer, cue["id"], "impression");
        if (cue["item"] == "quiz") act(*viewer, cue["id"], "click");
      }
    }
    Waiting<engine::LearnerView> settled;
    pieces->engine().settle_learner(settled.reply());
    return settled.get().value();
  }
  /// How likely somebody new is shown the quiz.
  double propensity_of_quiz() {
    Waiting<engine::Recommendation> asked;
    pieces->engine().recommend({ViewerId("new"), kMatch, {}}, asked.reply());
    const engine::Recommendation recommendation = asked.get().value();
    for (const engine::SlotCandidates& slot : recommendation.slots) {
      for (const engine::Candidate& candidate : slot.candidates) {
        if (candidate.item.str() == "quiz") return candidate.propensity;
      }
    }
    return 0;
  }
};

TEST_F(LearningTest, WhatViewersClickOnIsShownMore) {
  start();
  connect(10);
  const double before = propensity_of_quiz();
  EXPECT_NEAR(before, 1. / 3, .15);
  engine::LearnerView view;
  for (int moment = 0; moment < 8; ++moment) view = play();
  EXPECT_GT(propensity_of_quiz(), .8);
  EXPECT_EQ(view.state, "learning");
  EXPECT_THAT(view.solution_version, StartsWith("live-bandit-"));
  EXPECT_EQ(view.viewers, 10U);
  EXPECT_EQ(view.waiting, 0U);
  ASSERT_EQ(view.slots.size(), 2U);
  EXPECT_EQ(view.slots[0].trials + view.slots[1].trials, 160U);
  EXPECT_GT(view.reward_ratio_random, 1);
}

TEST_F(LearningTest, EveryDecisionComesOutTheSameBitsHoweverFarTheLearnerIs) {
  start();
  connect(4);
  for (int moment = 0; moment < 5; ++moment) play();
  viewers.clear();
  pieces.reset();
  pieces = std::make_unique<Pieces>(directory, options);
  for (const std::string& id : decisions) {
    Waiting<engine::ExplainedDecision> explained;
    pieces->engine().explain(domain::parse_decision_id(id).value(), explained.reply());
    const auto decision = explained.get();
    ASSERT_TRUE(decision.ok()) << decision.error().message;
    EXPECT_TRUE(decision->identical) << id << " by " << decision->decision.header.solution_version;
  }
}

TEST_F(LearningTest, ALatecomerIsDecidedForAsEverybodyElseWasAtThatMoment) {
  start();
  connect(2);
  play();
  play();  // what it taught is served by now, from the next moment on
  SocketClient late(pieces->address());
  late.upgrade("/v1/ws", "matchcue.v1.json");
  late.send_json({{"t", "hello"}, {"viewer", "late"}, {"content", "c1"}, {"device", "d"}});
  EXPECT_EQ(late.read_json()["t"], "welcome");
  const json slate = late.read_json();
  act(late, slate["cues"][0]["id"], "impression");  // durable only with its decision
  std::vector<std::string> versions;
  for (const std::string& id : {decisions.back(), std::string(slate["decision"])}) {
    Waiting<engine::ExplainedDecision> explained;
    pieces->engine().explain(domain::parse_decision_id(id).value(), explained.reply());
    const engine::ExplainedDecision decision = explained.get().value();
    EXPECT_TRUE(decision.identical);
    versions.push_back(decision.decision.header.solution_version);
  }
  EXPECT_EQ(versions[0], versions[1]);
}

TEST_F(LearningTest, ARestartedLearnerGoesOnWhereItStopped) {
  start();
  connect(4);
  const engine::LearnerView before = play();
  viewers.clear();
  pieces.reset();
  pieces = std::make_unique<Pieces>(directory, options);
  Waiting<engine::LearnerView> asked;
  pieces->engine().settle_learner(asked.reply());
  const engine::LearnerView after = asked.get().value();
  EXPECT_EQ(after.feedback, before.feedback);
  EXPECT_GT(after.steps, before.steps);
  EXPECT_EQ(after.viewers, before.viewers);
}

TEST_F(LearningTest, ChangedSettingsHoldFromTheNextStepOnAndOldDecisionsStayExplained) {
  start();
  connect(4);
  play();
  play();
  viewers.clear();
  pieces.reset();
  options.learner.model.exploration = 0;
  options.learner.reward.click = .5;
  pieces = std::make_unique<Pieces>(directory, options);
  connect(4);
  for (auto& viewer : viewers) viewer->read_json();  // what the moment before the restart shows
  play();
  for (const std::string& id : decisions) {
    Waiting<engine::ExplainedDecision> explained;
    pieces->engine().explain(domain::parse_decision_id(id).value(), explained.reply());
    EXPECT_TRUE(explained.get()->identical) << id;
  }
}

struct IdentifiedTest : LearningTest {
  IdentifiedTest() { start(); }

  Result<domain::ViewerLink> identify(const char* anonymous, const char* viewer,
                                      engine::IdentifiedBy by = engine::IdentifiedBy::operators) {
    Waiting<domain::ViewerLink> identified;
    pieces->engine().identify_viewer({ViewerId(anonymous), ViewerId(viewer), by}, identified.reply());
    return identified.get();
  }
  engine::Recommendation recommendation_for(const char* viewer) {
    Waiting<engine::Recommendation> asked;
    pieces->engine().recommend({ViewerId(viewer), kMatch, {}}, asked.reply());
    return asked.get().value();
  }
  /// Scores by item for a viewer, by what is served now.
  std::map<std::string, double> scores_for(const char* viewer) {
    std::map<std::string, double> scores;
    const engine::Recommendation recommendation = recommendation_for(viewer);
    for (const engine::SlotCandidates& slot : recommendation.slots) {
      for (const engine::Candidate& candidate : slot.candidates) scores[candidate.item.str()] = candidate.score;
    }
    return scores;
  }
  engine::ExplainedDecision explain(const std::string& decision) {
    Waiting<engine::ExplainedDecision> explained;
    pieces->engine().explain(domain::parse_decision_id(decision).value(), explained.reply());
    return explained.get().value();
  }
  /// Connects, and returns the slate of the moment that is on.
  json watch(SocketClient& client, json hello) {
    client.upgrade("/v1/ws", "matchcue.v1.json");
    hello["t"] = "hello";
    hello["content"] = "c1";
    client.send_json(hello);
    json frame = client.read_json();
    while (frame["t"] != "slate") {
      if (frame["t"] == "error") refusals.push_back(frame["code"]);
      frame = client.read_json();
    }
    return frame;
  }
  void fire() {
    Waiting<engine::ChangeReceipt> fired;
    pieces->engine().fire_moment({kMatch, {{"MATCH_EVENT", Value{std::string("GOAL")}}}, {}, {}}, fired.reply());
    ASSERT_TRUE(fired.get().ok());
  }

  std::vector<std::string> refusals;
};

TEST_F(IdentifiedTest, TheNextDecisionKnowsWhatTheAnonymousViewerDid) {
  connect(6);  // v0..v5
  for (int moment = 0; moment < 6; ++moment) play();
  const auto anonymous = scores_for("v2");
  EXPECT_NE(scores_for("bob"), anonymous);
  ASSERT_TRUE(identify("v2", "bob").ok());
  EXPECT_EQ(scores_for("bob"), anonymous) << "bob was new: as if he had done it all";
  EXPECT_EQ(scores_for("v2"), scores_for("bob"));
  for (int moment = 0; moment < 2; ++moment) play();  // who watches under the old id goes on
  EXPECT_EQ(scores_for("v2"), scores_for("bob"));
  Waiting<engine::ViewerView> asked;
  pieces->engine().find_viewer(ViewerId("bob"), asked.reply());
  EXPECT_THAT(asked.get()->earlier_ids, ::testing::ElementsAre(ViewerId("v2")));
}

TEST_F(IdentifiedTest, APageThatReconnectsAfterSigningInIsKnownAtOnce) {
  connect(6);
  for (int moment = 0; moment < 6; ++moment) play();
  SocketClient page(pieces->address());
  const json slate = watch(page, {{"viewer", "bob"}, {"previously", "v2"}});
  act(page, slate["cues"][0]["id"], "impression");  // durable only with its decision
  const engine::ExplainedDecision decision = explain(slate["decision"]);
  EXPECT_TRUE(decision.identical);
  EXPECT_NE(decision.decision.header.solution_version, explain(decisions.back()).decision.header.solution_version);
  const auto scores = scores_for("v2");
  for (const engine::SlotCandidates& slot : decision.slots) {
    for (const engine::Candidate& candidate : slot.candidates) {
      EXPECT_NEAR(candidate.score, scores.at(candidate.item.str()), 1e-4) << candidate.item;
    }
  }
  SocketClient again(pieces->address());
  watch(again, {{"viewer", "bob"}, {"previously", "v2"}, {"device", "other"}});
  EXPECT_THAT(refusals, ::testing::IsEmpty()) << "pages may say it again";
}

TEST_F(IdentifiedTest, WhoeverClaimsWhatIsNotTheirsIsToldAndWatches) {
  Waiting<store::WriteSummary> put;
  pieces->engine().put_viewers({domain::make_viewer(ViewerId("ann"), {{"AGE", Value{std::int64_t{30}}}}, "{}").value()},
                               put.reply());
  ASSERT_TRUE(put.get().ok());
  ASSERT_TRUE(identify("anon-1", "bob").ok());
  fire();
  SocketClient carl(pieces->address());
  watch(carl, {{"viewer", "carl"}, {"previously", "anon-1"}});
  SocketClient eve(pieces->address());
  watch(eve, {{"viewer", "eve"}, {"previously", "ann"}});
  SocketClient trent(pieces->address());
  watch(trent, {{"viewer", "trent"}, {"previously", "an-account-to-come"}});
  SocketClient mallory(pieces->address());
  watch(mallory, {{"viewer", "mallory"}, {"previously", "bob"}});
  EXPECT_THAT(refusals, ::testing::ElementsAre("already_identified", "in_catalogue", "nothing_known", "nothing_known"));
  const Error claim = identify("anon-1", "carl", engine::IdentifiedBy::viewer).error();
  EXPECT_THAT(claim.message, ::testing::Not(HasSubstr("bob"))) << "whose it is concerns nobody else";
  EXPECT_THAT(identify("anon-1", "carl").error().message, HasSubstr("\"bob\"")) << "but operators";
  EXPECT_EQ(identify("bob", "bob").error().code, "same_viewer");
  EXPECT_TRUE(identify("ann", "carl").ok()) << "an operator may";
}

TEST_F(IdentifiedTest, ALinkIsTheSameAfterARestartAndOldDecisionsComeOutAgain) {
  connect(4);
  play();
  play();
  ASSERT_TRUE(identify("v1", "v0").ok());
  play();
  ASSERT_TRUE(identify("v2", "bob").ok());
  const auto scores = scores_for("bob");
  viewers.clear();
  pieces.reset();
  pieces = std::make_unique<Pieces>(directory, options);
  Waiting<engine::LearnerView> settled;
  pieces->engine().settle_learner(settled.reply());
  ASSERT_TRUE(settled.get().ok());
  for (const auto& [item, score] : scores_for("bob")) EXPECT_NEAR(score, scores.at(item), 1e-3) << item;
  EXPECT_EQ(scores_for("v1"), scores_for("v0"));
  for (const std::string& id : decisions) {
    EXPECT_TRUE(explain(id).identical) << id << " by " << explain(id).decision.header.solution_version;
  }
}

TEST_F(IdentifiedTest, CuesOfTheAnonymousViewerMayBeActedUponByWhoTheyAre) {
  connect(2);
  fire();
  const json slate = viewers[1]->read_json();
  const std::string cue = slate["cues"][0]["id"];
  act(*viewers[1], cue, "impression");
  SocketClient page(pieces->address());
  watch(page, {{"viewer", "bob"}, {"previously", "v1"}});
  act(page, cue, "click");
  act(*viewers[1], cue, "dismiss");  // the old connection is still there
  Waiting<engine::LearnerView> settled;
  pieces->engine().settle_learner(settled.reply());
  EXPECT_EQ(settled.get()->slots[0].trials, 1U) << "one trial, of one person";
  EXPECT_EQ(scores_for("v1"), scores_for("bob"));
}

TEST_F(IdentifiedTest, WhatTheAnonymousViewerDidIsFilteredForWhoTheyAreOnTheNextSlate) {
  connect(1);
  Waiting<domain::StoredFilter> put;
  pieces->engine().put_filter(domain::FilterName("seen"),
                              R"(EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click"))", put.reply());
  ASSERT_TRUE(put.get().ok());
  fire();
  Waiting<engine::ChangeReceipt> used;
  pieces->engine().use_filter({kMatch, true, {domain::FilterName("seen"), {}}, {}}, used.reply());
  ASSERT_TRUE(used.get().ok());
  SocketClient bob(pieces->address());
  watch(bob, {{"viewer", "bob"}});
  const json slate = viewers[0]->read_json();
  const auto excluded = [&](const char* viewer) {
    std::vector<std::string> items;
    const engine::Recommendation recommendation = recommendation_for(viewer);
    for (const engine::SlotCandidates& slot : recommendation.slots) {
      for (const engine::Candidate& candidate : slot.candidates) {
        if (candidate.excluded == "filter") items.push_back(candidate.item.str());
      }
    }
    return items;
  };
  act(*viewers[0], slate["cues"][0]["id"], "click");
  ASSERT_TRUE(identify("v0", "bob").ok());
  const std::string clicked = slate["cues"][0]["item"];
  EXPECT_THAT(excluded("bob"), ::testing::ElementsAre(clicked));
  act(*viewers[0], slate["cues"][1]["id"], "click");  // late, under the anonymous id
  fire();
  const json next = bob.read_json();
  EXPECT_NE(next["cues"][0]["item"], clicked);
  EXPECT_NE(next["cues"][1]["item"], slate["cues"][1]["item"]);
}

/// Two versions that expect viewers to act again upon what they acted upon last.
Result<scoring::SequenceModelPtr> open_last_item(const std::string& id) {
  if (id != "last-item-1" && id != "last-item-2") return engine::no_models(id);
  return scoring::SequenceModelPtr(std::make_shared<const learn::LastItemModel>(id, id == "last-item-1" ? 3 : 1));
}

struct CampaignServingTest : LearningTest {
  CampaignServingTest() { options.open_model = open_last_item; }

  engine::CampaignView view() {
    Waiting<engine::CampaignView> asked;
    pieces->engine().campaign(asked.reply());
    return asked.get().value();
  }
  /// Deploys and waits, moment after moment, until it decides.
  void deploy(const std::string& version) {
    Waiting<engine::CampaignView> accepted;
    pieces->engine().deploy_campaign(version, accepted.reply());
    ASSERT_TRUE(accepted.get().ok());
    while (view().solution_version != version) std::this_thread::yield();
  }
  Result<engine::ExplainedDecision> explain(const std::string& id) {
    Waiting<engine::ExplainedDecision> explained;
    pieces->engine().explain(domain::parse_decision_id(id).value(), explained.reply());
    return explained.get();
  }
  void expect_all_explained() {
    for (const std::string& id : decisions) {
      const auto decision = explain(id);
      ASSERT_TRUE(decision.ok()) << decision.error().message;
      EXPECT_TRUE(decision->identical) << id << " by " << decision->decision.header.solution_version;
    }
  }
  void restart() {
    viewers.clear();
    pieces.reset();
    pieces = std::make_unique<Pieces>(directory, options);
    Waiting<engine::LearnerView> settled;
    pieces->engine().settle_learner(settled.reply());
    ASSERT_TRUE(settled.get().ok());
  }
};

TEST_F(CampaignServingTest, ADeployedVersionDecidesByWhatViewersDidBeforeAndStaysAfterARestart) {
  start();
  Waiting<store::WriteSummary> added;
  pieces->engine().add_interactions({{ViewerId("new"), domain::ItemId("trivia"), 1'700'000'000, "CLICK", 1, {}, "{}"},
                                     {ViewerId("new"), domain::ItemId("quiz"), 1'700'000'060, "CLICK", 1, {}, "{}"}},
                                    added.reply());
  ASSERT_TRUE(added.get().ok());
  connect(4);
  play();
  const double before = propensity_of_quiz();
  deploy("last-item-1");
  play();
  EXPECT_GT(propensity_of_quiz(), before + .1);
  EXPECT_GE(view().viewers, 2U);
  EXPECT_EQ(view().recipe, "last-item");
  const double served = propensity_of_quiz();
  expect_all_explained();
  EXPECT_EQ(explain(decisions.front())->campaign, "");
  EXPECT_EQ(explain(decisions.back())->campaign, "last-item-1");
  Waiting<engine::Recommendation> preview;
  pieces->engine().recommend({ViewerId("new"), {}, {}, {}}, preview.reply());
  EXPECT_EQ(preview.get()->campaign, "last-item-1");
  restart();
  EXPECT_EQ(view().solution_version, "last-item-1");
  EXPECT_NEAR(propensity_of_quiz(), served, .1);
  expect_all_explained();
}

TEST_F(CampaignServingTest, RollingBackServesWhatWasServedBefore) {
  start();
  connect(2);
  play();
  Waiting<engine::CampaignView> none;
  pieces->engine().roll_back_campaign(none.reply());
  EXPECT_EQ(none.get().error().code, "no_campaign_before");
  deploy("last-item-1");
  play();
  deploy("last-item-2");
  play();
  Waiting<engine::CampaignView> back;
  pieces->engine().roll_back_campaign(back.reply());
  ASSERT_TRUE(back.get().ok());
  while (view().solution_version != "last-item-1") std::this_thread::yield();
  play();
  const auto history = view().history;
  ASSERT_EQ(history.size(), 4U);
  EXPECT_EQ(history[0].solution_version, "last-item-1");
  EXPECT_EQ(history[1].solution_version, "last-item-2");
  EXPECT_EQ(history[3].solution_version, "");
  deploy("");
  play();
  expect_all_explained();
}

TEST_F(CampaignServingTest, AShadowIsJudgedAndShowsNothing) {
  start();
  connect(6);
  play();
  Waiting<engine::CampaignView> shadowed;
  pieces->engine().shadow_campaign("last-item-1", shadowed.reply());
  ASSERT_TRUE(shadowed.get().ok());
  while (!view().shadow) std::this_thread::yield();
  for (int moment = 0; moment < 3; ++moment) play();
  const engine::CampaignView now = view();
  EXPECT_EQ(now.solution_version, "");
  ASSERT_TRUE(now.shadow.has_value());
  EXPECT_EQ(now.shadow->solution_version, "last-item-1");
  EXPECT_EQ(now.shadow->all.trials, 36U);
  EXPECT_GT(now.shadow->all.agreement, 0);
  ASSERT_EQ(now.shadow->slots.size(), 2U);
  expect_all_explained();
}

TEST_F(CampaignServingTest, AnUnknownVersionIsRefusedByName) {
  start();
  Waiting<engine::CampaignView> asked;
  pieces->engine().deploy_campaign("nobody-1", asked.reply());
  const auto refused = asked.get();
  EXPECT_EQ(refused.error().code, "unknown_solution_version");
  EXPECT_THAT(refused.error().message, HasSubstr("nobody-1"));
  EXPECT_EQ(view().solution_version, "");
}

TEST_F(LearningTest, ALearnerThatNeverBeganEnds) {
  store::SqliteOptions storage;
  storage.directory = directory;
  const auto store = store::open_sqlite_store(storage).value();
  const SystemClock clock;
  metrics::Metrics metrics("test");
  engine::LiveLearning learning({}, engine::no_models, *store, clock, metrics, runtime::make_loop,
                                [](auto, const auto&) {});
}

}  // namespace
}  // namespace matchcue
