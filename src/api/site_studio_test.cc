// SPDX-License-Identifier: Apache-2.0
#include "api/site_studio.h"

#include <gmock/gmock.h>

#include "api/api_fixture.h"
#include "api/site_fixture.h"

namespace matchcue::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct StudioEdge {
  SiteFolder folder;
  std::optional<SiteFiles> files;
  std::optional<Edge> edge;

  StudioEdge() {
    folder.write("index.html", "the studio");
    folder.write("demo.html", "the demo");
    folder.write("assets/index-B7xQd2_k.js", "script();");
    files = SiteFiles::load(folder.path()).value();
    ServerOptions options;
    options.home_port = 3000;
    edge.emplace(options, nullptr, &*files);
  }
  std::string get(const std::string& target, const std::string& headers = "Host: localhost\r\n") const {
    return edge->raw("GET " + target + " HTTP/1.1\r\n" + headers + "Connection: close\r\n\r\n");
  }
};

TEST(Studio, IsServedWhereTheApiIs) {
  StudioEdge studio;
  EXPECT_THAT(studio.get("/studio/"), HasSubstr("\r\n\r\nthe studio"));
  EXPECT_THAT(studio.get("/studio/events/1?x=1"), HasSubstr("\r\n\r\nthe studio"));
  const std::string script = studio.get("/studio/assets/index-B7xQd2_k.js");
  EXPECT_THAT(script, HasSubstr("\r\n\r\nscript();"));
  EXPECT_THAT(script, HasSubstr("Cache-Control: public, max-age=31536000, immutable\r\n"));
  EXPECT_THAT(studio.get("/studio/nothing.js"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(studio.get("/"), HasSubstr("\r\nLocation: /studio/\r\n"));
  EXPECT_THAT(studio.get("/studio?event=2"), HasSubstr("\r\nLocation: /studio/?event=2\r\n"));
  EXPECT_THAT(studio.get("/demo?a=b"), HasSubstr("\r\nLocation: /studio/demo.html?a=b\r\n"));
  EXPECT_THAT(studio.get("/healthz"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(studio.get("/studios"), StartsWith("HTTP/1.1 404"));
}

TEST(Studio, IsKeptByWhoHasIt) {
  StudioEdge studio;
  const std::string first = studio.get("/studio/");
  const std::size_t at = first.find("ETag: ") + 6;
  const std::string tag = first.substr(at, first.find("\r\n", at) - at);
  const std::string again = studio.get("/studio/", "Host: localhost\r\nIf-None-Match: " + tag + "\r\n");
  EXPECT_THAT(again, StartsWith("HTTP/1.1 304"));
}

TEST(Studio, MayDoNothingButTalkToItsOwnApi) {
  StudioEdge studio;
  EXPECT_THAT(studio.get("/studio/"), HasSubstr("script-src 'self'; "));
  EXPECT_THAT(studio.get("/studio/"), HasSubstr("connect-src 'self'; frame-ancestors 'none'\r\n"));
  EXPECT_THAT(studio.get("/studio/demo.html"), HasSubstr("; frame-src http://localhost:3000\r\n"));
  EXPECT_THAT(studio.get("/studio/", "Host: elsewhere.example\r\n"), StartsWith("HTTP/1.1 403"));
}

TEST(Studio, NeedsNoTokenAndItsCallsDo) {
  StudioEdge studio;
  studio.edge->operators.replace(access::OperatorTokens::parse("ann read " + std::string(64, 'a')).value());
  EXPECT_THAT(studio.get("/studio/", "Host: any.example:8081\r\n"), HasSubstr("the studio"));
  EXPECT_THAT(studio.get("/v1/events", "Host: any.example:8081\r\n"), StartsWith("HTTP/1.1 401"));
}

TEST(Studio, ConfigSaysWhereHomeIs) {
  StudioEdge studio;
  EXPECT_THAT(studio.get("/config.json", "Host: 127.0.0.1:8081\r\n"), HasSubstr(R"("home":"http://127.0.0.1:3000/")"));
  Edge without;
  EXPECT_THAT(without.raw("GET /config.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
              HasSubstr(R"("home":null)"));
  EXPECT_THAT(without.raw("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
              HasSubstr("<!doctype html>"));
}

}  // namespace
}  // namespace matchcue::api
