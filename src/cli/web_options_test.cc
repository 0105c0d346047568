// SPDX-License-Identifier: Apache-2.0
#include "cli/web_options.h"

#include <gmock/gmock.h>

namespace matchcue::cli {
namespace {

using ::testing::HasSubstr;

const std::string kDigest = "sha384-Ig3EbYGyQUz9rumuL36yqcOVV6zYOwByILu7oqVn0vzddjqawGlyMF9rSi08X9TJ";

TEST(WebOptions, RemotesAreReadAsTheyAreWritten) {
  const auto read =
      parse_remotes(R"([{"name":"shop","manifest":"https://shop.example/m.json","integrity":{"remote.js":")" + kDigest +
                    R"("},"sandbox":false}])");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(write_remotes(*parse_remotes(write_remotes(*read))), write_remotes(*read));
  EXPECT_TRUE(parse_remotes("").value().empty());
  EXPECT_EQ(write_remotes({}), "");
}

TEST(WebOptions, AWrongRemoteIsNamed) {
  const auto refused = [](const std::string& text) { return parse_remotes(text).error().message; };
  EXPECT_THAT(refused(R"([{"name":"Shop","manifest":"https://a/m"}])"), HasSubstr("\"Shop\" is no name"));
  EXPECT_THAT(refused(R"([{"name":"bet","manifest":"https://a/m"}])"), HasSubstr("\"bet\" is a site of this server"));
  EXPECT_THAT(refused(R"([{"name":"shop","manifest":"a/m"}])"), HasSubstr("\"a/m\" is no address"));
  EXPECT_THAT(refused(R"([{"name":"shop","manifest":"https://a/m","sandbox":"no"}])"), HasSubstr("\"sandbox\""));
  EXPECT_THAT(refused(R"([{"name":"shop","manifest":"https://a/m","color":"red"}])"), HasSubstr("\"color\""));
  EXPECT_THAT(refused(R"([{"name":"s","manifest":"https://a/m"},{"name":"s","manifest":"https://b/m"}])"),
              HasSubstr("twice"));
  EXPECT_THAT(refused("{}"), HasSubstr("a list"));
  EXPECT_THAT(refused(R"([{"name":"s","manifest":"https://a/m","sandbox":false,"integrity":{"a.js":"sha384-x"}}])"),
              HasSubstr("integrity of \"a.js\""));
  EXPECT_THAT(refused(R"([{"name":"s","manifest":"https://a/m","integrity":{"a.js":")" + kDigest + R"("}}])"),
              HasSubstr("sandboxed"));
}

}  // namespace
}  // namespace matchcue::cli
