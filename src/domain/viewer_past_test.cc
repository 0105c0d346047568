// SPDX-License-Identifier: Apache-2.0
#include "domain/viewer_past.h"

#include <gtest/gtest.h>

namespace matchcue::domain {
namespace {

TEST(ViewerPast, KeepsTheNewestOfEachTypeInAnyCase) {
  ViewerPast past;
  for (int i = 0; i < 150; ++i) past.add(i % 2 == 0 ? "Click" : "CLICK", ItemId("i" + std::to_string(i)));
  past.add("stream", ItemId("s"));
  ASSERT_EQ(past.by_type().size(), 2U);
  const auto& clicks = past.by_type().at("click");
  EXPECT_EQ(clicks.size(), kPastActsMax);
  EXPECT_EQ(clicks.front(), ItemId("i50"));
  EXPECT_EQ(clicks.back(), ItemId("i149"));
}

TEST(ViewerPast, TakesOlderActsWhileThereIsRoom) {
  ViewerPast past;
  past.add("click", ItemId("new"));
  for (std::size_t i = 1; i < kPastActsMax; ++i) EXPECT_TRUE(past.add_older("CLICK", ItemId("old")));
  EXPECT_FALSE(past.add_older("click", ItemId("older")));
  EXPECT_TRUE(past.add_older("stream", ItemId("older")));
  EXPECT_EQ(past.by_type().at("click").back(), ItemId("new"));
}

}  // namespace
}  // namespace matchcue::domain
