// SPDX-License-Identifier: Apache-2.0
#include "scoring/act_ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace matchcue::scoring {
namespace {

using testing::ElementsAre;
using testing::Pair;

using Counts = std::vector<std::size_t>;
using Acts = std::vector<std::pair<std::uint32_t, std::vector<Code>>>;

Acts acts_of(const ActRing& ring, std::span<const float> state) {
  Acts acts;
  std::vector<Code> codes(ring.field_count());
  ring.read(state, codes, [&](std::uint32_t item) { acts.emplace_back(item, codes); });
  return acts;
}

TEST(ActRing, KeepsTheNewestActsInTheirOrder) {
  const ActRing ring(3, Counts{4});
  std::vector<float> state(ring.size());
  EXPECT_THAT(acts_of(ring, state), ElementsAre());
  for (std::uint32_t act = 0; act < 2; ++act) ring.push(state, 10 + act, std::vector<Code>{act});
  EXPECT_THAT(acts_of(ring, state), ElementsAre(Pair(10, ElementsAre(0)), Pair(11, ElementsAre(1))));
  for (std::uint32_t act = 2; act < 5; ++act) ring.push(state, 10 + act, std::vector<Code>{act % 4});
  EXPECT_THAT(acts_of(ring, state),
              ElementsAre(Pair(12, ElementsAre(2)), Pair(13, ElementsAre(3)), Pair(14, ElementsAre(0))));
}

TEST(ActRing, PacksCodesOfFieldsIntoAsFewFloatsAsHoldThem) {
  EXPECT_EQ(ActRing(10, Counts{}).size(), 1 + 10 * 1);
  EXPECT_EQ(ActRing(10, Counts{1'000, 1'000}).size(), 1 + 10 * 2);
  const ActRing ring(2, Counts{1'000, 4, 1'000, 1'000});
  EXPECT_EQ(ring.size(), 1 + 2 * 3);
  std::vector<float> state(ring.size());
  ring.push(state, (1U << 24) - 2, std::vector<Code>{999, 3, 999, 999});
  ring.push(state, 0, std::vector<Code>{0, 2, 0, 1});
  EXPECT_THAT(acts_of(ring, state),
              ElementsAre(Pair((1U << 24) - 2, ElementsAre(999, 3, 999, 999)), Pair(0, ElementsAre(0, 2, 0, 1))));
}

}  // namespace
}  // namespace matchcue::scoring
