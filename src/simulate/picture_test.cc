// SPDX-License-Identifier: Apache-2.0
#include "simulate/picture.h"

#include <gtest/gtest.h>

#include "simulate/match_context.h"

namespace matchcue::simulate {
namespace {

using Frame = std::vector<std::uint8_t>;

TimedMoment moment_of(std::string event, int team) {
  TimedMoment moment;
  moment.state = context_of(event, Phase::first_half, 12, {1, 0}, {});
  moment.subject = player_item(team, 3);
  moment.clock = "12:34";
  moment.score = {1, 0};
  moment.text = event + " Argentina, Lionel Messi";
  return moment;
}

Frame frame_after(Picture& picture, int frames, bool band = false) {
  for (int i = 0; i < frames; ++i) picture.step();
  Frame frame(kPictureBytes);
  picture.draw(frame, band);
  return frame;
}

std::uint8_t brightness(const Frame& frame, int x, int y) {
  return frame[static_cast<std::size_t>(y * kPictureWidth + x)];
}

/// Whether something as bright as the ball is within the lines of the goal on that side, where before was grass.
bool ball_is_in_goal(const Frame& frame, bool right) {
  const int from = right ? 615 : 19;
  for (int y = 182; y < 214; ++y) {
    for (int x = from; x < from + 5; ++x) {
      if (brightness(frame, x, y) > 220) return true;
    }
  }
  return false;
}

TEST(Picture, TheBallIsInTheNetAfterAGoal) {
  for (const int team : {0, 1}) {
    Picture picture(7);
    picture.happen(moment_of("THROW", team));
    EXPECT_FALSE(ball_is_in_goal(frame_after(picture, 10), team == 0));
    picture.happen(moment_of("GOAL", team));
    EXPECT_TRUE(ball_is_in_goal(frame_after(picture, kPictureRate), team == 0));
    TimedMoment before_play = moment_of("GOAL", 1 - team);  // an operator may fire what they like
    before_play.clock.clear();
    picture.happen(before_play);
    EXPECT_TRUE(ball_is_in_goal(frame_after(picture, kPictureRate), team == 1));
  }
}

TEST(Picture, MovesWhilePlayGoesOnAndRestsBetween) {
  Picture picture(7);
  picture.happen(moment_of("SHOT", 0));
  EXPECT_NE(frame_after(picture, 200), frame_after(picture, 25));
  TimedMoment pause = moment_of("INTERVAL", 0);
  pause.clock = "HT";
  picture.happen(pause);
  const Frame still = frame_after(picture, 3'000);
  EXPECT_EQ(still, frame_after(picture, 25));
}

TEST(Picture, IsTheSameForTheSameSeed) {
  Picture one(7), same(7), other(8);
  for (Picture* each : {&one, &same, &other}) each->happen(moment_of("SHOT", 0));
  const Frame frame = frame_after(one, 300);
  EXPECT_EQ(frame, frame_after(same, 300));
  EXPECT_NE(frame, frame_after(other, 300));
}

TEST(Picture, TheBandIsDarkEnoughForText) {
  Picture picture(7);
  const Frame frame = frame_after(picture, 1, true);
  for (int x = 0; x < kPictureWidth; x += 7) {
    EXPECT_LT(brightness(frame, x, kPictureBandTop + kPictureBandHeight / 2), 70);
    EXPECT_LT(brightness(frame, x, kPictureBarHeight / 2), 70);
  }
}

TEST(Picture, BannersSayWhatHappened) {
  EXPECT_EQ(banner_of(moment_of("GOAL", 0)), "GOAL! 1-0   Lionel Messi");
  EXPECT_EQ(banner_of(moment_of("SHOT", 0)), "SHOT Argentina, Lionel Messi");
  EXPECT_EQ(banner_of(moment_of("YELLOW-CARD", 0)), "YELLOW CARD Argentina, Lionel Messi");
  TimedMoment correction = moment_of("FREE-KICK", 0);
  correction.kind = MomentKind::correction;
  correction.text = "VAR: no goal, Lionel Messi was offside";
  EXPECT_EQ(banner_of(correction), "VAR: no goal, Lionel Messi was offside   1-0");
}

TEST(Picture, TheClockGoesOnBetweenMoments) {
  using std::chrono::seconds;
  EXPECT_EQ(advance_clock("12:34", seconds(30)), "13:04");
  EXPECT_EQ(advance_clock("44:50", seconds(15)), "45+0:05");
  EXPECT_EQ(advance_clock("45:00", seconds(15)), "45:15");
  EXPECT_EQ(advance_clock("89:50", seconds(75)), "90+1:05");
  EXPECT_EQ(advance_clock("45+2:10", seconds(60)), "45+3:10");
  for (const char* still : {"", "HT", "a:b", "+1:2x"}) EXPECT_EQ(advance_clock(still, seconds(60)), still);
}

}  // namespace
}  // namespace matchcue::simulate
