#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Evaluations and comparisons for people (a text table) and for programs (JSON).

#include <string>
#include <string_view>
#include <vector>

#include "evaluate/off_policy.h"

namespace matchcue::evaluate {

/// A judgement's reason, with the slot's name where it is about one of several.
std::string write_reason(const std::vector<std::string>& slots, const Judgement& judgement);

/// Writes one line a slot and estimator, pooled slots and the slate last, then how well the log supports each slot,
/// then reservations.
///
/// title  first line: which policy, which log
/// slots  names, as many as the evaluation has; estimates that were not given are "-"
/// Cost   O(slots). Any thread.
std::string write_report(std::string_view title, const std::vector<std::string>& slots, const Evaluation& evaluation);
std::string write_report(std::string_view title, const std::vector<std::string>& slots, const Comparison& comparison);

/// The same as one JSON object: {"title", "slots": [{"slot", "verdict", "reason", "estimates": {"ips": {"value", "low",
/// "high", "standard_error"} or null, ..}, "support": {..}}], "pooled": {..}, "slate": {..}}; a comparison has no
/// support.
std::string write_report_json(std::string_view title, const std::vector<std::string>& slots,
                              const Evaluation& evaluation);
std::string write_report_json(std::string_view title, const std::vector<std::string>& slots,
                              const Comparison& comparison);

}  // namespace matchcue::evaluate
