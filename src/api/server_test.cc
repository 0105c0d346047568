// SPDX-License-Identifier: Apache-2.0
//
// The API over real loopback sockets, in front of a fake engine.
#include "api/server.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "api/api_fixture.h"
#include "api/openapi.h"
#include "api/schema_misfit.h"

namespace matchcue::api {
namespace {

using Json = nlohmann::json;

TEST(ApiServer, EveryRouteAnswersAsItsDescriptionSays) {
  Edge edge;
  const Json schemas = Json::parse(openapi_document())["components"]["schemas"];
  const std::string schema_text = codec::write_schema(codec::builtin_schema(domain::DatasetKind::items));
  for (const Route& route : routes()) {
    SCOPED_TRACE(route.operation);
    ASSERT_TRUE(samples().contains(route.operation));
    Sample sample = samples().at(route.operation);
    if (route.operation == "putSchema") sample.body = schema_text;
    if (route.operation == "importRows") sample.body = "ITEM_ID,ITEM_TYPE\n";
    const bool is_json_body = route.request_type == "application/json" && !sample.body.empty();
    if (is_json_body) {
      EXPECT_EQ(misfit(schemas, schemas.at(route.request_schema), Json::parse(sample.body), "request"), "");
    }
    if (route.response_type == "text/event-stream") {  // what it says has tests of its own
      const std::string head = edge.head_of(sample.target);
      EXPECT_TRUE(head.starts_with("HTTP/1.1 " + std::to_string(route.status))) << head;
      EXPECT_NE(head.find("\r\nContent-Type: text/event-stream\r\n"), std::string::npos) << head;
      continue;
    }
    const auto answer = edge.client->send(route.method, sample.target, sample.body, route.request_type);
    if (route.operation == "importRows" && !answer.ok()) continue;  // its own test has whole rows
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    EXPECT_EQ(answer->status, route.status);
    EXPECT_TRUE(answer->content_type.starts_with(route.response_type)) << answer->content_type;
    if (route.response_type != "application/json") continue;
    EXPECT_EQ(misfit(schemas, schemas.at(route.response_schema), Json::parse(answer->body), "answer"), "")
        << answer->body;
  }
}

TEST(ApiServer, EveryWriteIsRefusedByNameWithRetryAfterWhileStorageRefuses) {
  Edge edge;
  edge.engine.failure = unavailable("storage_full", "cannot write /data/matchcue.db: No space left on device");
  edge.office.failure = edge.engine.failure;
  std::size_t refused = 0;
  for (const Route& route : routes()) {
    const bool elsewhere = route.path.find("trainings") != std::string::npos ||
                           route.path.find("solution-versions") != std::string::npos || route.operation == "importRows";
    if (route.method == "GET" || elsewhere) continue;
    SCOPED_TRACE(route.operation);
    Sample sample = samples().at(route.operation);
    if (route.operation == "putSchema")
      sample.body = codec::write_schema(codec::builtin_schema(domain::DatasetKind::items));
    const std::string answer =
        edge.raw(route.method + " " + sample.target + " HTTP/1.1\r\nHost: localhost\r\n" +
                 "Content-Type: " + route.request_type + "\r\nConnection: close\r\n" +
                 "Content-Length: " + std::to_string(sample.body.size()) + "\r\n\r\n" + sample.body);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 503")) << answer;
    EXPECT_NE(answer.find("\r\nRetry-After: 2\r\n"), std::string::npos) << answer;
    EXPECT_NE(answer.find(R"("code":"storage_full")"), std::string::npos) << answer;
    ++refused;
  }
  EXPECT_GE(refused, 15U);
}

TEST(ApiServer, HealthAndReadinessSayWhyStorageRefusesAndStayGood) {
  Edge edge;
  edge.engine.trouble = unavailable("storage_read_only", "cannot write /data/matchcue.db: Read-only file system");
  for (const char* path : {"/healthz", "/readyz"}) {
    const auto answer = edge.client->send("GET", path);
    ASSERT_TRUE(answer.ok());
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(Json::parse(answer->body)["storage"], "storage_read_only");
  }
}

TEST(ApiServer, EveryKindOfEngineErrorBecomesItsProblem) {
  const std::pair<ErrorKind, int> kinds[] = {{ErrorKind::invalid_argument, 400}, {ErrorKind::not_found, 404},
                                             {ErrorKind::conflict, 409},         {ErrorKind::too_large, 413},
                                             {ErrorKind::unsupported, 501},      {ErrorKind::unavailable, 503},
                                             {ErrorKind::corrupt, 500},          {ErrorKind::internal, 500}};
  Edge edge;
  for (const auto& [kind, status] : kinds) {
    edge.engine.failure = Error{kind, "the_code", "the message", "state.A"};
    const std::string answer = edge.raw("GET /v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::to_string(status))) << answer;
    EXPECT_NE(answer.find("application/problem+json"), std::string::npos);
    const Json problem = Json::parse(answer.substr(answer.find("\r\n\r\n") + 4));
    EXPECT_EQ(problem["code"], "the_code");
    EXPECT_EQ(problem["detail"], "the message");
    EXPECT_EQ(problem["errors"][0]["pointer"], "/state/A");
    EXPECT_NE(answer.find("X-Request-Id: " + problem["request_id"].get<std::string>()), std::string::npos);
  }
}

TEST(ApiServer, OnlyItsOwnPagesMayUseIt) {
  Edge edge;
  const auto accepted = [&](const std::string& headers) { return edge.raw_get(headers).starts_with("HTTP/1.1 200"); };
  EXPECT_TRUE(accepted("Host: localhost:8081\r\n"));
  EXPECT_TRUE(accepted("Host: 127.0.0.1:8081\r\n"));
  EXPECT_TRUE(accepted("Host: [::1]:8081\r\n"));
  EXPECT_TRUE(accepted("Host: LOCALHOST\r\nOrigin: http://LOCALHOST\r\n"));
  EXPECT_TRUE(accepted("Host: localhost:8081\r\nOrigin: http://localhost:8081\r\n"));
  EXPECT_FALSE(accepted(""));
  EXPECT_FALSE(accepted("Host: evil.example\r\n"));
  EXPECT_FALSE(accepted("Host: 127.0.0.1:80@evil.example\r\n"));
  EXPECT_FALSE(accepted("Host: 127.0.0.1:\r\n"));
  EXPECT_FALSE(accepted("Host: 127.0.0.1.evil.example\r\n"));
  EXPECT_FALSE(accepted("Host: localhost\r\nHost: evil.example\r\n"));
  EXPECT_FALSE(accepted("Host: localhost:8081\r\nOrigin: http://evil.example\r\n"));
  EXPECT_FALSE(accepted("Host: localhost:8081\r\nOrigin: http://localhost:3000\r\n"));
  EXPECT_FALSE(accepted("Host: localhost:8081\r\nOrigin: https://localhost:8081\r\n"));
  EXPECT_FALSE(accepted("Host: localhost:8081\r\nOrigin: null\r\n"));
  EXPECT_TRUE(edge.raw_get("Host: evil.example\r\n").starts_with("HTTP/1.1 403"));
  EXPECT_EQ(edge.refusals_for("forbidden_host"), 7);
  EXPECT_EQ(edge.refusals_for("forbidden_origin"), 4);
}

TEST(ApiServer, HeadIsAnsweredLikeGetWithoutTheBody) {
  Edge edge;
  const std::string answer = edge.raw("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
  EXPECT_NE(answer.find("Content-Length: "), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
  EXPECT_TRUE(
      edge.raw("HEAD /v2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 404"));
}

TEST(ApiServer, RefusesWhatNoRouteTakes) {
  Edge edge;
  EXPECT_EQ(edge.refused("GET", "/v2/events").code, "unknown_path");
  EXPECT_EQ(edge.refused("GET", "/v1/events/").code, "invalid_id");
  EXPECT_EQ(edge.refused("GET", "/v1/events/%zz").code, "invalid_target");
  EXPECT_EQ(edge.refused("GET", "/v1/events/%ff").code, "invalid_target");
  for (const char* climbing : {"/v1/events/..", "/v1/events/%2e%2e/changes", "/v1/events/a%2F..%2F..%2Fb", "/."}) {
    EXPECT_EQ(edge.refused("GET", climbing).code, "invalid_target") << climbing;
  }
  EXPECT_EQ(edge.refused("DELETE", "/v1/events/1").code, "method_not_allowed");
  EXPECT_EQ(edge.refused("GET", "/v1/datasets/item/schema").kind, ErrorKind::not_found);
  EXPECT_EQ(edge.refused("GET", "/v1/events/1/moments?limt=3").message,
            "unknown parameter \"limt\"; did you mean \"limit\"?");
  EXPECT_EQ(edge.refused("GET", "/v1/events/1/moments?limit=0").field, "limit");
  EXPECT_EQ(edge.refused("GET", "/v1/events/1/moments?limit=x").code, "out_of_range");
  EXPECT_EQ(edge.refused("GET", "/v1/events/1/moments?limit=1&limit=2").code, "duplicate_parameter");
  EXPECT_EQ(edge.refused("POST", "/v1/events/1/moments/0/corrections", "{}").field, "sequence");
  EXPECT_EQ(edge.refused("GET", "/v1/events/9").code, "unknown_event");
  EXPECT_EQ(edge.refused("GET", "/v1/items/I9").code, "unknown_item");
  EXPECT_EQ(edge.refused("GET", "/v1/viewers/v9").code, "unknown_viewer");
  EXPECT_EQ(edge.refused("GET", "/v1/decisions/nonsense").code, "unknown_decision");
}

TEST(ApiServer, RefusesBodiesByTypeSizeAndField) {
  Edge edge;
  EXPECT_EQ(edge.refused("PATCH", "/v1/events/1", R"({"state":{}})", "text/plain").code, "unsupported_media_type");
  EXPECT_EQ(edge.refused("PATCH", "/v1/events/1", "{").code, "invalid_json");
  EXPECT_EQ(edge.refused("PATCH", "/v1/events/1", "{}").code, "missing_value");
  EXPECT_EQ(edge.refused("PATCH", "/v1/events/1", R"({"state":null})").field, "state");
  EXPECT_EQ(edge.refused("PUT", "/v1/items/I1", "").code, "missing_body");
  EXPECT_EQ(edge.refused("PATCH", "/v1/events/1", R"({"state":{"A":{}}})").field, "state.A");
  EXPECT_EQ(edge.refused("POST", "/v1/events/1/moments", R"({"sate":{}})").message,
            "unknown field \"sate\"; did you mean \"state\"?");
  EXPECT_EQ(edge.refused("PUT", "/v1/events/1/overrides/I1", R"({"action":"kill"})").field, "action");
  EXPECT_EQ(edge.refused("PUT", "/v1/items/I1", R"({"ITEM_TYP":"GENERAL"})").code, "unknown_field");
  EXPECT_EQ(edge.refused("POST", "/v1/interactions", R"({"viewer":"v1"})").kind, ErrorKind::invalid_argument);
  EXPECT_EQ(edge.refused("PATCH", "/v1/events/1", std::string(1024 * 1024 + 1, ' ')).code, "body_too_large");
  EXPECT_EQ(edge.engine.rows_put, 0U);
  EXPECT_TRUE(
      edge.raw_get("Host: localhost\r\nX-Long: " + std::string(9000, 'x') + "\r\n").starts_with("HTTP/1.1 431"));
  EXPECT_TRUE(edge.raw("nonsense\r\n\r\n").starts_with("HTTP/1.1 400"));
}

TEST(ApiServer, ABodyInBrokenChunksIsAnswered) {
  Edge edge;
  for (const char* chunks : {"zz\r\n", "-1\r\n", "1\r\nxyz\r\n", "fffffffffffffffff\r\n"}) {
    const std::string answer = edge.raw(
        "PATCH /v1/events/1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n" +
        std::string(chunks));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400")) << chunks << answer;
  }
}

TEST(ApiServer, ACorrectionReachesTheEngineWhole) {
  Edge edge;
  ASSERT_TRUE(
      edge.client
          ->send("POST", "/v1/events/a%2Fb/moments/7/corrections",
                 R"({"state":{"A":null,"B":2},"media_time":"2026-06-11T21:04:05+02:00","subject":"I1","reason":"VAR"})")
          .ok());
  const engine::CorrectMoment& request = edge.engine.last_correction;
  EXPECT_EQ(request.event.str(), "a/b");
  EXPECT_EQ(request.corrects.value(), 7U);
  EXPECT_EQ(request.state, (domain::Values{{"A", {}}, {"B", std::int64_t{2}}}));
  EXPECT_EQ(format_rfc3339(*request.media_time), "2026-06-11T19:04:05.000Z");
  EXPECT_EQ(request.subject->str(), "I1");
  EXPECT_EQ(request.reason, "VAR");
}

TEST(ApiServer, FiltersReachTheEngineWhole) {
  Edge edge;
  const auto send = [&](const char* method, const char* target, const char* body) {
    const auto answer = edge.client->send(method, target, body);
    ASSERT_TRUE(answer.ok()) << answer.error().message;
  };
  send("PUT", "/v1/events/a%2Fb/filters/young", R"({"filter_values":{"AGE":"18"},"reason":"night"})");
  EXPECT_EQ(edge.engine.last_filter_use.event.str(), "a/b");
  EXPECT_TRUE(edge.engine.last_filter_use.in_force);
  EXPECT_EQ(edge.engine.last_filter_use.choice.values.at("AGE"), "18");
  EXPECT_EQ(edge.engine.last_filter_use.reason, "night");
  send("DELETE", "/v1/events/1/filters/young", "");
  EXPECT_FALSE(edge.engine.last_filter_use.in_force);
  EXPECT_EQ(edge.engine.last_filter_use.choice.filter.str(), "young");
  send("POST", "/v1/filter-trials", R"({"expression":"INCLUDE ..","viewer":"v1"})");
  EXPECT_EQ(edge.engine.last_trial.expression, "INCLUDE ..");
  EXPECT_FALSE(edge.engine.last_trial.filter.has_value());
  send("POST", "/v1/recommendations", R"({"viewer":"v1","filter":"young","filter_values":{"AGE":"\"18\""}})");
  EXPECT_EQ(edge.engine.last_recommend.filter->values.at("AGE"), "\"18\"");
}

TEST(ApiServer, RanksAList) {
  Edge edge;
  const auto answer = edge.client->send("POST", "/v1/rankings", R"({"viewer":"v1","items":["gone","I1"]})");
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(Json::parse(answer->body).at("ranking").dump(),
            R"([{"excluded":null,"item":"I1","score":0.5,"share":1.0},)"
            R"({"excluded":"unknown","item":"gone","score":null,"share":null}])");
  EXPECT_EQ(edge.engine.last_recommend.viewer.str(), "v1");
  EXPECT_EQ(edge.refused("POST", "/v1/rankings", R"({"viewer":"v1"})").field, "items");
  EXPECT_EQ(edge.refused("POST", "/v1/rankings", R"({"viewer":"v1","items":[]})").code, "out_of_range");
  EXPECT_EQ(edge.refused("POST", "/v1/rankings", R"({"viewer":"v1","items":["I1",7]})").field, "items.1");
  EXPECT_EQ(edge.refused("POST", "/v1/rankings", R"({"viewer":"v1","items":["I1",""]})").code, "invalid_id");
}

TEST(ApiServer, AnOperatorSaysWhoAnAnonymousViewerIs) {
  Edge edge;
  const auto answer = edge.client->send("POST", "/v1/viewers/anon%2F7/identify", R"({"viewer":"bob"})");
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->body, R"({"anonymous":"anon/7","viewer":"bob","at":"2026-05-28T20:26:40.000Z"})");
  EXPECT_EQ(edge.engine.last_identified.by, engine::IdentifiedBy::operators);
  EXPECT_EQ(edge.refused("POST", "/v1/viewers/anon/identify", "{}").field, "viewer");
  edge.engine.failure = Error{ErrorKind::conflict, "already_identified", "..", "viewer"};
  EXPECT_EQ(edge.refused("POST", "/v1/viewers/anon/identify", R"({"viewer":"bob"})").kind, ErrorKind::conflict);
}

TEST(ApiServer, RefusesFiltersThatSayTooLittleOrTooMuch) {
  Edge edge;
  EXPECT_EQ(edge.refused("PUT", "/v1/filters/f", "{}").field, "expression");
  EXPECT_EQ(edge.refused("POST", "/v1/filter-trials", "{}").code, "missing_value");
  EXPECT_EQ(edge.refused("POST", "/v1/filter-trials", R"({"filter":"a","expression":"b"})").code, "missing_value");
  EXPECT_EQ(edge.refused("POST", "/v1/recommendations", R"({"viewer":"v1","filter_values":{"A":"1"}})").field,
            "filter");
  EXPECT_EQ(
      edge.refused("POST", "/v1/recommendations", R"({"viewer":"v1","filter":"f","filter_values":{"A":1}})").field,
      "filter_values.A");
}

TEST(ApiServer, ATrainingIsOrderedInTheRecipesOwnWords) {
  Edge edge;
  const auto order = [&](const std::string& body) { return edge.client->send("POST", "/v1/solution-versions", body); };
  ASSERT_TRUE(order(R"({"recipe":"sims","event_type":"CLICK","event_value_min":0.5,"seed":7,
                        "hyperparameters":{"decay":0.5,"window":5,"use_context":true,"frequency":"1 hour"}})")
                  .ok());
  const TrainingOrder& all = edge.trainings.last_order;
  EXPECT_EQ(all.recipe, "sims");
  EXPECT_EQ(all.event_type, "CLICK");
  EXPECT_EQ(all.event_value_min, .5);
  EXPECT_EQ(all.seed, 7U);
  EXPECT_EQ(all.hyperparameters,
            (std::map<std::string, std::string>{
                {"decay", "0.5"}, {"window", "5"}, {"use_context", "true"}, {"frequency", "1 hour"}}));
  ASSERT_TRUE(order(R"({"recipe":"sims"})").ok());
  EXPECT_EQ(edge.trainings.last_order.seed, std::nullopt);
  EXPECT_EQ(edge.trainings.last_order.event_value_min, std::nullopt);
}

TEST(ApiServer, RefusesTrainingsThatSayTooLittleOrTooMuch) {
  Edge edge;
  const auto refused = [&](const char* body) { return edge.refused("POST", "/v1/solution-versions", body); };
  EXPECT_EQ(refused("{}").field, "recipe");
  EXPECT_EQ(refused(R"({"recipe":"sims","seed":-1})").field, "seed");
  EXPECT_EQ(refused(R"({"recipe":"sims","seed":1.5})").message,
            "seed 1.5 is not a whole number of 0..9007199254740992");
  EXPECT_EQ(refused(R"({"recipe":"sims","seed":9007199254740993})").field, "seed");
  EXPECT_EQ(refused(R"({"recipe":"sims","event_value_min":"much"})").field, "event_value_min");
  EXPECT_EQ(refused(R"({"recipe":"sims","hyperparameters":{"a":[]}})").field, "hyperparameters.a");
  EXPECT_EQ(refused(R"({"recipe":"sims","hyperparameter":{}})").code, "unknown_field");
  edge.trainings.failure = Error{ErrorKind::conflict, "training_busy", "t_1 is being trained", {}};
  EXPECT_EQ(refused(R"({"recipe":"sims"})").code, "training_busy");
  edge.trainings.failure.reset();
  EXPECT_EQ(edge.refused("GET", "/v1/trainings/t_9").code, "unknown_training");
  EXPECT_EQ(edge.refused("DELETE", "/v1/trainings/t_9").field, "training");
}

TEST(ApiServer, ImportsAreStreamedWhateverTheirSize) {
  Edge edge;
  std::size_t row = 0;
  const auto source = [&](std::span<char> buffer) -> Result<std::size_t> {
    std::string text = row == 0 ? "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n" : "";
    while (row < 45'000 && text.size() + 40 < buffer.size()) {
      text += "v" + std::to_string(++row) + ",I1,1700000000,CLICK\n";
    }
    std::copy(text.begin(), text.end(), buffer.begin());
    return text.size();
  };
  const auto answer = edge.client->upload("POST", "/v1/datasets/interactions/imports", "text/csv", source);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  const Json report = Json::parse(answer->body);
  EXPECT_EQ(report["rows"], 45'000) << answer->body;
  EXPECT_EQ(edge.engine.rows_put + report["rejected_rows"].get<std::uint64_t>(), 45'000U);
}

TEST(ApiServer, AnImportThatCannotWorkIsRefusedWhileItIsSent) {
  Edge edge;
  bool first = true;
  const auto source = [&](std::span<char> buffer) -> Result<std::size_t> {
    const std::string text = first ? "WHAT,IS,THIS\n" : std::string(buffer.size(), 'x');
    first = false;
    std::copy(text.begin(), text.end(), buffer.begin());
    return text.size();
  };
  const auto answer =
      edge.client->upload("POST", "/v1/datasets/items/imports", "text/csv", source, Milliseconds(5'000));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(edge.engine.rows_put, 0U);
}

TEST(ApiServer, IsNotReadyBeforeTheEngineIs) {
  Edge edge;
  edge.engine.is_ready = false;
  EXPECT_EQ(edge.refused("GET", "/readyz").code, "not_ready");
  edge.engine.is_ready = true;
  EXPECT_TRUE(edge.client->send("GET", "/readyz").ok());
}

TEST(ApiServer, ARequestThatTheEngineForgetsIsAnsweredInTime) {
  ServerOptions options;
  options.reply_timeout = Milliseconds(20);
  Edge edge(options);
  edge.engine.silent = true;
  EXPECT_EQ(edge.refused("GET", "/v1/events").code, "timed_out");
}

TEST(ApiServer, StoppingAnswersWhatIsInProgressAndFreesThePort) {
  ServerOptions options;
  options.stop_timeout = Milliseconds(10);
  Edge edge(options);
  edge.engine.silent = true;
  std::optional<Error> error;
  HttpClient warm(edge.url());
  ASSERT_TRUE(warm.send("GET", "/healthz").ok());  // an idle connection must not hold the server up
  std::jthread waiting([&] { error = edge.refused("GET", "/v1/events"); });
  while (!edge.raw_get("Host: localhost\r\n").starts_with("HTTP/1.1 200")) {
  }
  edge.server->stop();
  waiting.join();
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->kind, ErrorKind::unavailable);
  EXPECT_EQ(warm.send("GET", "/healthz").error().code, "unreachable");
}

TEST(ApiServer, RefusesWhatIsNoAddress) {
  ServerOptions options;
  options.host = "example.com";
  FakeEngine engine;
  FakeTrainingDesk trainings;
  FakeAccessOffice office;
  const Replaceable<access::OperatorTokens> nobody{access::OperatorTokens()};
  const auto started = ApiServer::start(options, {engine, trainings, office, nobody, nullptr, {}, {}});
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().code, "invalid_address");
}

}  // namespace
}  // namespace matchcue::api
