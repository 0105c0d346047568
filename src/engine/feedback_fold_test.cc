// SPDX-License-Identifier: Apache-2.0
//
// A learner over a store on disk: however it is rebuilt, it comes out the same.
#include "engine/feedback_fold.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/random.h"
#include "learn/test_sequence_model.h"
#include "store/sqlite/test_store.h"

namespace matchcue::engine {
namespace {

using domain::FeedbackKind;
using domain::Value;

constexpr std::size_t kViewers = 40;
constexpr std::uint64_t kNewest = UINT64_MAX;

domain::Item item(const std::string& id, const std::string& slot) {
  return domain::make_item(domain::ItemId(id), {{"ITEM_TYPE", Value{slot}}}, "{}").value();
}

Result<scoring::SequenceModelPtr> open_last_item(const std::string& id) {
  return scoring::SequenceModelPtr(std::make_shared<const learn::LastItemModel>(id, 2));
}

struct FeedbackFoldTest : ::testing::Test {
  store::TestDirectory directory;
  store::TestStore store{directory.path()};
  learn::Settings settings;
  std::uint64_t steps = 0;
  std::uint64_t rows = 0;
  std::uint64_t links = 0;

  FeedbackFoldTest() {
    EXPECT_TRUE(
        store.put({item("bet", "GENERAL"), item("quiz", "GENERAL"), item("a", "PLAYER"), item("b", "PLAYER")}).ok());
    settings.model.exploration = .7;
  }

  static WallTime at(std::uint64_t moment) {
    return wall_time_from_ms(1'780'000'000'000 + static_cast<std::int64_t>(moment) * 20'000);
  }

  /// One moment: decisions, impressions and clicks, all durable. No step.
  void play(std::uint64_t moment) {
    auto batch = store::make_batch("match", moment, kViewers);
    batch.header.catalogue_version = store.reader().load_catalogue(std::nullopt).value()->version();
    batch.header.slots = {domain::SlotName("GENERAL"), domain::SlotName("PLAYER")};
    batch.header.context["MATCH_EVENT"] = Value{std::string(moment % 2 == 0 ? "GOAL" : "THROW")};
    ASSERT_TRUE(store.log(batch).ok());
    std::vector<domain::Feedback> feedback;
    Random random(moment);
    for (std::size_t viewer = 0; viewer < kViewers; ++viewer) {
      auto row = store::make_feedback(batch.viewers[viewer].str(), "i" + std::to_string(moment), moment);
      row.cue.slot = 0;
      row.kind = FeedbackKind::impression;
      row.at = at(moment);
      row.item = domain::ItemId(random.uniform() < .5 ? "bet" : "quiz");
      row.slot = batch.header.slots[0];
      row.propensity = .5F;
      feedback.push_back(row);
      if (random.uniform() < .7) continue;
      row.kind = FeedbackKind::click;
      row.id = "c" + std::to_string(moment);
      feedback.push_back(row);
    }
    rows += feedback.size();
    ASSERT_TRUE(store.give(std::move(feedback)).ok());
  }
  void step(std::uint64_t moment, const std::string& said = {}) {
    const std::string first = steps == 0 ? to_json(settings) : said;
    ASSERT_TRUE(store.step({++steps, rows, at(moment), moment % 3 == 0, first, links}).ok());
  }
  void identify(const char* anonymous, const char* viewer) {
    links = store.identify(anonymous, viewer, store::make_traits(30, "DE")).value();
  }
  /// What is known of a viewer after the last step.
  static const learn::ViewerState& viewer_of(const FeedbackFold& fold, const char* id) {
    const learn::ViewerTable& viewers = fold.learner().learner().viewers();
    return viewers[learn::find_owner(viewers, id).value()];
  }
  FeedbackFold rebuild(std::uint64_t step_max = kNewest) {
    return FeedbackFold::rebuild(store.reader(), open_last_item, step_max, settings).value();
  }
};

TEST_F(FeedbackFoldTest, IsTheSameFromASnapshotAsFromTheFirstStep) {
  for (std::uint64_t moment = 1; moment <= 6; ++moment) {
    play(moment);
    step(moment);
  }
  const std::string whole = rebuild().learner().save();
  FeedbackFold early = rebuild(3);
  EXPECT_EQ(early.learner().steps(), 3U);
  ASSERT_TRUE(store.store().put_learner_snapshot({3, early.learner().save()}).ok());
  EXPECT_EQ(rebuild().learner().save(), whole);
  EXPECT_EQ(rebuild(2).learner().steps(), 2U);
}

TEST_F(FeedbackFoldTest, PassesOverADamagedSnapshot) {
  play(1);
  step(1);
  const std::string whole = rebuild().learner().save();
  ASSERT_TRUE(store.store().put_learner_snapshot({1, whole.substr(0, whole.size() / 2)}).ok());
  EXPECT_EQ(rebuild().learner().save(), whole);
}

TEST_F(FeedbackFoldTest, RowsBehindTheLastStepBelongToTheNext) {
  play(1);
  step(1);
  play(2);
  FeedbackFold fold = rebuild();
  EXPECT_LT(fold.learner().feedback(), rows);
  ASSERT_TRUE(fold.add(rows, 10).ok());
  EXPECT_EQ(fold.learner().feedback(), rebuild().learner().feedback() + 10);
  ASSERT_TRUE(fold.add(rows, 10'000).ok());
  fold.learner().step(at(2), false);
  step(2);
  EXPECT_EQ(fold.learner().save(), rebuild().learner().save());
}

TEST_F(FeedbackFoldTest, KeepsToTheSettingsThatEachStepWasMadeWith) {
  play(1);
  step(1);
  learn::Settings changed = settings;
  changed.reward.click = .5;
  play(2);
  step(2, to_json(changed));
  play(3);
  step(3);
  EXPECT_EQ(to_json(rebuild(1).learner().settings()), to_json(settings));
  EXPECT_EQ(to_json(rebuild().learner().settings()), to_json(changed));
}

TEST_F(FeedbackFoldTest, LeavesOutFeedbackWhoseDecisionIsDamaged) {
  play(1);
  {
    std::fstream log(directory.log(), std::ios::in | std::ios::out | std::ios::binary);
    log.seekp(40);
    log << "xxxx";
  }
  play(2);
  step(2);
  const FeedbackFold fold = rebuild();
  EXPECT_EQ(fold.learner().feedback(), rows);
  EXPECT_GE(fold.damaged(), kViewers);
  EXPECT_EQ(fold.learner().learner().viewers().size(), kViewers);
}

TEST_F(FeedbackFoldTest, IsTheSameWhenTheDecisionsWereDroppedByAge) {
  settings.campaign = {"last-item-1", 0};
  for (std::uint64_t moment = 1; moment <= 3; ++moment) {
    play(moment);
    if (moment == 2) identify("viewer1", "viewer2");
    step(moment);
    settings.campaign = {};
  }
  const std::string whole = rebuild().learner().save();
  constexpr Milliseconds kDay = std::chrono::hours(24);
  ASSERT_TRUE(store.drop(at(9), kDay).ok());
  ASSERT_TRUE(store.drop(at(9) + kDay, kDay)->more) << "rows of the index first";
  ASSERT_GT(store.drop(at(9) + kDay, kDay)->bytes_freed, 0U);
  const FeedbackFold again = rebuild();
  EXPECT_EQ(again.learner().save(), whole);
  EXPECT_EQ(again.damaged(), 0U);
}

TEST_F(FeedbackFoldTest, ACampaignComesOutTheSameFromASnapshotAsFromTheFirstStep) {
  ASSERT_TRUE(store
                  .add({{domain::ViewerId("v1"), domain::ItemId("a"), 1'700'000'000, "CLICK", 1, {}, "{}"},
                        {domain::ViewerId("gone"), domain::ItemId("left"), 1'700'000'000, "CLICK", 1, {}, "{}"}})
                  .ok());
  play(1);
  step(1);
  play(2);  // its clicks wait to be judged when the campaign comes
  learn::Settings deployed = settings;
  deployed.campaign = {"last-item-1", 2};
  step(2, to_json(deployed));
  play(3);
  step(3);
  const std::string whole = rebuild().learner().save();
  EXPECT_EQ(rebuild().learner().settings().campaign, deployed.campaign);
  ASSERT_TRUE(store.store().put_learner_snapshot({2, rebuild(2).learner().save()}).ok());
  EXPECT_EQ(rebuild().learner().save(), whole) << "from a snapshot with a campaign in it";
  EXPECT_GT(rebuild().learner().campaign()->viewers().size(), kViewers);
  play(4);
  step(4, to_json(settings));
  EXPECT_FALSE(rebuild().learner().campaign().has_value());
}

TEST_F(FeedbackFoldTest, WhatACampaignIsToldDoesNotDependOnHowItsBuildWasSplit) {
  for (std::uint64_t moment = 1; moment <= 4; ++moment) play(moment);
  const auto build = [&](std::vector<std::uint64_t> stops) {
    CampaignBuild campaign(*open_last_item("last-item-1"), {"last-item-1", 0});
    for (const std::uint64_t stop : stops) {
      EXPECT_TRUE(campaign.add_feedback(store.reader(), stop, WallTime::max(), nullptr, at(9)).ok());
    }
    learn::LogLearner log(settings);
    log.deploy(campaign.deployment(), campaign.take());
    return log.save();
  };
  EXPECT_EQ(build({rows}), build({3, 10, 50, rows}));
}

TEST_F(FeedbackFoldTest, LinksCountFromTheirStepOnHoweverItIsRebuilt) {
  for (std::uint64_t moment = 1; moment <= 6; ++moment) {
    play(moment);
    if (moment == 3) identify("viewer1", "viewer2");
    if (moment == 5) identify("nobody", "bob");
    step(moment);
  }
  const std::string whole = rebuild().learner().save();
  for (const std::uint64_t snapshot : {2, 3, 5}) {
    ASSERT_TRUE(store.store().put_learner_snapshot({snapshot, rebuild(snapshot).learner().save()}).ok());
    EXPECT_EQ(rebuild().learner().save(), whole) << snapshot;
  }
  const FeedbackFold before = rebuild(2);
  EXPECT_NE(viewer_of(before, "viewer1").id, viewer_of(before, "viewer2").id);
  const FeedbackFold after = rebuild(3);
  EXPECT_EQ(viewer_of(after, "viewer1").id, domain::ViewerId("viewer2"));
  EXPECT_EQ(rebuild(4).learner().links(), 1U);
  EXPECT_EQ(rebuild().learner().links(), 2U);
}

TEST_F(FeedbackFoldTest, ALinkThatNoStepHasTakenIsForTheNext) {
  play(1);
  step(1);
  identify("viewer1", "viewer2");
  FeedbackFold fold = rebuild();
  EXPECT_EQ(fold.learner().links(), 0U);
  ASSERT_TRUE(fold.identify(links, at(2)).ok());
  fold.learner().step(at(2), false);
  step(2);
  EXPECT_EQ(fold.learner().save(), rebuild().learner().save());
}

TEST_F(FeedbackFoldTest, UnderACampaignAKnownViewerDoesWhatTheyDidAnonymouslyOnceItIsJudged) {
  settings.campaign = {"last-item-1", 0};
  play(1);
  step(1);
  settings.campaign = {};
  const auto clicks = store.reader().load_feedback_after(0, rows).value();
  std::vector<std::string> acted;
  for (const domain::Feedback& row : clicks) {
    if (row.kind == FeedbackKind::click) acted.push_back(row.viewer.str());
  }
  ASSERT_GE(acted.size(), 2U);
  play(2);  // judged by the step, after the link
  identify(acted[0].c_str(), acted[1].c_str());
  step(2);
  play(3);
  step(3);
  const std::string whole = rebuild().learner().save();
  ASSERT_TRUE(store.store().put_learner_snapshot({2, rebuild(2).learner().save()}).ok());
  EXPECT_EQ(rebuild().learner().save(), whole);
  EXPECT_EQ(
      rebuild().learner().campaign()->viewers()[*rebuild().learner().campaign()->viewers().find(acted[1])].traits->age,
      30);
}

TEST_F(FeedbackFoldTest, ACampaignThatIsDeployedKnowsWhoWasIdentifiedBefore) {
  ASSERT_TRUE(store
                  .add({{domain::ViewerId("anon"), domain::ItemId("a"), 1'700'000'100, "CLICK", 1, {}, "{}"},
                        {domain::ViewerId("bob"), domain::ItemId("b"), 1'700'000'000, "CLICK", 1, {}, "{}"},
                        {domain::ViewerId("late"), domain::ItemId("a"), 1'700'000'000, "CLICK", 1, {}, "{}"}})
                  .ok());
  identify("anon", "bob");
  play(1);
  step(1);
  learn::Settings deployed = settings;
  deployed.campaign = {"last-item-1", 3, links};
  identify("late", "viewer0");  // after the campaign's viewers were counted
  play(2);
  step(2, to_json(deployed));
  const FeedbackFold fold = rebuild();
  const learn::IdTable<learn::CampaignViewer>& viewers = fold.learner().campaign()->viewers();
  const auto state = [&](const char* id) { return viewers[viewers.find(id).value()].state; };
  EXPECT_FALSE(viewers.find("anon").has_value());
  EXPECT_EQ(state("bob"), state("late")) << "a was the last that either did";
  ASSERT_TRUE(viewers.find("viewer0").has_value());
  ASSERT_TRUE(store.store().put_learner_snapshot({2, fold.learner().save()}).ok());
  play(3);
  step(3);
  const std::string from_snapshot = rebuild().learner().save();
  EXPECT_EQ(from_snapshot, FeedbackFold::replay(store.reader(), open_last_item, kNewest)->learner().save());
}

TEST_F(FeedbackFoldTest, IsFreshWhereNothingIsStored) {
  EXPECT_EQ(rebuild().learner().save(), learn::LogLearner(settings).save());
}

}  // namespace
}  // namespace matchcue::engine
