#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Plots as SVG text that needs nothing but the page's style (page.h): colours come from there, light or dark.

#include <optional>
#include <string>
#include <vector>

#include "chart/axis.h"

namespace matchcue::chart {

/// A value with its interval.
struct Estimate {
  double value = 0;
  double low = 0;
  double high = 0;
};

/// One point of a line.
struct Point {
  double x = 0;
  double y = 0;
  std::optional<Estimate> interval = {};  ///< of y; drawn as a bar
};

struct Line {
  std::string name;
  std::vector<Point> points;
  bool marks = false;  ///< a dot at each point
};

/// Where the line would be if all were as it should be.
struct Reference {
  Point from;
  Point to;
  std::string label;
};

struct LinePlot {
  std::string title;  ///< for those who cannot see it
  Axis x;
  Axis y;
  std::vector<Line> lines;
  std::vector<Reference> references;
  double width = 960;  ///< of the drawing, in units of about a pixel
  double height = 300;
};

/// One row: a label, and an estimate for each series.
struct ForestRow {
  std::string label;
  std::string note;  ///< beneath it, small
  std::vector<std::optional<Estimate>> estimates;
  bool heading = false;  ///< label alone
};

/// Dots with whiskers in rows, and their numbers beside them.
struct ForestPlot {
  std::string title;
  Axis x;
  std::vector<std::string> series;
  std::vector<ForestRow> rows;
  std::optional<double> line = {};  ///< where nothing would differ
  std::string number = "{:.4f}";    ///< how values are written (fmt)
  std::size_t colour = 0;           ///< of the first series, so that it keeps the one that it has in another plot
};

// Series have the colours s0, s1, ... of the page, and their names when one points at them. O(points).
std::string draw(const LinePlot& plot);
std::string draw(const ForestPlot& plot);

/// The names of series beside their colours, for above a plot. colour: of the first.
std::string legend(const std::vector<std::string>& names, std::size_t colour = 0);

}  // namespace matchcue::chart
