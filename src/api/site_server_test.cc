// SPDX-License-Identifier: Apache-2.0
//
// Web sites over real loopback sockets.
#include "api/site_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <sys/socket.h>

namespace matchcue::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kLocal = "127.0.0.1";

struct SiteServerTest : ::testing::Test {
  std::unique_ptr<SiteServer> server;
  std::string held = "a file";

  void start(const SiteServerOptions& options = {}) {
    server = SiteServer::open({{kLocal, 0}, {kLocal, 0}}, nullptr, options).value();
    const auto answer = [this](const std::string& site) {
      return [this, site](const SiteRequest& request) {
        SiteReply reply;
        reply.content_type = "text/plain";
        reply.headers.emplace_back("X-Site", site);
        if (request.target == "/held") {
          reply.file = held;
        } else if (request.target == "/same") {
          reply.status = 304;
        } else {
          reply.made = request.method + " " + request.host + " " + request.if_none_match;
        }
        return reply;
      };
    };
    server->start({answer("first"), answer("second")});
  }
  runtime::Fd connect(std::size_t listener) const {
    runtime::Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server->port(listener));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    return fd;
  }
  /// Sends bytes and reads until the server closes.
  std::string say(const std::string& bytes, std::size_t listener = 0) const {
    const runtime::Fd fd = connect(listener);
    CHECK(::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
    return read_all(fd);
  }
  static std::string read_all(const runtime::Fd& fd) {
    std::string answer;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::recv(fd.get(), buffer, sizeof buffer, 0)) > 0;) answer.append(buffer, got);
    return answer;
  }
};

TEST_F(SiteServerTest, EveryListenerHasItsOwnSite) {
  start();
  EXPECT_NE(server->port(0), server->port(1));
  EXPECT_THAT(say("GET / HTTP/1.1\r\nHost: a:1\r\nConnection: close\r\n\r\n", 0), HasSubstr("X-Site: first\r\n"));
  EXPECT_THAT(say("GET / HTTP/1.1\r\nHost: a:1\r\nConnection: close\r\n\r\n", 1), HasSubstr("X-Site: second\r\n"));
}

TEST_F(SiteServerTest, PagesOfAnyOriginMayLoadWhatItSends) {
  start();
  const std::string answer = say("GET /held HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nAccess-Control-Allow-Origin: *\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nCross-Origin-Resource-Policy: cross-origin\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\n\r\na file"));
}

TEST_F(SiteServerTest, OneConnectionServesManyRequests) {
  start();
  const std::string answer =
      say("GET /held HTTP/1.1\r\nHost: a\r\n\r\nHEAD /held HTTP/1.1\r\nHost: a\r\n\r\n"
          "GET /same HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"x\"\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("a fileHTTP/1.1 200 OK\r\n"));              // the GET's body, and then the HEAD
  EXPECT_THAT(answer, HasSubstr("Content-Length: 6\r\n"));                  // of the HEAD as well
  EXPECT_THAT(answer, HasSubstr("\r\n\r\nHTTP/1.1 304 Not Modified\r\n"));  // and nothing between
}

TEST_F(SiteServerTest, SeveralHostsAreNone) {
  start();
  EXPECT_THAT(say("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n"), HasSubstr("\r\n\r\nGET  "));
}

TEST_F(SiteServerTest, WhatIsNoRequestIsRefusedInWords) {
  start();
  EXPECT_THAT(say("nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  const std::string long_head = say("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(9'000, 'x') + "\r\n\r\n");
  EXPECT_THAT(long_head, StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(long_head, HasSubstr("8 KiB"));
  EXPECT_THAT(say("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"), StartsWith("HTTP/1.1 413 "));
}

TEST_F(SiteServerTest, MoreConnectionsThanItTakesAreClosed) {
  SiteServerOptions options;
  options.connections_max = 1;
  start(options);
  const runtime::Fd first = connect(0);
  const std::string get = "GET /held HTTP/1.1\r\nHost: a\r\n\r\n";
  CHECK(::send(first.get(), get.data(), get.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(get.size()));
  char one = 0;
  ASSERT_EQ(::recv(first.get(), &one, 1, 0), 1);  // it is being served
  EXPECT_EQ(read_all(connect(1)), "");
}

TEST_F(SiteServerTest, WhoSaysNothingIsNotWaitedForLong) {
  SiteServerOptions options;
  options.handshake_timeout = Milliseconds(20);
  start(options);
  EXPECT_EQ(read_all(connect(0)), "");
}

TEST_F(SiteServerTest, ATakenPortIsNamed) {
  start();
  const auto second = SiteServer::open({{kLocal, server->port(1)}}, nullptr);
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.error().message, HasSubstr("127.0.0.1:" + std::to_string(server->port(1))));
}

TEST_F(SiteServerTest, StoppingClosesWhoIsConnected) {
  start();
  const runtime::Fd waiting = connect(0);
  const std::string get = "GET /held HTTP/1.1\r\nHost: a\r\n\r\n";
  CHECK(::send(waiting.get(), get.data(), get.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(get.size()));
  char one = 0;
  ASSERT_EQ(::recv(waiting.get(), &one, 1, 0), 1);
  server->stop();
  EXPECT_THAT(read_all(waiting), HasSubstr("a file"));
  server->stop();
}

TEST(SiteServer, MayBeOpenedAndNeverStarted) {
  const auto server = SiteServer::open({{kLocal, 0}}, nullptr).value();
  EXPECT_NE(server->port(0), 0);
}

}  // namespace
}  // namespace matchcue::api
