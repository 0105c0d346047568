// SPDX-License-Identifier: Apache-2.0
#include "gateway/viewer_limits.h"

#include <gtest/gtest.h>

namespace matchcue::gateway {
namespace {

constexpr SteadyTime kStart{std::chrono::hours(1)};
const domain::ViewerId kBob("bob");

TEST(ViewerLimits, HoldAViewerToTheirMessagesAtOneAboveAndTenTimesTheLimit) {
  ViewerLimits limits({1, 1, 5, 10});
  ViewerPace& bob = limits.pace_of(kBob);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(limits.take_message(bob, kStart)) << i;
  EXPECT_FALSE(limits.take_message(bob, kStart));
  for (int i = 0; i < 90; ++i) EXPECT_FALSE(limits.take_message(bob, kStart));
  EXPECT_TRUE(limits.take_message(limits.pace_of(domain::ViewerId("alice")), kStart));
  const SteadyTime later = kStart + Milliseconds(1'000);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(limits.take_message(bob, later)) << i;
  EXPECT_FALSE(limits.take_message(bob, later));
}

TEST(ViewerLimits, ComingBackMakesNothingNew) {
  ViewerLimits limits({1, 1, 5, 10});
  for (int i = 0; i < 10; ++i) limits.take_message(limits.pace_of(kBob), kStart);
  limits.forget_idle(kStart + Milliseconds(1'000));
  EXPECT_FALSE(limits.take_message(limits.pace_of(kBob), kStart));
}

TEST(ViewerLimits, RememberWhoIsConnectedAndForgetTheRest) {
  ViewerLimits limits({1, 1, 5, 10});
  ViewerPace& bob = limits.pace_of(kBob);
  ++bob.connections;
  for (int i = 0; i < 5'000; ++i) limits.take_hello(limits.pace_of(domain::ViewerId(std::to_string(i))), kStart);
  EXPECT_EQ(limits.size(), 5'001U);
  limits.forget_idle(kStart + Milliseconds(900));
  EXPECT_EQ(limits.size(), 5'001U) << "they may not come again yet";
  limits.forget_idle(kStart + Milliseconds(1'100));
  EXPECT_EQ(limits.size(), 1U);
  EXPECT_EQ(&limits.pace_of(kBob), &bob);
  --bob.connections;
  limits.forget_idle(kStart + Milliseconds(1'100));
  EXPECT_EQ(limits.size(), 0U);
}

}  // namespace
}  // namespace matchcue::gateway
