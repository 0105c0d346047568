// SPDX-License-Identifier: Apache-2.0
#include "cli/load_trials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "cli/test_decision_log.h"
#include "learn/log_learner.h"

namespace matchcue::cli {
namespace {

using domain::FeedbackKind;
using testing::HasSubstr;
using testing::SizeIs;

class LoadTrials : public testing::Test {
 protected:
  Result<JoinedLog> load(TrialQuery query = {}) {
    log.give();
    return load_trials(log.store().reader(), query, [](std::string_view, std::uint64_t, std::uint64_t) {});
  }

  const TestDecisionLog::Row ann{"ann", {"poll", .75F}, {"wager", .5F}, 30};
  const TestDecisionLog::Row bob{"bob", {"quiz", .25F}, {"messi", 1}, {}};
  TestDecisionLog log;
};

TEST_F(LoadTrials, JoinsWhatWasDecidedWithWhatWasDone) {
  const auto header = log.header(1);
  log.decide(header, {ann, bob});
  log.feed(header, ann, 0, FeedbackKind::impression, 2);
  log.feed(header, ann, 1, FeedbackKind::impression, 2);
  log.feed(header, ann, 1, FeedbackKind::click, 5);
  log.feed(header, bob, 0, FeedbackKind::impression, 3);
  const auto joined = load();
  ASSERT_TRUE(joined.ok()) << joined.error().message;
  const evaluate::LoggedTrials& trials = joined->trials;
  ASSERT_THAT(trials.trials(), SizeIs(3));
  const auto& seen = trials.trials()[0];
  EXPECT_EQ(trials.viewer_of(seen), domain::ViewerId("ann"));
  EXPECT_EQ(trials.slots()[seen.slot], "SOCIAL");
  EXPECT_EQ(seen.propensity, .75F);
  EXPECT_EQ(seen.reward, 0);
  EXPECT_EQ(trials.candidates_of(seen)[seen.place],
            trials.find_number(domain::SlotName("SOCIAL"), domain::ItemId("poll")));
  EXPECT_EQ(trials.header_of(seen).context, header.context);
  const auto& clicked = trials.trials()[1];
  EXPECT_EQ(trials.slots()[clicked.slot], "PLAYER");
  EXPECT_EQ(clicked.reward, 1);
  EXPECT_THAT(trials.candidates_of(clicked), SizeIs(2));
  EXPECT_EQ(joined->without_decision, 0U);
  EXPECT_FALSE(joined->damage);
}

TEST_F(LoadTrials, CandidatesAreWhatTheViewerCouldHaveBeenShown) {
  auto header = log.header(1);
  header.overrides = {{domain::OverrideAction::block, domain::ItemId("quiz")}};
  const TestDecisionLog::Row child{"child", {"poll", .75F}, {"messi", .75F}, 12};
  log.decide(header, {child});
  log.feed(header, child, 0, FeedbackKind::impression, 1);
  log.feed(header, child, 1, FeedbackKind::impression, 1);
  const auto joined = load();
  ASSERT_TRUE(joined.ok()) << joined.error().message;
  EXPECT_THAT(joined->trials.candidates_of(joined->trials.trials()[0]), SizeIs(1)) << "quiz is blocked";
  EXPECT_THAT(joined->trials.candidates_of(joined->trials.trials()[1]), SizeIs(1)) << "wager is for grown-ups";
}

TEST_F(LoadTrials, CountsWhatItLeavesOut) {
  const auto header = log.header(1);
  log.decide(header, {ann, bob});
  log.feed(header, bob, 1, FeedbackKind::impression, 1);  // propensity 1
  log.feed(header, ann, 0, FeedbackKind::impression, 1);
  log.waiting().back().attributed = false;
  log.waiting().back().traits = nullptr;
  log.feed(log.header(9), ann, 1, FeedbackKind::impression, 1);  // never logged
  log.feed(header, bob, 0, FeedbackKind::impression, 1);
  log.waiting().back().propensity = .125F;  // not what was logged
  const auto joined = load();
  ASSERT_TRUE(joined.ok()) << joined.error().message;
  EXPECT_THAT(joined->trials.trials(), SizeIs(0));
  EXPECT_EQ(joined->left_out.certain, 1U);
  EXPECT_EQ(joined->left_out.unattributed, 1U);
  EXPECT_EQ(joined->without_decision, 2U);
}

TEST_F(LoadTrials, ADecisionThatIsLoggedTwiceIsOneTrial) {
  const auto header = log.header(1);
  log.decide(header, {ann});
  log.decide(header, {bob, ann});  // ann came back to another shard
  log.feed(header, ann, 0, FeedbackKind::impression, 1);
  EXPECT_THAT(load()->trials.trials(), SizeIs(1));
}

TEST_F(LoadTrials, OneEventIsTakenOutOfSeveral) {
  log.store().map("c1", "match").value();
  for (const char* event : {"match", "final"}) {
    const auto header = log.header(1, event);
    log.decide(header, {ann});
    log.feed(header, ann, 0, FeedbackKind::impression, 1);
  }
  EXPECT_THAT(load()->trials.trials(), SizeIs(2));
  const auto one = load({.event = domain::EventId("match"), .viewers = Viewers::all});
  EXPECT_THAT(one->trials.trials(), SizeIs(1));
  EXPECT_EQ(one->without_decision, 0U);
  const auto none = load({.event = domain::EventId("cup"), .viewers = Viewers::all});
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().message, "unknown event \"cup\"");
  EXPECT_EQ(none.error().field, "event");
}

TEST_F(LoadTrials, HalfOfTheViewersMayTeachWithoutBeingJudged) {
  const auto header = log.header(1);
  std::vector<TestDecisionLog::Row> rows;
  for (int viewer = 0; viewer < 100; ++viewer) {
    rows.push_back({"v" + std::to_string(viewer), {viewer % 4 == 0 ? "quiz" : "poll", .5F}, {}, {}});
  }
  log.decide(header, rows);
  for (const auto& row : rows) log.feed(header, row, 0, FeedbackKind::impression, 1);
  for (const auto& row : rows) {
    if (row.social.first == "quiz") log.feed(header, row, 0, FeedbackKind::click, 2);
  }
  const auto joined = load({.event = {}, .viewers = Viewers::every_second});
  ASSERT_TRUE(joined.ok()) << joined.error().message;
  EXPECT_EQ(joined->taught_count + joined->trials.trials().size(), 100U);
  EXPECT_NEAR(static_cast<double>(joined->taught_count), 50, 20);
  const domain::SlotName slot("SOCIAL");
  EXPECT_GT(joined->taught.rate(joined->trials.find_number(slot, domain::ItemId("quiz")).value()),
            joined->taught.rate(joined->trials.find_number(slot, domain::ItemId("poll")).value()));
}

TEST_F(LoadTrials, JudgesByTheRuleThatTheLearnerWasLastTold) {
  learn::Settings settings;
  settings.reward.click = .5;
  log.store().step({1, 0, {}, false, to_json(settings)}).value();
  log.store().step({2, 0, {}, false, {}}).value();
  const auto header = log.header(1);
  log.decide(header, {ann});
  log.feed(header, ann, 0, FeedbackKind::impression, 2);
  log.feed(header, ann, 0, FeedbackKind::click, 5);
  EXPECT_EQ(load()->trials.trials()[0].reward, .5F);
  settings.reward.dismiss = -.25;
  log.store().step({3, 0, {}, false, to_json(settings)}).value();
  const auto refused = load();
  EXPECT_EQ(refused.error().field, "learner.dismiss_value");
  EXPECT_THAT(refused.error().message, HasSubstr("learner.dismiss_value is -0.25"));
}

TEST_F(LoadTrials, DamageIsReportedBesideWhatIsLeft) {
  for (std::uint64_t sequence = 1; sequence <= 2; ++sequence) {
    const auto header = log.header(sequence);
    log.decide(header, {ann});
    log.feed(header, ann, 0, FeedbackKind::impression, 1);
  }
  {
    std::fstream file(log.log_path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(40);
    file.put('\x7f');
  }
  const auto joined = load();
  ASSERT_TRUE(joined.ok()) << joined.error().message;
  EXPECT_THAT(joined->trials.trials(), SizeIs(1));
  EXPECT_EQ(joined->without_decision, 1U);
  ASSERT_TRUE(joined->damage);
  EXPECT_EQ(joined->damage->kind, ErrorKind::corrupt);
}

}  // namespace
}  // namespace matchcue::cli
