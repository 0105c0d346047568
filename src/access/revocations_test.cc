// SPDX-License-Identifier: Apache-2.0
#include "access/revocations.h"

#include <gtest/gtest.h>

#include "access/test_tickets.h"

namespace matchcue::access {
namespace {

Ticket make_ticket(const char* id, WallTime issued) {
  Ticket ticket;
  ticket.viewer = domain::ViewerId("bob");
  ticket.id = id;
  ticket.issued = issued;
  return ticket;
}

constexpr Milliseconds kHour{3'600'000};

TEST(Revocations, OfOneTicketOrOfAllThatAViewerHadUntilThen) {
  Revocations revocations;
  EXPECT_FALSE(revocations.contains(make_ticket("t1", kNow)));
  revocations.revoke_ticket("t1", kNow + kHour);
  EXPECT_TRUE(revocations.contains(make_ticket("t1", kNow)));
  EXPECT_FALSE(revocations.contains(make_ticket("t2", kNow)));
  revocations.revoke_viewer(domain::ViewerId("bob"), kNow, kNow + kHour);
  EXPECT_TRUE(revocations.contains(make_ticket("t2", kNow - Milliseconds(1))));
  EXPECT_FALSE(revocations.contains(make_ticket("t2", kNow))) << "a new one lets them in again";
}

TEST(Revocations, AnEarlierOneDoesNotTakeBackALaterOne) {
  Revocations revocations;
  revocations.revoke_viewer(domain::ViewerId("bob"), kNow, kNow + kHour);
  revocations.revoke_viewer(domain::ViewerId("bob"), kNow - kHour, kNow);
  EXPECT_TRUE(revocations.contains(make_ticket("t", kNow - Milliseconds(1))));
  revocations.forget_until(kNow);
  EXPECT_EQ(revocations.size(), 1U);
}

TEST(Revocations, AreForgottenWhenTheTicketsAreOver) {
  Revocations revocations;
  revocations.revoke_ticket("t1", kNow);
  revocations.revoke_viewer(domain::ViewerId("bob"), kNow, kNow + kHour);
  revocations.forget_until(kNow);
  EXPECT_EQ(revocations.size(), 1U);
  revocations.forget_until(kNow + kHour);
  EXPECT_EQ(revocations.size(), 0U);
}

}  // namespace
}  // namespace matchcue::access
