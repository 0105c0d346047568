// SPDX-License-Identifier: Apache-2.0
//
// What the engine makes of what a crash left: findings of the simulation, each as a case of its own.
#include <gtest/gtest.h>

#include "tests/simulation/frames.h"
#include "tests/simulation/world.h"

namespace matchcue::simulation {
namespace {

using domain::ContentId;
using domain::EventId;
using domain::ItemId;
using domain::Sequence;
using domain::Value;
using domain::ViewerId;

const EventId kMatch("1");

struct Screen final : engine::ViewerPeer {
  std::vector<SeenFrame> frames;
  void send(const engine::OutFrame& frame) override { frames.push_back(read_frame(frame.text())); }
  void close(engine::CloseReason) override {}
};

domain::Change moment(std::uint64_t sequence) {
  domain::Change change;
  change.event = kMatch;
  change.sequence = change.moment = Sequence(sequence);
  change.kind = domain::ChangeKind::moment;
  change.at = wall_time_from_ms(1'780'000'000'000);
  change.first = sequence == 1;
  return change;
}

/// A disk as a crash left it, and an engine that starts on it.
struct DamageTest : ::testing::Test {
  Scheduler scheduler{1, {}};
  Disk disk;
  std::unique_ptr<SimStore> store = std::make_unique<SimStore>(disk, StoreOptions{}, scheduler, 1, [] {});
  std::unique_ptr<SimLoop> control = scheduler.make_loop("control");
  std::unique_ptr<SimLoop> shard = scheduler.make_loop("shard");
  metrics::Metrics metrics{"test"};
  engine::Options options;
  std::unique_ptr<engine::Engine> engine;

  DamageTest() {
    domain::Values fields{{"ITEM_TYPE", Value(std::string("SOCIAL"))}, {"ITEM_LABEL", Value(std::string("a poll"))}};
    EXPECT_TRUE(disk.put_items({domain::make_item(ItemId("poll"), fields, "{}").value()}).ok());
    EXPECT_TRUE(disk.map_content(ContentId("c1"), kMatch).ok());
  }
  ~DamageTest() override {
    if (engine) engine->stop();
    store->answer_all();
    engine.reset();
  }
  /// A moment, and the decision for one viewer.
  void happened(std::uint64_t sequence, const char* viewer) {
    const domain::Change change = moment(sequence);
    const domain::LiveEvent after{kMatch, change.sequence, change.moment, {}, {}, {}};
    EXPECT_TRUE(disk.append_change(change, after, Sequence(sequence - 1)).ok());
    domain::DecisionBatch batch;
    batch.header.event = kMatch;
    batch.header.sequence = batch.header.moment = change.sequence;
    batch.header.catalogue_version = 1;
    batch.header.slots = {domain::SlotName("SOCIAL")};
    batch.viewers = {ViewerId(viewer)};
    batch.traits = {domain::no_traits()};
    batch.choices = {{0, 1}};
    EXPECT_TRUE(disk.append_decisions(std::make_shared<domain::DecisionBatch>(batch)).ok());
  }
  Result<void> start() {
    auto started = engine::start_engine(
        options, {*store, *control, {shard.get()}, metrics, [this](std::string name, const Clock&) {
                    return scheduler.make_loop(std::move(name));
                  }});
    if (!started.ok()) return started.error();
    engine = *std::move(started);
    return {};
  }
  void go_on() {
    const SteadyTime until = scheduler.clock().steady() + Milliseconds(1'000);
    while (scheduler.turn(until)) {
    }
  }
};

TEST_F(DamageTest, ADamagedDecisionIsNoReasonNotToServe) {
  happened(1, "ann");
  happened(2, "ann");
  disk.log[0].torn = true;
  EXPECT_TRUE(start().ok());
}

TEST_F(DamageTest, FeedbackOnADamagedDecisionIsStoredUnattributed) {
  happened(1, "ann");
  disk.log[0].torn = true;
  ASSERT_TRUE(start().ok());
  std::optional<engine::FeedbackReceipt> receipt;
  const domain::CueId cue{{kMatch, Sequence(1), ViewerId("ann")}, 0};
  engine->record_interaction({ViewerId("ann"), {"i1", cue, domain::FeedbackKind::click, 1}},
                             [&](const Result<engine::FeedbackReceipt>& result) { receipt = result.value(); });
  go_on();
  ASSERT_TRUE(receipt.has_value());
  EXPECT_FALSE(receipt->attributed);
}

TEST_F(DamageTest, WhatWasDecidedBeforeIsShownAgainAlsoWhenItWasNotLoaded) {
  happened(1, "ann");
  options.reload_bytes_max = 0;
  ASSERT_TRUE(start().ok());
  Screen screen;
  const codec::HelloMessage hello{ViewerId("ann"), ContentId("c1"), "d", {}, {}};
  shard->post([&] { ASSERT_TRUE(engine->shard(0).introduce(&screen, {engine::Route::native, hello}).ok()); });
  go_on();
  EXPECT_EQ(screen.frames.back().cues.at(0).item, "poll");
  EXPECT_EQ(disk.log.size(), 1U);  // nothing is decided twice under one id
}

/// Who came back after the crash still has on the screen what was decided before it.
struct RetractionTest : DamageTest {
  std::vector<std::string> retracted() {
    EXPECT_TRUE(start().ok());
    Screen screen;
    codec::HelloMessage hello{ViewerId("ann"), ContentId("c1"), "d", codec::ResumePoint{disk.epoch, Sequence(2)}, {}};
    shard->post([&] { ASSERT_TRUE(engine->shard(0).introduce(&screen, {engine::Route::native, hello}).ok()); });
    go_on();
    engine->correct_moment({kMatch, Sequence(1), {}, {}, {}, "offside"}, [](const auto&) {});
    go_on();
    for (const SeenFrame& frame : screen.frames) {
      if (frame.type == "retract") return frame.gone;
    }
    return {};
  }
  const std::vector<std::string> wrong{to_string(domain::CueId{{kMatch, Sequence(1), ViewerId("ann")}, 0})};
};

TEST_F(RetractionTest, ReachesCuesOfWhichTheDecisionsWereLost) {
  happened(1, "ann");
  happened(2, "ann");
  disk.log.clear();
  disk.log_places.clear();
  EXPECT_EQ(retracted(), wrong);
}

TEST_F(RetractionTest, ReachesCuesOfMomentsBeforeOneThatWasLost) {
  happened(1, "ann");
  happened(2, "ann");
  disk.log[1].torn = true;
  EXPECT_EQ(retracted(), wrong);
}

}  // namespace
}  // namespace matchcue::simulation
