// SPDX-License-Identifier: Apache-2.0
#include "scoring/metadata_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace matchcue::scoring {
namespace {

using testing::IsEmpty;

std::vector<std::uint32_t> items_of(const std::vector<MetadataIndex::Near>& near) {
  std::vector<std::uint32_t> items;
  for (const auto& each : near) items.push_back(each.item);
  return items;
}

/// Items 0, 1: Drama; 2: Drama, War; 3: nothing; 4: War.
class MetadataIndexTest : public testing::Test {
 protected:
  FeatureCodes codes_{{{"GENRES", FieldCodes::Kind::labels, {"Drama", "War"}, {}}}};
  std::vector<std::int32_t> begin_{0, 1, 2, 4, 4, 5};
  std::vector<std::int32_t> features_{0, 0, 0, 1, 1};
  MetadataIndex index_{codes_, begin_, features_};
};

TEST_F(MetadataIndexTest, RanksByWhatIsSharedRareFeaturesFirst) {
  const auto near = index_.nearest({{"GENRES", std::string("Drama|War")}}, 9);
  EXPECT_EQ(items_of(near), (std::vector<std::uint32_t>{2, 4, 0, 1}));
  EXPECT_NEAR(near[0].weight, 1, 1e-6);
  EXPECT_GT(near[1].weight, near[2].weight);
  EXPECT_EQ(near[2].weight, near[3].weight);
  EXPECT_EQ(items_of(index_.nearest({{"GENRES", std::string("War|War")}}, 2)), (std::vector<std::uint32_t>{4, 2}));
}

TEST_F(MetadataIndexTest, NothingIsLikeAnItemOfWhichNothingIsKnown) {
  EXPECT_THAT(index_.nearest({{"GENRES", std::string("Western")}}, 5), IsEmpty());
  EXPECT_THAT(index_.nearest({}, 5), IsEmpty());
  EXPECT_THAT(index_.nearest_to(3, 5), IsEmpty());
}

TEST_F(MetadataIndexTest, AnItemIsNotItsOwnNeighbour) {
  EXPECT_EQ(items_of(index_.nearest_to(0, 5)), (std::vector<std::uint32_t>{1, 2}));
}

}  // namespace
}  // namespace matchcue::scoring
