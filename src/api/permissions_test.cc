// SPDX-License-Identifier: Apache-2.0
//
// Who may do what, over real sockets: every operation of the description with every kind of operator.
#include "api/permissions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "api/api_fixture.h"
#include "api/openapi.h"
#include "api/router.h"
#include "base/sha256.h"
#include "runtime/socket.h"
#include "runtime/test_certificate.h"

namespace matchcue::api {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

/// One with each scope, one with two, and one who is not an operator.
const std::vector<std::pair<std::string, std::vector<std::string>>> kOperators = {
    {"reader", {"read"}},          {"director", {"moments"}}, {"librarian", {"catalogue"}},
    {"both", {"read", "moments"}}, {"boss", {"admin"}},
};

/// Who may do what, written down once more: docs/security.md in words, here for every operation. "" is everybody.
const std::map<std::string, std::set<std::string>> kOperationsOf = {
    {"", {"getHealth", "getReadiness", "getDescription", "getPage", "getPageConfig"}},
    {"read",
     {"listEvents",
      "getEvent",
      "listMoments",
      "listChanges",
      "getAudience",
      "watchEvent",
      "listFilters",
      "getFilter",
      "tryFilter",
      "listItems",
      "getItem",
      "getViewer",
      "getSchema",
      "listInteractions",
      "recommend",
      "rankItems",
      "getDecision",
      "getLearner",
      "listSolutionVersions",
      "getSolutionVersion",
      "listTrainings",
      "getTraining",
      "getCampaign",
      "getMetrics"}},
    {"moments", {"setState", "fireMoment", "correctMoment", "overrideItem", "useFilter", "dropFilter", "mapContent"}},
    {"catalogue",
     {"putItem", "putViewer", "identifyViewer", "putSchema", "importRows", "putFilter", "deleteFilter",
      "recordInteraction"}},
    {"admin",
     {"createSolutionVersion", "stopTraining", "deployCampaign", "rollBackCampaign", "shadowCampaign", "settleLearner",
      "revokeTickets", "listRevocations", "listAudit", "eraseViewer"}},
};

/// The scope that an operation needs; nothing when the list does not have it once.
std::optional<std::string> wanted_scope(const std::string& operation) {
  std::optional<std::string> wanted;
  for (const auto& [scope, operations] : kOperationsOf) {
    if (!operations.contains(operation)) continue;
    if (wanted) return std::nullopt;
    wanted = scope;
  }
  return wanted;
}

access::OperatorTokens make_operators() {
  std::string lines;
  for (const auto& [name, scopes] : kOperators) {
    std::string list;
    for (const std::string& scope : scopes) list += (list.empty() ? "" : ",") + scope;
    lines += name + " " + list + " " + sha256("token-of-" + name) + "\n";
  }
  return access::OperatorTokens::parse(lines).value();
}

class PermissionsTest : public testing::Test {
 protected:
  PermissionsTest() { edge.operators.replace(make_operators()); }

  /// The status of a good request for this operation.
  static int ask(const Edge& of, const Json& operation, const std::string& method, const std::string& token) {
    const Sample& sample = samples().at(operation["operationId"]);
    if (operation["responses"].contains("200") &&
        operation["responses"]["200"]["content"].contains("text/event-stream")) {
      const std::string head =
          of.head_of(sample.target, token.empty() ? "" : "Authorization: Bearer " + token + "\r\n");
      return std::stoi(head.substr(std::string("HTTP/1.1 ").size(), 3));
    }
    Endpoint endpoint(of.url());
    endpoint.token = token;
    HttpClient client(endpoint);
    const bool csv = sample.body.empty() && operation.contains("requestBody") &&
                     operation["requestBody"]["content"].contains("text/csv");
    std::string upper = method;
    for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    const auto answer = client.send(upper, sample.target, sample.body, csv ? "text/csv" : "application/json");
    if (answer.ok()) return 200;
    if (answer.error().code == "token_missing" || answer.error().code == "token_unknown") return 401;
    return answer.error().code == "scope_missing" ? 403 : 200;  // it got past the door
  }

  Edge edge;
};

TEST_F(PermissionsTest, EveryOperationIsInTheListAndDescribedSo) {
  const Json paths = Json::parse(openapi_document())["paths"];
  std::size_t described = 0;
  for (const auto& [path, methods] : paths.items()) {
    for (const auto& [method, operation] : methods.items()) {
      ++described;
      const auto wanted = wanted_scope(operation["operationId"]);
      ASSERT_TRUE(wanted) << operation["operationId"] << " is not in this test's list, or is there twice";
      const Json& security = operation["security"];
      EXPECT_EQ(security.empty() ? "" : security[0]["operator"][0], *wanted) << operation["operationId"];
    }
  }
  std::size_t listed = 0;
  for (const auto& [scope, operations] : kOperationsOf) listed += operations.size();
  EXPECT_EQ(listed, described) << "the list has operations that are no more";
}

TEST_F(PermissionsTest, EveryCellOfOperatorsByOperationsIsAsTheListSays) {
  const Json paths = Json::parse(openapi_document())["paths"];
  Edge refusing;  // is asked what it must refuse, and nothing else
  refusing.operators.replace(make_operators());
  int cells = 0;
  const auto expect_status = [&](const Json& operation, const std::string& method, const std::string& token,
                                 int status) {
    EXPECT_EQ(ask(status == 200 ? edge : refusing, operation, method, token), status) << token;
    ++cells;
  };
  for (const auto& [path, methods] : paths.items()) {
    for (const auto& [method, operation] : methods.items()) {
      SCOPED_TRACE(method + " " + path);
      const std::string wanted = wanted_scope(operation["operationId"]).value();
      for (const auto& [name, scopes] : kOperators) {
        const bool may = wanted.empty() || std::count(scopes.begin(), scopes.end(), wanted) > 0 || name == "boss";
        expect_status(operation, method, "token-of-" + name, may ? 200 : 403);
      }
      for (const char* stranger : {"", "token-of-nobody", "token-of-bos", "token-of-boss0"}) {
        expect_status(operation, method, stranger, wanted.empty() ? 200 : 401);
      }
    }
  }
  EXPECT_GT(cells, 350);
  EXPECT_GT(refusing.refusals_for("token_missing"), 40);
  EXPECT_EQ(refusing.refusals_for("token_unknown"), 3 * refusing.refusals_for("token_missing"));
  EXPECT_GT(refusing.refusals_for("scope_missing"), 60);
  EXPECT_EQ(refusing.engine.calls, 0U);
  EXPECT_EQ(refusing.office.calls, 0U);
  EXPECT_EQ(refusing.trainings.calls, 0U);
  EXPECT_GT(edge.engine.calls, 40U);
  EXPECT_GT(edge.office.calls, 40U);
}

TEST_F(PermissionsTest, ARefusalChangesNothingAndSaysWhatIsMissing) {
  Endpoint endpoint(edge.url());
  endpoint.token = "token-of-reader";
  HttpClient reader(endpoint);
  const auto refused = reader.send("PUT", "/v1/items/I1", R"({"ITEM_TYPE":"GENERAL"})");
  EXPECT_THAT(refused.error().message, HasSubstr("putItem needs the scope \"catalogue\", which \"reader\""));
  EXPECT_EQ(edge.engine.rows_put, 0U);
  EXPECT_THAT(edge.raw("GET /v1/items HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
              HasSubstr("WWW-Authenticate: Bearer realm=\"matchcue\""));
}

TEST_F(PermissionsTest, AStrangerLearnsNothingOfWhatIsServed) {
  HttpClient stranger(edge.url());
  EXPECT_EQ(stranger.send("GET", "/v1/nothing").error().code, "token_missing");
  EXPECT_EQ(stranger.send("DELETE", "/v1/events").error().code, "token_missing");
  EXPECT_EQ(stranger.send("GET", "/v1/events/1/moments?limit=x").error().code, "token_missing");
}

TEST_F(PermissionsTest, TokensAreExchangedWhileTheServerRuns) {
  edge.operators.replace(access::OperatorTokens::parse("new admin " + sha256("fresh")).value());
  Endpoint endpoint(edge.url());
  endpoint.token = "token-of-boss";
  EXPECT_EQ(HttpClient(endpoint).send("GET", "/v1/items").error().code, "token_unknown");
  endpoint.token = "fresh";
  EXPECT_TRUE(HttpClient(endpoint).send("GET", "/v1/items").ok());
}

TEST_F(PermissionsTest, AnImportEndsWithItsToken) {
  Endpoint endpoint(edge.url());
  endpoint.token = "token-of-boss";
  std::size_t pieces = 0;
  const auto source = [&](std::span<char> buffer) -> Result<std::size_t> {
    if (++pieces == 10) edge.operators.replace(access::OperatorTokens::parse("new admin " + sha256("fresh")).value());
    if (pieces == 1'000) return std::size_t{0};
    std::string text = pieces == 1 ? "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n" : "";
    text.resize(buffer.size(), '\n');
    std::copy(text.begin(), text.end(), buffer.begin());
    return text.size();
  };
  const auto answer = HttpClient(endpoint).upload("POST", "/v1/datasets/interactions/imports", "text/csv", source,
                                                  Milliseconds(60'000));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, "token_unknown");
}

TEST(ApiOverTls, WhoHasItTalkToItselfIsBrokenOff) {
  const runtime::TestCertificate certificate("127.0.0.1");
  const Replaceable<runtime::TlsContext> tls(
      runtime::TlsContext::load(certificate.certificate(), certificate.key()).value());
  const Edge edge({}, &tls);
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL's way of writing to a socket that was closed
  const runtime::Fd fd(edge.connect());
  runtime::TestTlsClient client(fd.get());
  ASSERT_EQ(SSL_do_handshake(client.ssl()), 1);
  bool is_open = true;
  for (int i = 0; is_open && i < 100'000; ++i) {
    is_open = SSL_key_update(client.ssl(), SSL_KEY_UPDATE_NOT_REQUESTED) == 1 && SSL_do_handshake(client.ssl()) == 1;
  }
  EXPECT_FALSE(is_open);
}

TEST(ApiOverTls, IsBelievedByWhoTrustsItsCertificate) {
  const runtime::TestCertificate certificate("127.0.0.1");
  const Replaceable<runtime::TlsContext> tls(
      runtime::TlsContext::load(certificate.certificate(), certificate.key()).value());
  Edge edge({}, &tls);
  Endpoint endpoint("https://127.0.0.1:" + std::to_string(edge.server->port()));
  EXPECT_EQ(HttpClient(endpoint).send("GET", "/healthz").error().code, "certificate");
  endpoint.ca = certificate.certificate();
  HttpClient client(endpoint);
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.send("GET", "/healthz");
    EXPECT_TRUE(answer.ok()) << answer.error().message;
  }
  endpoint.url = "https://localhost:" + std::to_string(edge.server->port());
  EXPECT_EQ(HttpClient(endpoint).send("GET", "/healthz").error().code, "certificate") << "another name";
  EXPECT_FALSE(edge.client->send("GET", "/healthz").ok()) << "in the clear";
}

TEST(ApiOverTls, ItsOwnPagesAreThoseOfHttps) {
  Edge edge;
  Services services{edge.engine,     edge.trainings,  edge.office, edge.operators, {}, {},
                    "wss://a/v1/ws", Milliseconds(1), {}};
  services.secure = true;
  const Router router(services, "127.0.0.1");
  const auto refused = [&](const std::string& origin) {
    HttpRequest head;
    head.method = "GET";
    head.target = "/v1/items";
    head.host = "localhost:8081";
    head.origin = origin;
    return router.plan(head).refusal.has_value();
  };
  EXPECT_FALSE(refused("https://localhost:8081"));
  EXPECT_TRUE(refused("http://localhost:8081"));
  EXPECT_TRUE(refused("https://evil.example"));
}

TEST(ApiOverTls, StopsUnderAnIdleClientAndOneThatHasNotShakenHands) {
  const runtime::TestCertificate certificate("127.0.0.1");
  const Replaceable<runtime::TlsContext> tls(
      runtime::TlsContext::load(certificate.certificate(), certificate.key()).value());
  Edge edge({}, &tls);
  Endpoint endpoint("https://127.0.0.1:" + std::to_string(edge.server->port()));
  endpoint.ca = certificate.certificate();
  HttpClient idle(endpoint);
  ASSERT_TRUE(idle.send("GET", "/healthz").ok());
  const runtime::Fd silent(edge.connect());
  ASSERT_TRUE(idle.send("GET", "/healthz").ok()) << "the silent one is accepted by now";
  edge.server->stop();
  EXPECT_FALSE(idle.send("GET", "/healthz").ok());
}

}  // namespace
}  // namespace matchcue::api
