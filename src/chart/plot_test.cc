// SPDX-License-Identifier: Apache-2.0
#include "chart/plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace matchcue::chart {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(LinePlot, LinesAxesAndReferencesAreDrawn) {
  LinePlot plot;
  plot.title = "Hits";
  plot.x = {"places", 0, 10};
  plot.y = {"share", 0, 1, false, Numbers::percent};
  plot.lines = {{"first <a>", {{0, 0}, {10, 1}}}, {"second", {{5, .5, Estimate{.5, .4, .6}}}, true}};
  plot.references = {{{0, 0}, {10, 1}, "as it should be"}};
  plot.width = 192;  // the area is 100 x 230
  const std::string svg = draw(plot);
  EXPECT_THAT(svg, HasSubstr(R"(aria-label="Hits")"));
  EXPECT_THAT(svg, HasSubstr(R"(points="64.0,256.0 164.0,26.0 ")"));
  EXPECT_THAT(svg, HasSubstr("first &lt;a&gt;"));
  EXPECT_THAT(svg, HasSubstr(R"(<g class="s1">)"));
  EXPECT_THAT(svg, HasSubstr(R"(<line x1="114.0" y1="164.0" x2="114.0" y2="118.0" class="bar"/>)"));
  EXPECT_THAT(svg, HasSubstr("60 %"));
  EXPECT_THAT(svg, HasSubstr("as it should be"));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
}

TEST(ForestPlot, RowsHaveDotsWhiskersAndNumbers) {
  ForestPlot plot;
  plot.x = {"NDCG@10", 0, 1};
  plot.series = {"a", "b"};
  plot.rows = {{"AGE", "", {}, true},
               {"18 to 25", "120 viewers", {Estimate{.5, .4, .6}, std::nullopt}},
               {std::string(100, 'x'), "", {Estimate{.5, .5, .5}, Estimate{.1, .1, .1}}}};
  plot.line = 0;
  plot.number = "{:.2f}";
  const std::string svg = draw(plot);
  EXPECT_THAT(svg, HasSubstr("0.50  (0.40 to 0.60)"));
  EXPECT_THAT(svg, HasSubstr(">0.10<")) << "without an interval the value alone";
  EXPECT_THAT(svg, HasSubstr("120 viewers"));
  EXPECT_THAT(svg, HasSubstr("xxx…"));
  EXPECT_THAT(svg, Not(HasSubstr(std::string(100, 'x'))));
  EXPECT_THAT(svg, HasSubstr("reference"));
}

TEST(ForestPlot, TallOnesHaveTheirTicksAboveToo) {
  ForestPlot plot;
  plot.x = {"share", 0, 1, false, Numbers::percent};
  plot.series = {"a"};
  const auto labels = [&](std::size_t rows) {
    plot.rows.assign(rows, {"row", "", {Estimate{.5, .5, .5}}});
    const std::string svg = draw(plot);
    std::size_t count = 0;
    for (std::size_t at = svg.find(">40 %<"); at != std::string::npos; at = svg.find(">40 %<", at + 1)) ++count;
    return count;
  };
  EXPECT_EQ(labels(3), 1U);
  EXPECT_EQ(labels(30), 2U);
}

TEST(Legend, NamesSeriesBesideTheirColours) {
  EXPECT_THAT(legend({"b"}, 1), HasSubstr("class=\"s1\""));
  EXPECT_THAT(legend({"a & b"}), HasSubstr(R"(<span class="s0"><i></i>a &amp; b</span>)"));
}

}  // namespace
}  // namespace matchcue::chart
