// SPDX-License-Identifier: Apache-2.0
//
// Tickets and origins over real sockets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "access/test_tickets.h"
#include "gateway/gateway_fixture.h"

namespace matchcue::gateway {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr Milliseconds kHour{3'600'000};

class ViewerDoorTest : public GatewayFixture {
 protected:
  ViewerDoorTest() {
    set_policy({});
    options.ping_interval = kHour * 2;  // silence is another test's
    options.silence_max = kHour * 3;
  }

  void set_policy(access::Revocations revocations, access::Origins origins = access::Origins::any()) {
    access::AdmissionPolicy policy;
    policy.needs_ticket = true;
    policy.keys = access::make_keys();
    policy.revocations = std::move(revocations);
    policy.origins = std::move(origins);
    admission.replace(std::move(policy));
  }
  std::string ticket(const std::string& viewer, const std::string& id = "t1", Milliseconds good_for = kHour,
                     const std::string& device = {}) const {
    access::Ticket ticket;
    ticket.viewer = domain::ViewerId(viewer);
    ticket.id = id;
    ticket.device = device;
    ticket.issued = clock.wall();
    ticket.expires = clock.wall() + good_for;
    ticket.attributes = {{"AGE", std::int64_t{17}}};
    const access::TicketKeys keys = access::make_keys();
    return access::write_ticket(ticket, *keys.find("signer", access::Algorithm::eddsa), "matchcue", "");
  }
  static std::string hello_with(const std::string& ticket, const std::string& viewer = {}) {
    return R"({"t":"hello","content":"c1","device":"d1")" +
           (viewer.empty() ? std::string() : R"(,"viewer":")" + viewer + "\"") + R"(,"ticket":")" + ticket + "\"}";
  }
  std::unique_ptr<TestViewer> connect() {
    auto socket = std::make_unique<TestViewer>(server());
    EXPECT_THAT(socket->upgrade("/v1/ws", "matchcue.v1.json"), HasSubstr(" 101 "));
    return socket;
  }
  std::unique_ptr<TestViewer> enter(const std::string& text) {
    auto socket = connect();
    socket->send_text(hello_with(text));
    EXPECT_THAT(socket->hear_text(), HasSubstr(R"("t":"welcome")"));
    return socket;
  }
  /// Posts what bob1 does; `more` goes into the body.
  std::unique_ptr<TestViewer> post(const std::string& text, const std::string& more = {}) {
    auto socket = std::make_unique<TestViewer>(server());
    const std::string body = R"({"viewer":"bob1","id":"i1","cue":"c_MQ.57.djE.2","kind":"click")" + more + "}";
    socket->send_bytes("POST /v1/interactions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" +
                       (text.empty() ? std::string() : "Authorization: Bearer " + text + "\r\n") +
                       "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    return socket;
  }
  void expect_post_refused(const std::string& text, const std::string& code, const std::string& more = {}) {
    EXPECT_THAT(post(text, more)->read_response(),
                AllOf(HasSubstr(" 401 "), HasSubstr("\"code\":\"" + code + "\""), HasSubstr("\"pointer\":\"/ticket")));
  }
  void expect_refused(const std::string& hello, const std::string& code) {
    const auto socket = connect();
    socket->send_text(hello);
    EXPECT_THAT(socket->hear_text(), AllOf(HasSubstr("\"code\":\"" + code + "\""), HasSubstr("\"fatal\":true"),
                                           HasSubstr("\"field\":\"ticket")));
    EXPECT_EQ(socket->hear_close(), code == "ticket_expired" ? 4009 : 4008);
  }
};

TEST_F(ViewerDoorTest, ATicketSaysWhoIsWatching) {
  enter(ticket("bob1"));
  EXPECT_TRUE(engine.journal.wait_for("hello bob1 on 1"));
  const auto named = connect();
  named->send_text(hello_with(ticket("bob1"), "bob1"));
  EXPECT_THAT(named->hear_text(), HasSubstr(R"("t":"welcome")"));
}

TEST_F(ViewerDoorTest, WithoutAGoodOneNothingIsPosted) {
  expect_post_refused("", "ticket_missing");
  expect_post_refused("nonsense", "invalid_ticket");
  expect_post_refused(ticket("alice"), "ticket_viewer");
  expect_post_refused(ticket("bob1", "t1", -kHour), "ticket_expired");
  const std::string of_a_tv = ticket("bob1", "t2", kHour, "tv");
  expect_post_refused(of_a_tv, "ticket_device");
  expect_post_refused(of_a_tv, "ticket_device", R"(,"device":"phone")");
  access::Revocations revocations;
  revocations.revoke_ticket("t3", clock.wall() + kHour);
  set_policy(std::move(revocations));
  expect_post_refused(ticket("bob1", "t3"), "ticket_revoked");
  EXPECT_TRUE(engine.journal.lines().empty());
  const auto good = post(of_a_tv, R"(,"device":"tv")");
  engine.answer_interaction(engine::FeedbackReceipt{});
  EXPECT_THAT(good->read_response(), HasSubstr(" 200 "));
}

TEST_F(ViewerDoorTest, WithoutAGoodOneNobodyEnters) {
  expect_refused(hello("bob1"), "ticket_missing");
  expect_refused(hello_with("nonsense"), "invalid_ticket");
  expect_refused(hello_with(ticket("bob1"), "alice"), "ticket_viewer");
  expect_refused(hello_with(ticket("bob1", "t1", -kHour)), "ticket_expired");
  access::Revocations revocations;
  revocations.revoke_ticket("t1", clock.wall() + kHour);
  set_policy(revocations);
  expect_refused(hello_with(ticket("bob1")), "ticket_revoked");
  enter(ticket("bob1", "t2"));
}

TEST_F(ViewerDoorTest, ATicketThatExpiresIsAnnouncedAndThenEndsTheConnection) {
  const auto viewer = enter(ticket("bob1"));
  leap(kHour - Milliseconds(30'000));
  EXPECT_THAT(viewer->hear_text(), HasSubstr(R"("t":"ticket_expiring","expires":")"));
  leap(Milliseconds(91'000));
  EXPECT_THAT(viewer->hear_text(), HasSubstr("ticket_expired"));
  EXPECT_EQ(viewer->hear_close(), 4009);
}

TEST_F(ViewerDoorTest, ANewerTicketKeepsTheViewerAndDescribesThem) {
  const auto viewer = enter(ticket("bob1"));
  leap(kHour - Milliseconds(30'000));
  EXPECT_THAT(viewer->hear_text(), HasSubstr("ticket_expiring"));
  viewer->send_text(R"({"t":"ticket","ticket":")" + ticket("alice1") + "\"}");
  EXPECT_THAT(viewer->hear_text(), AllOf(HasSubstr("ticket_viewer"), HasSubstr("\"fatal\":false")));
  viewer->send_text(R"({"t":"ticket","ticket":")" + ticket("bob1", "t2") + "\"}");
  EXPECT_THAT(viewer->hear_text(), HasSubstr(R"("t":"ticket_ack")"));
  EXPECT_TRUE(engine.journal.wait_for("bob1 is AGE=17"));
  push(1, 7, 40);
  EXPECT_EQ(viewer->hear().payload.size(), 40U) << "nothing was lost by it";
}

TEST_F(ViewerDoorTest, ARevokedTicketEndsTheConnection) {
  const auto viewer = enter(ticket("bob1"));
  access::Revocations revocations;
  revocations.revoke_viewer(domain::ViewerId("bob1"), clock.wall() + Milliseconds(1'000), clock.wall() + kHour);
  set_policy(revocations);
  leap(Milliseconds(1'500));
  EXPECT_THAT(viewer->hear_text(), HasSubstr("ticket_revoked"));
  EXPECT_EQ(viewer->hear_close(), 4008);
}

TEST_F(ViewerDoorTest, AKeyThatIsTakenOutTakesItsViewersWithIt) {
  const auto viewer = enter(ticket("bob1"));
  access::AdmissionPolicy policy;
  policy.needs_ticket = true;
  admission.replace(std::move(policy));
  leap(Milliseconds(1'500));
  EXPECT_THAT(viewer->hear_text(), HasSubstr("ticket_key"));
  EXPECT_EQ(viewer->hear_close(), 4008);
}

TEST_F(ViewerDoorTest, WhereNoTicketIsReadAViewerSaysWhoItIs) {
  admission.replace(access::AdmissionPolicy());
  const auto nobody = connect();
  nobody->send_text(hello_with(ticket("bob1")));
  EXPECT_THAT(nobody->hear_text(), HasSubstr("viewer_missing"));
  EXPECT_EQ(nobody->hear_close(), 4001);
  TestViewer stream(server());
  stream.request("GET", "/v1/sse?content=c1&ticket=x");
  EXPECT_THAT(stream.read_response(), AllOf(HasSubstr(" 400 "), HasSubstr("viewer_missing")));
}

TEST_F(ViewerDoorTest, APageMayConnectFromListedOriginsAlone) {
  set_policy({}, access::Origins::parse("https://www.example.com").value());
  for (const char* path : {"/v1/ws", "/v1/sse?content=c1", "/v1/interactions", "/dev"}) {
    TestViewer evil(server());
    evil.request("GET", path, "Origin: https://evil.example\r\n");
    EXPECT_THAT(evil.read_response(), AllOf(HasSubstr(" 403 "), HasSubstr("origin_not_allowed"))) << path;
    TestViewer silent(server());
    silent.request("GET", path);
    EXPECT_THAT(silent.read_response(), HasSubstr(" 403 ")) << path;
  }
  TestViewer health(server());
  health.request("GET", "/healthz");
  EXPECT_THAT(health.read_response(), HasSubstr(" 200 "));
}

TEST_F(ViewerDoorTest, AnEventStreamTakesItsTicketFromTheHeaderOrTheQuery) {
  TestViewer without(server());
  without.request("GET", "/v1/sse?viewer=bob1&content=c1");
  EXPECT_THAT(without.read_response(), AllOf(HasSubstr(" 401 "), HasSubstr("ticket_missing")));
  TestViewer by_header(server());
  by_header.request("GET", "/v1/sse?content=c1", "Authorization: Bearer " + ticket("bob1") + "\r\n");
  EXPECT_THAT(by_header.read_until("welcome"), HasSubstr(" 200 "));
  TestViewer by_query(server());
  by_query.request("GET", "/v1/sse?content=c1&ticket=" + ticket("bob2"));
  EXPECT_THAT(by_query.read_until("welcome"), HasSubstr(" 200 "));
}

TEST_F(ViewerDoorTest, TheSampleRouteHasNoTicketsAndIsClosed) {
  TestViewer sample(server());
  EXPECT_THAT(sample.upgrade("/dev"), HasSubstr(" 403 "));
}

class TlsDoorTest : public GatewayFixture {
 protected:
  TlsDoorTest() {
    tls = std::make_unique<Replaceable<runtime::TlsContext>>(
        runtime::TlsContext::load(certificate.certificate(), certificate.key()).value());
  }
  std::unique_ptr<TestViewer> enter(const std::string& viewer) {
    auto socket = std::make_unique<TestViewer>(server());
    socket->start_tls();
    EXPECT_THAT(socket->upgrade("/v1/ws", "matchcue.v1.json"), HasSubstr(" 101 "));
    socket->send_text(hello(viewer));
    EXPECT_THAT(socket->hear_text(), HasSubstr(R"("t":"welcome")"));
    return socket;
  }
  runtime::TestCertificate certificate;
};

TEST_F(TlsDoorTest, ViewersAreServedOverTlsWhicheverShardOwnsThem) {
  std::vector<std::unique_ptr<TestViewer>> viewers;
  for (const char* name : {"bob1", "bob2", "bob3", "alice1"}) viewers.push_back(enter(name));
  push(0, 7, 300);
  push(1, 7, 300);
  for (const auto& viewer : viewers) EXPECT_EQ(viewer->hear().payload.size(), 300U);
}

TEST_F(TlsDoorTest, WhatDoesNotFitTheSocketArrivesLater) {
  const auto viewer = enter("bob1");
  for (std::uint64_t i = 1; i <= 300; ++i) push(1, i, 30'000);
  std::size_t frames = 0;
  for (Heard heard; heard.payload.find(R"("seq":300,)") == std::string::npos; ++frames) {
    heard = viewer->hear();
    ASSERT_EQ(heard.kind, codec::FrameEvent::Kind::text);
    ASSERT_EQ(heard.payload.size(), 30'000U);
  }
  EXPECT_LT(frames, 300U) << "newer slates took the places of those that waited";
}

TEST_F(TlsDoorTest, WhoSpeaksInTheClearIsLetGo) {
  TestViewer plain(server());
  plain.request("GET", "/healthz");
  EXPECT_TRUE(plain.ends());
}

}  // namespace
}  // namespace matchcue::gateway
