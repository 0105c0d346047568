// SPDX-License-Identifier: Apache-2.0
//
// The whole way of a moment over real parts: a store on disk, the engine on its loops, the gateway on a real port.

#include <gmock/gmock.h>
#include <prometheus/counter.h>

#include <filesystem>

#include "tests/pieces.h"
#include "tests/socket_client.h"

namespace matchcue {
namespace {

using domain::ContentId;
using domain::EventId;
using domain::ItemId;
using domain::Value;
using domain::Values;
using domain::ViewerId;
using nlohmann::json;
using ::testing::HasSubstr;
using tests::make_item;
using tests::Pieces;
using tests::SocketClient;
using tests::Waiting;
using Kind = codec::FrameEvent::Kind;

const EventId kMatch("1");

Values state(const std::string& match_event) { return {{"MATCH_EVENT", Value{match_event}}}; }

struct PipelineTest : ::testing::Test {
  std::filesystem::path directory =
      std::filesystem::temp_directory_path() / ("matchcue-pipeline-" + std::to_string(::getpid()) + "-" +
                                                ::testing::UnitTest::GetInstance()->current_test_info()->name());
  std::unique_ptr<Pieces> pieces;

  PipelineTest() {
    std::filesystem::remove_all(directory);
    pieces = std::make_unique<Pieces>(directory);
    std::vector<domain::Item> items;
    for (const char* id : {"bet", "quiz", "trivia"}) items.push_back(make_item(id, "GENERAL"));
    for (const char* id : {"messi", "mbappe"}) items.push_back(make_item(id, "PLAYER"));
    Waiting<store::WriteSummary> put;
    pieces->engine().put_items(items, put.reply());
    EXPECT_EQ(put.get().value().added, 5u);
    Waiting<domain::LiveEvent> mapped;
    pieces->engine().map_content(ContentId("c1"), kMatch, mapped.reply());
    EXPECT_TRUE(mapped.get().ok());
  }
  ~PipelineTest() override {
    pieces.reset();
    std::filesystem::remove_all(directory);
  }

  void restart() {
    pieces.reset();
    pieces = std::make_unique<Pieces>(directory);
  }
  engine::ChangeReceipt fire(const std::string& match_event = "GOAL") {
    Waiting<engine::ChangeReceipt> fired;
    pieces->engine().fire_moment({kMatch, state(match_event), {}, {}}, fired.reply());
    return fired.get().value();
  }
  std::unique_ptr<SocketClient> native(const json& hello) {
    auto client = std::make_unique<SocketClient>(pieces->address());
    EXPECT_THAT(client->upgrade("/v1/ws", "matchcue.v1.json"), HasSubstr("101"));
    client->send_json(hello);
    return client;
  }
  static json hello(const std::string& viewer) {
    return {{"t", "hello"}, {"viewer", viewer}, {"content", "c1"}, {"device", "d"}};
  }
};

TEST_F(PipelineTest, AGoalReachesEveryViewerOnEveryShard) {
  std::vector<std::unique_ptr<SocketClient>> viewers;
  for (int i = 0; i < 20; ++i) {
    viewers.push_back(native(hello("viewer-" + std::to_string(i))));
    EXPECT_EQ(viewers.back()->read_json()["t"], "welcome");
  }
  fire();
  for (auto& viewer : viewers) {
    const json slate = viewer->read_json();
    EXPECT_EQ(slate["t"], "slate");
    EXPECT_EQ(slate["seq"], 1);
    EXPECT_EQ(slate["cues"].size(), 2u);
  }
}

TEST_F(PipelineTest, TheSampleRouteAnswersByteForByte) {
  SocketClient client(pieces->address());
  EXPECT_THAT(client.upgrade("/dev"), HasSubstr("101 Switching Protocols"));
  client.send_text("hello?");
  EXPECT_EQ(client.read_text(), "\"this is default route. please use right action key\"");
  client.send_text(R"({"action":"sendmessage","consumer_id":"1","device_id":"d1"})");
  EXPECT_THAT(client.read_text(), HasSubstr(R"({"message": "Internal server error", "connectionId":")"));
  client.send_text(R"({"action":"sendmessage","consumer_id":"1","device_id":"d1","content_id":"c1"})");
  EXPECT_EQ(client.read_text(), R"({"status": "success"})");
  fire();
  fire();
  const std::string push = client.read_text();
  EXPECT_THAT(push, HasSubstr("\": \""));
  EXPECT_TRUE(json::parse(push).is_object());
}

TEST_F(PipelineTest, AnInteractionIsAcknowledgedAndItsRepetitionChangesNothing) {
  auto viewer = native(hello("ann"));
  viewer->read_json();
  fire();
  const std::string cue = viewer->read_json()["cues"][0]["id"];
  for (int repetition = 0; repetition < 2; ++repetition) {
    viewer->send_json({{"t", "interaction"}, {"id", "i-1"}, {"cue", cue}, {"kind", "click"}});
    EXPECT_EQ(viewer->read_json(), (json{{"t", "ack"}, {"id", "i-1"}}));
  }
  Waiting<std::vector<domain::Feedback>> feedback;
  pieces->engine().read_feedback(ViewerId("ann"), 10, feedback.reply());
  const auto rows = feedback.get().value();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_TRUE(rows[0].attributed);
  EXPECT_GT(rows[0].propensity, 0);
}

TEST_F(PipelineTest, ALoggedDecisionComesOutTheSameBitsAfterARestart) {
  auto viewer = native(hello("ann"));
  viewer->read_json();
  fire();
  const std::string id = viewer->read_json()["decision"];
  viewer.reset();
  restart();
  Waiting<store::WriteSummary> put;
  pieces->engine().put_items({make_item("new", "GENERAL")}, put.reply());
  ASSERT_TRUE(put.get().ok());
  Waiting<engine::ExplainedDecision> explained;
  pieces->engine().explain(domain::parse_decision_id(id).value(), explained.reply());
  const auto decision = explained.get();
  ASSERT_TRUE(decision.ok()) << decision.error().message;
  EXPECT_TRUE(decision->identical);
  EXPECT_EQ(decision->catalogue->items().size(), 5u) << "as it was then";
}

TEST_F(PipelineTest, AViewerResumesAcrossARestart) {
  auto viewer = native(hello("ann"));
  const json welcome = viewer->read_json();
  fire();
  fire();
  viewer->read_json();
  const json second = viewer->read_json();
  viewer->vanish();
  restart();
  json again = hello("ann");
  again["resume"] = {{"epoch", welcome["epoch"]}, {"seq", 1}};
  viewer = native(again);
  EXPECT_EQ(viewer->read_json()["continuity"], "kept");
  EXPECT_EQ(viewer->read_json()["cues"], second["cues"]);
}

TEST_F(PipelineTest, ACorrectionRetractsOnScreens) {
  auto viewer = native(hello("ann"));
  viewer->read_json();
  fire();
  const json slate = viewer->read_json();
  Waiting<engine::ChangeReceipt> corrected;
  pieces->engine().correct_moment({kMatch, domain::Sequence(1), state("THROW"), {}, {}, "offside"}, corrected.reply());
  ASSERT_TRUE(corrected.get().ok());
  const json retract = viewer->read_json();
  EXPECT_EQ(retract["t"], "retract");
  EXPECT_EQ(retract["cues"][0], slate["cues"][0]["id"]);
  EXPECT_EQ(viewer->read_json()["context"]["MATCH_EVENT"], "THROW");
}

TEST_F(PipelineTest, ServerSentEventsCarryTheSameFrames) {
  SocketClient client(pieces->address());
  client.send_bytes("GET /v1/sse?viewer=ann&content=c1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("text/event-stream"));
  client.read_until("\n\n");
  EXPECT_THAT(client.read_until("\n\n"), HasSubstr("data: {\"t\":\"welcome\""));
  fire();
  const std::string event = client.read_until("\n\n");
  EXPECT_THAT(event, ::testing::MatchesRegex("id: [^:\n]+:1\ndata: \\{\"t\":\"slate\".*\n\n"));
}

TEST_F(PipelineTest, AnInteractionMayBePosted) {
  auto viewer = native(hello("ann"));
  viewer->read_json();
  fire();
  const json slate = viewer->read_json();
  const std::string body =
      json{{"viewer", "ann"}, {"id", "p"}, {"cue", slate["cues"][0]["id"]}, {"kind", "impression"}}.dump();
  SocketClient client(pieces->address());
  for (const char* answer : {R"({"repeated":false,"attributed":true})", R"({"repeated":true,"attributed":true})"}) {
    client.send_bytes("POST /v1/interactions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
                      ("Content-Length: " + std::to_string(body.size())) + "\r\n\r\n" + body);
    EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("200 OK"));
    EXPECT_EQ(client.read_until("}"), answer);
  }
}

TEST_F(PipelineTest, BadFramesAreAnsweredByFieldAndHarmNobody) {
  auto bad = native(hello("bad"));
  auto good = native(hello("good"));
  bad->read_json();
  good->read_json();
  bad->send_text(R"({"t":"interaction","id":"x","cue":"nonsense","kind":"click"})");
  EXPECT_EQ(bad->read_json()["field"], "interaction.cue");
  fire();
  EXPECT_EQ(good->read_json()["t"], "slate");
  EXPECT_EQ(bad->read_json()["t"], "slate");
}

TEST_F(PipelineTest, AnUnknownContentEndsTheConnectionWithItsCode) {
  auto viewer = native({{"t", "hello"}, {"viewer", "ann"}, {"content", "nowhere"}});
  EXPECT_EQ(viewer->read_json()["code"], "unknown_content");
  const auto close = viewer->read_message();
  EXPECT_EQ(close.kind, Kind::close);
  EXPECT_EQ(close.close_code, 4004);
}

TEST_F(PipelineTest, StoppingTellsViewersToGoAway) {
  auto viewer = native(hello("ann"));
  viewer->read_json();
  pieces->stop();
  EXPECT_EQ(viewer->read_json()["t"], "goaway");
  EXPECT_EQ(viewer->read_message().close_code, 4000);
}

TEST_F(PipelineTest, AViewerWhoNeverReadsIsInNobodysWay) {
  auto stuck = native(hello("stuck"));
  auto good = native(hello("good"));
  good->read_json();
  // Slates of about 20 KiB fill the kernel's buffers; after that the newest one waits in the outbox.
  Waiting<store::WriteSummary> put;
  pieces->engine().put_items({make_item("big", "GENERAL", {{"TEXT", Value{std::string(20'000, 'x')}}})}, put.reply());
  ASSERT_TRUE(put.get().ok());
  for (int i = 0; i < 600; ++i) {
    fire();
    EXPECT_EQ(good->read_json()["t"], "slate");
  }
}

}  // namespace
}  // namespace matchcue
