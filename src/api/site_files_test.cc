// SPDX-License-Identifier: Apache-2.0
#include "api/site_files.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include "api/site_fixture.h"

namespace matchcue::api {
namespace {

using ::testing::HasSubstr;

const std::string kScript = "export const long = \"" + std::string(2'000, 'x') + "\";";
constexpr const char* kHashed = "assets/index-B7xQd2_k.js";

struct SiteFilesTest : ::testing::Test {
  SiteFolder folder;
  std::optional<SiteFiles> files;

  SiteFilesTest() {
    folder.write("index.html", "<!doctype html>home");
    folder.write(kHashed, kScript);
    folder.write("assets/some-function.js", "1");
    folder.write("remoteEntry.js", "var bet");
    folder.write("logo.png", "png");
    files = SiteFiles::load(folder.path()).value();
  }
  SiteReply get(const std::string& target, const std::string& encoding = {}, const std::string& tag = {},
                const std::string& method = "GET") const {
    return files->answer({method, target, "localhost", encoding, tag});
  }
};

TEST_F(SiteFilesTest, SendsFilesWithTheirTypes) {
  EXPECT_EQ(get("/").body(), "<!doctype html>home");
  EXPECT_EQ(get("/").content_type, "text/html; charset=utf-8");
  EXPECT_EQ(get("/remoteEntry.js?v=1").body(), "var bet");
  EXPECT_EQ(get("/remoteEntry.js").content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(get("/logo.png").content_type, "image/png");
  EXPECT_EQ(type_of("live.m3u8"), "application/vnd.apple.mpegurl");
  EXPECT_EQ(type_of("no extension"), "application/octet-stream");
  EXPECT_EQ(type_of(""), "application/octet-stream");
}

TEST_F(SiteFilesTest, APlaceInTheApplicationIsItsPage) {
  for (const char* target : {"/?a=b.c", "/matches", "/matches/1", "/a.b/c", "/settings?x=1"}) {
    EXPECT_EQ(get(target).body(), "<!doctype html>home") << target;
  }
  for (const char* target : {"/nothing.js", "/assets/nothing.css", "/a/logo.png"}) {
    EXPECT_EQ(get(target).status, 404) << target;
    EXPECT_THAT(std::string(get(target).body()), HasSubstr(target));
  }
}

TEST_F(SiteFilesTest, NoAddressLeadsOutOfTheFolder) {
  folder.write_beside("secret.txt", "secret");
  for (const char* target : {"/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "//secret.txt",
                             "/..%2fsecret.txt", "secret.txt", "", "/.", "/..", "*", "http://localhost/secret.txt"}) {
    EXPECT_NE(get(target).body(), "secret") << target;
  }
}

TEST_F(SiteFilesTest, OnlyNamesThatChangeWithTheirBytesAreKeptForGood) {
  const auto caching = [&](const std::string& target) { return header_of(get(target), "Cache-Control"); };
  EXPECT_EQ(caching(std::string("/") + kHashed), "public, max-age=31536000, immutable");
  EXPECT_EQ(caching("/"), "no-cache");
  EXPECT_EQ(caching("/remoteEntry.js"), "no-cache");
  EXPECT_EQ(caching("/assets/some-function.js"), "no-cache");
}

TEST_F(SiteFilesTest, BelowABuildAnAddressMeansTheSameBytesForGood) {
  const std::string build = "/" + build_path(files->build());
  const SiteReply entry = get(build + "remoteEntry.js");
  EXPECT_EQ(entry.body(), get("/remoteEntry.js").body());
  EXPECT_EQ(header_of(entry, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(header_of(get(build + "index.html"), "Cache-Control"), "no-cache") << "its policy may change";
  for (const std::string& target : {build, build + "place", build + "nothing.js", std::string("/builds/"),
                                    "/" + build_path("AAAAAAAAAAAAAAAA") + "remoteEntry.js"}) {
    EXPECT_EQ(get(target).status, 404) << target;
  }
  folder.write("remoteEntry.js", "var other");
  EXPECT_NE(SiteFiles::load(folder.path())->build(), files->build());
}

TEST_F(SiteFilesTest, TextIsCompressedForThoseWhoTakeIt) {
  const std::string target = std::string("/") + kHashed;
  const SiteReply plain = get(target);
  EXPECT_EQ(plain.body(), kScript);
  EXPECT_EQ(header_of(plain, "Content-Encoding"), "");
  const SiteReply gzip = get(target, "deflate, gzip;q=0.8");
  EXPECT_EQ(header_of(gzip, "Content-Encoding"), "gzip");
  EXPECT_EQ(gunzip(gzip.body(), kScript.size()), kScript);
  EXPECT_EQ(header_of(get(target, "gzip, br"), "Content-Encoding"), "br");
  EXPECT_LT(get(target, "br").body().size(), 200U);
  EXPECT_EQ(header_of(get(target, "gzip;q=0, br; q=0"), "Content-Encoding"), "");
  EXPECT_EQ(header_of(get("/logo.png", "gzip, br"), "Content-Encoding"), "");
  EXPECT_EQ(header_of(plain, "Vary"), "Accept-Encoding");
  EXPECT_NE(header_of(plain, "ETag"), header_of(gzip, "ETag"));
}

TEST_F(SiteFilesTest, WhoHasTheFileIsToldSo) {
  const std::string tag = header_of(get("/"), "ETag");
  for (const std::string& known : {tag, "W/" + tag, "\"other\", " + tag, std::string("*")}) {
    const SiteReply reply = get("/", {}, known);
    EXPECT_EQ(reply.status, 304) << known;
    EXPECT_EQ(reply.body(), "");
    EXPECT_EQ(header_of(reply, "ETag"), tag);
  }
  EXPECT_EQ(get("/", {}, "\"other\"").status, 200);
  EXPECT_EQ(get("/", {}, tag.substr(1, tag.size() - 2)).status, 200);
}

TEST_F(SiteFilesTest, OnlyGetAndHeadAreOffered) {
  EXPECT_EQ(get("/", {}, {}, "HEAD").status, 200);
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"}) {
    const SiteReply reply = get("/", {}, {}, method);
    EXPECT_EQ(reply.status, 405);
    EXPECT_EQ(header_of(reply, "Allow"), "GET, HEAD");
    EXPECT_THAT(std::string(reply.body()), HasSubstr(method));
  }
}

TEST_F(SiteFilesTest, IntegrityIsThatOfTheBytes) {
  // printf 'var bet' | openssl dgst -sha384 -binary | base64
  EXPECT_EQ(files->find("remoteEntry.js")->integrity,
            "sha384-Ig3EbYGyQUz9rumuL36yqcOVV6zYOwByILu7oqVn0vzddjqawGlyMF9rSi08X9TJ");
}

TEST(SiteFiles, WhatIsNoSiteIsNamed) {
  SiteFolder empty;
  EXPECT_THAT(SiteFiles::load(empty.path()).error().message, HasSubstr("has no index.html"));
  EXPECT_THAT(SiteFiles::load("/nowhere/web").error().message, HasSubstr("/nowhere/web"));
}

}  // namespace
}  // namespace matchcue::api
