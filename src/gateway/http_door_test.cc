// SPDX-License-Identifier: Apache-2.0
//
// What the viewers' listener answers to plain HTTP, and event streams.
#include <cstring>
#include <filesystem>
#include <iterator>

#include "gateway/gateway_fixture.h"

namespace matchcue::gateway {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kInteraction = R"({"viewer":"v1","id":"i1","cue":"c_MQ.57.djE.2","kind":"click"})";

class HttpDoor : public GatewayFixture {};

TEST_F(HttpDoor, SaysThatItIsHealthyOverAndOverOnOneConnection) {
  TestViewer client(server());
  for (int i = 0; i < 3; ++i) {
    client.request("GET", "/healthz");
    EXPECT_THAT(client.read_response(), AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr(R"({"status":"ok"})")));
  }
}

TEST_F(HttpDoor, AnythingElseIsAProblemThatNamesThePath) {
  TestViewer client(server());
  client.request("GET", "/v1/events");
  EXPECT_THAT(client.read_response(), AllOf(StartsWith("HTTP/1.1 404 "), HasSubstr("application/problem+json"),
                                            HasSubstr("GET /v1/events"), HasSubstr(R"("code":"unknown_path")")));
  client.request("DELETE", "/v1/interactions");
  EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 404 "));
}

TEST_F(HttpDoor, AMalformedRequestIsAnsweredAndTheConnectionEnds) {
  TestViewer client(server());
  client.send_bytes("GET /healthz HTTP/1.1\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.read_response(), AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("bad_host")));
  EXPECT_TRUE(client.ends());
}

TEST_F(HttpDoor, ARouteForWebSocketsNeedsAnUpgrade) {
  TestViewer client(server());
  client.request("GET", "/v1/ws");
  EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 426 "));
  EXPECT_TRUE(client.ends());
}

TEST_F(HttpDoor, ARequestMustBeWholeWithinFiveSeconds) {
  TestViewer client(server());
  client.send_bytes("GET /healthz HT");
  leap(Milliseconds(4'000));
  client.send_bytes("TP/1.1\r\n");
  leap(Milliseconds(2'500));
  EXPECT_TRUE(client.ends());
}

TEST_F(HttpDoor, AnInteractionIsAnsweredOnceItIsDurable) {
  TestViewer client(server());
  client.post("/v1/interactions", "application/json", kInteraction);
  ASSERT_TRUE(engine.journal.wait_for("posted v1 i1"));
  engine.answer_interaction(engine::FeedbackReceipt{false, true});
  EXPECT_THAT(client.read_response(),
              AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr(R"({"repeated":false,"attributed":true})"),
                    HasSubstr("Access-Control-Allow-Origin: *")));
}

TEST_F(HttpDoor, PipelinedInteractionsAreAnsweredOneAfterAnotherInTheirOrder) {
  TestViewer client(server());
  for (int i = 0; i < 3; ++i) client.post("/v1/interactions", "application/json", kInteraction);
  client.request("GET", "/healthz");
  for (std::size_t i = 0; i < 3; ++i) {
    engine.answer_interaction(engine::FeedbackReceipt{i > 0, true});
    EXPECT_THAT(client.read_response(), HasSubstr(i > 0 ? R"("repeated":true)" : R"("repeated":false)"));
  }
  EXPECT_THAT(client.read_response(), HasSubstr(R"({"status":"ok"})"));
}

TEST_F(HttpDoor, ABadInteractionIsRefusedByFieldAndNeverRecorded) {
  TestViewer client(server());
  client.post("/v1/interactions", "application/json", R"({"viewer":"v1","id":"i1","cue":"c_zzz","kind":"click"})");
  EXPECT_THAT(client.read_response(),
              AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("c_zzz"), HasSubstr("interaction.cue")));
  for (const char* type : {"text/html", "application/jsonx", "application/json, text/plain", "text/plain+x"}) {
    client.post("/v1/interactions", type, kInteraction);
    EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 415 ")) << type;
  }
  EXPECT_TRUE(engine.journal.lines().empty());
}

TEST_F(HttpDoor, AnInteractionThatCannotBeStoredIsNotAcknowledged) {
  TestViewer client(server());
  client.post("/v1/interactions", "application/json", kInteraction);
  engine.answer_interaction(unavailable("storage_refuses", "the disk is full"));
  EXPECT_THAT(client.read_response(),
              AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("storage_refuses"), HasSubstr("\r\nRetry-After: 2\r\n")));
}

TEST_F(HttpDoor, AnswersABrowsersPreflight) {
  TestViewer client(server());
  client.request("OPTIONS", "/v1/interactions",
                 "Origin: https://example.org\r\nAccess-Control-Request-Method: POST\r\n");
  EXPECT_THAT(client.read_until("\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 204 "), HasSubstr("Access-Control-Allow-Methods: POST"),
                    HasSubstr("Access-Control-Allow-Headers: Authorization, Content-Type")));
}

TEST_F(HttpDoor, AnAnswerForAClientThatHasLeftIsDropped) {
  TestViewer client(server());
  client.post("/v1/interactions", "application/json", kInteraction);
  ASSERT_TRUE(engine.journal.wait_for("posted v1 i1"));
  client.reset();
  engine.answer_interaction(engine::FeedbackReceipt{});
  TestViewer other(server());
  other.request("GET", "/healthz");
  EXPECT_THAT(other.read_response(), StartsWith("HTTP/1.1 200 "));
}

std::size_t open_descriptors() {
  const auto listing = std::filesystem::directory_iterator("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(listing), end(listing)));
}

TEST_F(HttpDoor, AClientThatLeavesBeforeItsAnswerIsLetGoAtOnce) {
  TestViewer client(server());
  client.post("/v1/interactions", "application/json", kInteraction);
  ASSERT_TRUE(engine.journal.wait_for("posted v1 i1"));
  leap(Milliseconds(0));
  const std::size_t before = open_descriptors();
  client.reset();
  leap(Milliseconds(0));
  EXPECT_EQ(open_descriptors(), before - 2) << "the client's and the server's";
  engine.answer_interaction(engine::FeedbackReceipt{});
}

TEST_F(HttpDoor, NothingAfterTheLastResponseCountsThoughItStillWaits) {
  options.outbox_bytes_max = 64 * 1024 * 1024;  // what many requests of one read are answered must fit
  TestViewer client(server(), 4096);
  const std::string long_path(7'000, 'x');
  for (int i = 0; i < 4'000 && metric("matchcue_session_queue_bytes 0"); ++i) {
    client.request("GET", "/" + long_path);
    leap(Milliseconds(0));
  }
  ASSERT_FALSE(metric("matchcue_session_queue_bytes 0"));
  client.send_bytes(
      "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
      "POST /v1/interactions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Content-Length: " +
      std::to_string(std::strlen(kInteraction)) + "\r\n\r\n" + kInteraction);
  EXPECT_TRUE(client.ends());
  EXPECT_TRUE(engine.journal.lines().empty());
}

TEST_F(HttpDoor, AnEventStreamCarriesTheNativeFramesWithTheirIds) {
  for (const char* name : {"v0", "v1"}) {
    TestViewer client(server());
    client.request("GET", "/v1/sse?viewer=" + std::string(name) + "&content=c1&device=d1");
    EXPECT_THAT(client.read_until("\r\n\r\n"), AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("text/event-stream")));
    EXPECT_EQ(client.read_until("\n\n"), "retry: 500\n\n");
    EXPECT_THAT(client.read_until("\n\n"), AllOf(StartsWith("id: k3:7\ndata: {\"t\":\"welcome\""), HasSubstr("}\n\n")));
    push(name[1] == '1' ? 1 : 0, 8, 100);
    EXPECT_THAT(client.read_until("\n\n"), StartsWith("id: k3:8\ndata: {\"t\":\"slate\",\"seq\":8,"));
    leap(Milliseconds(21'000));
    EXPECT_EQ(client.read_until("\n\n"), ":\n\n");
  }
}

TEST_F(HttpDoor, AnEventStreamResumesFromTheLastEventOrTheQuery) {
  TestViewer browser(server());
  browser.request("GET", "/v1/sse?viewer=v1&content=c1", "Last-Event-ID: k2:41\r\n");
  EXPECT_TRUE(engine.journal.wait_for("resume k2 41"));
  TestViewer other(server());
  other.request("GET", "/v1/sse?viewer=v2&content=c1&resume=k2%3A42");
  EXPECT_TRUE(engine.journal.wait_for("resume k2 42"));
}

TEST_F(HttpDoor, AnEventStreamSaysWhoItsViewerWasBefore) {
  TestViewer browser(server());
  browser.request("GET", "/v1/sse?viewer=v1&content=c1&previously=anon-7f3a");
  EXPECT_TRUE(engine.journal.wait_for("identify anon-7f3a as v1"));
  EXPECT_TRUE(engine.journal.wait_for("hello v1 on 1"));
  EXPECT_THAT(browser.read_until("}\n\n"), HasSubstr("welcome"));
}

TEST_F(HttpDoor, AnEventStreamNeedsItsParametersAndNamesWhatIsWrong) {
  TestViewer client(server());
  client.request("GET", "/v1/sse?content=c1");
  EXPECT_THAT(client.read_response(), AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("viewer")));
  client.request("GET", "/v1/sse?viewer=v1&content=c1&resume=soon");
  EXPECT_THAT(client.read_response(), AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("soon")));
  client.request("GET", "/v1/sse?viewer=v1&content=c1&viewer=v2");
  EXPECT_THAT(client.read_response(), AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("viewer is given twice")));
  client.request("GET", "/v1/sse?viewer=v1&content=c1&resume=k%00:1");
  EXPECT_THAT(client.read_response(), AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("resume")));
}

TEST_F(HttpDoor, AnEventStreamForAnUnknownContentSaysSoAndEnds) {
  TestViewer client(server());
  client.request("GET", "/v1/sse?viewer=v1&content=nowhere");
  EXPECT_THAT(client.read_until("}\n\n"), HasSubstr(R"("code":"unknown_content")"));
  EXPECT_TRUE(client.ends());
}

TEST_F(HttpDoor, AnEventStreamWhoseViewerLeavesIsASessionThatEnds) {
  TestViewer client(server());
  client.request("GET", "/v1/sse?viewer=v1&content=c1");
  ASSERT_TRUE(engine.journal.wait_for("hello v1 on 1"));
  client.reset();
  EXPECT_TRUE(engine.journal.wait_for("bye v1"));
}

}  // namespace
}  // namespace matchcue::gateway
