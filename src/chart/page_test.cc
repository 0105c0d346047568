// SPDX-License-Identifier: Apache-2.0
#include "chart/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace matchcue::chart {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Page, NeedsNothingElseAndKnowsTheDark) {
  const std::string html = page("Report <1>", "lead", section("Title", "what one sees", "<b>body</b>"));
  EXPECT_TRUE(html.starts_with("<!doctype html>"));
  EXPECT_THAT(html, HasSubstr("<title>Report &lt;1&gt;</title>"));
  EXPECT_THAT(html, HasSubstr("<section><h2>Title</h2><p>what one sees</p><b>body</b></section>"));
  EXPECT_THAT(html, HasSubstr("prefers-color-scheme:dark"));
  EXPECT_THAT(html, Not(HasSubstr("http")));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
}

TEST(Page, TextsCannotBecomeTags) {
  EXPECT_EQ(escape("a<b>&\"c\""), "a&lt;b&gt;&amp;&quot;c&quot;");
  const std::string table = draw(Table{{"x", "<y>"}, {{"<r>", "1 & 2"}}, false});
  EXPECT_THAT(table, HasSubstr("<th>&lt;y&gt;</th>"));
  EXPECT_THAT(table, HasSubstr(R"(<th scope="row">&lt;r&gt;</th><td>1 &amp; 2</td>)"));
  EXPECT_THAT(draw(Table{{}, {{"x"}}, false}), HasSubstr("<table><tr><th scope=\"row\">x</th></tr></table>"));
  EXPECT_EQ(note("<"), "<p class=\"note\">&lt;</p>");
}

}  // namespace
}  // namespace matchcue::chart
