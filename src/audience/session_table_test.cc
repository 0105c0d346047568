// SPDX-License-Identifier: Apache-2.0
#include "audience/session_table.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace matchcue::audience {
namespace {

using domain::EventId;
using domain::ViewerId;

struct FakePeer {};
using Table = SessionTable<FakePeer>;
const EventId kMatch("1");

Table::SessionType& open(Table& table, const std::string& viewer, const EventId& event = kMatch) {
  return table.open(ViewerId(viewer), event, [] { return Viewer<FakePeer>{}; });
}

std::vector<std::string> viewers_in(const Table& table, const EventId& event) {
  std::vector<std::string> ids;
  for (const auto* session : table.room(event)) {
    if (session != nullptr) ids.push_back(session->viewer->id.str());
  }
  return ids;
}

TEST(SessionTable, ARoomKeepsTheOrderInWhichSessionsCame) {
  Table table;
  for (const char* id : {"d", "a", "c", "b", "e"}) open(table, id);
  table.close(*table.find_viewer(ViewerId("a"))->sessions[0]);
  table.close(*table.find_viewer(ViewerId("d"))->sessions[0]);
  EXPECT_EQ(viewers_in(table, kMatch), (std::vector<std::string>{"c", "b", "e"}));
}

TEST(SessionTable, TwoDevicesShareOneViewer) {
  Table table;
  auto& phone = open(table, "ann");
  auto& tv = open(table, "ann");
  EXPECT_EQ(phone.viewer, tv.viewer);
  table.close(phone);
  EXPECT_EQ(table.find_viewer(ViewerId("ann"))->sessions, std::vector{&tv});
  table.close(tv);
  EXPECT_EQ(table.find_viewer(ViewerId("ann")), nullptr);
}

TEST(SessionTable, AKeyIsNeverReused) {
  Table table;
  const auto first = open(table, "ann").key;
  table.close(*table.find(first));
  EXPECT_NE(open(table, "ann").key, first);
  EXPECT_EQ(table.find(first), nullptr);
}

TEST(SessionTable, ANewKeyForASessionEndsTheOldOne) {
  Table table;
  auto& session = open(table, "ann");
  const auto old_key = session.key;
  const auto new_key = table.rekey(session);
  EXPECT_EQ(table.find(old_key), nullptr);
  EXPECT_EQ(table.find(new_key), &session);
}

TEST(SessionTable, OnlyLongDisconnectedSessionsExpire) {
  Table table;
  FakePeer peer;
  open(table, "here").peer = &peer;
  open(table, "gone").disconnected_at = SteadyTime(std::chrono::seconds(1));
  open(table, "just gone").disconnected_at = SteadyTime(std::chrono::seconds(9));
  EXPECT_EQ(table.close_disconnected_before(SteadyTime(std::chrono::seconds(5))), 1u);
  EXPECT_EQ(viewers_in(table, kMatch), (std::vector<std::string>{"here", "just gone"}));
}

TEST(SessionTable, StaysConsistentUnderRandomComingAndGoing) {
  Table table;
  Random random(3);
  std::vector<Table::SessionType*> live;
  for (int step = 0; step < 20'000; ++step) {
    if (live.empty() || random.uniform() < .52) {
      live.push_back(&open(table, std::to_string(random.below(500)), EventId(std::to_string(random.below(3)))));
    } else if (random.uniform() < .2) {
      table.move(*live[random.below(live.size())], EventId(std::to_string(random.below(3))));
    } else {
      const std::size_t victim = random.below(live.size());
      table.close(*live[victim]);
      live.erase(live.begin() + static_cast<std::ptrdiff_t>(victim));
    }
  }
  ASSERT_EQ(table.size(), live.size());
  for (const auto* session : live) EXPECT_EQ(table.room(session->event)[session->place], session);
}

}  // namespace
}  // namespace matchcue::audience
