// SPDX-License-Identifier: Apache-2.0
//
// The learner over a campaign that expects viewers to act again upon what they acted upon last.
#include "learn/campaign.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "learn/log_learner.h"
#include "learn/test_sequence_model.h"

namespace matchcue::learn {
namespace {

using domain::EventId;
using domain::FeedbackKind;
using domain::ItemId;
using domain::Sequence;
using domain::ViewerId;

constexpr std::size_t kViewers = 60;

domain::CataloguePtr make_catalogue() {
  std::vector<domain::Item> items;
  for (const char* id : {"a", "b", "c"}) {
    items.push_back(domain::make_item(ItemId(id), {{"ITEM_TYPE", std::string("PLAYER")}}, "").value());
  }
  return std::make_shared<const domain::Catalogue>(1, std::move(items));
}

/// A viewer's liking: returns the probability that they act upon an item.
using Liking = double (*)(std::size_t viewer, const std::string& item);

double likes_own(std::size_t viewer, const std::string& item) {
  return item == std::string(1, static_cast<char>('a' + viewer % 3)) ? .95 : 0;
}
double likes_c(std::size_t, const std::string& item) { return item == "c" ? .6 : .02; }

class CampaignTest : public ::testing::Test {
 protected:
  /// Everybody is shown a random item at a moment of an event, and acts by `liking`.
  void play(LogLearner& log, const std::string& event, std::uint64_t moment, Liking liking) const {
    domain::DecisionHeader header;
    header.catalogue_version = 1;
    header.slots = catalogue_->slots();
    header.context = context_;
    for (std::size_t v = 0; v < kViewers; ++v) {
      Random random(mix64(moment * 1'000 + v));
      const domain::Item& shown = catalogue_->items()[static_cast<std::size_t>(random.uniform() * 3)];
      domain::Feedback row;
      row.viewer = ViewerId("v" + std::to_string(v));
      row.cue = {{EventId(event), Sequence(moment), row.viewer}, 0};
      row.at = wall_time_from_ms(1'780'000'000'000 + static_cast<std::int64_t>(moment) * 20'000);
      row.attributed = true;
      row.slot = header.slots.front();
      row.item = shown.id;
      row.propensity = 1.F / 3;
      row.traits = domain::no_traits();
      for (const auto kind : {FeedbackKind::impression, FeedbackKind::click}) {
        if (kind == FeedbackKind::click && random.uniform() >= liking(v, shown.id.str())) continue;
        row.kind = kind;
        row.number = log.feedback() + 1;
        log.add(row, header, catalogue_);
      }
    }
    log.step(wall_time_from_ms(1'780'000'000'000 + static_cast<std::int64_t>(moment) * 20'000), true);
  }

  /// How much better than on average item `item` is scored for a viewer.
  float lead(LogLearner& log, const std::string& viewer, std::size_t item) const {
    const auto version = log.version(Policy::learner);
    std::vector<float> scores(3);
    version->fold(*catalogue_, {context_, {}})->score(viewer, *domain::no_traits(), scores);
    return scores[item] - (scores[0] + scores[1] + scores[2]) / 3;
  }

  LogLearner make_learner() const {
    LogLearner log{Settings()};
    log.deploy({"last-item-1", 0}, Campaign(model_));
    return log;
  }

  domain::CataloguePtr catalogue_ = make_catalogue();
  domain::Values context_ = {{"EVENT", std::string("GOAL")}};
  scoring::SequenceModelPtr model_ = std::make_shared<const LastItemModel>("last-item-1", 2);
};

TEST_F(CampaignTest, WhatItExpectsDecidesBeforeAnythingIsLearned) {
  LogLearner log{Settings()};
  Campaign campaign(model_);
  campaign.advance(ViewerId("v1"), {catalogue_->items()[1], "CLICK", context_, 1'700'000'000});
  log.deploy({"last-item-1", 1}, std::move(campaign));
  EXPECT_NEAR(lead(log, "v1", 1), 2 * 2. / 3, 1e-5) << "centred over the slot, times the model's scale";
  EXPECT_NEAR(lead(log, "somebody else", 1), 0, 1e-5);
}

TEST_F(CampaignTest, WhatViewersDoIsKnownToItAtTheNextMoment) {
  LogLearner log = make_learner();
  for (std::uint64_t moment = 1; moment <= 9; ++moment) play(log, "match", moment, likes_own);
  for (std::size_t v = 0; v < 6; ++v) {
    EXPECT_GT(lead(log, "v" + std::to_string(v), v % 3), .5F) << v;
  }
}

TEST_F(CampaignTest, WhatIsDifferentAtThisEventIsLearnedOnTop) {
  LogLearner log{Settings()};
  Campaign campaign(model_);
  for (std::size_t v = 0; v < kViewers; ++v) {
    campaign.advance(ViewerId("v" + std::to_string(v)), {catalogue_->items()[0], "CLICK", context_, 1'700'000'000});
  }
  log.deploy({"last-item-1", kViewers}, std::move(campaign));
  EXPECT_GT(lead(log, "v7", 0), lead(log, "v7", 2));
  for (std::uint64_t moment = 1; moment <= 8; ++moment) play(log, "match", moment, likes_c);
  EXPECT_GT(lead(log, "v7", 2), lead(log, "v7", 0) + .5F);
}

TEST_F(CampaignTest, AnotherEventBeginsNearerToWhatTheCampaignExpects) {
  LogLearner log = make_learner();
  for (std::uint64_t moment = 1; moment <= 8; ++moment) play(log, "match", moment, likes_c);
  const double learned = log.learner().model().items[2].weights.mean[0];
  ASSERT_GT(learned, .3);
  LogLearner next = LogLearner::load(log.save()).value();
  next.attach(model_, catalogue_);
  const double spread = next.learner().model().items[2].weights.covariance(0, 0);
  domain::DecisionHeader header;
  header.slots = catalogue_->slots();
  domain::Feedback row;
  row.viewer = ViewerId("v0");
  row.cue = {{EventId("final"), Sequence(1), row.viewer}, 0};
  row.attributed = true;
  row.slot = header.slots.front();
  row.item = ItemId("c");
  row.propensity = .5F;
  next.add(row, header, catalogue_);
  EXPECT_NEAR(next.learner().model().items[2].weights.mean[0], learned * Options().event_keep, 1e-9);
  EXPECT_GT(next.learner().model().items[2].weights.covariance(0, 0), spread) << "and less sure of it";
}

TEST_F(CampaignTest, ALearnerThatWasSavedGoesOnWithTheSameBits) {
  LogLearner undisturbed = make_learner();
  LogLearner interrupted = make_learner();
  for (std::uint64_t moment = 1; moment <= 5; ++moment) {
    play(undisturbed, "match", moment, likes_own);
    play(interrupted, "match", moment, likes_own);
    auto loaded = LogLearner::load(interrupted.save());
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    interrupted = *std::move(loaded);
    EXPECT_EQ(interrupted.settings().campaign.version, "last-item-1");
    EXPECT_EQ(interrupted.catalogue_version(), 1);
    interrupted.attach(model_, catalogue_);
  }
  EXPECT_EQ(interrupted.save(), undisturbed.save());
  EXPECT_EQ(lead(interrupted, "v5", 2), lead(undisturbed, "v5", 2));
}

TEST_F(CampaignTest, SettingsDoNotReplaceIt) {
  LogLearner log = make_learner();
  log.set_settings(Settings());
  EXPECT_EQ(log.settings().campaign.version, "last-item-1");
  const auto parsed = parse_settings(to_json(log.settings()));
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ(parsed->campaign, log.settings().campaign);
  EXPECT_FALSE(parse_settings(R"({"campaign": {"version": 7}})").ok());
  EXPECT_EQ(parse_settings(R"({"campaign": {"version": "sims-1", "interactions": 3}})")->campaign.links, 0U)
      << "from before viewers could be identified";
}

TEST_F(CampaignTest, AShadowIsJudgedByWhatWasShownAndChangesNothing) {
  LogLearner log = make_learner();
  LogLearner plain = make_learner();
  log.set_shadow(Campaign(std::make_shared<const LastItemModel>("shadow-1", 1)));
  for (std::uint64_t moment = 1; moment <= 9; ++moment) {
    play(log, "match", moment, likes_own);
    play(plain, "match", moment, likes_own);
  }
  EXPECT_EQ(log.save(), plain.save());
  const Shadow::Tally& tally = log.shadow()->slots().at(0);
  EXPECT_EQ(tally.trials, 9. * kViewers);
  EXPECT_GT(tally.agreed, 0);
  EXPECT_LT(tally.agreed, tally.trials);
  EXPECT_GT(tally.own.estimate().value, 1.5 * tally.reward / tally.trials) << "it knows what viewers like";
  EXPECT_NEAR(tally.effective_trials(), tally.agreed, 1e-6) << "all propensities are the same";
}

TEST_F(CampaignTest, AShadowWhoseScoresAreWorthNothingStillChooses) {
  LogLearner log = make_learner();
  log.set_shadow(Campaign(std::make_shared<const LastItemModel>("shadow-1", 0)));
  for (std::uint64_t moment = 1; moment <= 9; ++moment) play(log, "match", moment, likes_own);
  const Shadow::Tally& tally = log.shadow()->slots().at(0);
  EXPECT_GT(tally.agreed, 0);
  EXPECT_LT(tally.agreed, tally.trials) << "what was shown is not its choice for want of differences";
}

TEST_F(CampaignTest, WhatSomebodyDidAnonymouslyIsWhatItKnowsOfANewViewer) {
  LogLearner log{Settings()};
  Campaign campaign(model_);
  campaign.advance(ViewerId("anon-1"), {catalogue_->items()[1], kActed, context_, 1'700'000'000});
  log.deploy({"last-item-1", 1}, std::move(campaign));
  const domain::ViewerLink link{1, ViewerId("anon-1"), ViewerId("bob"), domain::no_traits(), {}};
  EXPECT_FALSE(log.needs_acts(link));
  log.identify(link, {});
  EXPECT_NEAR(lead(log, "bob", 1), 2 * 2. / 3, 1e-5);
  EXPECT_NEAR(lead(log, "anon-1", 1), 2 * 2. / 3, 1e-5);
}

TEST_F(CampaignTest, AViewerItKnowsDoesBesidesWhatTheyDidAnonymously) {
  LogLearner log{Settings()};
  Campaign campaign(model_);
  campaign.advance(ViewerId("anon-1"), {catalogue_->items()[1], kActed, context_, 1'700'000'100});
  campaign.advance(ViewerId("bob"), {catalogue_->items()[0], kActed, context_, 1'700'000'000});
  log.deploy({"last-item-1", 2}, std::move(campaign));
  const domain::ViewerLink link{1, ViewerId("anon-1"), ViewerId("bob"), domain::no_traits(), {}};
  ASSERT_TRUE(log.needs_acts(link));
  log.identify(link, std::vector{PastAct{catalogue_, 1, context_, 1'700'000'100}});
  EXPECT_NEAR(lead(log, "bob", 1), 2 * 2. / 3, 1e-5) << "what the model knows is the last act";
  for (std::uint64_t moment = 1; moment <= 9; ++moment) play(log, "match", moment, likes_own);
  EXPECT_EQ(LogLearner::load(log.save())->save(), log.save());
}

TEST_F(CampaignTest, NoneScoresAsIfThereHadNeverBeenOne) {
  LogLearner with = make_learner();
  with.deploy({}, std::nullopt);
  LogLearner without{Settings()};
  for (std::uint64_t moment = 1; moment <= 3; ++moment) {
    play(with, "match", moment, likes_c);
    play(without, "match", moment, likes_c);
  }
  EXPECT_EQ(lead(with, "v1", 2), lead(without, "v1", 2));
}

}  // namespace
}  // namespace matchcue::learn
