// SPDX-License-Identifier: Apache-2.0
#include "access/admission.h"

#include <gtest/gtest.h>

#include "access/test_tickets.h"

namespace matchcue::access {
namespace {

class AdmitTest : public testing::Test {
 protected:
  AdmitTest() {
    policy_.needs_ticket = true;
    policy_.keys = make_keys();
    ticket_.viewer = domain::ViewerId("bob");
    ticket_.id = "t1";
    ticket_.issued = kNow;
    ticket_.expires = kNow + Milliseconds(3'600'000);
  }

  /// Why it is refused; "ok" when it is not.
  std::string verdict(const Visit& visit) const {
    const std::string text = write_ticket(ticket_, *policy_.keys.find("shared", Algorithm::hs256), "matchcue", "");
    const auto admitted = admit(policy_, text, visit, kNow);
    return admitted.ok() ? "ok" : admitted.error().code;
  }

  AdmissionPolicy policy_;
  Ticket ticket_;
  Visit visit_{domain::ViewerId("bob"), domain::ContentId("c1"), "tv"};
};

TEST_F(AdmitTest, LetsInWhomTheTicketNamesForWhatItAllows) {
  EXPECT_EQ(verdict(visit_), "ok");
  EXPECT_EQ(admit(policy_, "", visit_, kNow).error().code, "ticket_missing");
  EXPECT_EQ(verdict({domain::ViewerId("alice"), visit_.content, visit_.device}), "ticket_viewer");
  ticket_.contents = {domain::ContentId("c1")};
  EXPECT_EQ(verdict(visit_), "ok");
  EXPECT_EQ(verdict({visit_.viewer, domain::ContentId("c2"), visit_.device}), "ticket_content");
  ticket_.device = "tv";
  EXPECT_EQ(verdict(visit_), "ok");
  EXPECT_EQ(verdict({visit_.viewer, visit_.content, "phone"}), "ticket_device");
  EXPECT_EQ(verdict({visit_.viewer, visit_.content, ""}), "ticket_device");
}

TEST_F(AdmitTest, ARevokedTicketLetsNobodyIn) {
  policy_.revocations.revoke_ticket("t1", kNow + Milliseconds(1));
  EXPECT_EQ(verdict(visit_), "ticket_revoked");
  ticket_.id = "t2";
  EXPECT_EQ(verdict(visit_), "ok");
}

TEST_F(AdmitTest, AnExchangedSecretLetsGoOfWhomTheOldOneLetIn) {
  const TicketKey& key = *policy_.keys.find("shared", Algorithm::hs256);
  const auto ticket = admit(policy_, write_ticket(ticket_, key, "matchcue", ""), visit_, kNow);
  ASSERT_TRUE(ticket.ok());
  EXPECT_TRUE(still_good(policy_, *ticket, kNow).ok());
  policy_.keys = TicketKeys::parse(make_ticket_key("shared", Algorithm::hs256).checking).value();
  EXPECT_EQ(still_good(policy_, *ticket, kNow).error().code, "ticket_key");
}

TEST(Admission, WhoAsksNextIsAnsweredByTheNewPolicy) {
  Admission admission{AdmissionPolicy()};
  const AdmissionPolicyPtr before = admission.get();
  AdmissionPolicy closed;
  closed.needs_ticket = true;
  admission.replace(std::move(closed));
  EXPECT_TRUE(admission.get()->needs_ticket);
  EXPECT_FALSE(before->needs_ticket) << "who is in the middle of asking keeps what they had";
}

}  // namespace
}  // namespace matchcue::access
