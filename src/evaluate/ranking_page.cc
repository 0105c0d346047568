// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "chart/page.h"
#include "chart/plot.h"
#include "evaluate/ranking_report.h"

namespace matchcue::evaluate {
namespace {

using Metric = RankingMetric;

constexpr Metric kSliceMetric = Metric::ndcg_at_10;

chart::Estimate estimate_of(const Interval& interval) { return {interval.value, interval.low, interval.high}; }

std::string count_viewers(std::size_t viewers) {
  return chart::with_thousands(static_cast<double>(viewers)) + (viewers == 1 ? " viewer" : " viewers");
}

std::vector<std::string> names_of(const RankingReport& report) {
  std::vector<std::string> names;
  for (const VersionReport& version : report.versions) names.push_back(version.name);
  return names;
}

std::string draw_metrics(const RankingReport& report) {
  chart::ForestPlot plot;
  plot.title = "Metrics by version, with 95 % intervals";
  plot.series = names_of(report);
  std::vector<double> values;
  for (const Metric metric : headline(report.protocol)) {
    chart::ForestRow row{std::string(name_of(metric)), "", {}, false};
    for (const VersionReport& version : report.versions) {
      row.estimates.emplace_back(estimate_of(version.result.of(metric)));
      values.push_back(version.result.of(metric).high);
    }
    plot.rows.push_back(std::move(row));
  }
  plot.x = chart::axis_over("mean over viewers, with the 95 % interval", values);
  return chart::section(
      "How good the rankings are",
      "Larger is better. The interval says how far the mean would move with other viewers of the same "
      "kind.",
      chart::legend(plot.series) + chart::draw(plot));
}

std::string draw_differences(const RankingReport& report) {
  if (report.versions.size() < 2) return {};
  chart::ForestPlot plot;
  plot.title = "Differences from the first version, with 95 % intervals";
  plot.number = "{:+.4f}";
  plot.line = 0;
  plot.colour = 1;
  plot.series = names_of(report);
  plot.series.erase(plot.series.begin());
  std::vector<double> values;
  for (const Metric metric : headline(report.protocol)) {
    chart::ForestRow row{std::string(name_of(metric)), "", {}, false};
    for (std::size_t i = 1; i < report.versions.size(); ++i) {
      const Interval& interval = report.versions[i].difference.value()[static_cast<std::size_t>(metric)];
      row.estimates.emplace_back(estimate_of(interval));
      values.insert(values.end(), {interval.low, interval.high});
    }
    plot.rows.push_back(std::move(row));
  }
  plot.x = chart::axis_over(fmt::format("difference from {}", report.versions.front().name), values);
  return chart::section(fmt::format("Compared with {}", report.versions.front().name),
                        "Both versions answer the same viewers, so what is hard for both cancels: an interval that "
                        "keeps to one side of 0 is a difference, one that crosses it may be chance.",
                        chart::legend(plot.series, plot.colour) + chart::draw(plot));
}

std::string draw_curves(const RankingReport& report) {
  chart::LinePlot hits;
  hits.title = "Share of requests with a hit, by length of the list";
  std::size_t length = 1;
  for (std::size_t i = 0; i < report.versions.size(); ++i) {
    chart::Line line{report.versions[i].name, {}, false};
    const std::vector<double>& curve = report.versions[i].result.hit_curve;
    for (std::size_t k = 0; k < curve.size(); ++k) line.points.push_back({static_cast<double>(k + 1), curve[k]});
    length = std::max(length, curve.size());
    hits.lines.push_back(std::move(line));
  }
  std::vector<double> values;
  for (const chart::Line& line : hits.lines) {
    for (const chart::Point& point : line.points) values.push_back(point.y);
  }
  hits.x = {"length of the list, items", 0, static_cast<double>(length), false, chart::Numbers::whole};
  hits.y = chart::axis_over("requests with a hit", values, chart::Numbers::percent);
  return chart::section("What a longer list finds",
                        "Of all requests, those that have at least one held-out item among the first so many.",
                        chart::legend(names_of(report)) + chart::draw(hits));
}

/// Slices of one kind, of all versions.
std::string draw_slices(const RankingReport& report, const std::string& kind, const std::string& title,
                        const std::string& lead) {
  chart::ForestPlot plot;
  plot.title = title;
  plot.series = names_of(report);
  std::vector<double> values;
  const std::vector<SliceResult>& slices = report.versions.front().result.slices;
  std::string field;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    if (slices[i].kind != kind) continue;
    if (kind != "history" && slices[i].field != field) plot.rows.push_back({slices[i].field, "", {}, true});
    field = slices[i].field;
    const std::string label = kind == "history" ? slices[i].value + " acts" : slices[i].value;
    chart::ForestRow row{label, count_viewers(slices[i].viewers), {}, false};
    for (const VersionReport& version : report.versions) {
      const Interval& interval = version.result.slices[i].metrics[static_cast<std::size_t>(kSliceMetric)];
      row.estimates.emplace_back(estimate_of(interval));
      values.push_back(interval.high);
    }
    plot.rows.push_back(std::move(row));
  }
  if (plot.rows.empty()) return {};
  plot.x = chart::axis_over(fmt::format("{}, with the 95 % interval", name_of(kSliceMetric)), values);
  return chart::section(title, lead, chart::legend(plot.series) + chart::draw(plot));
}

std::string draw_calibration(const RankingReport& report) {
  chart::LinePlot plot;
  plot.title = "Observed against predicted probability of an act";
  std::vector<double> values;
  std::string notes;
  bool measured = false;
  for (const VersionReport& version : report.versions) {
    chart::Line line{version.name, {}, true};
    const auto& calibration = version.result.calibration;
    if (!calibration) {
      notes += chart::note(fmt::format("{} does not say what its scores are worth.", version.name));
      plot.lines.push_back(std::move(line));
      continue;
    }
    measured = true;
    for (const ReliabilityBin& bin : calibration->bins) {
      values.insert(values.end(), {bin.predicted, bin.high, bin.observed});
      line.points.push_back({bin.predicted, bin.observed, chart::Estimate{bin.observed, bin.low, bin.high}});
    }
    plot.lines.push_back(std::move(line));
    notes += chart::note(fmt::format(
        "{}: {:.1f} % of the acts are not where they were predicted. A unit of score is said to be worth {:.3g} "
        "in log-odds; in these data it is {:.3g} ({:.3g} to {:.3g}).",
        version.name, 100 * calibration->error, calibration->scale, calibration->fitted.value, calibration->fitted.low,
        calibration->fitted.high));
  }
  if (!measured) return chart::section("Whether scores mean what they say", "", notes);
  plot.x = chart::log_axis_over("predicted probability that a viewer acts upon an item (logarithmic)", values,
                                chart::Numbers::percent);
  plot.y = chart::log_axis_over("observed share of items acted upon (logarithmic)", values, chart::Numbers::percent);
  plot.references = {{{plot.x.low, plot.x.low}, {plot.x.high, plot.x.high}, "as predicted"}};
  plot.height = 380;
  return chart::section(
      "Whether scores mean what they say",
      "Each dot holds a tenth of the predicted acts. On the dashed line as many came as were predicted; "
      "below it a version promises too much, above it too little.",
      chart::legend(names_of(report)) + chart::draw(plot) + notes);
}

std::string draw_exposure(const RankingReport& report) {
  chart::LinePlot plot;
  plot.title = "Share of all places that the most shown items have";
  chart::Table table{{"", "Coverage", "Gini", "Novelty, bits"}, {}, false};
  for (const VersionReport& version : report.versions) {
    const Exposure& exposure = version.result.exposure;
    chart::Line line{version.name, {}, false};
    for (std::size_t percent = 0; percent < exposure.curve.size(); ++percent) {
      line.points.push_back({static_cast<double>(percent) / 100, exposure.curve[percent]});
    }
    plot.lines.push_back(std::move(line));
    table.rows.push_back({version.name, fmt::format("{:.1f} %", 100 * exposure.coverage),
                          fmt::format("{:.3f}", exposure.gini),
                          fmt::format("{:.2f}", version.result.of(Metric::novelty_at_25).value)});
  }
  plot.x = {"items, the most shown first", 0, 1, false, chart::Numbers::percent};
  plot.y = {"of all places", 0, 1, false, chart::Numbers::percent};
  plot.references = {{{0, 0}, {1, 1}, "all alike"}};
  return chart::section(
      "Which items are shown",
      "Places are the first 25 of each request. Coverage: items that are in any of them, of all items. "
      "Gini: 0 when all items are there equally often, 1 when one has everything. Novelty: the mean "
      "surprise; 1 bit more is items that half as many viewers know.",
      chart::legend(names_of(report)) + chart::draw(plot) + chart::draw(table));
}

std::string describe(const RankingReport& report) {
  std::string text;
  if (report.protocol == Protocol::personalize) {
    text = fmt::format(
        "Amazon Personalize's hold-out: a tenth of the viewers (seed {}) is not trained on. A version is told the "
        "oldest "
        "nine tenths of what each of them did, and asked for the newest tenth",
        report.seed);
    text += report.task.asking == Asking::once ? ", once a viewer, in the context of the first act held out."
                                               : ", once for each context in which something is held out.";
  } else {
    text =
        "Leave-one-out with full ranking: the last act of each viewer is asked about, after everything before it; the "
        "last but one is for validation, the rest may be trained on. No sampled negatives.";
  }
  text += report.task.seen == Seen::kept ? " Items that a viewer knows may be recommended again."
                                         : " Items that a viewer has acted upon before are not in the ranking.";
  if (report.left_out > 0) {
    text += fmt::format(" {} held-out acts upon such items are not asked about.", report.left_out);
  }
  return text +
         " Intervals are 95 %, from drawing viewers again; a viewer counts once, however many requests they have.";
}

std::string draw_table(const RankingReport& report) {
  chart::Table table{{""}, {}, false};
  for (const VersionReport& version : report.versions) table.header.push_back(version.name);
  for (std::size_t i = 0; i < kRankingMetricCount; ++i) {
    std::vector<std::string> row = {std::string(key_of(static_cast<Metric>(i)))};
    for (const VersionReport& version : report.versions) {
      row.push_back(fmt::format("{:.4f}", version.result.metrics[i].value));
    }
    table.rows.push_back(std::move(row));
  }
  return chart::section("All metrics", "", chart::draw(table));
}

}  // namespace

std::string write_ranking_page(const RankingReport& report) {
  const auto count = [](std::size_t number) { return chart::with_thousands(static_cast<double>(number)); };
  const std::string lead = fmt::format(
      "{} requests of {} viewers. The data: {} items, {} interactions of {} viewers, {} of them to be trained on.",
      count(report.requests), count(report.asked_viewers), count(report.items), count(report.interactions),
      count(report.viewers), count(report.trained));
  std::string notes;
  for (const VersionReport& version : report.versions) {
    if (!version.note.empty()) notes += chart::note(version.name + ": " + version.note);
  }
  return chart::page(
      fmt::format("{} on {}", report.protocol == Protocol::personalize ? "Hold-out" : "Leave-one-out", report.data),
      lead,
      chart::section("What was asked", describe(report), notes) + draw_metrics(report) + draw_differences(report) +
          draw_curves(report) +
          draw_slices(report, "context", "By context", "The context that was asked in, field by field.") +
          draw_slices(report, "segment", "By viewer", "What is known of the viewers, field by field.") +
          draw_slices(report, "history", "By length of history", "How much a version was told before it was asked.") +
          draw_calibration(report) + draw_exposure(report) + draw_table(report));
}

}  // namespace matchcue::evaluate
