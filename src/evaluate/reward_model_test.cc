// SPDX-License-Identifier: Apache-2.0
#include "evaluate/reward_model.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace matchcue::evaluate {
namespace {

domain::Values state(const std::string& moment) { return {{"MATCH_EVENT", moment}}; }

/// Item 0 earns at goals, item 1 at throws, item 2 never: 12,000 trials by 400 viewers in slot 0.
struct World {
  RewardModel model{2, {}};
  RewardModel::Encoded goal = model.encode(state("GOAL"));
  RewardModel::Encoded at_throw = model.encode(state("THROW"));

  World() {
    Random random(1);
    for (int i = 0; i < 12'000; ++i) {
      const std::size_t item = random.below(3);
      const bool is_goal = random.below(2) == 0;
      const double rate = item == 2 ? 0 : (item == 0) == is_goal ? .3 : .05;
      model.add(static_cast<std::uint32_t>(i % 400), 0, item, is_goal ? goal : at_throw,
                random.uniform() < rate ? 1 : 0);
    }
    model.fit();
  }
};

TEST(RewardModel, LearnsWhatEachItemEarnsInEachContext) {
  const World world;
  EXPECT_NEAR(world.model.predict(0, 0, 0, world.goal), .3, .04);
  EXPECT_NEAR(world.model.predict(0, 0, 0, world.at_throw), .05, .02);
  EXPECT_NEAR(world.model.predict(0, 0, 1, world.at_throw), .3, .04);
  EXPECT_LT(world.model.predict(0, 0, 2, world.goal), .01);
}

TEST(RewardModel, AViewersOwnRewardsDoNotPredictThem) {
  RewardModel with(1, {});
  RewardModel without(1, {});
  const auto context = with.encode(state("GOAL"));
  without.encode(state("GOAL"));
  for (std::uint32_t viewer = 0; viewer < 50; ++viewer) {
    with.add(viewer, 0, 0, context, viewer % 5 == 0 ? 1 : 0);
    without.add(viewer, 0, 0, context, viewer % 5 == 0 ? 1 : 0);
  }
  for (int i = 0; i < 100; ++i) with.add(7, 0, 0, context, 1);
  with.fit();
  without.fit();
  EXPECT_DOUBLE_EQ(with.predict(7, 0, 0, context), without.predict(7, 0, 0, context));
  int changed = 0;
  for (std::uint32_t viewer = 0; viewer < 50; ++viewer) {
    changed += with.predict(viewer, 0, 0, context) != without.predict(viewer, 0, 0, context);
  }
  EXPECT_GT(changed, 25) << "viewers of other folds learn from it";
}

TEST(RewardModel, AnUnknownItemIsPredictedAsItsSlotAndAnUnknownSlotAsAll) {
  const World world;
  const double slot = world.model.predict(0, 0, 99, {});
  EXPECT_NEAR(slot, (.175 + .175 + 0) / 3, .02);
  EXPECT_NEAR(world.model.predict(0, 1, 99, {}), slot, .01);
}

TEST(RewardModel, AContextNeverSeenSaysNothing) {
  World world;
  EXPECT_TRUE(world.model.encode(state("METEORITE")).empty());
  EXPECT_TRUE(world.model.encode({{"MATCH_EVENT", domain::Value{}}}).empty());
  EXPECT_EQ(world.model.encode(state("GOAL")), world.goal);
}

TEST(RewardModel, WhatTheSlotDoesInAContextIsExpectedOfARareItem) {
  RewardModel model(1, {});
  const auto goal = model.encode(state("GOAL"));
  const auto at_throw = model.encode(state("THROW"));
  for (std::uint32_t i = 0; i < 20'000; ++i) model.add(i % 300, 0, 0, i % 2 == 0 ? goal : at_throw, i % 8 == 0 ? 1 : 0);
  for (std::uint32_t i = 0; i < 200; ++i) model.add(i, 0, 1, at_throw, i % 50 == 0 ? 1 : 0);
  model.fit();
  EXPECT_GT(model.predict(0, 0, 1, goal), 2 * model.predict(0, 0, 1, at_throw));
}

TEST(RewardModel, WithoutAnyTrialItSaysOneHalf) {
  RewardModel model(1, {});
  model.fit();
  EXPECT_DOUBLE_EQ(model.predict(0, 0, 0, {}), .5);
}

}  // namespace
}  // namespace matchcue::evaluate
