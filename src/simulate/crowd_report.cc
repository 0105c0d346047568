// SPDX-License-Identifier: Apache-2.0
#include "simulate/crowd_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

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
  std::string colour;
  std::function<double(const CrowdTickValue&)> value;
};

constexpr double kWidth = 900;
constexpr double kHeight = 260;
constexpr double kLeft = 56;
constexpr double kBottom = 30;

std::string axis(double most, std::uint64_t impressions) {
  std::string svg;
  for (int i = 0; i <= 4; ++i) {
    const double y = kHeight - kBottom - (kHeight - kBottom - 10) * i / 4;
    svg += fmt::format(R"(<line x1="{}" y1="{:.1f}" x2="{}" y2="{:.1f}" class="grid"/>)", kLeft, y, kWidth, y);
    svg += fmt::format(R"(<text x="{}" y="{:.1f}" class="y">{:.3g}</text>)", kLeft - 8, y + 4, most * i / 4);
  }
  return svg +
         fmt::format(R"(<text x="{}" y="{}" class="x">{} slot impressions</text>)", kWidth, kHeight - 8, impressions);
}

std::string plot(const std::string& title, const CrowdScore& score, const std::vector<Curve>& curves,
                 double least_top) {
  const std::vector<CrowdTickValue> portions = portions_of(score, 150);
  double most = least_top;
  for (const Curve& curve : curves) {
    for (const CrowdTickValue& portion : portions) most = std::max(most, curve.value(portion));
  }
  std::string legend;
  std::string svg = axis(most, score.total().impressions);
  for (const Curve& curve : curves) {
    std::string points;
    for (std::size_t i = 0; i < portions.size(); ++i) {
      const double part = portions.size() < 2 ? 0 : static_cast<double>(i) / static_cast<double>(portions.size() - 1);
      const double height = std::max(0., curve.value(portions[i])) / most;
      points += fmt::format("{:.1f},{:.1f} ", kLeft + (kWidth - kLeft) * part,
                            kHeight - kBottom - (kHeight - kBottom - 10) * height);
    }
    svg += fmt::format(R"(<polyline points="{}" stroke="{}"/>)", points, curve.colour);
    legend += fmt::format(R"(<span><i style="background:{}"></i>{}</span>)", curve.colour, curve.name);
  }
  return fmt::format(
      R"(<section><h2>{}</h2><p class="legend">{}</p><svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg></section>)",
      title, legend, kWidth, kHeight, title, svg);
}

constexpr std::string_view kStyle =
    "body{font:15px/1.5 system-ui,sans-serif;max-width:960px;margin:32px auto;padding:0 20px;color:#14201a;"
    "background:#f3f5f2}h1{font-size:22px;margin:0 0 4px}h2{font-size:15px;margin:0 0 4px}section{background:#fff;"
    "border:1px solid #d7ded8;border-radius:11px;padding:14px 18px;margin-top:16px}svg{width:100%;display:block}"
    "polyline{fill:none;stroke-width:2}.grid{stroke:#e4e9e5}.y{text-anchor:end}.x{text-anchor:end}text{font-size:12px;"
    "fill:#536159}.legend{margin:0 0 6px;color:#536159}.legend span{margin-right:18px}.legend i{display:inline-block;"
    "width:12px;height:3px;margin-right:6px;vertical-align:middle}table{border-collapse:collapse}"
    "td,th{text-align:left;padding:3px 26px 3px 0;font-variant-numeric:tabular-nums}th{color:#536159;font-weight:400}"
    "p{margin:4px 0;color:#536159}";

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
  std::string rows;
  const auto row = [&](const std::string& name, const std::string& value, const std::string& meaning) {
    rows += fmt::format("<tr><td>{}</td><td><b>{}</b></td><th>{}</th></tr>", name, value, meaning);
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
  const std::string green = "#0b7a4b", grey = "#8a9a90", blue = "#2c5fb3";
  const auto of = [](double CrowdTickValue::*sum, std::uint64_t CrowdTickValue::*count) {
    return [=](const CrowdTickValue& value) { return rate(value.*sum, value.*count); };
  };
  return fmt::format(
             R"(<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>matchcue crowd: {0}</title><style>{1}</style><h1>{0} in the crowd</h1><p>seed {2}, {3} viewers, {4} of {5} moments</p><section><table>{6}</table></section>)",
             run.policy, kStyle, run.seed, run.viewers, score.ticks().size(), run.ticks, rows) +
         plot("Gain G", score, {{run.policy, green, [](const CrowdTickValue& v) { return v.gain(); }}}, 1) +
         plot("Clicks an impression, expected", score,
              {{run.policy, green, of(&CrowdTickValue::policy, &CrowdTickValue::impressions)},
               {"oracle", blue, of(&CrowdTickValue::oracle, &CrowdTickValue::oracle_shown)},
               {"random", grey, of(&CrowdTickValue::random, &CrowdTickValue::oracle_shown)}},
              .01) +
         plot("Share of new items", score,
              {{run.policy, green,
                [](const CrowdTickValue& v) { return rate(static_cast<double>(v.new_shown), v.impressions); }},
               {"oracle", blue,
                [](const CrowdTickValue& v) { return rate(static_cast<double>(v.oracle_new), v.oracle_shown); }}},
              .1) +
         "</html>\n";
}

}  // namespace matchcue::simulate
