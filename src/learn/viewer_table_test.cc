// SPDX-License-Identifier: Apache-2.0
#include "learn/viewer_table.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace matchcue::learn
