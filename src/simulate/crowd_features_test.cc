// SPDX-License-Identifier: Apache-2.0
#include "simulate/crowd_features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "simulate/match_context.h"

namespace matchcue::simulate {
namespace {

TimedMoment moment(const std::string& event, int player) {
  TimedMoment moment;
  moment.state = context_of(event, Phase::first_half, 20, {0, 0}, {});
  moment.subject = player_item(0, player);
  return moment;
}

CrowdWorld make_world() {
  CrowdWorld world(CrowdParams{}, {{moment("GOAL", 0), moment("SHOT", 1)}}, 1, 30);
  world.next_tick();
  return world;
}

std::vector<double> viewer_part(const CrowdFeatures& features, std::size_t viewer) {
  std::vector<double> x(features.viewer_size());
  features.write_viewer(viewer, x);
  return x;
}

std::vector<double> item_part(const CrowdFeatures& features, std::size_t viewer, std::size_t item) {
  std::vector<double> x(CrowdFeatures::kItemSize);
  features.write_item(viewer, item, x);
  return x;
}

/// How many numbers are not 0.
std::size_t known(const std::vector<double>& x) {
  return x.size() - static_cast<std::size_t>(std::count(x.begin(), x.end(), 0));
}

TEST(CrowdFeatures, EachKnowledgeCanBeTakenAway) {
  const CrowdWorld world = make_world();
  const auto known_of = [&](CrowdKnowledge knowledge) {
    CrowdFeatures features(world, knowledge);
    features.enter_tick(world);
    return known(viewer_part(features, 0));
  };
  EXPECT_EQ(known_of({.metadata = false, .context = false, .history = false}), 1u);
  EXPECT_EQ(known_of({.context = false, .history = false}), 1u + 3);
  EXPECT_EQ(known_of({.history = false}), 1u + 3 + 6);
}

TEST(CrowdFeatures, TheActingPlayerStandsOutAndFades) {
  CrowdWorld world = make_world();
  CrowdFeatures features(world, {.metadata = false});
  features.enter_tick(world);
  const std::vector<double> acting = item_part(features, 0, 17);
  EXPECT_EQ(known(acting), 2u);
  EXPECT_EQ(known(item_part(features, 0, 18)), 0u);
  world.next_tick();
  features.enter_tick(world);
  const std::vector<double> after = item_part(features, 0, 17);
  EXPECT_EQ(known(after), 1u);
  EXPECT_LT(std::accumulate(after.begin(), after.end(), 0.), 1);
}

TEST(CrowdFeatures, AViewersHistoryIsTheirOwn) {
  const CrowdWorld world = make_world();
  CrowdFeatures features(world, {.metadata = false, .context = false, .others = true});
  std::vector<CrowdShown> shown(30 * 4);
  for (std::size_t j = 0; j < shown.size(); ++j) shown[j].item = world.candidates(j % 4)[j < 4 ? 0 : 1];
  shown[0].clicked = true;
  features.learn(shown, std::vector<double>(shown.size(), .1));
  const std::size_t clicked = shown[0].item;
  EXPECT_EQ(known(item_part(features, 0, clicked)), 3u);
  EXPECT_EQ(known(item_part(features, 0, shown[1].item)), 2u);
  EXPECT_EQ(known(item_part(features, 1, clicked)), 0u);
  EXPECT_EQ(known(viewer_part(features, 0)), 1u + 4);
}

}  // namespace
}  // namespace matchcue::simulate
