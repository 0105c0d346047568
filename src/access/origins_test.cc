// SPDX-License-Identifier: Apache-2.0
#include "access/origins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace matchcue::access {
namespace {

using testing::HasSubstr;

TEST(Origins, EveryPageMayConnectWhereNothingIsSaid) {
  EXPECT_TRUE(Origins::any().allows("https://evil.example"));
  EXPECT_TRUE(Origins::any().allows(std::nullopt));
}

TEST(Origins, OnlyListedPagesMayConnect) {
  const auto origins = Origins::parse("https://www.example.com, https://*.fans.example, http://localhost:3000");
  ASSERT_TRUE(origins.ok()) << origins.error().message;
  for (const char* good : {"https://www.example.com", "https://www.example.com:443", "HTTPS://WWW.EXAMPLE.COM",
                           "https://a.fans.example", "https://a.b.fans.example", "http://localhost:3000"}) {
    EXPECT_TRUE(origins->allows(good)) << good;
  }
  for (const char* bad : {"",
                          "null",
                          "none",
                          "*",
                          "https://",
                          "https://example.com",
                          "http://www.example.com",
                          "https://www.example.com:8443",
                          "https://www.example.com:80",
                          "https://www.example.com.evil.example",
                          "https://evil.example/www.example.com",
                          "https://www.example.com@evil.example",
                          "https://www.example.com/",
                          "https://www.example.com?x",
                          "https://www.example.com#x",
                          "https://wwwxexample.com",
                          "https://evilwww.example.com",
                          "https://www.example.comx",
                          "https://fans.example",
                          "https://evilfans.example",
                          "https://.fans.example",
                          "https://*.fans.example",
                          "https://a..fans.example",
                          "https://a.fans.example.evil.example",
                          "http://a.fans.example",
                          "http://localhost",
                          "http://localhost:3001",
                          "http://127.0.0.1:3000",
                          "http://[::1]:3000",
                          "https://localhost:3000",
                          "file://",
                          "chrome-extension://abcdef",
                          "https://www.example.com, https://www.example.com",
                          "https://www.example.com https://evil.example",
                          "wss://www.example.com",
                          "//www.example.com",
                          "www.example.com",
                          "https://www.example.com:",
                          "https://www.example.com:0443",
                          "https://www.example.com:+443",
                          "https://www.ex\xc3\xa4mple.com",
                          "https://www.example.com\t"}) {
    EXPECT_FALSE(origins->allows(bad)) << bad;
  }
  EXPECT_FALSE(origins->allows(std::nullopt)) << "a program that sends none is not listed";
}

TEST(Origins, ProgramsWithoutAnOriginAreAllowedByName) {
  const auto origins = Origins::parse("none");
  EXPECT_TRUE(origins->allows(std::nullopt));
  EXPECT_FALSE(origins->allows("null"));
  EXPECT_FALSE(origins->allows("https://www.example.com"));
}

TEST(Origins, AnAddressInBracketsIsAHost) {
  const auto origins = Origins::parse("http://[::1]:3000");
  ASSERT_TRUE(origins.ok()) << origins.error().message;
  EXPECT_TRUE(origins->allows("http://[::1]:3000"));
  EXPECT_FALSE(origins->allows("http://[::2]:3000"));
  EXPECT_FALSE(origins->allows("http://[::1"));
}

TEST(Origins, WhatIsNotAnOriginIsRefusedByName) {
  for (const char* entry : {"", "example.com", "*", "https://*", "https://a.*.example", "null", "https://example.com/",
                            "https://example.com:99999", "ftp://example.com"}) {
    const auto origins = Origins::parse(std::string("https://ok.example,") + entry);
    ASSERT_FALSE(origins.ok()) << entry;
    EXPECT_EQ(origins.error().code, "invalid_origin");
    EXPECT_THAT(origins.error().message, HasSubstr("\"" + std::string(entry) + "\"")) << entry;
  }
}

}  // namespace
}  // namespace matchcue::access
