#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// For tests: the API over real loopback sockets, in front of a fake engine, and a good request for every operation.

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "api/fake_access_office.h"
#include "api/fake_engine.h"
#include "api/fake_training_desk.h"
#include "api/http_client.h"
#include "api/server.h"
#include "runtime/socket.h"

namespace matchcue::api {

/// A server on a free port, and a client of it.
struct Edge {
  explicit Edge(ServerOptions options = {}, const Replaceable<runtime::TlsContext>* tls = nullptr,
                const SiteFiles* studio = nullptr) {
    options.port = 0;
    server = ApiServer::start(options, {engine, trainings, office, operators, tls, [] { return std::string("up 1\n"); },
                                        [this] { return engine.ready(); }, studio,
                                        [this](std::string_view why) { ++refusals_for(why); }})
                 .value();
    client.emplace(url());
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server->port()); }
  Error refused(std::string_view method, std::string_view target, std::string_view body = {},
                std::string_view type = "application/json") {
    const auto answer = client->send(method, target, body, type);
    CHECK(!answer.ok(), method, target);
    return answer.error();
  }
  /// How many were turned away so; it is one of the known reasons.
  std::atomic<int>& refusals_for(std::string_view why) {
    const auto* const found = std::find(kRefusals.begin(), kRefusals.end(), why);
    CHECK(found != kRefusals.end(), why);
    return refusals[static_cast<std::size_t>(found - kRefusals.begin())];
  }
  /// A connection that has said nothing.
  int connect() const {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server->port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    return fd;
  }
  /// Sends bytes and reads until the server closes.
  std::string raw(const std::string& bytes) const {
    const int fd = connect();
    CHECK(::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
    std::string answer;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::recv(fd, buffer, sizeof buffer, 0)) > 0;) answer.append(buffer, got);
    ::close(fd);
    return answer;
  }
  /// The head of the answer to a good request, whose body may go on for ever. The connection ends.
  std::string head_of(const std::string& target, const std::string& headers = {}) const {
    const runtime::Fd fd(connect());
    const std::string request = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
    CHECK(::send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size()));
    std::string answer;
    char byte = 0;
    while (!answer.ends_with("\r\n\r\n") && ::recv(fd.get(), &byte, 1, 0) == 1) answer += byte;
    return answer;
  }
  std::string raw_get(const std::string& headers) const {
    return raw("GET /healthz HTTP/1.1\r\n" + headers + "Connection: close\r\n\r\n");
  }

  FakeEngine engine;
  FakeTrainingDesk trainings;
  FakeAccessOffice office;
  Replaceable<access::OperatorTokens> operators{access::OperatorTokens()};  ///< nobody: whoever is there may do all
  std::array<std::atomic<int>, kRefusals.size()> refusals{};
  std::unique_ptr<ApiServer> server;
  std::optional<HttpClient> client;
};

/// A good request for every operation.
struct Sample {
  std::string target;
  std::string body = {};
};
inline const std::map<std::string, Sample>& samples() {
  static const std::string decision = domain::to_string(FakeEngine::decision_id());
  static const std::string cue = domain::to_string(domain::CueId{FakeEngine::decision_id(), 0});
  static const std::map<std::string, Sample> all = {
      {"listEvents", {"/v1/events"}},
      {"getEvent", {"/v1/events/1"}},
      {"setState", {"/v1/events/1", R"({"state":{"MATCH_EVENT":"GOAL"},"media_time":"2026-06-11T19:04:05Z"})"}},
      {"listMoments", {"/v1/events/1/moments?after=0&limit=10"}},
      {"fireMoment", {"/v1/events/1/moments", R"({"state":{"MATCH_EVENT":"GOAL"},"subject":"I1"})"}},
      {"correctMoment", {"/v1/events/1/moments/812/corrections", R"({"state":{},"reason":"offside"})"}},
      {"listChanges", {"/v1/events/1/changes?wait_ms=10"}},
      {"overrideItem", {"/v1/events/1/overrides/I1", R"({"action":"pin","reason":"now"})"}},
      {"getAudience", {"/v1/events/1/audience"}},
      {"watchEvent", {"/v1/events/1/watch"}},
      {"mapContent", {"/v1/contents/c%2F1", R"({"event":"1"})"}},
      {"listFilters", {"/v1/filters"}},
      {"getFilter", {"/v1/filters/young"}},
      {"putFilter", {"/v1/filters/young", R"({"expression":"EXCLUDE .."})"}},
      {"deleteFilter", {"/v1/filters/young"}},
      {"tryFilter", {"/v1/filter-trials", R"({"filter":"young","viewer":"v1","filter_values":{"AGE":"18"}})"}},
      {"useFilter", {"/v1/events/1/filters/young", R"({"filter_values":{"AGE":"18"},"reason":"night"})"}},
      {"dropFilter", {"/v1/events/1/filters/young"}},
      {"listItems", {"/v1/items"}},
      {"getItem", {"/v1/items/I1"}},
      {"putItem", {"/v1/items/I1", R"({"ITEM_TYPE":"GENERAL","ITEM_LABEL":"BET"})"}},
      {"getViewer", {"/v1/viewers/v1"}},
      {"identifyViewer", {"/v1/viewers/anon-7f3a/identify", R"({"viewer":"bob"})"}},
      {"eraseViewer", {"/v1/viewers/v1"}},
      {"putViewer", {"/v1/viewers/v1", R"({"AGE":30,"GENDER":"F"})"}},
      {"getSchema", {"/v1/datasets/items/schema"}},
      {"putSchema", {"/v1/datasets/items/schema", ""}},
      {"importRows", {"/v1/datasets/items/imports?dry_run=true", ""}},
      {"recordInteraction", {"/v1/interactions", R"({"viewer":"v1","id":"f1","cue":")" + cue + R"(","kind":"click"})"}},
      {"listInteractions", {"/v1/interactions?viewer=v1&limit=5"}},
      {"recommend",
       {"/v1/recommendations",
        R"({"viewer":"v1","event":"1","context":{"MATCH_EVENT":"GOAL"},"filter":"young","filter_values":{}})"}},
      {"rankItems", {"/v1/rankings", R"({"viewer":"v1","event":"1","items":["I1","I2"]})"}},
      {"getDecision", {"/v1/decisions/" + decision}},
      {"createSolutionVersion",
       {"/v1/solution-versions",
        R"({"recipe":"sims","event_type":"CLICK","event_value_min":0.5,"hyperparameters":{"window":5},"seed":7})"}},
      {"listSolutionVersions", {"/v1/solution-versions"}},
      {"getSolutionVersion", {"/v1/solution-versions/sims-0123456789ab"}},
      {"listTrainings", {"/v1/trainings"}},
      {"getTraining", {"/v1/trainings/t_1"}},
      {"stopTraining", {"/v1/trainings/t_1"}},
      {"getLearner", {"/v1/learner"}},
      {"settleLearner", {"/v1/learner/settle", "{}"}},
      {"getCampaign", {"/v1/campaign"}},
      {"deployCampaign", {"/v1/campaign", R"({"solution_version":"sequential-ridge-0123456789ab"})"}},
      {"rollBackCampaign", {"/v1/campaign/rollback", "{}"}},
      {"shadowCampaign", {"/v1/campaign/shadow", R"({"solution_version":null})"}},
      {"revokeTickets", {"/v1/revocations", R"({"viewer":"bob","until":"2026-06-12T19:04:05Z"})"}},
      {"listRevocations", {"/v1/revocations"}},
      {"listAudit", {"/v1/audit?after=0&limit=10"}},
      {"getHealth", {"/healthz"}},
      {"getReadiness", {"/readyz"}},
      {"getMetrics", {"/metrics"}},
      {"getDescription", {"/openapi.json"}},
      {"getPage", {"/"}},
      {"getPageConfig", {"/config.json"}},
  };
  return all;
}

}  // namespace matchcue::api
