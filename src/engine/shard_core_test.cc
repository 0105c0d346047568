// SPDX-License-Identifier: Apache-2.0
#include "engine/shard_core.h"

#include "engine/shard_fixture.h"

namespace matchcue::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(ShardCoreTest, EachViewerGetsOneSlateWithOneItemASlot) {
  FakePeer ann;
  FakePeer bob;
  hello(ann, "ann");
  hello(bob, "bob");
  ann.take();
  fire();
  fire();
  const auto frames = ann.take();
  EXPECT_THAT(sequences(frames), ElementsAre(1, 2));
  EXPECT_EQ(frames[0]["t"], "slate");
  EXPECT_EQ(frames[0]["event"], "1");
  EXPECT_EQ(frames[0]["context"]["MATCH_EVENT"], "GOAL");
  ASSERT_EQ(frames[0]["cues"].size(), 2u);
  EXPECT_EQ(frames[0]["cues"][0]["slot"], "GENERAL");
  EXPECT_EQ(frames[0]["cues"][1]["slot"], "PLAYER");
  EXPECT_EQ(port.rows(), 4u);
}

TEST_F(ShardCoreTest, WhatIsPushedIsWhatIsLogged) {
  FakePeer ann;
  hello(ann, "ann");
  fire();
  const json slate = ann.take().back();
  const auto& batch = *port.logged.back();
  EXPECT_EQ(batch.viewers, std::vector{ViewerId("ann")});
  for (std::size_t slot = 0; slot < 2; ++slot) {
    EXPECT_EQ(slate["cues"][slot]["item"], catalogue->catalogue().items()[batch.choices[slot].item].id.str());
    EXPECT_GT(batch.choices[slot].propensity, 0);
    const auto cue = domain::parse_cue_id(slate["cues"][slot]["id"].get<std::string>()).value();
    EXPECT_EQ(cue, (domain::CueId{{kMatch, Sequence(1), ViewerId("ann")}, slot}));
  }
}

TEST_F(ShardCoreTest, ADecisionRecordsWhatIsKnownOfTheViewerThen) {
  const auto row = [](const char* team) {
    return domain::make_viewer(ViewerId("ann"), {{"AGE", Value{std::int64_t{30}}}, {"TEAM", Value{std::string(team)}}},
                               "")
        .value();
  };
  port.viewers[ViewerId("ann")] = row("FRANCE");
  FakePeer ann;
  FakePeer stranger;
  hello(ann, "ann");
  hello(stranger, "zoe");
  fire();
  core->update_viewer(row("SPAIN"));
  fire();
  const auto& [first, second] = std::tie(*port.logged[0], *port.logged[1]);
  EXPECT_EQ(*first.traits[0], domain::traits_of(row("FRANCE")));
  EXPECT_EQ(*second.traits[0], domain::traits_of(row("SPAIN")));
  EXPECT_EQ(*first.traits[1], *domain::no_traits());
  EXPECT_EQ(first.traits[1], second.traits[1]);
}

TEST_F(ShardCoreTest, ALatecomersDecisionRecordsThemToo) {
  port.viewers[ViewerId("ann")] =
      domain::make_viewer(ViewerId("ann"), {{"COUNTRY", Value{std::string("Spain")}}}, "").value();
  fire();
  FakePeer ann;
  hello(ann, "ann");
  core->flush();
  EXPECT_EQ(port.logged.back()->traits[0]->country, "SPAIN");
}

TEST_F(ShardCoreTest, ANewcomerIsShownTheCurrentSlate) {
  fire();
  FakePeer ann;
  hello(ann, "ann");
  const auto frames = ann.take();
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0]["t"], "welcome");
  EXPECT_EQ(frames[0]["epoch"], "k3");
  EXPECT_EQ(frames[0]["seq"], 0);
  EXPECT_EQ(frames[1]["seq"], 1);
  core->tick();
  EXPECT_EQ(port.rows(), 1u) << "the latecomer's decision is logged too";
}

TEST_F(ShardCoreTest, TwoDevicesOfOneViewerShowTheSameDecisionLoggedOnce) {
  FakePeer phone;
  FakePeer tv;
  hello(phone, "ann", {}, "phone");
  hello(tv, "ann", {}, "tv");
  fire();
  EXPECT_EQ(phone.take().back()["cues"], tv.take().back()["cues"]);
  EXPECT_EQ(port.rows(), 1u);
}

TEST_F(ShardCoreTest, AReturningViewerGetsWhatWasMissedExactlyOnce) {
  FakePeer before;
  const auto session = hello(before, "ann");
  fire();
  core->disconnect(session);
  fire();
  fire();
  FakePeer after;
  hello(after, "ann", 1);
  const auto frames = after.take();
  EXPECT_EQ(frames[0]["continuity"], "kept");
  EXPECT_EQ(frames[0]["seq"], 1);
  EXPECT_THAT(sequences(frames), ElementsAre(2, 3));
  fire();
  EXPECT_THAT(sequences(after.take()), ElementsAre(4));
}

TEST_F(ShardCoreTest, BeyondTheRingContinuityIsLostAndTheCurrentSlateComes) {
  options.ring_changes_max = 3;
  core = make_core();
  FakePeer before;
  core->disconnect(hello(before, "ann"));
  for (int i = 0; i < 5; ++i) fire();
  FakePeer after;
  hello(after, "ann", 1);
  const auto frames = after.take();
  EXPECT_EQ(frames[0]["continuity"], "lost");
  EXPECT_THAT(sequences(frames), ElementsAre(5));
}

TEST_F(ShardCoreTest, DecisionsThatAreTooOldForResumingAreNotKept) {
  options.resume_window = Milliseconds(1'000);
  options.ring_age_max = Milliseconds(5'000);
  core = make_core();
  FakePeer watching;
  FakePeer before;
  hello(watching, "bob");
  const auto session = hello(before, "ann");
  fire();
  clock.advance(Milliseconds(5'001));
  core->disconnect(session);
  fire();
  FakePeer after;
  hello(after, "ann", 0);
  const auto frames = after.take();
  EXPECT_EQ(frames[0]["continuity"], "lost");
  EXPECT_THAT(sequences(frames), ElementsAre(2));
}

TEST_F(ShardCoreTest, FeedbackFindsItsDecisionAmongThoseOfManyViewers) {
  constexpr std::size_t kViewers = 300;
  std::vector<FakePeer> peers(kViewers);
  std::vector<SessionKey> sessions;
  for (std::size_t i = 0; i < kViewers; ++i) sessions.push_back(hello(peers[i], "v" + std::to_string(i)));
  fire();
  for (std::size_t i = 0; i < kViewers; ++i) {
    const ViewerId viewer("v" + std::to_string(i));
    core->receive(sessions[i], codec::InteractionMessage{"i", {{kMatch, Sequence(1), viewer}, 0}});
    ASSERT_EQ(port.stored.size(), i + 1);
    EXPECT_EQ(port.stored.back().viewer, viewer);
    EXPECT_EQ(port.stored.back().propensity, port.logged.front()->choices[2 * i].propensity);
  }
  EXPECT_THAT(port.looked_up, IsEmpty());
}

TEST_F(ShardCoreTest, AnotherEpochOrAFutureSequenceIsLostContinuity) {
  fire();
  FakePeer ann;
  hello(ann, "ann", 99);
  EXPECT_EQ(ann.take()[0]["continuity"], "lost");
  Introduction introduction{Route::native, {ViewerId("bob"), kContent, "d", codec::ResumePoint{"other", Sequence(1)}}};
  FakePeer bob;
  ASSERT_TRUE(core->introduce(&bob, introduction).ok());
  EXPECT_EQ(bob.take()[0]["continuity"], "lost");
}

TEST_F(ShardCoreTest, ASessionWaitsForItsViewerOnlyForTheResumeWindow) {
  FakePeer before;
  fire();
  core->disconnect(hello(before, "ann"));
  clock.advance(options.resume_window + Milliseconds(1));
  core->tick();
  fire();
  FakePeer after;
  hello(after, "ann", 1);
  EXPECT_EQ(after.take()[0]["continuity"], "lost");
}

TEST_F(ShardCoreTest, ASecondConnectionOfTheSameDeviceReplacesTheFirst) {
  FakePeer first;
  FakePeer second;
  const auto old_session = hello(first, "ann");
  hello(second, "ann");
  EXPECT_EQ(first.closed, CloseReason::replaced);
  core->disconnect(old_session);  // the old socket's end says nothing about the new one
  fire();
  EXPECT_THAT(sequences(second.take()), ElementsAre(1));
}

TEST_F(ShardCoreTest, ACorrectionRetractsTheMomentsCuesAndThenDecidesAnew) {
  FakePeer ann;
  hello(ann, "ann");
  fire();
  const json wrong = ann.take().back();
  correct(Sequence(1));
  const auto frames = ann.take();
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0]["t"], "retract");
  EXPECT_EQ(frames[0]["seq"], 2);
  EXPECT_EQ(frames[0]["reason"], "offside");
  EXPECT_THAT(frames[0]["cues"], ElementsAre(wrong["cues"][0]["id"], wrong["cues"][1]["id"]));
  EXPECT_EQ(frames[1]["t"], "slate");
  EXPECT_EQ(frames[1]["seq"], 3);
}

TEST_F(ShardCoreTest, OnResumeACorrectionRetractsAndTheWrongSlateIsNotShown) {
  FakePeer before;
  const auto session = hello(before, "ann");
  fire();
  core->disconnect(session);
  fire();
  correct(Sequence(1));
  correct(Sequence(2));
  FakePeer after;
  hello(after, "ann", 1);
  const auto frames = after.take();
  std::vector<std::string> types;
  for (const json& frame : frames) types.push_back(frame["t"]);
  EXPECT_THAT(types, ElementsAre("welcome", "retract", "slate", "retract", "slate"));
  EXPECT_THAT(sequences(frames), ElementsAre(3, 4, 5, 6));
}

TEST_F(ShardCoreTest, BlockingAnItemTouchesOnlyScreensThatShowIt) {
  std::vector<FakePeer> peers(200);
  for (std::size_t i = 0; i < peers.size(); ++i) hello(peers[i], std::to_string(i));
  fire();
  std::vector<json> before;
  for (FakePeer& peer : peers) before.push_back(peer.take().back());
  block("bet");
  int touched = 0;
  for (std::size_t i = 0; i < peers.size(); ++i) {
    const bool had_it = before[i]["cues"][0]["item"] == "bet";
    const auto frames = peers[i].take();
    for (const json& frame : frames) EXPECT_EQ(frame.dump().find("\"bet\""), std::string::npos);
    if (!had_it) continue;
    ++touched;
    ASSERT_EQ(frames.size(), 2u);
    EXPECT_THAT(frames[0]["cues"], ElementsAre(before[i]["cues"][0]["id"]));
    EXPECT_EQ(frames[1]["moment"], 1);
    EXPECT_EQ(frames[1]["cues"][1]["item"], before[i]["cues"][1]["item"]) << "the other slot stays";
  }
  EXPECT_GT(touched, 20);
}

TEST_F(ShardCoreTest, APinnedItemIsOnEveryScreen) {
  FakePeer ann;
  hello(ann, "ann");
  fire();
  overrides = {{OverrideAction::pin, ItemId("trivia")}};
  auto change = next(domain::ChangeKind::item_override);
  change.override_ = overrides.front();
  happen(change);
  fire();
  EXPECT_EQ(ann.take().back()["cues"][0]["item"], "trivia");
}

TEST_F(ShardCoreTest, AnOverrideTouchesNothingElseThoughTheLearnerWentOn) {
  std::vector<FakePeer> peers(200);
  for (std::size_t i = 0; i < peers.size(); ++i) hello(peers[i], std::to_string(i));
  fire();
  std::vector<json> before;
  for (FakePeer& peer : peers) before.push_back(peer.take().back());
  core->serve(catalogue, scoring::make_fixed_version("mbappe"));
  overrides = {{OverrideAction::pin, ItemId("trivia")}};
  auto pinned = next(domain::ChangeKind::item_override);
  pinned.override_ = overrides.front();
  happen(pinned);
  int touched = 0;
  for (std::size_t i = 0; i < peers.size(); ++i) {
    const auto frames = peers[i].take();
    ASSERT_EQ(frames.size(), before[i]["cues"][0]["item"] == "trivia" ? 0u : 1u) << "who shows it is not touched";
    if (frames.empty()) continue;
    ++touched;
    EXPECT_EQ(frames[0]["cues"][0]["item"], "trivia");
    EXPECT_EQ(frames[0]["cues"][1]["item"], before[i]["cues"][1]["item"]) << "the other slot stays";
  }
  EXPECT_GT(touched, 100);
  const domain::DecisionBatch& logged = *port.logged.back();
  EXPECT_EQ(logged.rows(), static_cast<std::size_t>(touched));
  EXPECT_EQ(logged.header.solution_version, version->id());
  EXPECT_EQ(logged.choices[0].propensity, 1) << "an operator's choice: nothing is learned from it";
  EXPECT_TRUE(comes_out_again(logged, 0));
  fire();
  EXPECT_EQ(port.logged.back()->header.solution_version, "fixed-mbappe") << "the next moment is decided by what is new";
}

TEST_F(ShardCoreTest, WhatAViewerDismissedStaysAwayWhileItsMomentLasts) {
  FakePeer phone;
  const auto session = hello(phone, "ann");
  fire();
  const json slate = phone.take().back();
  core->receive(session,
                codec::InteractionMessage{"i-1", domain::parse_cue_id(std::string(slate["cues"][0]["id"])).value(),
                                          domain::FeedbackKind::dismiss});
  phone.take();
  const std::vector<std::string> rest = {slate["cues"][1]["item"]};
  AudienceView view;
  core->add_to(view, kMatch);
  ASSERT_EQ(view.on_screen.size(), 1u) << "it is on no screen now";
  EXPECT_EQ(view.on_screen[0].item.str(), rest[0]);
  FakePeer reloaded;
  hello(reloaded, "ann");
  EXPECT_EQ(items_of(reloaded.take().back()), rest) << "after a reload";
  FakePeer television;
  hello(television, "ann", {}, "tv");
  EXPECT_EQ(items_of(television.take().back()), rest) << "on another device";
  FakePeer bob;
  hello(bob, "bob");
  EXPECT_EQ(items_of(bob.take().back()).size(), 2u) << "others see theirs";
  overrides = {{OverrideAction::pin, ItemId(rest[0] == "messi" ? "mbappe" : "messi")}};
  auto pinned = next(domain::ChangeKind::item_override);
  pinned.override_ = overrides.front();
  happen(pinned);
  EXPECT_EQ(items_of(reloaded.take().back()), std::vector{overrides[0].item.str()})
      << "an operator changes another slot";
  fire();
  EXPECT_EQ(items_of(reloaded.take().back()).size(), 2u) << "the next moment begins anew";
}

TEST_F(ShardCoreTest, AViewersSlatesSayWhatWasChosenForThem) {
  FakePeer ann;
  hello(ann, "ann");
  for (std::size_t i = 0; i < kSlatesMax + 2; ++i) {
    clock.advance(Milliseconds(1'000));
    fire();
  }
  ViewerView view;
  core->add_to(view, ViewerId("ann"));
  ASSERT_EQ(view.slates.size(), kSlatesMax);
  const ViewerView::Slate& newest = view.slates.back();
  EXPECT_EQ(newest.decision.sequence, latest->sequence);
  EXPECT_EQ(newest.at, latest->at);
  const json shown = ann.take().back()["cues"];
  ASSERT_EQ(newest.cues.size(), shown.size());
  EXPECT_EQ(newest.cues[0].item.str(), shown[0]["item"]);
  EXPECT_EQ(newest.cues[0].label, shown[0]["item"]) << "the label of these items is their id";
  EXPECT_EQ(newest.cues[0].propensity, port.logged.back()->choices[0].propensity);
}

TEST_F(ShardCoreTest, TheAudienceViewSaysHowTheNewestChangesWerePushed) {
  fire();  // to nobody
  FakePeer ann;
  hello(ann, "ann");
  for (std::size_t i = 0; i < kPushesMax + 1; ++i) fire();
  AudienceView view;
  core->add_to(view, kMatch);
  ASSERT_EQ(view.pushes.size(), kPushesMax);
  EXPECT_EQ(view.pushes.front().sequence, Sequence(3));
  EXPECT_EQ(view.pushes.back().sequence, latest->sequence);
  EXPECT_EQ(view.pushes.back().slates, 1u);
}

TEST_F(ShardCoreTest, TheSampleRouteIsSilentOnInsertAndPushesTypeToIdAfterwards) {
  FakePeer ann;
  sample_hello(ann, "1");
  EXPECT_THAT(ann.frames, IsEmpty());
  fire();
  EXPECT_THAT(ann.frames, IsEmpty());
  fire();
  ASSERT_EQ(ann.frames.size(), 1u);
  const json push = json::parse(ann.frames[0]);
  EXPECT_TRUE(push.contains("GENERAL"));
  EXPECT_TRUE(push.contains("PLAYER"));
  EXPECT_THAT(ann.frames[0], HasSubstr("\", \""));
  EXPECT_THAT(ann.frames[0], HasSubstr("\": \""));
}

TEST_F(ShardCoreTest, APinnedItemIsAlwaysInTheSamplesPush) {
  options.num_results = 1;
  core = make_core();
  overrides = {{OverrideAction::pin, ItemId("trivia")}};
  std::vector<FakePeer> peers(20);
  for (std::size_t i = 0; i < peers.size(); ++i) sample_hello(peers[i], std::to_string(i));
  fire();
  fire();
  for (const FakePeer& peer : peers) {
    ASSERT_EQ(peer.frames.size(), 1u);
    EXPECT_EQ(json::parse(peer.frames[0])["GENERAL"], "trivia");
  }
}

TEST_F(ShardCoreTest, NumResultsLimitsTheSamplesPush) {
  options.num_results = 1;
  core = make_core();
  std::vector<FakePeer> peers(50);
  for (std::size_t i = 0; i < peers.size(); ++i) sample_hello(peers[i], std::to_string(i));
  fire();
  fire();
  for (const FakePeer& peer : peers) {
    for (const std::string& frame : peer.frames) EXPECT_EQ(json::parse(frame).size(), 1u);
  }
}

TEST_F(ShardCoreTest, ASampleViewerOfAMappedContentHearsOnlyItsEvent) {
  core->map_content(ContentId("c2"), EventId("2"));
  FakePeer ann;
  sample_hello(ann, "1", "c2");
  fire();
  fire();
  EXPECT_THAT(ann.frames, IsEmpty());
}

TEST_F(ShardCoreTest, AnUnknownContentIsRefusedByName) {
  FakePeer ann;
  const auto result = core->introduce(&ann, {Route::native, {ViewerId("ann"), ContentId("c9"), "", {}}});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, "unknown_content");
  EXPECT_THAT(result.error().message, HasSubstr("c9"));
}

TEST_F(ShardCoreTest, AnInteractionIsJoinedToItsDecisionAndAcknowledged) {
  FakePeer ann;
  const auto session = hello(ann, "ann");
  fire();
  const domain::CueId cue{{kMatch, Sequence(1), ViewerId("ann")}, 0};
  ann.take();
  core->receive(session, codec::InteractionMessage{"i-1", cue, domain::FeedbackKind::click, 1});
  ASSERT_EQ(port.stored.size(), 1u);
  EXPECT_TRUE(port.stored[0].attributed);
  EXPECT_EQ(port.stored[0].propensity, port.logged.back()->choices[0].propensity);
  EXPECT_THAT(ann.take(), ElementsAre(json{{"t", "ack"}, {"id", "i-1"}}));
}

TEST_F(ShardCoreTest, SomebodyElsesCueAndACueThatNeverWasAreRefused) {
  FakePeer ann;
  const auto session = hello(ann, "ann");
  fire();
  ann.take();
  core->receive(session, codec::InteractionMessage{"a", {{kMatch, Sequence(1), ViewerId("bob")}, 0}});
  core->receive(session, codec::InteractionMessage{"b", {{kMatch, Sequence(9), ViewerId("ann")}, 0}});
  core->receive(session, codec::InteractionMessage{"c", {{EventId("9"), Sequence(1), ViewerId("ann")}, 0}});
  const auto frames = ann.take();
  ASSERT_EQ(frames.size(), 3u);
  EXPECT_EQ(frames[0]["code"], "not_your_cue");
  EXPECT_EQ(frames[1]["code"], "unknown_cue");
  EXPECT_EQ(frames[2]["code"], "unknown_cue");
  EXPECT_THAT(port.stored, IsEmpty());
}

TEST_F(ShardCoreTest, ALatecomersDecisionIsLoggedBeforeTheirInteraction) {
  fire();
  FakePeer ann;
  const auto session = hello(ann, "ann");
  EXPECT_EQ(port.rows(), 0u);
  core->receive(session, codec::InteractionMessage{"i", {{kMatch, Sequence(1), ViewerId("ann")}, 0}});
  EXPECT_EQ(port.rows(), 1u);
  ASSERT_EQ(port.stored.size(), 1u);
  EXPECT_TRUE(port.stored[0].attributed);
}

TEST_F(ShardCoreTest, AfterARestartLoggedDecisionsAreShownAgain) {
  FakePeer before;
  hello(before, "ann");
  fire();
  fire();
  const auto slates = before.take();
  RestoredEvent restored;
  restored.event.id = kMatch;
  restored.event.sequence = latest->sequence;
  restored.event.contents = {kContent};
  for (std::size_t i = 0; i < 2; ++i) {
    auto change = std::make_shared<domain::Change>(*latest);
    change->sequence = Sequence(i + 1);
    change->moment = Sequence(i + 1);
    restored.decisions.push_back({change, catalogue, port.logged[i]});
  }
  restored.newest = ChangeMessage{restored.decisions.back().change, {}, clock.steady()};
  core = make_core();
  core->restore(restored);
  FakePeer after;
  hello(after, "ann", 1);
  const auto frames = after.take();
  EXPECT_EQ(frames[0]["continuity"], "kept");
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[1]["cues"], slates.back()["cues"]);
  FakePeer newcomer;
  hello(newcomer, "bob");
  EXPECT_THAT(sequences(newcomer.take()), ElementsAre(2));
}

TEST_F(ShardCoreTest, AfterARestartLatecomersAreDecidedForByTheVersionServedNow) {
  FakePeer before;
  hello(before, "ann");
  fire();
  const auto old_version = version;
  version = scoring::make_fixed_version("bet");
  ASSERT_NE(version->id(), old_version->id());
  RestoredEvent restored;
  restored.event.id = kMatch;
  restored.event.sequence = latest->sequence;
  restored.event.contents = {kContent};
  restored.decisions.push_back({latest, catalogue, port.logged[0]});
  restored.newest = ChangeMessage{latest, {{{OverrideAction::pin, ItemId("quiz")}}, {}}, clock.steady()};
  core = make_core();
  core->restore(restored);
  FakePeer newcomer;
  const auto session = hello(newcomer, "bob");
  core->flush();
  const domain::DecisionHeader& header = port.logged.back()->header;
  EXPECT_EQ(header.solution_version, version->id());
  EXPECT_EQ(header.sequence, latest->sequence);
  EXPECT_THAT(header.overrides, ElementsAre(restored.newest->circumstances.overrides.front()));
  EXPECT_EQ(newcomer.take().back()["cues"][0]["item"], "quiz");
  FakePeer after;
  const auto known = hello(after, "ann", 0);
  for (const auto& [who, viewer] : {std::pair(session, "bob"), std::pair(known, "ann")}) {
    core->receive(who, codec::InteractionMessage{"i", {{kMatch, latest->sequence, ViewerId(viewer)}, 0}});
  }
  ASSERT_EQ(port.stored.size(), 2u);
  EXPECT_EQ(port.stored[0].solution_version, version->id());
  EXPECT_EQ(port.stored[1].solution_version, old_version->id()) << "what was logged stays what it was";
}

TEST_F(ShardCoreTest, LatecomersAreDecidedForByTheVersionThatServedTheChange) {
  fire();
  core->serve(catalogue, scoring::make_fixed_version("bet"));
  FakePeer peer;
  hello(peer, "ann");
  core->flush();
  EXPECT_EQ(port.logged.back()->header.solution_version, version->id());
}

TEST_F(ShardCoreTest, RestoredDecisionsOfAnotherCatalogueAreNotShown) {
  FakePeer before;
  hello(before, "ann");
  fire();
  auto other = std::make_shared<domain::DecisionBatch>(*port.logged[0]);
  other->header.catalogue_version = 9;
  other->viewers = {ViewerId("bob")};
  RestoredEvent restored;
  restored.event.id = kMatch;
  restored.event.sequence = latest->sequence;
  restored.event.contents = {kContent};
  restored.decisions = {{latest, catalogue, port.logged[0]}, {latest, catalogue, other}};
  core = make_core();
  core->restore(restored);
  ViewerView ann;
  ViewerView bob;
  core->add_to(ann, ViewerId("ann"));
  core->add_to(bob, ViewerId("bob"));
  EXPECT_EQ(ann.recent.size(), 1u);
  EXPECT_EQ(bob.recent.size(), 0u);
}

TEST_F(ShardCoreTest, OnResumeNobodyIsShownWhatTheyMayNotSeeAnyMore) {
  domain::Item bet = item("bet", "GENERAL");
  bet.min_age = 18;
  catalogue = std::make_shared<const RenderedCatalogue>(
      std::make_shared<const domain::Catalogue>(1, std::vector{std::move(bet)}));
  core = make_core();
  const auto ann = [](std::int64_t age) {
    return domain::make_viewer(ViewerId("ann"), {{"AGE", Value{age}}}, "").value();
  };
  port.viewers[ViewerId("ann")] = ann(30);
  FakePeer before;
  core->disconnect(hello(before, "ann"));
  fire();
  core->update_viewer(ann(12));
  FakePeer after;
  hello(after, "ann", 0);
  EXPECT_THAT(items_of(after.take()[1]), IsEmpty());
}

TEST_F(ShardCoreTest, AnExpiredSlateIsNotShownAnyMore) {
  fire();
  clock.advance(options.slate_lifetime + Milliseconds(1));
  FakePeer ann;
  hello(ann, "ann");
  EXPECT_EQ(ann.take().size(), 1u);
}

TEST_F(ShardCoreTest, TheAudienceViewCountsWhatIsOnScreens) {
  std::vector<FakePeer> peers(40);
  for (std::size_t i = 0; i < peers.size(); ++i) hello(peers[i], std::to_string(i));
  fire();
  AudienceView view;
  core->add_to(view, kMatch);
  EXPECT_EQ(view.connections, 40u);
  EXPECT_EQ(view.slates, 40u);
  std::uint64_t shown = 0;
  for (const auto& each : view.on_screen) shown += each.sessions;
  EXPECT_EQ(shown, 80u);
}

TEST_F(ShardCoreTest, ANewCatalogueKeepsScreensRightByItem) {
  FakePeer ann;
  hello(ann, "ann");
  fire();
  const std::string player = ann.take().back()["cues"][1]["item"];
  core->serve(std::make_shared<const RenderedCatalogue>(std::make_shared<const domain::Catalogue>(
                  2, std::vector{item("aaa", "GENERAL"), item("messi", "PLAYER"), item("mbappe", "PLAYER")})),
              version);
  AudienceView view;
  core->add_to(view, kMatch);
  ASSERT_EQ(view.on_screen.size(), 1u);
  EXPECT_EQ(view.on_screen[0].item.str(), player);
}

TEST_F(ShardCoreTest, AFilterDecidesAgainForTheScreensThatItTouches) {
  std::vector<FakePeer> peers(40);
  for (std::size_t i = 0; i < peers.size(); ++i) hello(peers[i], "viewer" + std::to_string(i));
  fire();
  std::vector<std::vector<std::string>> before;
  for (FakePeer& peer : peers) before.push_back(items_of(peer.take().back()));
  filter(R"(EXCLUDE ItemID WHERE Items.ITEM_LABEL IN ("bet", "quiz"))");
  std::size_t touched = 0;
  for (std::size_t i = 0; i < peers.size(); ++i) {
    const auto frames = peers[i].take();
    ASSERT_EQ(frames.size(), before[i][0] == "trivia" ? 0U : 1U);
    if (frames.empty()) continue;
    ++touched;
    EXPECT_THAT(items_of(frames[0]), ElementsAre("trivia", before[i][1])) << "the other slot stays";
  }
  EXPECT_GT(touched, 0U);
  EXPECT_LT(touched, peers.size());
  const domain::DecisionBatch& batch = *port.logged.back();
  EXPECT_EQ(batch.header.filters, filters);
  EXPECT_TRUE(batch.past.empty());
  EXPECT_EQ(port.pasts_loaded, 0);
  for (std::size_t row = 0; row < batch.rows(); ++row) EXPECT_TRUE(comes_out_again(batch, row));
}

TEST_F(ShardCoreTest, WhatAViewerDidIsReadOnceThenKnownAndRecorded) {
  port.pasts[ViewerId("ann")].add("CLICK", ItemId("bet"));
  FakePeer ann;
  FakePeer bob;
  const SessionKey key = hello(ann, "ann");
  hello(bob, "bob");
  fire();
  filter(R"(EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click"))");
  fire();
  EXPECT_EQ(port.pasts_loaded, 2);
  const json slate = ann.take().back();
  EXPECT_NE(items_of(slate)[0], "bet");
  const std::string cue = slate["cues"][0]["id"];
  for (const auto kind : {domain::FeedbackKind::impression, domain::FeedbackKind::click}) {
    core->receive(key,
                  codec::InteractionMessage{std::string(to_string(kind)), domain::parse_cue_id(cue).value(), kind, 1});
  }
  fire();
  EXPECT_EQ(port.pasts_loaded, 2) << "a click is added to what is known";
  const domain::DecisionBatch& batch = *port.logged.back();
  const auto& items = catalogue->catalogue();
  const auto place = [&](const std::string& id) { return static_cast<std::uint16_t>(*items.find_item(ItemId(id))); };
  std::vector<std::uint16_t> clicked = {place("bet"), place(items_of(slate)[0])};
  std::sort(clicked.begin(), clicked.end());
  EXPECT_THAT(*batch.past[0], ElementsAre(clicked));
  EXPECT_THAT(*batch.past[1], ElementsAre(IsEmpty()));
  for (std::size_t row = 0; row < batch.rows(); ++row) EXPECT_TRUE(comes_out_again(batch, row));
  EXPECT_THAT(items_of(ann.take().back())[0],
              ::testing::AllOf(::testing::Ne("bet"), ::testing::Ne(items_of(slate)[0])));
  core->forget_past(ViewerId("ann"));
  fire();
  EXPECT_EQ(port.pasts_loaded, 3) << "and read again when more is known in the store";
}

TEST_F(ShardCoreTest, ALatecomerIsFilteredAndTheirPastRecordedToo) {
  port.pasts[ViewerId("ann")].add("click", ItemId("bet"));
  port.pasts[ViewerId("ann")].add("click", ItemId("quiz"));
  fire();
  filter(R"(EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (*))");
  FakePeer ann;
  hello(ann, "ann");
  EXPECT_EQ(items_of(ann.take().back())[0], "trivia");
  core->flush();
  const domain::DecisionBatch& batch = *port.logged.back();
  ASSERT_EQ(batch.past.size(), 1U);
  EXPECT_EQ(batch.past[0]->at(0).size(), 2U);
  EXPECT_TRUE(comes_out_again(batch, 0));
}

domain::ViewerLink link(const char* anonymous, const char* viewer) {
  return {1, ViewerId(anonymous), ViewerId(viewer), domain::no_traits(), {}};
}

TEST_F(ShardCoreTest, WhoIsIdentifiedHasOnePastUnderBothIds) {
  FakePeer anonymous;
  FakePeer bob;
  const SessionKey key = hello(anonymous, "anon-1");
  hello(bob, "bob");
  fire();
  filter(R"(EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click"))");
  EXPECT_EQ(port.pasts_loaded, 2);
  port.identities[ViewerId("anon-1")] = ViewerId("bob");
  core->identify(link("anon-1", "bob"));
  port.pasts[ViewerId("bob")].add("click", ItemId("bet"));
  port.pasts[ViewerId("anon-1")] = port.pasts[ViewerId("bob")];
  fire();
  EXPECT_EQ(port.pasts_loaded, 4);
  fire();
  EXPECT_EQ(port.pasts_loaded, 5) << "under the id from before it is read each time: bob may act elsewhere";
  for (const std::size_t row : {0U, 1U}) EXPECT_EQ(port.logged.back()->past[row]->at(0).size(), 1U);
  const std::string cue = anonymous.take().back()["cues"][0]["id"];
  core->receive(key,
                codec::InteractionMessage{"i1", domain::parse_cue_id(cue).value(), domain::FeedbackKind::click, 1});
  EXPECT_THAT(port.forgotten, ElementsAre(ViewerId("bob"))) << "wherever bob is";
}

TEST_F(ShardCoreTest, ActsThatComeWithoutASessionAreOfWhomTheirViewerWasIdentifiedAs) {
  FakePeer anonymous;
  const SessionKey key = hello(anonymous, "anon-1");
  fire();
  const std::string cue = anonymous.take().back()["cues"][0]["id"];
  core->disconnect(key);
  clock.advance(options.resume_window + Milliseconds(1'000));
  core->tick();
  port.identities[ViewerId("anon-1")] = ViewerId("bob");
  bool stored = false;
  core->report({"i1", ViewerId("anon-1"), domain::parse_cue_id(cue).value(), domain::FeedbackKind::click, 1, {}},
               [&](const Result<FeedbackReceipt>& receipt) { stored = receipt.ok(); });
  EXPECT_TRUE(stored);
  EXPECT_THAT(port.forgotten, ElementsAre(ViewerId("bob")));
}

TEST_F(ShardCoreTest, AViewerMayActUponCuesOfTheAnonymousOneTheyWere) {
  FakePeer anonymous;
  hello(anonymous, "anon-1");
  fire();
  const auto cue = domain::parse_cue_id(anonymous.take().back()["cues"][0]["id"].get<std::string>()).value();
  FakePeer bob;
  const SessionKey key = hello(bob, "bob");
  bob.take();
  core->receive(key, codec::InteractionMessage{"i1", cue, domain::FeedbackKind::click, 1});
  EXPECT_EQ(bob.take().at(0)["code"], "not_your_cue");
  port.identities[ViewerId("anon-1")] = ViewerId("bob");
  core->receive(key, codec::InteractionMessage{"i1", cue, domain::FeedbackKind::click, 1});
  EXPECT_EQ(bob.take().at(0)["t"], "ack");
  ASSERT_EQ(port.stored.size(), 1U);
  EXPECT_EQ(port.stored[0].viewer, ViewerId("bob"));
  EXPECT_TRUE(port.stored[0].attributed);
}

TEST_F(ShardCoreTest, WhoHasJustBeenIdentifiedIsDecidedForByWhatIsServedNow) {
  FakePeer ann;
  hello(ann, "ann");
  fire();
  const std::string before = version->id();
  version = scoring::make_fixed_version("bet");
  core->serve(catalogue, version);
  FakePeer late;
  hello(late, "late");
  FakePeer bob;
  Introduction introduction{Route::native, {ViewerId("bob"), kContent, "d1", {}}};
  introduction.hello.previously = ViewerId("anon-1");
  ASSERT_TRUE(core->introduce(&bob, introduction).ok());
  core->flush();
  const auto version_for = [&](const char* viewer) {
    for (const auto& batch : port.logged) {
      if (batch->viewers.front() == ViewerId(viewer)) return batch->header.solution_version;
    }
    return std::string("nobody");
  };
  EXPECT_EQ(version_for("late"), before) << "as everybody else at that moment";
  EXPECT_EQ(version_for("bob"), version->id());
  EXPECT_TRUE(comes_out_again(*port.logged.back(), 0));
}

}  // namespace
}  // namespace matchcue::engine
