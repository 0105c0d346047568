// SPDX-License-Identifier: Apache-2.0
//
// What the API does with those who ask for too much: at each limit, one above it and ten times above.
#include <gtest/gtest.h>

#include <sstream>

#include "api/api_fixture.h"
#include "api/wire_stream.h"
#include "base/clock.h"
#include "base/sha256.h"
#include "runtime/test_certificate.h"

namespace matchcue::api {
namespace {

constexpr const char* kGet = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// The status of the answer to a request of these bytes.
std::string status_of(const Edge& edge, const std::string& bytes) {
  const std::string answer = edge.raw(bytes);
  return answer.size() < 12 ? "none" : answer.substr(9, 3);
}

/// Connections to a server that stay open.
class Crowd {
 public:
  explicit Crowd(const Edge& edge) : edge_(edge) {}
  /// Opens one more and says whether it is served.
  bool grows() {
    runtime::Fd fd(edge_.connect());
    const std::string_view get = kGet;
    CHECK(::send(fd.get(), get.data(), get.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(get.size()));
    char byte = 0;
    if (::recv(fd.get(), &byte, 1, 0) != 1) return false;
    open_.push_back(std::move(fd));
    return true;
  }
  void shrink() { open_.pop_back(); }

 private:
  const Edge& edge_;
  std::vector<runtime::Fd> open_;
};

TEST(ApiLimits, AHeadHasEightKilobytes) {
  Edge edge;
  const std::string start = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: ";
  const auto head_of = [&](std::size_t bytes) {
    return start + std::string(bytes - start.size() - 4, 'x') + "\r\n\r\n";
  };
  EXPECT_EQ(status_of(edge, head_of(8'192)), "200");
  EXPECT_EQ(status_of(edge, head_of(8'193)), "431");
  EXPECT_EQ(status_of(edge, head_of(81'920)), "431");
}

TEST(ApiLimits, ABodyHasAMegabyteHoweverItIsSent) {
  Edge edge;
  const auto put = [&](std::size_t bytes, bool in_chunks) {
    std::string body = R"({"ITEM_TYPE":"GENERAL","ITEM_LABEL":"BET"})";
    body.resize(bytes, ' ');
    std::ostringstream request;
    request
        << "PUT /v1/items/I1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n";
    if (in_chunks) {
      request << "Transfer-Encoding: chunked\r\n\r\n" << std::hex << bytes << "\r\n" << body << "\r\n0\r\n\r\n";
    } else {
      request << "Content-Length: " << bytes << "\r\n\r\n" << body;
    }
    return status_of(edge, request.str());
  };
  for (const bool in_chunks : {false, true}) {
    EXPECT_EQ(put(1'048'576, in_chunks), "200");
    EXPECT_EQ(put(1'048'577, in_chunks), "413");
    EXPECT_EQ(put(10'485'760, in_chunks), "413");
  }
  EXPECT_EQ(edge.engine.rows_put, 2U);
}

TEST(ApiLimits, WhatIsBetweenTheChunksOfABodyHasAnEnd) {
  Edge edge;
  const std::string head =
      "PUT /v1/items/I1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string body = R"({"ITEM_TYPE":"GENERAL","ITEM_LABEL":"BET"})";
  const auto extended = [&](std::size_t bytes) { return head + "2a;" + std::string(bytes, 'a') + "\r\n" + body; };
  const auto trailed = [&](std::size_t bytes) {
    return head + "2a\r\n" + body + "\r\n0\r\nX: " + std::string(bytes, 'a');
  };
  ASSERT_EQ(body.size(), 0x2aU);
  EXPECT_EQ(status_of(edge, extended(60'000) + "\r\n0\r\n\r\n"), "200");
  EXPECT_EQ(status_of(edge, trailed(60'000) + "\r\n\r\n"), "200");
  for (const std::size_t bytes : {80'000UL, 800'000UL}) {
    EXPECT_EQ(status_of(edge, extended(bytes)), "400") << bytes;
    EXPECT_EQ(status_of(edge, trailed(bytes)), "400") << bytes;
  }
  EXPECT_EQ(edge.engine.rows_put, 2U);
}

TEST(ApiLimits, WhatTakesNoBodyTakesNone) {
  Edge edge;
  for (const Route& route : routes()) {
    if (!route.request_schema.empty() || route.response_type == "text/event-stream") continue;
    SCOPED_TRACE(route.operation);
    const std::string answer =
        edge.raw(route.method + " " + samples().at(route.operation).target +
                 " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400")) << answer;
    EXPECT_NE(answer.find(R"("code":"unexpected_body")"), std::string::npos) << answer;
  }
}

TEST(ApiLimits, AnImportHasItsOwn) {
  ServerOptions options;
  options.bodies = {100, 2'000, 32};
  Edge edge(options);
  const auto import = [&](std::size_t bytes) {
    std::string rows = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n";
    while (rows.size() + 27 < bytes) rows += "v1,I1,1700000000,CLICK\n";
    rows.resize(bytes, '\n');
    const auto answer = edge.client->send("POST", "/v1/datasets/interactions/imports", rows, "text/csv");
    return answer.ok() ? "ok" : answer.error().code;
  };
  EXPECT_EQ(import(2'000), "ok");
  const auto stored = edge.engine.rows_put;
  EXPECT_GT(stored, 60U);
  EXPECT_EQ(import(2'001), "body_too_large");
  EXPECT_EQ(import(20'000), "body_too_large");
  EXPECT_EQ(edge.engine.rows_put, stored);
}

TEST(ApiLimits, JsonHas32LevelsOrFewer) {
  const auto code = [](Edge& edge, int levels) {
    const std::string body = R"({"state":)" + std::string(levels - 1, '[') + std::string(levels - 1, ']') + "}";
    return edge.refused("PATCH", "/v1/events/1", body).code;
  };
  Edge edge;
  EXPECT_EQ(code(edge, 32), "wrong_type") << "it was read, and is not what is wanted";
  EXPECT_EQ(code(edge, 33), "too_deep");
  EXPECT_EQ(code(edge, 320), "too_deep");
  ServerOptions options;
  options.bodies.json_depth_max = 8;
  Edge shallow(options);
  EXPECT_EQ(code(shallow, 8), "wrong_type");
  EXPECT_EQ(code(shallow, 9), "too_deep");
}

TEST(ApiLimits, ThereAreSoManyConnections) {
  ServerOptions options;
  options.connections_max = 3;
  Edge edge(options);
  edge.client.reset();
  Crowd crowd(edge);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(crowd.grows()) << i;
  EXPECT_FALSE(crowd.grows());
  for (int i = 0; i < 29; ++i) EXPECT_FALSE(crowd.grows());
  EXPECT_EQ(edge.refusals_for("connections"), 30);
  crowd.shrink();
  while (!crowd.grows()) {
  }
  EXPECT_FALSE(crowd.grows());
}

TEST(ApiLimits, StrangersMakeRoomForWhoComesLater) {
  ServerOptions options;
  options.connections_max = 3;
  Edge edge(options);
  edge.client.reset();
  edge.operators.replace(access::OperatorTokens::parse("ann read " + sha256("token-of-ann") + "\n").value());
  Crowd strangers(edge);
  for (int i = 0; i < 30; ++i) EXPECT_TRUE(strangers.grows()) << i;
  const auto get = [](const std::string& token, const char* more) {
    return "GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n" + more + "\r\n";
  };
  std::vector<runtime::Fd> operators;
  for (int i = 0; i < 3; ++i) {
    const std::string request = get("token-of-ann", "");
    operators.emplace_back(edge.connect());
    CHECK(::send(operators.back().get(), request.data(), request.size(), MSG_NOSIGNAL) > 0);
    char byte = 0;
    EXPECT_EQ(::recv(operators.back().get(), &byte, 1, 0), 1);
  }
  EXPECT_FALSE(strangers.grows()) << "operators stay";
  operators.pop_back();
  while (!strangers.grows()) {
  }
  EXPECT_EQ(status_of(edge, get("token-of-bob", "Connection: close\r\n")), "401") << "one stranger for another";
}

TEST(ApiLimits, ACustomerIsAnAddressOrANetwork) {
  const auto customer = [](const char* text) { return customer_of(boost::asio::ip::make_address(text)); };
  EXPECT_NE(customer("192.0.2.1"), customer("192.0.2.2"));
  EXPECT_EQ(customer("2001:db8::1"), customer("2001:db8::ffff:ffff:1:2"));
  EXPECT_NE(customer("2001:db8::1"), customer("2001:db8:0:1::1"));
  EXPECT_NE(customer("::ffff:192.0.2.1"), customer("::ffff:192.0.2.2"));
}

TEST(ApiLimits, AndSoManyOfOneAddress) {
  ServerOptions options;
  options.connections_per_address_max = 3;
  Edge edge(options);
  Crowd own(edge);
  for (int i = 0; i < 30; ++i) EXPECT_TRUE(own.grows()) << "this machine is not counted";
  options.counts_this_machine = true;
  Edge counting(options);
  Crowd crowd(counting);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(crowd.grows()) << i;
  for (int i = 0; i < 30; ++i) EXPECT_FALSE(crowd.grows());
  EXPECT_EQ(counting.refusals_for("address_connections"), 30);
}

TEST(ApiLimits, WhoHasTooManyTakesNobodysPlace) {
  ServerOptions options;
  options.connections_max = options.connections_per_address_max = 3;
  options.counts_this_machine = true;
  Edge edge(options);
  edge.client.reset();
  edge.operators.replace(access::OperatorTokens::parse("ann read " + sha256("token-of-ann") + "\n").value());
  Crowd strangers(edge);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(strangers.grows()) << i;
  for (int i = 0; i < 30; ++i) EXPECT_FALSE(strangers.grows());
  EXPECT_EQ(edge.refusals_for("address_connections"), 30);
}

TEST(ApiLimits, WhoSaysTooLittleIsNotWaitedFor) {
  ServerOptions options;
  options.handshake_timeout = Milliseconds(20);
  options.read_timeout = Milliseconds(40);
  Edge edge(options);
  const auto silent_for = [](const Edge& served, const std::string& bytes) {
    const SystemClock clock;
    const SteadyTime begun = clock.steady();
    EXPECT_EQ(served.raw(bytes), "");
    return clock.steady() - begun;
  };
  EXPECT_GE(silent_for(edge, ""), options.handshake_timeout);
  EXPECT_GE(silent_for(edge, "GET /healthz HTTP/1.1\r\nHo"), options.handshake_timeout);
  EXPECT_GE(silent_for(edge,
                       "PATCH /v1/events/1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                       "Content-Length: 100\r\n\r\n{"),
            options.read_timeout);
  EXPECT_GE(silent_for(edge,
                       "POST /v1/datasets/items/imports HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n"
                       "Content-Length: 100000\r\n\r\nITEM_ID\n" +
                           std::string(70'000, '\n')),
            options.read_timeout);
  const runtime::TestCertificate certificate;
  const Replaceable<runtime::TlsContext> tls(
      runtime::TlsContext::load(certificate.certificate(), certificate.key()).value());
  EXPECT_GE(silent_for(Edge(options, &tls), ""), options.handshake_timeout);
  EXPECT_TRUE(edge.raw(kGet).starts_with("HTTP/1.1 200")) << "one request, and no other";
}

}  // namespace
}  // namespace matchcue::api
