// SPDX-License-Identifier: Apache-2.0
//
// Streams of a live event over real loopback sockets, in front of a fake engine.
#include "api/watch.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <chrono>
#include <functional>

#include "api/api_fixture.h"
#include "api/openapi.h"
#include "api/schema_misfit.h"
#include "base/sha256.h"

namespace matchcue::api {
namespace {

/// Asks again and again, for ten seconds at most.
bool eventually(const std::function<bool()>& is_so) {
  const auto until = std::chrono::steady_clock::now() + Milliseconds(10'000);
  while (std::chrono::steady_clock::now() < until) {
    if (is_so()) return true;
  }
  return false;
}

/// A reader of a stream. Each frame is in one chunk, so the text between chunks' sizes is as it was sent.
class Reader {
 public:
  explicit Reader(const Edge& edge, const std::string& target = "/v1/events/1/watch", const std::string& headers = {})
      : socket_(edge.connect()) {
    const std::string request = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
    CHECK(::send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size()));
  }

  /// Reads until this has come, `count` times in all; false when it does not.
  bool sees(const std::string& text, int count = 1) {
    while (times(text) < count) {
      if (!read_some()) return false;
    }
    return true;
  }
  /// Reads to the end; false when there is none.
  bool ends() {
    while (read_some()) {
    }
    return ended_;
  }
  int times(const std::string& text) const {
    int count = 0;
    for (auto at = seen_.find(text); at != std::string::npos; at = seen_.find(text, at + text.size())) ++count;
    return count;
  }
  /// The data of the first frame of this kind.
  nlohmann::json data_of(const std::string& kind) const {
    const std::size_t frame = seen_.find("event: " + kind + "\n");
    if (frame == std::string::npos) return nullptr;
    const std::size_t begin = seen_.find("data: ", frame) + 6;
    return nlohmann::json::parse(seen_.substr(begin, seen_.find("\n\n", begin) - begin));
  }
  const std::string& seen() const { return seen_; }

 private:
  bool read_some() {
    pollfd wanted{socket_.get(), POLLIN, 0};
    if (::poll(&wanted, 1, 10'000) != 1) return false;
    char buffer[4096];
    const ssize_t got = ::recv(socket_.get(), buffer, sizeof buffer, 0);
    ended_ = got <= 0;
    if (!ended_) seen_.append(buffer, static_cast<std::size_t>(got));
    return !ended_;
  }

  runtime::Fd socket_;
  std::string seen_;
  bool ended_ = false;
};

TEST(Watch, SaysTheChangesAndThenAViewAsTheyAreDescribed) {
  Edge edge;
  Reader reader(edge);
  ASSERT_TRUE(reader.sees("event: view\n")) << reader.seen();
  EXPECT_NE(reader.seen().find("event: change\nid: 812\ndata: {"), std::string::npos);
  EXPECT_LT(reader.seen().find("event: change\n"), reader.seen().find("event: view\n"));
  const nlohmann::json schemas = nlohmann::json::parse(openapi_document())["components"]["schemas"];
  EXPECT_EQ(misfit(schemas, schemas["Change"], reader.data_of("change"), "change"), "");
  EXPECT_EQ(misfit(schemas, schemas["WatchView"], reader.data_of("view"), "view"), "");
  EXPECT_EQ(reader.data_of("view")["audience"]["pushes"][0]["viewers"], 6);
}

TEST(Watch, SaysAChangeWhenItHappensAndEachOnce) {
  Edge edge;
  Reader reader(edge);
  ASSERT_TRUE(reader.sees("event: view\n"));
  edge.engine.add_change();
  ASSERT_TRUE(reader.sees("id: 813\n"));
  edge.engine.add_change();
  ASSERT_TRUE(reader.sees("id: 814\n"));
  EXPECT_EQ(reader.times("event: change\n"), 3);
}

TEST(Watch, BeginsWithTheNewestFiftyOrAfterWhatTheReaderHas) {
  Edge edge;
  for (int i = 0; i < 60; ++i) edge.engine.add_change();  // 872 is the newest; the event itself says 812
  Reader newest(edge);
  ASSERT_TRUE(newest.sees("id: 872\n"));
  EXPECT_EQ(newest.times("event: change\n"), static_cast<int>(kWatchedChanges));
  Reader after(edge, "/v1/events/1/watch?after=870");
  ASSERT_TRUE(after.sees("id: 872\n"));
  EXPECT_EQ(after.times("event: change\n"), 2);
  Reader resumed(edge, "/v1/events/1/watch?after=800", "Last-Event-ID: 871\r\n");
  ASSERT_TRUE(resumed.sees("id: 872\n"));
  EXPECT_EQ(resumed.times("event: change\n"), 1);
  Reader all(edge, "/v1/events/1/watch?after=0");
  ASSERT_TRUE(all.sees("event: change\n", 61));
}

TEST(Watch, RefusesWhereItCannotBegin) {
  Edge edge;
  EXPECT_EQ(edge.refused("GET", "/v1/events/9/watch").code, "unknown_event");
  EXPECT_EQ(edge.refused("GET", "/v1/events/1/watch?after=-1").field, "after");
  for (const char* bad : {"x", "-1", "1.5", "99999999999999999999"}) {
    EXPECT_TRUE(
        edge.head_of("/v1/events/1/watch", std::string("Last-Event-ID: ") + bad + "\r\n").starts_with("HTTP/1.1 400"))
        << bad;
  }
}

TEST(Watch, SaysAViewAgainWhenNothingChangesSoThatADeadStreamShows) {
  Edge edge;
  Reader reader(edge);
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(reader.sees("event: view\n", 2));
  const auto taken = std::chrono::steady_clock::now() - begin;
  EXPECT_GT(taken, Milliseconds(3'000)) << "nothing had changed";
  EXPECT_LT(taken, Milliseconds(5'500));
}

TEST(Watch, StreamsBeyondTheMostAreRefusedByNameUntilOneEnds) {
  ServerOptions options;
  options.streams_max = 2;
  Edge edge(options);
  Reader one(edge);
  auto two = std::make_unique<Reader>(edge);
  ASSERT_TRUE(one.sees("event: view\n"));
  ASSERT_TRUE(two->sees("event: view\n"));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(edge.refused("GET", "/v1/events/1/watch").code, "too_many_streams");
  two.reset();
  const bool opened = eventually([&] { return edge.head_of("/v1/events/1/watch").starts_with("HTTP/1.1 200"); });
  EXPECT_TRUE(opened) << "the place of a stream whose reader is gone is free";
}

TEST(Watch, AReaderWhoDoesNotReadIsDroppedAndHoldsUpNobody) {
  ServerOptions options;
  options.streams_max = 2;
  options.stall_timeout = Milliseconds(1'500);
  Edge edge(options);
  Reader slow(edge);
  Reader quick(edge);
  ASSERT_TRUE(slow.sees("event: view\n"));
  ASSERT_TRUE(quick.sees("event: view\n"));
  // 16 MB: more than the kernel keeps for both ends of a connection.
  for (int i = 0; i < 2'000; ++i) edge.engine.add_quiet_change(std::string(8'000, 'x'));
  edge.engine.add_change();
  const std::string last = "id: 2813\n";
  EXPECT_TRUE(quick.sees(last));
  const bool dropped = eventually([&] { return edge.head_of("/v1/events/1/watch").starts_with("HTTP/1.1 200"); });
  EXPECT_TRUE(dropped) << "its place is free";
  EXPECT_TRUE(slow.ends());
  EXPECT_EQ(slow.times(last), 0);
}

TEST(Watch, EndsAtOnceWhenTheServerStops) {
  Edge edge;
  Reader reader(edge);
  ASSERT_TRUE(reader.sees("event: view\n"));
  const auto begin = std::chrono::steady_clock::now();
  edge.server->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, Milliseconds(1'000));
  EXPECT_TRUE(reader.ends());
  EXPECT_EQ(reader.data_of("end")["reason"], "stopping");
  EXPECT_TRUE(reader.seen().ends_with("0\r\n\r\n")) << "a whole answer";
}

TEST(Watch, EndsWhenTheTokenIsTakenAwayOrMayNoLonger) {
  const std::string token = sha256("secret");
  for (const auto& [line, reason] : {std::pair{"other read " + sha256("another"), "token_unknown"},
                                     std::pair{"boss moments " + token, "scope_missing"}}) {
    Edge edge;
    edge.operators.replace(access::OperatorTokens::parse("boss read " + token).value());
    Reader reader(edge, "/v1/events/1/watch", "Authorization: Bearer secret\r\n");
    ASSERT_TRUE(reader.sees("event: view\n"));
    edge.operators.replace(access::OperatorTokens::parse(line).value());
    EXPECT_TRUE(reader.ends());
    EXPECT_EQ(reader.data_of("end")["reason"], reason);
  }
}

TEST(Watch, EndsWhenTheEngineRefuses) {
  Edge edge;
  Reader reader(edge);
  ASSERT_TRUE(reader.sees("event: view\n"));
  edge.engine.refuse(unavailable("stopping", "matchcue is stopping"));
  EXPECT_TRUE(reader.ends());
  EXPECT_EQ(reader.data_of("end")["reason"], "stopping");
}

}  // namespace
}  // namespace matchcue::api
