// SPDX-License-Identifier: Apache-2.0
#include "cli/tuning_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

namespace matchcue::cli {

namespace {

using Json = nlohmann::ordered_json;

/// Numbers of the trials, those with the best validation first and those that could not be trained last.
std::vector<std::size_t> by_validation(const std::vector<TuningTrial>& trials) {
  std::vector<std::size_t> order(trials.size());
  std::iota(order.begin(), order.end(), 0);
  const auto value = [&](std::size_t i) {
    return trials[i].validation.value_or(-std::numeric_limits<double>::infinity());
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return value(a) > value(b); });
  return order;
}

std::string write_interval(const evaluate::Interval& interval) {
  return fmt::format("{:.4f} ({:.4f} to {:.4f})", interval.value, interval.low, interval.high);
}

std::string write_trials(const TuningReport& report) {
  const Tuning& tuning = report.tuning;
  std::string text = fmt::format("\n{:>5} {:>12} {:>8}\n", "trial", "validation", "seconds");
  for (const std::size_t i : by_validation(tuning.trials)) {
    const TuningTrial& trial = tuning.trials[i];
    const std::string value = trial.validation ? fmt::format("{:.4f}", *trial.validation) : "none";
    text += fmt::format("{:>5} {:>12} {:>8.1f}  {}\n", i + 1, value, trial.seconds,
                        trial.validation ? changes_of(trial, tuning.trials.front()) : trial.problem);
  }
  return text;
}

std::string write_test(const TuningReport& report) {
  const Tuning& tuning = report.tuning;
  const std::string_view metric = evaluate::name_of(report.options.metric);
  std::string text = fmt::format("\ntest: {} viewers whom nothing was chosen by, asked once\n", tuning.test_viewers);
  text += fmt::format("{:<12} {} {}\n", "defaults", metric, write_interval(tuning.test.defaults));
  if (tuning.chosen == 0) return text + "no trial was better than the defaults on the validation: keep them\n";
  text += fmt::format("{:<12} {} {}\n", fmt::format("trial {}", tuning.chosen + 1), metric,
                      write_interval(tuning.test.chosen));
  const evaluate::Interval& difference = tuning.test.difference;
  text += fmt::format("{:<12} {} {:+.4f} ({:+.4f} to {:+.4f})  {}\n", "difference", metric, difference.value,
                      difference.low, difference.high, verdict_of(tuning));
  if (difference.low > 0) return text + "the chosen settings are better than the defaults, beyond chance\n";
  if (difference.high < 0) return text + "the chosen settings are worse than the defaults, beyond chance: keep these\n";
  return text + "the chosen settings cannot be told from the defaults by these data\n";
}

Json json_of(const evaluate::Interval& interval) {
  return {{"value", interval.value}, {"low", interval.low}, {"high", interval.high}};
}

Json json_of(const std::vector<TuningTrial>& trials) {
  Json all = Json::array();
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const TuningTrial& trial = trials[i];
    Json json = {
        {"trial", i + 1}, {"parameters", trial.parameters}, {"validation", nullptr}, {"seconds", trial.seconds}};
    if (trial.validation) json["validation"] = *trial.validation;
    if (!trial.problem.empty()) json["problem"] = trial.problem;
    all.push_back(std::move(json));
  }
  return all;
}

}  // namespace

std::string changes_of(const TuningTrial& trial, const TuningTrial& defaults) {
  std::string text;
  for (const auto& [name, value] : trial.parameters) {
    const auto preset = defaults.parameters.find(name);
    if (preset != defaults.parameters.end() && preset->second == value) continue;
    text +=
        (text.empty() ? "" : " ") + name + "=" + (value.find(' ') != std::string::npos ? "\"" + value + "\"" : value);
  }
  return text.empty() ? "the defaults" : text;
}

std::string verdict_of(const Tuning& tuning) {
  if (tuning.chosen == 0) return "the same";
  if (tuning.test.difference.low > 0) return "better";
  return tuning.test.difference.high < 0 ? "worse" : "may be chance";
}

std::string write_tuning_text(const TuningReport& report) {
  const Tuning& tuning = report.tuning;
  std::string text =
      fmt::format("{} on {}, {}: {} by {}\n", report.recipe, report.data, to_string(report.options.hold_out.protocol),
                  tuning.trials.size() == 1 ? "1 trial" : fmt::format("{} trials", tuning.trials.size()),
                  evaluate::name_of(report.options.metric));
  text += fmt::format("each trained on {} interactions, chosen by {} other viewers'\n", tuning.trained,
                      tuning.validation_viewers);
  if (tuning.is_stopped) text += fmt::format("stopped before all {} were tried\n", report.options.trials);
  text += write_trials(report) + write_test(report) + "\n" + report.config;
  if (!report.version.empty()) text += fmt::format("\ntrained with them on all of the data: {}\n", report.version);
  return text;
}

std::string write_tuning_json(const TuningReport& report) {
  const Tuning& tuning = report.tuning;
  Json json = {{"recipe", report.recipe},
               {"data", report.data},
               {"protocol", to_string(report.options.hold_out.protocol)},
               {"metric", evaluate::key_of(report.options.metric)},
               {"seed", report.options.hold_out.seed},
               {"stopped", tuning.is_stopped},
               {"trained_interactions", tuning.trained},
               {"validation_viewers", tuning.validation_viewers},
               {"trials", json_of(tuning.trials)},
               {"chosen", {{"trial", tuning.chosen + 1}, {"parameters", tuning.trials[tuning.chosen].parameters}}},
               {"test",
                {{"viewers", tuning.test_viewers},
                 {"defaults", json_of(tuning.test.defaults)},
                 {"chosen", json_of(tuning.test.chosen)},
                 {"difference", json_of(tuning.test.difference)},
                 {"verdict", verdict_of(tuning)}}},
               {"config", report.config}};
  if (!report.version.empty()) json["solution_version"] = report.version;
  return json.dump();
}

}  // namespace matchcue::cli
