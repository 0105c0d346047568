// SPDX-License-Identifier: Apache-2.0
#include "simulate/load_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

namespace matchcue::simulate {
namespace {

constexpr Milliseconds kJoinDoubt(50);

double ms_between(SteadyTime from, SteadyTime to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

bool was_received(const std::vector<Receipt>& receipts, std::uint64_t sequence) {
  const auto found =
      std::lower_bound(receipts.begin(), receipts.end(), sequence,
                       [](const Receipt& receipt, std::uint64_t wanted) { return receipt.sequence < wanted; });
  return found != receipts.end() && found->sequence == sequence;
}

bool in_gap(const std::vector<Gap>& gaps, std::uint64_t sequence) {
  return std::any_of(gaps.begin(), gaps.end(),
                     [&](const Gap& gap) { return sequence > gap.after && sequence <= gap.through; });
}

/// The sample route has no sequences, so only the number of slates can be compared. A change that was accepted within
/// kJoinDoubt of the introduction may have been seen or not.
void check_sample_viewer(LoadReport& report, const LoadViewer& viewer, const Expectation& expectation) {
  std::uint64_t surely = 0;
  std::uint64_t perhaps = 0;
  for (const std::uint64_t sequence : expectation.sequences) {
    const auto sent = expectation.sent.find(sequence);
    if (sent == expectation.sent.end()) continue;
    if (sent->second > viewer.joined_time() + kJoinDoubt) ++surely;
    if (sent->second > viewer.joined_time() - kJoinDoubt) ++perhaps;
  }
  const std::uint64_t received = viewer.tally().slates;
  report.expected += surely;
  report.missing += surely > received ? surely - received : 0;
  report.total.duplicated += received > perhaps ? received - perhaps : 0;
}

void check_native_viewer(LoadReport& report, const LoadViewer& viewer, const Expectation& expectation) {
  for (const std::uint64_t sequence : expectation.sequences) {
    if (sequence <= viewer.joined_at().value_or(0) || in_gap(viewer.gaps(), sequence)) continue;
    ++report.expected;
    if (was_received(viewer.receipts(), sequence)) continue;
    ++report.missing;
    if (report.problem.empty()) {
      report.problem = fmt::format("viewer {}: no slate {}", viewer.id().str(), sequence);
    }
  }
}

nlohmann::json to_json(const Spread& spread) { return {{"p50", spread.p50}, {"p99", spread.p99}, {"max", spread.max}}; }

std::string to_text(const Spread& spread) {
  return fmt::format("p50 {:.2f} ms, p99 {:.2f} ms, max {:.2f} ms", spread.p50, spread.p99, spread.max);
}

}  // namespace

Spread spread_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const auto rank = [&](double share) {
    const auto position = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
    return values[std::clamp<std::size_t>(position, 1, values.size()) - 1];
  };
  return {rank(0.5), rank(0.99), values.back()};
}

bool LoadReport::ok() const {
  return never_welcomed == 0 && missing == 0 && total.duplicated == 0 && total.out_of_order == 0 &&
         total.malformed == 0 && total.errors == 0 && (closed == 0 || reconnects > 0);
}

Expectation expect_changes(const std::vector<ChangeSeen>& changes, WallTime wall_now, SteadyTime steady_now) {
  Expectation expectation;
  for (const ChangeSeen& change : changes) {
    if (change.first || domain::adjusts(change.kind)) continue;
    expectation.sequences.push_back(change.sequence.value());
    expectation.sent[change.sequence.value()] = steady_now - (wall_now - change.at);
  }
  return expectation;
}

Expectation expect_what_came(const std::vector<const LoadViewer*>& viewers) {
  std::set<std::uint64_t> sequences;
  for (const LoadViewer* viewer : viewers) {
    for (const Receipt& receipt : viewer->receipts()) sequences.insert(receipt.sequence);
  }
  return {{sequences.begin(), sequences.end()}, {}};
}

bool is_served(const LoadViewer& viewer, const Expectation& expectation) {
  if (expectation.sequences.empty() || !viewer.joined_at()) return true;
  const std::uint64_t excused = viewer.gaps().empty() ? *viewer.joined_at() : viewer.gaps().back().through;
  return std::max(viewer.last_sequence(), excused) >= expectation.sequences.back();
}

void add_tally(LoadReport& report, const LoadViewer& viewer) {
  const ViewerTally& tally = viewer.tally();
  ++report.viewers;
  if (!viewer.joined_at()) ++report.never_welcomed;
  report.total.slates += tally.slates;
  report.total.retractions += tally.retractions;
  report.total.duplicated += tally.duplicated;
  report.total.out_of_order += tally.out_of_order;
  report.total.malformed += tally.malformed;
  report.total.errors += tally.errors;
  report.total.gaps += tally.gaps;
  report.total.interactions_sent += tally.interactions_sent;
  report.total.interactions_acknowledged += tally.interactions_acknowledged;
  if (report.problem.empty()) report.problem = tally.first_problem;
}

void add_viewers(LoadReport& report, const std::vector<const LoadViewer*>& accountable, const Expectation& expectation,
                 LoadProtocol protocol) {
  std::map<std::uint64_t, MomentTimes> moments;
  std::vector<double> receive_ms;
  for (const LoadViewer* viewer : accountable) {
    if (protocol == LoadProtocol::sample) {
      check_sample_viewer(report, *viewer, expectation);
      continue;
    }
    check_native_viewer(report, *viewer, expectation);
    for (const Receipt& receipt : viewer->receipts()) {
      MomentTimes& times = moments[receipt.sequence];
      if (times.received++ == 0) times.first = times.last = receipt.at;
      times.first = std::min(times.first, receipt.at);
      times.last = std::max(times.last, receipt.at);
      const auto sent = expectation.sent.find(receipt.sequence);
      // What was there before they came says nothing of how long a moment takes.
      if (sent == expectation.sent.end() || sent->second < viewer->joined_time()) continue;
      const double ms = ms_between(sent->second, receipt.at);
      receive_ms.push_back(ms);
      times.to_last_ms = std::max(times.to_last_ms.value_or(ms), ms);
    }
  }
  std::vector<double> last_ms;
  for (auto& [sequence, times] : moments) {
    times.sequence = sequence;
    if (times.to_last_ms) last_ms.push_back(*times.to_last_ms);
    report.moments.push_back(times);
  }
  report.receive_ms = spread_of(std::move(receive_ms));
  report.last_receive_ms = spread_of(std::move(last_ms));
}

std::string write_report(const LoadReport& report) {
  std::string text = fmt::format(
      "viewers        {} ({} never welcomed, {} closed, {} reconnects, {} killed, {} stuck)\n"
      "slates         {} received, {} expected, {} missing, {} duplicated, {} out of order, {} announced gaps\n"
      "retractions    {}\n"
      "messages       {} malformed, {} errors\n",
      report.viewers, report.never_welcomed, report.closed, report.reconnects, report.killed, report.stuck,
      report.total.slates, report.expected, report.missing, report.total.duplicated, report.total.out_of_order,
      report.total.gaps, report.total.retractions, report.total.malformed, report.total.errors);
  text += fmt::format("moment -> viewer       {}\nmoment -> last viewer  {}\n", to_text(report.receive_ms),
                      to_text(report.last_receive_ms));
  if (report.total.interactions_sent > 0) {
    text += fmt::format("interactions   {} sent, {} acknowledged, {}\n", report.total.interactions_sent,
                        report.total.interactions_acknowledged, to_text(report.interaction_ms));
  }
  if (!report.problem.empty()) text += fmt::format("first problem  {}\n", report.problem);
  text += report.ok() ? "verdict        none missing, none duplicated, all in order\n" : "verdict        PROBLEMS\n";
  return text;
}

std::string write_report_json(const LoadReport& report) {
  nlohmann::json moments = nlohmann::json::array();
  for (const MomentTimes& times : report.moments) {
    nlohmann::json moment{{"sequence", times.sequence},
                          {"received", times.received},
                          {"first_ns", times.first.time_since_epoch().count()},
                          {"last_ns", times.last.time_since_epoch().count()}};
    moment["to_last_ms"] = times.to_last_ms ? nlohmann::json(*times.to_last_ms) : nlohmann::json();
    moments.push_back(std::move(moment));
  }
  const ViewerTally& total = report.total;
  const nlohmann::json object{{"ok", report.ok()},
                              {"viewers", report.viewers},
                              {"never_welcomed", report.never_welcomed},
                              {"closed", report.closed},
                              {"reconnects", report.reconnects},
                              {"killed", report.killed},
                              {"stuck", report.stuck},
                              {"slates", total.slates},
                              {"expected", report.expected},
                              {"missing", report.missing},
                              {"duplicated", total.duplicated},
                              {"out_of_order", total.out_of_order},
                              {"gaps", total.gaps},
                              {"retractions", total.retractions},
                              {"malformed", total.malformed},
                              {"errors", total.errors},
                              {"interactions_sent", total.interactions_sent},
                              {"interactions_acknowledged", total.interactions_acknowledged},
                              {"interaction_ms", to_json(report.interaction_ms)},
                              {"receive_ms", to_json(report.receive_ms)},
                              {"last_receive_ms", to_json(report.last_receive_ms)},
                              {"problem", report.problem},
                              {"moments", std::move(moments)}};
  return object.dump();
}

}  // namespace matchcue::simulate
