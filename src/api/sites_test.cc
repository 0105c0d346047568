// SPDX-License-Identifier: Apache-2.0
#include "api/sites.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "api/site_fixture.h"
#include "api/site_picture.h"

namespace matchcue::api {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

struct SitesTest : ::testing::Test {
  SiteFolder folder;
  std::optional<Sites> sites;
  SiteMap map;

  SitesTest() {
    for (const char* name : {"home", "bet", "video", "unknown", "studio"}) {
      folder.write(std::string(name) + "/index.html", name);
      folder.write(std::string(name) + "/mf-manifest.json", "{}");
      folder.write(std::string(name) + "/assets/x-B7xQd2_k.js", "1");
    }
    folder.write("bet/frame.html", "frame");
    sites = Sites::load(folder.path()).value();
    map.viewers_port = 8080;
    map.api_port = 8081;
    map.ports = {{"home", 3000}, {"bet", 3001}, {"video", 3003}};
    sites->set_map(map);
  }
  SiteReply get(const std::string& site, const std::string& target, const std::string& host = "localhost:1") const {
    return sites->answer(site, {"GET", target, host, {}, {}});
  }
  Json config(const std::string& host = "localhost:3000") const {
    return Json::parse(get("home", "/config.json", host).body());
  }
  std::string policy(const std::string& site, const std::string& target) const {
    return header_of(get(site, target), "Content-Security-Policy");
  }
};

TEST_F(SitesTest, AreThoseOfTheTableThatWereBuilt) {
  EXPECT_THAT(sites->names(), ElementsAre("home", "bet", "video"));
  EXPECT_EQ(get("bet", "/").body(), "bet");
}

TEST_F(SitesTest, HomeLearnsWhereEverythingIsByTheNameItWasAskedBy) {
  EXPECT_EQ(config()["viewers"], "ws://localhost:8080/v1/ws");
  EXPECT_EQ(config("EXAMPLE.org:3000")["viewers"], "ws://example.org:8080/v1/ws");
  EXPECT_THAT(config("[::1]:3000")["remotes"]["bet"]["manifest"].get<std::string>(),
              ::testing::MatchesRegex("http://\\[::1\\]:3001/builds/[A-Za-z0-9_-]{16}/mf-manifest.json"));
  EXPECT_EQ(config()["content"], "c1");
  EXPECT_EQ(config()["picture"], nullptr);
  EXPECT_EQ(config()["remotes"].size(), 2U);
  EXPECT_EQ(config()["remotes"]["bet"]["sandbox"], false);
  EXPECT_THAT(config()["remotes"]["bet"]["integrity"]["assets/x-B7xQd2_k.js"].get<std::string>(),
              ::testing::StartsWith("sha384-"));
  EXPECT_EQ(config()["remotes"]["bet"]["integrity"].size(), 1U);
  EXPECT_EQ(header_of(get("home", "/config.json"), "Cache-Control"), "no-store");
  EXPECT_EQ(get("bet", "/config.json").status, 404);
}

TEST_F(SitesTest, WithTlsEverythingIsOverTls) {
  map.secure = map.sites_secure = true;
  map.picture_port = 3010;
  sites->set_map(map);
  EXPECT_EQ(config()["viewers"], "wss://localhost:8080/v1/ws");
  EXPECT_EQ(config()["picture"]["url"], "https://localhost:3010/live.m3u8");
  EXPECT_THAT(policy("home", "/"), HasSubstr("https://localhost:3001"));
  EXPECT_THAT(policy("home", "/"), Not(HasSubstr("http:")));
}

TEST_F(SitesTest, SitesInTheClearStillNameSecureListeners) {
  map.secure = true;
  map.picture_port = 3010;
  sites->set_map(map);
  EXPECT_EQ(config()["viewers"], "wss://localhost:8080/v1/ws");
  EXPECT_EQ(config()["picture"]["url"], "http://localhost:3010/live.m3u8");
  EXPECT_THAT(policy("home", "/"), HasSubstr("http://localhost:3001"));
  EXPECT_THAT(policy("home", "/"), HasSubstr("https://localhost:8080 wss://localhost:8080"));
}

TEST_F(SitesTest, TheVideoRemoteIsToldWhereThePictureIs) {
  const auto told = [&] { return Json::parse(get("video", "/config.json").body()); };
  EXPECT_EQ(told(), (Json{{"picture", nullptr}}));
  map.picture_port = 3010;
  sites->set_map(map);
  EXPECT_EQ(told()["picture"]["url"], "http://localhost:3010/live.m3u8");
}

TEST_F(SitesTest, APictureElsewhereGoesBeforeOurs) {
  map.picture_port = 3010;
  map.picture_url = "https://cdn.example/live/a.m3u8";
  sites->set_map(map);
  EXPECT_EQ(config()["picture"]["url"], map.picture_url);
  EXPECT_THAT(policy("home", "/"), HasSubstr(" https://cdn.example;"));
}

TEST_F(SitesTest, PartnersRunInFramesUnlessTheyAreTrusted) {
  map.partners = {{"shop", "https://shop.example/mf/mf-manifest.json", {}, true},
                  {"club", "https://club.example/mf-manifest.json", {{"remote.js", "sha384-x"}}, false}};
  sites->set_map(map);
  EXPECT_EQ(
      config()["remotes"]["shop"],
      (Json{{"manifest", "https://shop.example/mf/mf-manifest.json"}, {"integrity", nullptr}, {"sandbox", true}}));
  EXPECT_EQ(config()["remotes"]["club"]["integrity"], (Json{{"remote.js", "sha384-x"}}));
  const std::string all = policy("home", "/");
  const auto directive = [&](const std::string& name) {
    const std::size_t at = all.find("; " + name + " ");
    return all.substr(at + 2, all.find(';', at + 2) - at - 2);
  };
  EXPECT_THAT(directive("script-src"), HasSubstr("https://club.example"));
  EXPECT_THAT(directive("script-src"), Not(HasSubstr("shop")));
  EXPECT_THAT(directive("frame-src"), HasSubstr("https://shop.example"));
  EXPECT_THAT(directive("connect-src"), HasSubstr("ws://localhost:8080"));
  EXPECT_THAT(directive("frame-ancestors"), HasSubstr("http://localhost:8081"));
}

TEST_F(SitesTest, OnlyFramePagesMayBeShownByAnyone) {
  EXPECT_THAT(policy("bet", "/frame.html"), HasSubstr("frame-ancestors *"));
  const auto manifest = config()["remotes"]["bet"]["manifest"].get<std::string>();
  const std::string frame =
      manifest.substr(manifest.find("/builds/"), manifest.rfind('/') - manifest.find("/builds/")) + "/frame.html";
  EXPECT_EQ(get("bet", frame).status, 200);
  EXPECT_THAT(policy("bet", frame), HasSubstr("frame-ancestors *"));
  EXPECT_THAT(policy("bet", "/"), HasSubstr("frame-ancestors 'self' http://localhost:8081 http://localhost:3000"));
  EXPECT_THAT(policy("bet", "/"), HasSubstr("script-src 'self';"));
}

TEST_F(SitesTest, AHostThatIsNoNameGetsNothing) {
  for (const char* host : {"", "a b", "a;script-src *", "a'b", "\"", "a/b", "a,b"}) {
    const SiteReply reply = get("home", "/", host);
    EXPECT_EQ(reply.status, 400) << host;
    EXPECT_EQ(header_of(reply, "Content-Security-Policy"), "");
  }
}

TEST_F(SitesTest, APictureIsItsPlaylistAndSegmentsAlone) {
  folder.write("live.m3u8", "#EXTM3U");
  folder.write("live12.ts", "segment");
  folder.write("clock.txt", "12:34");
  const auto ask = [&](const std::string& target) {
    return answer_picture(folder.path(), {"GET", target, "localhost", {}, {}});
  };
  EXPECT_EQ(ask("/live.m3u8?x=1").body(), "#EXTM3U");
  EXPECT_EQ(header_of(ask("/live.m3u8"), "Cache-Control"), "no-cache");
  EXPECT_EQ(ask("/live12.ts").content_type, "video/mp2t");
  for (const char* target : {"/clock.txt", "/live13.ts", "/live.ts", "/live-1.ts", "/live1x.ts", "/../site/live12.ts",
                             "/live1234567890.ts", "", "/", "live12.ts/", "/live12.ts/."}) {
    EXPECT_EQ(ask(target).status, 404) << target;
  }
  EXPECT_EQ(answer_picture(folder.path(), {"PUT", "/live.m3u8", "localhost", {}, {}}).status, 405);
}

TEST(Sites, OriginsAreThoseOfPlainHosts) {
  EXPECT_EQ(origin_of("https://a.example:1/b/c"), "https://a.example:1");
  EXPECT_EQ(origin_of("http://a.example"), "http://a.example");
  for (const char* url : {"", "ftp://a/b", "https://", "https://a;b/", "https://u@a/", "a.example/b"}) {
    EXPECT_EQ(origin_of(url), std::nullopt) << url;
  }
}

}  // namespace
}  // namespace matchcue::api
