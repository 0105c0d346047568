// SPDX-License-Identifier: Apache-2.0
#include "evaluate/ranking_report.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

namespace matchcue::evaluate {
namespace {

using Json = nlohmann::ordered_json;
using Metric = RankingMetric;

constexpr std::array kPersonalize = {Metric::mean_reciprocal_rank_at_25,
                                     Metric::ndcg_at_5,
                                     Metric::ndcg_at_10,
                                     Metric::ndcg_at_25,
                                     Metric::precision_at_5,
                                     Metric::precision_at_10,
                                     Metric::precision_at_25};
constexpr std::array kLeaveOneOut = {Metric::hit_rate_at_10, Metric::ndcg_at_10, Metric::mean_reciprocal_rank};
constexpr std::size_t kNameColumns = 32;

const Interval& of(const RankingIntervals& metrics, Metric metric) { return metrics[static_cast<std::size_t>(metric)]; }

std::string write_interval(const Interval& interval) {
  return fmt::format("{:.4f} ({:.4f} to {:.4f})", interval.value, interval.low, interval.high);
}

std::string write_difference(const Interval& interval) {
  return fmt::format("{:+.4f} ({:+.4f} to {:+.4f})", interval.value, interval.low, interval.high);
}

std::string write_title(const RankingReport& report) {
  std::string text = fmt::format("{} of {}: {} requests of {} viewers, {} items\n", to_string(report.protocol),
                                 report.data, report.requests, report.asked_viewers, report.items);
  if (report.left_out > 0) {
    text += fmt::format("{} held-out interactions with items seen before are not asked about\n", report.left_out);
  }
  return text;
}

/// A row of the table: a name, and a cell for each version.
template <typename Cell>
std::string write_row(std::string_view name, const RankingReport& report, Cell cell) {
  std::string text = fmt::format("{:<14}", name);
  for (const VersionReport& version : report.versions) text += fmt::format(" {:<{}}", cell(version), kNameColumns);
  text.erase(text.find_last_not_of(' ') + 1);
  return text + "\n";
}

std::string write_table(const RankingReport& report) {
  std::string text = write_row("", report, [](const VersionReport& version) { return version.name; });
  for (const Metric metric : headline(report.protocol)) {
    text += write_row(name_of(metric), report,
                      [&](const VersionReport& version) { return write_interval(version.result.of(metric)); });
  }
  text += write_row("Novelty@25", report, [](const VersionReport& version) {
    return fmt::format("{:.2f} bits", version.result.of(Metric::novelty_at_25).value);
  });
  text += write_row("Coverage", report, [](const VersionReport& version) {
    return fmt::format("{:.4f}", version.result.exposure.coverage);
  });
  text += write_row("Gini", report,
                    [](const VersionReport& version) { return fmt::format("{:.4f}", version.result.exposure.gini); });
  return text + write_row("Calibration", report, [](const VersionReport& version) -> std::string {
           const auto& calibration = version.result.calibration;
           if (!calibration) return "not measured";
           return fmt::format("error {:.1f} %, scale {:.3g} ({:.3g})", 100 * calibration->error, calibration->scale,
                              calibration->fitted.value);
         });
}

std::string write_differences(const RankingReport& report) {
  std::string text;
  for (const VersionReport& version : report.versions) {
    if (!version.difference) continue;
    text += fmt::format("\n{} less {}\n", version.name, report.versions.front().name);
    for (const Metric metric : headline(report.protocol)) {
      const Interval& interval = of(*version.difference, metric);
      const std::string_view verdict = interval.low > 0 ? "better" : interval.high < 0 ? "worse" : "may be chance";
      text += fmt::format("{:<14} {}  {}\n", name_of(metric), write_difference(interval), verdict);
    }
  }
  return text;
}

std::string write_slices(const RankingReport& report) {
  const std::vector<SliceResult>& slices = report.versions.front().result.slices;
  if (slices.empty()) return {};
  const Metric metric = Metric::ndcg_at_10;
  std::string text = fmt::format("\n{} by\n", name_of(metric));
  for (std::size_t i = 0; i < slices.size(); ++i) {
    if (i == 0 || slices[i - 1].field != slices[i].field) {
      text += fmt::format("{} {}\n", slices[i].kind, slices[i].field);
    }
    text += fmt::format("  {:<24}{:>7} viewers ", slices[i].value, slices[i].viewers);
    for (const VersionReport& version : report.versions) {
      text += fmt::format(" {:<{}}", write_interval(of(version.result.slices[i].metrics, metric)), kNameColumns);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

Json to_json(const Interval& interval) {
  return {{"value", interval.value}, {"low", interval.low}, {"high", interval.high}};
}

Json to_json(const RankingIntervals& metrics) {
  Json json = Json::object();
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    json[std::string(key_of(static_cast<Metric>(i)))] = to_json(metrics[i]);
  }
  return json;
}

Json to_json(const Calibration& calibration) {
  Json bins = Json::array();
  for (const ReliabilityBin& bin : calibration.bins) {
    bins.push_back({{"pairs", bin.pairs},
                    {"predicted", bin.predicted},
                    {"observed", bin.observed},
                    {"low", bin.low},
                    {"high", bin.high},
                    {"acts", bin.acts}});
  }
  return {{"error", calibration.error},
          {"log_odds_scale", calibration.scale},
          {"fitted_scale", to_json(calibration.fitted)},
          {"bins", std::move(bins)}};
}

Json to_json(const VersionReport& version) {
  Json metrics = Json::object();
  for (const auto& [key, value] : personalize_metrics(version.result)) metrics[key] = value;
  Json slices = Json::array();
  for (const SliceResult& slice : version.result.slices) {
    slices.push_back({{"kind", slice.kind},
                      {"field", slice.field},
                      {"value", slice.value},
                      {"viewers", slice.viewers},
                      {"requests", slice.requests},
                      {"intervals", to_json(slice.metrics)}});
  }
  return {{"version", version.name},
          {"note", version.note},
          {"metrics", std::move(metrics)},
          {"intervals", to_json(version.result.metrics)},
          {"gini", version.result.exposure.gini},
          {"exposure_curve", version.result.exposure.curve},
          {"hit_curve", version.result.hit_curve},
          {"calibration", version.result.calibration ? to_json(*version.result.calibration) : Json()},
          {"slices", std::move(slices)},
          {"difference", version.difference ? to_json(*version.difference) : Json()}};
}

}  // namespace

std::span<const Metric> headline(Protocol protocol) {
  if (protocol == Protocol::personalize) return kPersonalize;
  return kLeaveOneOut;
}

std::vector<std::pair<std::string, double>> personalize_metrics(const RankingResult& result) {
  std::vector<std::pair<std::string, double>> metrics = {{"coverage", result.exposure.coverage}};
  for (const Metric metric : kPersonalize) metrics.emplace_back(key_of(metric), result.of(metric).value);
  return metrics;
}

std::string write_ranking_text(const RankingReport& report) {
  std::string text =
      write_title(report) + "\n" + write_table(report) + write_differences(report) + write_slices(report);
  for (const VersionReport& version : report.versions) {
    if (!version.note.empty()) text += fmt::format("\n{}: {}\n", version.name, version.note);
  }
  return text;
}

std::string write_ranking_json(const RankingReport& report) {
  Json versions = Json::array();
  for (const VersionReport& version : report.versions) versions.push_back(to_json(version));
  const Json json = {
      {"protocol", to_string(report.protocol)},
      {"asking", report.task.asking == Asking::once ? "once" : "by-context"},
      {"seen", report.task.seen == Seen::kept ? "kept" : "removed"},
      {"seed", report.seed},
      {"data",
       {{"name", report.data},
        {"items", report.items},
        {"viewers", report.viewers},
        {"interactions", report.interactions},
        {"trained_interactions", report.trained}}},
      {"asked", {{"viewers", report.asked_viewers}, {"requests", report.requests}, {"left_out", report.left_out}}},
      {"versions", std::move(versions)}};
  return json.dump();
}

}  // namespace matchcue::evaluate
