// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/api_fixture.h"
#include "api/audit.h"
#include "base/sha256.h"

namespace matchcue::api {
namespace {

using testing::HasSubstr;

class AuditTest : public testing::Test {
 protected:
  AuditTest() {
    edge.operators.replace(access::OperatorTokens::parse("ann admin " + sha256("secret")).value());
    Endpoint endpoint(edge.url());
    endpoint.token = "secret";
    client = std::make_unique<HttpClient>(endpoint);
  }
  domain::AuditRecord only_record() {
    const auto records = edge.office.records();
    EXPECT_EQ(records.size(), 1U);
    return records.empty() ? domain::AuditRecord() : records.front();
  }
  Edge edge;
  std::unique_ptr<HttpClient> client;
};

TEST_F(AuditTest, AChangeIsWrittenDownWithWhoAndWhatItChanged) {
  ASSERT_TRUE(client->send("POST", "/v1/events/1/moments", R"({"state":{"MATCH_EVENT":"GOAL"}})").ok());
  const domain::AuditRecord record = only_record();
  EXPECT_EQ(record.who, "ann");
  EXPECT_EQ(record.from, "127.0.0.1");
  EXPECT_EQ(record.operation, "fireMoment");
  EXPECT_EQ(record.target, "/v1/events/1/moments");
  EXPECT_EQ(record.request, R"({"state":{"MATCH_EVENT":"GOAL"}})");
  EXPECT_THAT(record.before, HasSubstr(R"("sequence":812)"));
  EXPECT_THAT(record.after, HasSubstr(R"("sequence":)"));
  EXPECT_EQ(record.status, 201);
  EXPECT_THAT(client->send("GET", "/v1/audit").value().body, HasSubstr(R"("who":"ann")"));
}

TEST_F(AuditTest, SoIsOneThatWasRefused) {
  EXPECT_FALSE(client->send("POST", "/v1/events/1/moments", R"({"state":7})").ok());
  const domain::AuditRecord record = only_record();
  EXPECT_EQ(record.status, 400);
  EXPECT_THAT(record.after, HasSubstr("wrong_type"));
}

TEST_F(AuditTest, ErasingAPersonDoesNotLeaveTheirNameHere) {
  ASSERT_TRUE(client->send("DELETE", "/v1/viewers/bob").ok());
  const domain::AuditRecord record = only_record();
  EXPECT_EQ(record.operation, "eraseViewer");
  EXPECT_EQ(record.who, "ann");
  EXPECT_EQ((record.target + record.request + record.before + record.after).find("bob"), std::string::npos);
}

TEST_F(AuditTest, ARequestThatNotEveryReaderUnderstandsIsShownAsText) {
  const std::string deep = std::string(40, '[') + std::string(40, ']');
  EXPECT_FALSE(client->send("POST", "/v1/events/1/moments", deep).ok());
  EXPECT_THAT(client->send("GET", "/v1/audit").value().body, HasSubstr("\"request\":\"" + deep + "\""));
}

TEST_F(AuditTest, AnImportIsOneChange) {
  ASSERT_TRUE(client
                  ->send("POST", "/v1/datasets/items/imports?dry_run=true",
                         "ITEM_ID,ITEM_TYPE,ITEM_LABEL\nI2,GENERAL,BET\n", "text/csv")
                  .ok());
  const domain::AuditRecord record = only_record();
  EXPECT_EQ(record.operation, "importRows");
  EXPECT_EQ(record.status, 200);
  EXPECT_THAT(record.after, HasSubstr("rows"));
}

TEST_F(AuditTest, AnImportThatBreaksOffHasAnOutcome) {
  const std::string head =
      "POST /v1/datasets/items/imports HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer secret\r\n"
      "Content-Type: text/csv\r\n";
  const std::string rows = "ITEM_ID,ITEM_TYPE,ITEM_LABEL\nI2,GENERAL,BET\n";
  {
    const runtime::Fd fd(edge.connect());
    const std::string half = head + "Content-Length: 1000\r\n\r\n" + rows;
    ASSERT_EQ(::send(fd.get(), half.data(), half.size(), MSG_NOSIGNAL), static_cast<ssize_t>(half.size()));
  }
  const auto gone = edge.office.await_outcome(1);
  EXPECT_EQ(gone.status, 400);
  EXPECT_THAT(gone.after, HasSubstr("broken_off"));
  edge.raw(head + "Transfer-Encoding: chunked\r\n\r\n10\r\nITEM_ID,ITEM_TYP\r\nno size\r\n");
  EXPECT_THAT(edge.office.await_outcome(2).after, HasSubstr("invalid_http"));
  const std::string chunk(70'000, '1');  // so much is handed on before there is more
  edge.raw(head + "Content-Length: 100000\r\n\r\nNO_SUCH_COLUMN\n" + chunk);
  EXPECT_THAT(edge.office.await_outcome(3).after, HasSubstr("missing_columns"));
}

TEST(Audit, AnImportThatIsTooLargeHasAnOutcome) {
  ServerOptions options;
  options.bodies.import_bytes_max = 100;
  const Edge edge(options);
  const std::string answer = edge.raw(
      "POST /v1/datasets/items/imports HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n"
      "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n80\r\n" +
      std::string(128, 'x') + "\r\n0\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("body_too_large"));
  ASSERT_EQ(edge.office.records().size(), 1U);
  EXPECT_EQ(edge.office.records().front().status, 413) << "it is there before the answer is";
}

TEST_F(AuditTest, AChangeThatCannotBeWrittenDownIsNotAnswered) {
  edge.office.failure = unavailable("storage_full", "no space");
  const auto answer = client->send("PUT", "/v1/items/I1", R"({"ITEM_TYPE":"GENERAL","ITEM_LABEL":"BET"})");
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, "storage_full");
}

TEST_F(AuditTest, WhatTheStoreWouldNotRefuseIsNotBegunWithoutItsRecord) {
  edge.office.failure = unavailable("storage_full", "no space");
  for (const char* operation : {"createSolutionVersion", "stopTraining", "deployCampaign", "rollBackCampaign",
                                "shadowCampaign", "settleLearner"}) {
    const auto route =
        std::find_if(routes().begin(), routes().end(), [&](const Route& each) { return each.operation == operation; });
    const Sample& sample = samples().at(operation);
    const auto answer = client->send(route->method, sample.target, sample.body);
    ASSERT_FALSE(answer.ok()) << operation;
    EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
    EXPECT_EQ(answer.error().message, "no space") << operation << " is known not to have happened";
  }
  EXPECT_EQ(edge.trainings.last_order.recipe, "");
}

TEST_F(AuditTest, WhatWasThereBeforeIsShownWhereverSomethingIsChanged) {
  std::vector<std::string> without;
  for (const Route& route : routes()) {
    if (!is_audited(route) || route.sink != nullptr) continue;
    const std::size_t number = edge.office.records().size() + 1;
    (void)client->send(route.method, samples().at(route.operation).target, samples().at(route.operation).body);
    if (edge.office.await_outcome(number).before.empty()) without.push_back(route.operation);
  }
  EXPECT_THAT(without, testing::UnorderedElementsAre("createSolutionVersion", "settleLearner", "eraseViewer"));
}

TEST_F(AuditTest, AContentThatIsMappedAnewShowsTheEventThatItHad) {
  ASSERT_TRUE(client->send("PUT", "/v1/contents/c1", R"({"event":"2"})").ok());
  EXPECT_EQ(only_record().before, R"({"content":"c1","event":"1"})");
}

TEST_F(AuditTest, AnIdentificationShowsWhomTheViewerWasIdentifiedAs) {
  ASSERT_TRUE(client->send("POST", "/v1/viewers/anon-7f3a/identify", R"({"viewer":"bob"})").ok());
  EXPECT_EQ(only_record().before, R"({"anonymous":"anon-7f3a","identified_as":null})");
}

TEST_F(AuditTest, ARevocationShowsThoseOfTheSameTicketOrViewerThatAreInForce) {
  ASSERT_TRUE(client->send("POST", "/v1/revocations", R"({"ticket":"t1"})").ok());
  EXPECT_THAT(edge.office.records()[0].before, HasSubstr(R"("ticket":"t1")"));
  ASSERT_TRUE(client->send("POST", "/v1/revocations", R"({"viewer":"bob"})").ok());
  EXPECT_EQ(edge.office.records()[1].before, R"({"revocations":[]})");
}

TEST_F(AuditTest, EveryOperationThatChangesSomethingOfAnOperatorsIsAudited) {
  std::vector<std::string> not_audited;
  for (const Route& route : routes()) {
    if (route.method != "GET" && !is_audited(route)) not_audited.push_back(route.operation);
  }
  EXPECT_THAT(not_audited, testing::UnorderedElementsAre("recommend", "rankItems", "tryFilter", "recordInteraction"));
}

}  // namespace
}  // namespace matchcue::api
