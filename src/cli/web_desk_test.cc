// SPDX-License-Identifier: Apache-2.0
#include "cli/web_desk.h"

#include <gmock/gmock.h>

#include "api/http_client.h"
#include "api/site_fixture.h"

namespace matchcue::cli {
namespace {

using ::testing::HasSubstr;

struct WebDeskTest : ::testing::Test {
  api::SiteFolder folder;
  WebOptions options;

  WebDeskTest() {
    options.folder = folder.path();
    options.home = 0;
  }
  auto open() const { return WebDesk::open(options, {}, nullptr); }
};

TEST_F(WebDeskTest, ServesWhatWasBuilt) {
  folder.write("home/index.html", "home");
  folder.write("bet/index.html", "bet");
  folder.write("studio/index.html", "studio");
  const auto desk = open().value();
  EXPECT_NE(desk->studio(), nullptr);
  EXPECT_THAT(desk->remotes_text(), HasSubstr("bet "));
  desk->start(8080, 8081);
  api::HttpClient client("http://" + desk->home_address());
  EXPECT_EQ(client.send("GET", "/").value().body, "home");
  EXPECT_THAT(client.send("GET", "/config.json").value().body, HasSubstr("ws://127.0.0.1:8080/v1/ws"));
  desk->stop();
}

TEST_F(WebDeskTest, ThePictureIsServedBesideTheSites) {
  folder.write("home/index.html", "home");
  folder.write_beside("live.m3u8", "#EXTM3U");
  options.picture_folder = folder.path() + "/..";
  const auto desk = open().value();
  desk->start(8080, 8081);
  api::HttpClient client("http://" + desk->home_address());
  EXPECT_THAT(client.send("GET", "/config.json").value().body, HasSubstr("/live.m3u8\"}"));
}

TEST_F(WebDeskTest, NoneAreServedWhenNoneAreWanted) {
  folder.write("home/index.html", "home");
  for (const char* off : {"", "off"}) {
    options.folder = off;
    const auto desk = open().value();
    EXPECT_EQ(desk->home_port(), 0);
    EXPECT_EQ(desk->studio(), nullptr);
    desk->start(1, 2);
    desk->stop();
  }
}

TEST_F(WebDeskTest, WhatWasNotBuiltIsSaid) {
  options.folder = kWebBesideProgram;
  EXPECT_THAT(open().value()->why_none(), HasSubstr("tools/web builds it"));
  options.folder = "/nowhere";
  EXPECT_THAT(open().error().message, HasSubstr("\"/nowhere\" is no folder"));
}

TEST_F(WebDeskTest, ATakenPortIsNamed) {
  folder.write("home/index.html", "home");
  const auto first = open().value();
  options.home = first->home_port();
  EXPECT_THAT(open().error().message, HasSubstr("127.0.0.1:" + std::to_string(options.home)));
}

}  // namespace
}  // namespace matchcue::cli
