// SPDX-License-Identifier: Apache-2.0
#include "learn/viewer_table.h"

#include <gtest/gtest.h>

#include <cmath>

namespace matchcue::learn {
namespace {

ViewerState viewer(const std::string& id) {
  ViewerState state;
  state.id = domain::ViewerId(id);
  return state;
}

TEST(ViewerTable, FindsEverybodyById) {
  ViewerTable table;
  for (int v = 0; v < 5'000; ++v) table.add(viewer("v" + std::to_string(v)));
  for (int v = 0; v < 5'000; ++v) EXPECT_EQ(table.find("v" + std::to_string(v)), static_cast<ViewerRow>(v));
  EXPECT_FALSE(table.find("nobody"));
}

TEST(ViewerTable, ACopyStaysAsItWas) {
  ViewerTable table;
  for (int v = 0; v < 200; ++v) table.add(viewer("v" + std::to_string(v)));
  const ViewerTable before = table.share();
  table.edit(7).taste[0] = 3;
  table.add(viewer("new"));
  EXPECT_EQ(before[7].taste[0], 0);
  EXPECT_EQ(before.size(), 200u);
  EXPECT_FALSE(before.find("new"));
  EXPECT_EQ(table[7].taste[0], 3);
  EXPECT_EQ(table.find("new"), ViewerRow{200});
}

History seen(ItemRow item, float impressions) {
  History entry;
  entry.item = item;
  entry.information = .1F * impressions;
  entry.target = .2F * impressions;
  entry.fatigue = std::log2(1 + impressions);
  entry.clicked = entry.sequence = 1;
  return entry;
}
/// Saw these items, at `moments` moments from `first` on.
ViewerState watcher(std::uint64_t first, std::uint64_t moments, std::vector<History> history) {
  ViewerState state = viewer("v");
  state.first_moment = first;
  state.seen_moment = first + moments - 1;
  state.moments = moments;
  state.history = std::move(history);
  return state;
}

TEST(TakeOver, WhatIsKnownOfBothAddsUpAndWhatWasSeenFirstFadesByTheMomentsSince) {
  const Options options;
  ViewerState bob = watcher(1, 5, {seen(0, 2), seen(1, 1)});
  bob.take_over(watcher(10, 3, {seen(1, 4), seen(2, 1)}), options);
  ASSERT_EQ(bob.history.size(), 3U);
  const float kept = static_cast<float>(std::pow(options.fatigue_decay, 3));
  EXPECT_NEAR(std::exp2(bob.find(0)->fatigue) - 1, 2 * kept, 1e-5);
  EXPECT_NEAR(std::exp2(bob.find(1)->fatigue) - 1, kept + 4, 1e-5);
  EXPECT_NEAR(bob.find(2)->fatigue, 1, 1e-6);
  EXPECT_NEAR(bob.find(1)->information, .5F, 1e-6) << "evidence does not fade";
  EXPECT_NEAR(bob.find(1)->target, 1.F, 1e-6);
  EXPECT_NEAR(bob.find(1)->clicked, 1 + std::pow(options.click_decay, 3), 1e-5);
  EXPECT_EQ(bob.history.front().item, 0U) << "in the order of time";
  EXPECT_EQ(bob.moments, 8U);
  EXPECT_EQ(bob.first_moment, 1U);
  EXPECT_EQ(bob.seen_moment, 12U);
}

TEST(TakeOver, IsTheSameWhoeverTakesOver) {
  ViewerState bob = watcher(1, 5, {seen(0, 2), seen(1, 1)});
  ViewerState other = watcher(10, 3, {seen(1, 4), seen(2, 1)});
  ViewerState joined = bob;
  joined.take_over(other, {});
  other.take_over(bob, {});
  ASSERT_EQ(other.history.size(), joined.history.size());
  for (std::size_t h = 0; h < joined.history.size(); ++h) {
    EXPECT_EQ(other.history[h].item, joined.history[h].item);
    EXPECT_EQ(other.history[h].fatigue, joined.history[h].fatigue);
  }
  EXPECT_EQ(other.moments, joined.moments);
}

TEST(TakeOver, NothingFadesWhereTheTwoTookTurns) {
  ViewerState bob = watcher(1, 5, {seen(0, 2)});
  bob.take_over(watcher(4, 9, {seen(1, 1)}), {});
  EXPECT_EQ(bob.find(0)->fatigue, std::log2(3.F));
}

TEST(TakeOver, TheOldestItemsAreForgottenBeyondTheMost) {
  Options options;
  options.recent_items_max = 2;
  ViewerState bob = watcher(1, 5, {seen(0, 2), seen(1, 1)});
  bob.take_over(watcher(10, 3, {seen(2, 1)}), options);
  ASSERT_EQ(bob.history.size(), 2U);
  EXPECT_EQ(bob.find(0), nullptr);
}

}  // namespace
}  // namespace matchcue::learn
