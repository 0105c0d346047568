// SPDX-License-Identifier: Apache-2.0
#include "audience/traits_table.h"

#include <gtest/gtest.h>

#include <vector>

namespace matchcue::audience {
namespace {

using domain::TraitsPtr;
using domain::Value;
using domain::ViewerTraits;

ViewerTraits aged(int age) { return {age, "FRANCE", {{"VIP", Value(true)}}}; }

TEST(TraitsTable, EqualTraitsAreOneObject) {
  TraitsTable table;
  const TraitsPtr first = table.intern(aged(30));
  EXPECT_EQ(table.intern(aged(30)), first);
  EXPECT_EQ(*first, aged(30));
  EXPECT_EQ(table.size(), 1U);
}

TEST(TraitsTable, TellsApartByEachOfTheParts) {
  TraitsTable table;
  std::vector<TraitsPtr> all;
  for (const ViewerTraits& traits :
       {aged(30), aged(31), ViewerTraits{}, ViewerTraits{30, "SPAIN", {{"VIP", Value(true)}}},
        ViewerTraits{30, "FRANCE", {}}, ViewerTraits{30, "FRANCE", {{"VIP", Value(false)}}},
        ViewerTraits{30, "FRANCE", {{"VIP", Value(std::int64_t{1})}}},
        ViewerTraits{30, "FRANCE", {{"NEW", Value(true)}}}}) {
    all.push_back(table.intern(traits));
  }
  EXPECT_EQ(table.size(), all.size());
}

TEST(TraitsTable, KeepsWhatSomebodyHoldsAndForgetsTheRest) {
  TraitsTable table;
  const TraitsPtr held = table.intern(aged(-5));
  for (int i = 0; i < 50'000; ++i) table.intern(aged(i));
  EXPECT_LE(table.size(), 2 * TraitsTable::kSweepSizeMin);
  EXPECT_EQ(table.intern(aged(-5)), held);
}

TEST(TraitsTable, SweepsSeldomWhenAllAreHeld) {
  TraitsTable table;
  std::vector<TraitsPtr> held;
  for (int i = 0; i < 20'000; ++i) held.push_back(table.intern(aged(i)));
  EXPECT_EQ(table.size(), held.size());
  for (int i = 0; i < 20'000; ++i) ASSERT_EQ(table.intern(aged(i)), held[static_cast<std::size_t>(i)]);
}

}  // namespace
}  // namespace matchcue::audience
