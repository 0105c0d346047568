// SPDX-License-Identifier: Apache-2.0
#include "simulate/demo_view.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace matchcue::simulate {
namespace {

DemoScene scene() {
  DemoScene scene;
  scene.page_url = "http://127.0.0.1:8081/";
  scene.viewers_url = "ws://127.0.0.1:8080/v1/ws";
  scene.teams = {"Argentina", "France"};
  scene.score = {2, 1};
  scene.clock = "63:10";
  scene.timing = "SECOND-HALF-2";
  scene.feed = {"SHOT France, Kylian Mbappe", "GOAL Argentina, Lionel Messi"};
  scene.viewers_wanted = scene.viewers_connected = 1'000;
  scene.slates_per_second = 812.4;
  scene.last_push_ms = 5.82;
  scene.on_screen = {{"GENERAL", "ITEM_ID_9", "BET", 750},
                     {"GENERAL", "ITEM_ID_15", "MATCH_BEST_MOMENT", 250},
                     {"PLAYER", "ITEM_ID_18", "LIONEL_MESSI_PROFILE", 1'000}};
  return scene;
}

/// Views into `text`, which must live on.
std::vector<std::string_view> lines_of(const std::string& text) { return split(text, '\n'); }

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (const char c : text) columns += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
  return columns;
}

TEST(DemoView, TheScreenShowsScoreFeedNumbersAndBars) {
  const std::string screen = render_screen(scene(), 100, Paint::plain);
  for (const char* part : {"http://127.0.0.1:8081/", "Argentina 2 - 1 France", "63:10", "GOAL Argentina, Lionel Messi",
                           "viewers 1000 of 1000", "812/s", "5.8 ms", "BET", " 75 %", "LIONEL_MESSI_PROFILE"}) {
    EXPECT_NE(screen.find(part), std::string::npos) << part << "\n" << screen;
  }
  EXPECT_EQ(screen.find('\x1b'), std::string::npos);
}

TEST(DemoView, ABarIsAsLongAsItsShare) {
  const std::string screen = render_screen(scene(), 84, Paint::plain);
  const auto bar_of = [&](std::string_view label) {
    for (const auto line : lines_of(screen)) {
      if (line.find(label) == std::string_view::npos) continue;
      std::size_t blocks = 0;
      for (std::size_t at = line.find("█"); at != std::string_view::npos; at = line.find("█", at + 3)) ++blocks;
      return blocks;
    }
    return std::size_t{999};
  };
  EXPECT_EQ(bar_of("  BET"), 30U);
  EXPECT_EQ(bar_of("MATCH_BEST"), 10U);
  EXPECT_EQ(bar_of("LIONEL"), 40U);
}

TEST(DemoView, NoLineIsWiderThanTheTerminal) {
  const std::string screen = render_screen(scene(), 60, Paint::plain);
  for (const auto line : lines_of(screen)) EXPECT_LE(columns_of(line), 60U) << line;
}

TEST(DemoView, ColourIsOnlyThereWhenItIsWanted) {
  EXPECT_NE(render_screen(scene(), 80, Paint::colour).find("\x1b["), std::string::npos);
}

TEST(DemoView, TheHeightStaysWhileTheFeedFills) {
  DemoScene early = scene();
  early.feed.clear();
  EXPECT_EQ(lines_of(render_screen(early, 80, Paint::plain)).size(),
            lines_of(render_screen(scene(), 80, Paint::plain)).size());
}

TEST(DemoView, TheLineNamesTheTopItemOfEachSlot) {
  const std::string line = render_line(scene());
  EXPECT_NE(line.find("GENERAL=BET PLAYER=LIONEL_MESSI_PROFILE"), std::string::npos) << line;
  EXPECT_EQ(line.find('\n'), std::string::npos);
}

TEST(ParseAudience, SortsTheMostSeenFirstWithinASlot) {
  const auto seen = parse_audience(
      R"({"connections":3,"sessions":3,"slates":9,"last_sequence":2,"last_push_ms":1.5,"on_screen":[)"
      R"({"slot":"A","item":"i1","sessions":1},{"slot":"A","item":"i2","sessions":2},{"slot":"B","item":"i3","sessions":3}]})",
      {{"i2", "Two"}});
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->on_screen[0].label, "Two");
  EXPECT_EQ(seen->on_screen[1].label, "i1");
  EXPECT_EQ(seen->last_push_ms, 1.5);
  EXPECT_EQ(parse_audience("{}", {}).error().code, "unexpected_answer");
}

}  // namespace
}  // namespace matchcue::simulate
