// SPDX-License-Identifier: Apache-2.0
#include "cli/picture_director.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "simulate/match_context.h"
#include "simulate/picture.h"

namespace matchcue::cli {
namespace {

using Json = nlohmann::json;

/// Accepts everything, numbering it.
class FakeEvents final : public simulate::EventApi {
 public:
  Result<simulate::Accepted> set_state(const domain::EventId&, const domain::Values&, WallTime) override {
    return next();
  }
  Result<simulate::Accepted> fire(const domain::EventId&, const simulate::TimedMoment&, WallTime) override {
    return next();
  }
  Result<simulate::Accepted> correct(const domain::EventId&, domain::Sequence, const simulate::TimedMoment&,
                                     WallTime) override {
    return next();
  }
  Result<void> map_content(const domain::ContentId&, const domain::EventId&) override { return {}; }
  Result<domain::Sequence> latest(const domain::EventId&) override { return domain::Sequence(sequence); }
  Result<std::vector<simulate::ChangeSeen>> changes_after(const domain::EventId&, domain::Sequence) override {
    return std::vector<simulate::ChangeSeen>();
  }
  simulate::Accepted next() { return {domain::Sequence(++sequence), true}; }
  std::uint64_t sequence = 0;
};

struct PictureDirectorTest : ::testing::Test {
  FakeEvents events;
  ManualClock clock;
  std::vector<std::string> banners;
  std::string clock_text;
  PictureDirector director{events,
                           [this](const simulate::TimedMoment& moment) {
                             banners.push_back(simulate::banner_of(moment));
                             clock_text = moment.clock;
                           },
                           10, clock};

  void script(const std::string& event, std::array<int, 2> score, int team = 0) {
    simulate::TimedMoment moment;
    moment.state = simulate::context_of(event, simulate::Phase::first_half, 12, score, {});
    moment.subject = simulate::player_item(team, 1);
    moment.score = score;
    moment.clock = "12:00";
    moment.text = event + " by the script";
    ASSERT_TRUE(director.fire(domain::EventId("1"), moment, {}).ok());
  }
  static Json change(std::uint64_t sequence, const std::string& event, const Json& corrects = nullptr) {
    return {{"sequence", sequence},
            {"kind", corrects.is_null() ? "moment" : "correction"},
            {"subject", nullptr},
            {"corrects", corrects},
            {"after", {{"MATCH_EVENT", event}}},
            {"reason", ""}};
  }
};

TEST_F(PictureDirectorTest, ShowsWhatTheScriptTellsOnce) {
  script("SHOT", {0, 0});
  director.see(change(1, "SHOT"));
  EXPECT_EQ(banners, std::vector<std::string>{"SHOT by the script"});
}

TEST_F(PictureDirectorTest, AGoalThatSomebodyFiresIsInThePictureAndInTheScore) {
  script("SHOT", {0, 1});
  clock.advance(Milliseconds(3'000));
  director.see(change(2, "GOAL"));
  EXPECT_EQ(banners.back(), "GOAL! 1-1");
  EXPECT_EQ(clock_text, "12:30");
  events.sequence = 2;
  script("GOAL", {0, 2}, 1);
  EXPECT_EQ(banners.back(), "GOAL! 1-2");
  director.see(change(4, "FREE-KICK", std::uint64_t{2}));
  EXPECT_EQ(banners.back(), "VAR: no goal   0-2");
}

TEST_F(PictureDirectorTest, AGoalOfTheScriptMayBeTakenBackToo) {
  script("GOAL", {1, 0});
  director.see(change(2, "FREE-KICK", std::uint64_t{1}));
  EXPECT_EQ(banners.back(), "VAR: no goal   0-0");
  director.see(change(3, "FREE-KICK", std::uint64_t{1}));
  EXPECT_EQ(banners.back(), "Corrected   0-0");
}

TEST_F(PictureDirectorTest, OverridesAndFiltersAreNothingToSee) {
  script("SHOT", {0, 0});
  Json pin = change(2, "SHOT");
  pin["kind"] = "override";
  director.see(pin);
  EXPECT_EQ(banners.size(), 1U);
}

}  // namespace
}  // namespace matchcue::cli
