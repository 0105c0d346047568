// SPDX-License-Identifier: Apache-2.0
//
// The checkers themselves: what they take for broken, and what they do not.
#include "tests/simulation/promises.h"

#include <gtest/gtest.h>

namespace matchcue::simulation {
namespace {

using domain::ViewerId;

struct DurableAcksTest : ::testing::Test {
  Disk disk;
  Findings findings;
  DurableAcks acks{disk, findings};
  const domain::FilterName filter{"young"};
  const Error lost = unavailable("storage_full", "no space");

  static domain::Viewer viewer(std::int64_t age) {
    return domain::make_viewer(ViewerId("v1"), {{"AGE", domain::Value(age)}}, "{}").value();
  }
  void ask_and_acknowledge(const domain::Viewer& row) {
    const std::uint64_t asked = acks.viewers.ask(row.id, row);
    ASSERT_TRUE(disk.put_viewers({row}).ok());
    acks.viewers.answer(row.id, asked, nullptr);
  }
  void store(const std::string& expression) { ASSERT_TRUE(disk.put_filter({filter, expression, {}}).ok()); }
  bool holds() {
    acks.check_all();
    return !findings.first().has_value();
  }
};

TEST_F(DurableAcksTest, AViewerIsLookedForAgainAndAgain) {
  ask_and_acknowledge(viewer(30));
  EXPECT_TRUE(holds());
  disk.viewers.clear();
  EXPECT_FALSE(holds());
}

TEST_F(DurableAcksTest, AnOlderRowOfAViewerIsNotTheOneThatWasAcknowledged) {
  ask_and_acknowledge(viewer(30));
  ask_and_acknowledge(viewer(31));
  EXPECT_TRUE(holds());
  ASSERT_TRUE(disk.put_viewers({viewer(30)}).ok());
  EXPECT_FALSE(holds());
}

TEST_F(DurableAcksTest, ARowWhoseAnswerWasLostMayBeThereOrNot) {
  ask_and_acknowledge(viewer(30));
  const std::uint64_t asked = acks.viewers.ask(ViewerId("v1"), viewer(31));
  EXPECT_TRUE(holds());
  ASSERT_TRUE(disk.put_viewers({viewer(31)}).ok());
  EXPECT_TRUE(holds());
  acks.viewers.answer(ViewerId("v1"), asked, &lost);
  EXPECT_TRUE(holds()) << "unavailable says nothing of it";
}

TEST_F(DurableAcksTest, ARowThatWasRefusedMayNotBeThere) {
  ask_and_acknowledge(viewer(30));
  const std::uint64_t asked = acks.viewers.ask(ViewerId("v1"), viewer(31));
  const Error refused = invalid("wrong_type", "no");
  acks.viewers.answer(ViewerId("v1"), asked, &refused);
  EXPECT_TRUE(holds());
  ASSERT_TRUE(disk.put_viewers({viewer(31)}).ok());
  EXPECT_FALSE(holds());
}

TEST_F(DurableAcksTest, AFilterKeepsItsExpression) {
  const std::uint64_t asked = acks.filters.ask(filter, "EXCLUDE a");
  store("EXCLUDE a");
  acks.filters.answer(filter, asked, nullptr);
  EXPECT_TRUE(holds());
  store("EXCLUDE b");
  EXPECT_FALSE(holds());
}

TEST_F(DurableAcksTest, ADeletedFilterDoesNotComeBack) {
  const std::uint64_t put = acks.filters.ask(filter, "EXCLUDE a");
  const std::uint64_t deleted = acks.filters.ask(filter, std::nullopt);
  acks.filters.answer(filter, put, nullptr);
  EXPECT_TRUE(holds()) << "deleted by now, and not answered";
  acks.filters.answer(filter, deleted, nullptr);
  EXPECT_TRUE(holds());
  store("EXCLUDE a");
  EXPECT_FALSE(holds());
}

TEST_F(DurableAcksTest, AContentKeepsItsEvent) {
  ASSERT_TRUE(disk.map_content(domain::ContentId("c1"), domain::EventId("e1")).ok());
  acks.on_content(domain::ContentId("c1"), domain::EventId("e1"));
  EXPECT_TRUE(holds());
  disk.contents[domain::ContentId("c1")] = domain::EventId("e2");
  EXPECT_FALSE(holds());
}

}  // namespace
}  // namespace matchcue::simulation
