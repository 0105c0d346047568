// SPDX-License-Identifier: Apache-2.0
#include "chart/plot.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "chart/page.h"

namespace matchcue::chart {
namespace {

constexpr std::size_t kColours = 6;
constexpr std::size_t kTicks = 6;

/// The part of a drawing that values are in.
struct Area {
  double left;
  double top;
  double right;
  double bottom;

  double x(const Axis& axis, double value) const { return left + (right - left) * axis.place_of(value); }
  double y(const Axis& axis, double value) const { return bottom - (bottom - top) * axis.place_of(value); }
};

std::string class_of(std::size_t series) { return fmt::format("s{}", series % kColours); }

std::string text(double x, double y, std::string_view classes, std::string_view words) {
  return fmt::format(R"(<text x="{:.1f}" y="{:.1f}" class="{}">{}</text>)", x, y, classes, escape(words));
}

std::string stroke(double x1, double y1, double x2, double y2, std::string_view classes) {
  return fmt::format(R"(<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="{}"/>)", x1, y1, x2, y2, classes);
}

/// Lines up from the x axis, its ticks and its label.
std::string draw_x_axis(const Axis& axis, const Area& area, std::size_t ticks) {
  std::string svg;
  for (const double tick : ticks_of(axis, ticks)) {
    const double x = area.x(axis, tick);
    svg += stroke(x, area.top, x, area.bottom, "grid");
    svg += text(x, area.bottom + 17, "middle number", tick_text(axis, tick));
  }
  svg += stroke(area.left, area.bottom, area.right, area.bottom, "axis");
  return svg + text((area.left + area.right) / 2, area.bottom + 36, "middle", axis.label);
}

std::string draw_y_axis(const Axis& axis, const Area& area) {
  std::string svg;
  for (const double tick : ticks_of(axis, kTicks)) {
    const double y = area.y(axis, tick);
    svg += stroke(area.left, y, area.right, y, "grid");
    svg += text(area.left - 8, y + 4, "end number", tick_text(axis, tick));
  }
  return svg + text(0, 12, "", axis.label);
}

std::string begin_svg(double width, double height, std::string_view title) {
  return fmt::format(R"(<svg viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">)", width, height, escape(title));
}

std::string draw_line(const LinePlot& plot, const Area& area, std::size_t series) {
  const Line& line = plot.lines[series];
  std::string points;
  std::string marks;
  for (const Point& point : line.points) {
    const double x = area.x(plot.x, point.x);
    const double y = area.y(plot.y, point.y);
    points += fmt::format("{:.1f},{:.1f} ", x, y);
    if (point.interval) {
      marks += stroke(x, area.y(plot.y, point.interval->low), x, area.y(plot.y, point.interval->high), "bar");
    }
    if (!line.marks) continue;
    marks +=
        fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="3.5" class="dot"><title>{}: {:.4g}, {:.4g}</title></circle>)",
                    x, y, escape(line.name), point.x, point.y);
  }
  return fmt::format(R"(<g class="{}"><polyline points="{}" class="curve"><title>{}</title></polyline>{}</g>)",
                     class_of(series), points, escape(line.name), marks);
}

constexpr double kForestWidth = 960;
constexpr double kForestLabels = 250;   // width of the labels
constexpr double kForestNumbers = 190;  // width of the numbers
constexpr double kForestStep = 17;      // between two estimates of a row
constexpr double kForestGap = 11;       // between two rows
constexpr double kForestTall = 500;     // from here on ticks are labelled above too

double height_of(const ForestRow& row) {
  const double estimates = row.heading ? 1.4 : static_cast<double>(std::max<std::size_t>(row.estimates.size(), 1));
  const double least = row.note.empty() ? 0 : 2 * kForestStep - 4;
  return std::max(estimates * kForestStep, least) + kForestGap;
}

std::string draw_estimate(const ForestPlot& plot, const Area& area, std::size_t series, const Estimate& estimate,
                          double y) {
  const std::string value = fmt::format(fmt::runtime(plot.number), estimate.value);
  const std::string low = fmt::format(fmt::runtime(plot.number), estimate.low);
  const std::string high = fmt::format(fmt::runtime(plot.number), estimate.high);
  const bool certain = estimate.low == estimate.high;
  const std::string words = certain ? value : fmt::format("{}  ({} to {})", value, low, high);
  std::string svg = stroke(area.x(plot.x, estimate.low), y, area.x(plot.x, estimate.high), y, "bar");
  svg += fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="4" class="dot"><title>{}: {}</title></circle>)",
                     area.x(plot.x, estimate.value), y, escape(plot.series[series]), words);
  svg += text(kForestWidth, y + 4, "end number", words);
  return fmt::format(R"(<g class="{}">{}</g>)", class_of(plot.colour + series), svg);
}

std::string draw_row(const ForestPlot& plot, const Area& area, const ForestRow& row, double top) {
  if (row.heading) return text(0, top + 1.4 * kForestStep, "label head", row.label);
  const std::string_view shortened = first_characters(row.label, 36);
  const double first = top + kForestStep / 2 + kForestGap / 2;
  std::string svg =
      text(0, first + 4, "label", std::string(shortened) + (shortened.size() < row.label.size() ? "…" : ""));
  if (!row.note.empty()) svg += text(0, first + 18, "small", row.note);
  for (std::size_t series = 0; series < row.estimates.size(); ++series) {
    if (!row.estimates[series]) continue;
    svg += draw_estimate(plot, area, series, *row.estimates[series], first + kForestStep * static_cast<double>(series));
  }
  return svg;
}

}  // namespace

std::string draw(const LinePlot& plot) {
  const Area area{64, 26, plot.width - 28, plot.height - 44};
  std::string svg = begin_svg(plot.width, plot.height, plot.title);
  svg += draw_y_axis(plot.y, area) + draw_x_axis(plot.x, area, 10);
  for (const Reference& reference : plot.references) {
    const double x1 = area.x(plot.x, reference.from.x);
    const double y1 = area.y(plot.y, reference.from.y);
    const double x2 = area.x(plot.x, reference.to.x);
    const double y2 = area.y(plot.y, reference.to.y);
    svg += stroke(x1, y1, x2, y2, "reference");
    svg += text(x1 + .6 * (x2 - x1) + 8, y1 + .6 * (y2 - y1) + 16, "small", reference.label);
  }
  for (std::size_t series = 0; series < plot.lines.size(); ++series) svg += draw_line(plot, area, series);
  return svg + "</svg>";
}

std::string draw(const ForestPlot& plot) {
  double height = 0;
  for (const ForestRow& row : plot.rows) {
    CHECK(row.heading || row.estimates.size() == plot.series.size(), row.label, row.estimates.size());
    height += height_of(row);
  }
  const double begin = height > kForestTall ? 26 : 4;
  const Area area{kForestLabels, begin, kForestWidth - kForestNumbers, begin + height + 2};
  std::string svg = begin_svg(kForestWidth, area.bottom + 46, plot.title) + draw_x_axis(plot.x, area, 5);
  if (height > kForestTall) {
    for (const double tick : ticks_of(plot.x, 5)) {
      svg += text(area.x(plot.x, tick), begin - 8, "middle number", tick_text(plot.x, tick));
    }
  }
  if (plot.line)
    svg += stroke(area.x(plot.x, *plot.line), area.top, area.x(plot.x, *plot.line), area.bottom, "reference");
  double top = begin;
  for (const ForestRow& row : plot.rows) {
    svg += draw_row(plot, area, row, top);
    top += height_of(row);
  }
  return svg + "</svg>";
}

std::string legend(const std::vector<std::string>& names, std::size_t colour) {
  std::string html;
  for (std::size_t series = 0; series < names.size(); ++series) {
    html += fmt::format(R"(<span class="{}"><i></i>{}</span>)", class_of(colour + series), escape(names[series]));
  }
  return fmt::format(R"(<p class="legend">{}</p>)", html);
}

}  // namespace matchcue::chart
