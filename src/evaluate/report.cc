// SPDX-License-Identifier: Apache-2.0
#include "evaluate/report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/check.h"

namespace matchcue::evaluate {
namespace {

constexpr std::string_view kPooled = "pooled";
constexpr std::string_view kSlate = "slate";

std::string write_finding(std::string_view place, const Finding& finding) {
  std::string text;
  for (std::size_t i = 0; i < kEstimatorCount; ++i) {
    const std::string_view name = to_string(static_cast<Estimator>(i));
    const std::optional<Interval>& estimate = finding.estimates[i];
    text += estimate ? fmt::format("{:<12} {:<9} {:>9.5f} {:>9.5f} {:>9.5f}\n", place, name, estimate->value,
                                   estimate->low, estimate->high)
                     : fmt::format("{:<12} {:<9} {:>9} {:>9} {:>9}\n", place, name, "-", "-", "-");
  }
  return text;
}

std::string write_judgement(std::string_view place, const std::vector<std::string>& slots, const Judgement& judgement) {
  const std::string reason = judgement.reason.empty() ? "" : ": " + write_reason(slots, judgement);
  return fmt::format("{:<12} {}{}\n", place, to_string(judgement.verdict), reason);
}

std::string write_support(std::string_view place, const Support& support) {
  return fmt::format("{:<12} {:>10} {:>10.0f} {:>8} {:>8.0f} {:>8.3f} {:>8.2f} {:>8.1f}\n", place, support.trials,
                     support.trials_effective, support.viewers, support.viewers_effective, support.weight_mean,
                     support.weight_max, 100 * support.zero_share);
}

/// Both kinds of result have slots and a slate.
template <typename Findings>
std::string write_estimates(std::string_view title, const std::vector<std::string>& slots, const Findings& findings) {
  CHECK(slots.size() == findings.slots.size(), slots.size(), findings.slots.size());
  std::string text =
      fmt::format("{}\n\n{:<12} {:<9} {:>9} {:>9} {:>9}\n", title, "slot", "estimator", "value", "low", "high");
  for (std::size_t slot = 0; slot < slots.size(); ++slot) text += write_finding(slots[slot], findings.slots[slot]);
  return text + write_finding(kPooled, findings.pooled) + write_finding(kSlate, findings.slate);
}

template <typename Findings>
std::string write_judgements(const std::vector<std::string>& slots, const Findings& findings) {
  std::string text = fmt::format("\n{:<12} verdict\n", "slot");
  for (std::size_t slot = 0; slot < slots.size(); ++slot) {
    text += write_judgement(slots[slot], slots, findings.slots[slot].judgement);
  }
  return text + write_judgement(kSlate, slots, findings.slate.judgement);
}

nlohmann::json to_json(std::string_view place, const std::vector<std::string>& slots, const Finding& finding) {
  nlohmann::json estimates;
  for (std::size_t i = 0; i < kEstimatorCount; ++i) {
    nlohmann::json& entry = estimates[std::string(to_string(static_cast<Estimator>(i)))];
    const std::optional<Interval>& estimate = finding.estimates[i];
    if (!estimate) continue;
    entry = {{"value", estimate->value},
             {"low", estimate->low},
             {"high", estimate->high},
             {"standard_error", estimate->standard_error}};
  }
  return {{"slot", place},
          {"verdict", to_string(finding.judgement.verdict)},
          {"reason", write_reason(slots, finding.judgement)},
          {"estimates", std::move(estimates)}};
}

nlohmann::json to_json(const Support& support) {
  return {{"trials", support.trials},
          {"trials_effective", support.trials_effective},
          {"viewers", support.viewers},
          {"viewers_effective", support.viewers_effective},
          {"weight_mean", support.weight_mean},
          {"weight_mean_error", support.weight_mean_error},
          {"weight_max", support.weight_max},
          {"zero_share", support.zero_share},
          {"heaviest_share", support.heaviest_share}};
}

template <typename Findings>
nlohmann::json findings_json(std::string_view title, const std::vector<std::string>& slots, const Findings& findings) {
  CHECK(slots.size() == findings.slots.size(), slots.size(), findings.slots.size());
  nlohmann::json places = nlohmann::json::array();
  for (std::size_t slot = 0; slot < slots.size(); ++slot)
    places.push_back(to_json(slots[slot], slots, findings.slots[slot]));
  return {{"title", title},
          {"slots", std::move(places)},
          {"pooled", to_json(kPooled, slots, findings.pooled)},
          {"slate", to_json(kSlate, slots, findings.slate)}};
}

}  // namespace

std::string write_reason(const std::vector<std::string>& slots, const Judgement& judgement) {
  return judgement.slot ? slots[*judgement.slot] + ": " + judgement.reason : judgement.reason;
}

std::string write_report(std::string_view title, const std::vector<std::string>& slots, const Evaluation& evaluation) {
  std::string text = write_estimates(title, slots, evaluation);
  text += fmt::format("\n{:<12} {:>10} {:>10} {:>8} {:>8} {:>8} {:>8} {:>8}\n", "slot", "trials", "ESS", "viewers",
                      "ESS", "mean w", "max w", "w=0 %");
  for (std::size_t slot = 0; slot < slots.size(); ++slot) text += write_support(slots[slot], evaluation.support[slot]);
  return text + write_judgements(slots, evaluation);
}

std::string write_report(std::string_view title, const std::vector<std::string>& slots, const Comparison& comparison) {
  return write_estimates(title, slots, comparison) + write_judgements(slots, comparison);
}

std::string write_report_json(std::string_view title, const std::vector<std::string>& slots,
                              const Evaluation& evaluation) {
  nlohmann::json object = findings_json(title, slots, evaluation);
  for (std::size_t slot = 0; slot < slots.size(); ++slot) {
    object["slots"][slot]["support"] = to_json(evaluation.support[slot]);
  }
  return object.dump();
}

std::string write_report_json(std::string_view title, const std::vector<std::string>& slots,
                              const Comparison& comparison) {
  return findings_json(title, slots, comparison).dump();
}

}  // namespace matchcue::evaluate
