// SPDX-License-Identifier: Apache-2.0
#include "simulate/crowd_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "chart/page.h"
#include "chart/plot.h"

namespace matchcue::simulate {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::uint64_t, 3> kMarks = {50'000, 200'000, 1'000'000};
constexpr std::size_t kPlotColumns = 60;
constexpr int kPlotRows = 11;  // 0, .1 .. 1
/// New items are judged once two ticks have taught about them.
constexpr std::size_t kTicksToLearnNew = 2;

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(); }
std::string or_dash(const std::optional<double>& value) { return value ? fmt::format("{:.3f}", *value) : "-"; }
double rate(double clicks, std::uint64_t impressions) {
  return impressions == 0 ? 0 : clicks / static_cast<double>(impressions);
}

/// A column a portion: the gain as a dot, below zero as a caret at the bottom.
std::string plot_gain(const CrowdScore& score) {
  const std::vector<CrowdTickValue> portions = portions_of(score, kPlotColumns);
  std::vector<std::string> rows(kPlotRows, std::string(portions.size(), ' '));
  for (std::size_t x = 0; x < portions.size(); ++x) {
    const double gain = portions[x].gain();
    const int row = std::clamp(static_cast<int>(std::lround(gain * (kPlotRows - 1))), 0, kPlotRows - 1);
    rows[static_cast<std::size_t>(row)][x] = gain < -0.05 ? 'v' : '*';
  }
  std::string text;
  for (int row = kPlotRows - 1; row >= 0; --row) {
    text += fmt::format("  {:4.1f} |{}\n", row / double{kPlotRows - 1}, rows[static_cast<std::size_t>(row)]);
  }
  return text + "       +" + std::string(portions.size(), '-') +
         "\n        the run, from its first moment to its last\n";
}

/// One line of a plot.
struct Curve {
  std::string name;
  std::function<double(const CrowdTickValue&)> value;
};

/// A section with one value of the run's portions, over slot impressions.
std::string plot(const std::string& title, const std::string& lead, const CrowdScore& score,
                 const std::vector<Curve>& curves, double least_top) {
  chart::LinePlot plot;
  plot.title = title;
  std::vector<double> values = {least_top};
  std::vector<std::string> names;
  for (const Curve& curve : curves) {
    chart::Line line{curve.name, {}, false};
    std::uint64_t impressions = 0;
    for (const CrowdTickValue& portion : portions_of(score, 150)) {
      const double value = std::max(0., curve.value(portion));
      line.points.push_back({static_cast<double>(impressions) + static_cast<double>(portion.impressions) / 2, value});
      impressions += portion.impressions;
      values.push_back(value);
    }
    names.push_back(curve.name);
    plot.lines.push_back(std::move(line));
  }
  const auto total = static_cast<double>(std::max<std::uint64_t>(score.total().impressions, 1));
  plot.x = {"slot impressions so far", 0, total, false, chart::Numbers::whole};
  plot.y = chart::axis_over(title, values);
  plot.height = 270;
  return chart::section(title, lead, chart::legend(names) + chart::draw(plot));
}

}  // namespace

std::vector<CrowdTickValue> portions_of(const CrowdScore& score, std::size_t parts) {
  const std::vector<CrowdTickValue>& ticks = score.ticks();
  parts = std::min(parts, ticks.size());
  std::vector<CrowdTickValue> portions(parts);
  for (std::size_t i = 0; i < ticks.size(); ++i) portions[i * parts / ticks.size()] += ticks[i];
  return portions;
}

std::string write_crowd_json(const CrowdRun& run) {
  Json json;
  json["policy"] = run.policy;
  json["seed"] = run.seed;
  json["viewers"] = run.viewers;
  json["ticks"] = run.score.ticks().size();
  json["complete"] = run.score.ticks().size() == run.ticks;
  json["impressions"] = run.score.total().impressions;
  json["G"] = run.score.total().gain();
  for (const std::uint64_t mark : kMarks) json[fmt::format("G@{}k", mark / 1'000)] = or_null(run.score.gain_at(mark));
  json["G_last"] = run.score.gain_last();
  json["ctr"] = run.score.click_rate();
  json["oracle_ctr"] = run.score.oracle_click_rate();
  json["new_share"] = or_null(run.score.new_share(kTicksToLearnNew));
  json["oracle_new_share"] = or_null(run.score.oracle_new_share(kTicksToLearnNew));
  json["wall_s"] = run.wall_s;
  json["cpu_s"] = run.cpu_s;
  return json.dump();
}

std::string write_crowd_text(const CrowdRun& run) {
  const CrowdScore& score = run.score;
  std::string text =
      fmt::format("policy {}, seed {}, {} viewers, {} of {} moments, {} slot impressions\n\n", run.policy, run.seed,
                  run.viewers, score.ticks().size(), run.ticks, score.total().impressions);
  text += fmt::format("  G        {:6.3f}   share of the way from chance to perfect knowledge\n", score.total().gain());
  for (const std::uint64_t mark : kMarks) {
    text += fmt::format("  G@{:<6} {:>6}   around that many impressions\n", fmt::format("{}k", mark / 1'000),
                        or_dash(score.gain_at(mark)));
  }
  text += fmt::format("  G last   {:6.3f}   second half of the last match\n", score.gain_last());
  text += fmt::format("  CTR      {:6.4f}   the oracle's is {:.4f}\n", score.click_rate(), score.oracle_click_rate());
  text += fmt::format("  new      {:>6}   share of new items since two moments after they came; the oracle's is {}\n",
                      or_dash(score.new_share(kTicksToLearnNew)), or_dash(score.oracle_new_share(kTicksToLearnNew)));
  return text + fmt::format("  time     {:.1f} s, CPU {:.1f} s\n\n", run.wall_s, run.cpu_s) + plot_gain(score);
}

std::string write_crowd_page(const CrowdRun& run) {
  const CrowdScore& score = run.score;
  chart::Table table{{}, {}, true};
  const auto row = [&](const std::string& name, const std::string& value, const std::string& meaning) {
    table.rows.push_back({name, value, meaning});
  };
  row("G", fmt::format("{:.3f}", score.total().gain()), "share of the way from chance to perfect knowledge");
  for (const std::uint64_t mark : kMarks) {
    row(fmt::format("G@{}k", mark / 1'000), or_dash(score.gain_at(mark)), "around that many slot impressions");
  }
  row("G last", fmt::format("{:.3f}", score.gain_last()), "second half of the last match");
  row("CTR", fmt::format("{:.4f}", score.click_rate()),
      fmt::format("the oracle's is {:.4f}", score.oracle_click_rate()));
  row("new items", or_dash(score.new_share(kTicksToLearnNew)),
      "share since two moments after they came; the oracle's is " + or_dash(score.oracle_new_share(kTicksToLearnNew)));
  row("time", fmt::format("{:.1f} s", run.wall_s), fmt::format("CPU {:.1f} s", run.cpu_s));
  const auto of = [](double CrowdTickValue::*sum, std::uint64_t CrowdTickValue::*count) {
    return [=](const CrowdTickValue& value) { return rate(value.*sum, value.*count); };
  };
  const std::string lead = fmt::format("seed {}, {} viewers, {} of {} moments, {} slot impressions", run.seed,
                                       run.viewers, score.ticks().size(), run.ticks, score.total().impressions);
  return chart::page(
      run.policy + " in the crowd", lead,
      chart::section("In short", "", chart::draw(table)) +
          plot("Gain G", "0 is chance, 1 knows every viewer's mind.", score,
               {{run.policy, [](const CrowdTickValue& v) { return v.gain(); }}}, 1) +
          plot("Clicks an impression, expected", "", score,
               {{run.policy, of(&CrowdTickValue::policy, &CrowdTickValue::impressions)},
                {"oracle", of(&CrowdTickValue::oracle, &CrowdTickValue::oracle_shown)},
                {"random", of(&CrowdTickValue::random, &CrowdTickValue::oracle_shown)}},
               .01) +
          plot("Share of new items", "Of all slot impressions, those of items that came during the run.", score,
               {{run.policy,
                 [](const CrowdTickValue& v) { return rate(static_cast<double>(v.new_shown), v.impressions); }},
                {"oracle",
                 [](const CrowdTickValue& v) { return rate(static_cast<double>(v.oracle_new), v.oracle_shown); }}},
               .1));
}

}  // namespace matchcue::simulate
