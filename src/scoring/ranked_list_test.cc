// SPDX-License-Identifier: Apache-2.0
#include "scoring/ranked_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "scoring/window_model.h"

namespace matchcue::scoring {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RankedListTest : public testing::Test {
 protected:
  RankedListTest() {
    WindowTables tables;
    tables.items = {"a", "b", "c", "d"};
    tables.base = tables.keep<float>({1, 3, 2, 2});
    tables.log_odds_scale = .5;
    model_ = make_window_model("x", "personalized-ranking", std::move(tables));
    std::vector<domain::Item> items;
    for (const char* id : {"a", "b", "c", "d"}) {
      items.push_back(domain::make_item(domain::ItemId(id), {}, "").value());
    }
    catalogue_ = std::make_unique<domain::Catalogue>(1, std::move(items));
  }
  std::vector<RankedItem> rank(const std::vector<const char*>& ids) {
    std::vector<domain::ItemId> list;
    for (const char* id : ids) list.emplace_back(id);
    const domain::Values context;
    return rank_list(*model_, *catalogue_, {context, {}}, {}, {}, list);
  }
  static std::vector<std::string> ids(const std::vector<RankedItem>& ranked) {
    std::vector<std::string> out;
    for (const RankedItem& item : ranked) out.push_back(item.item.str());
    return out;
  }

  SequenceModelPtr model_;
  std::unique_ptr<domain::Catalogue> catalogue_;
};

TEST_F(RankedListTest, PutsAListIntoTheModelsOrderAndKeepsThatOfEquals) {
  EXPECT_THAT(ids(rank({"a", "b", "c"})), ElementsAre("b", "c", "a"));
  EXPECT_THAT(ids(rank({"d", "c", "a"})), ElementsAre("d", "c", "a"));
  EXPECT_THAT(ids(rank({"c", "d", "c"})), ElementsAre("c", "d"));
}

TEST_F(RankedListTest, ScoresAreTheChancesWithinTheList) {
  const auto ranked = rank({"a", "b"});
  EXPECT_NEAR(*ranked[0].score, 1 / (1 + std::exp(-1.)), 1e-6);
  EXPECT_NEAR(*ranked[0].score + *ranked[1].score, 1, 1e-9);
}

TEST_F(RankedListTest, UnknownItemsComeLastWithoutAScore) {
  const auto ranked = rank({"y", "a", "x", "b"});
  EXPECT_THAT(ids(ranked), ElementsAre("b", "a", "y", "x"));
  EXPECT_FALSE(ranked[2].score.has_value());
  EXPECT_THAT(rank({}), IsEmpty());
  EXPECT_THAT(ids(rank({"x"})), ElementsAre("x"));
}

}  // namespace
}  // namespace matchcue::scoring
