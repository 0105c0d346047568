// SPDX-License-Identifier: Apache-2.0
#include "cli/learn_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace matchcue::cli {
namespace {

constexpr std::size_t kItemsShown = 8;
/// Fewer trials than this say nothing about a rate of a few in a hundred.
constexpr std::uint64_t kTrialsToTell = 200;

std::string readable_rate(const Json& rate) {
  return fmt::format("{:.4f} ({:.4f}..{:.4f})", rate.at("value").get<double>(), rate.at("low").get<double>(),
                     rate.at("high").get<double>());
}

std::string readable_state(const Json& view) {
  const std::string state = view.at("state");
  std::string text = fmt::format("{}  {}", state, view.at("solution_version").get<std::string>());
  if (!view.at("trouble").get<std::string>().empty()) text += "  " + view.at("trouble").get<std::string>();
  if (!view.at("fallback_until").is_null()) {
    text += "  popularity decides until " + view.at("fallback_until").get<std::string>();
  }
  return text + fmt::format(
                    "\n{} steps, {} rows of feedback, {} impressions may still be acted upon, {} viewers, lag "
                    "{:.1f} s\n",
                    view.at("steps").get<std::uint64_t>(), view.at("feedback").get<std::uint64_t>(),
                    view.at("waiting").get<std::uint64_t>(), view.at("viewers").get<std::uint64_t>(),
                    view.at("lag_s").get<double>());
}

std::string readable_slots(const Json& view) {
  std::string text = fmt::format("\n{:<12} {:>9}  {:<26} {:<26} {}\n", "slot", "trials",
                                 fmt::format("reward, last {} min", view.at("recent_minutes").get<int>()),
                                 "random would have had", "popularity");
  for (const Json& slot : view.at("slots")) {
    const auto recent = slot.at("recent_trials").get<std::uint64_t>();
    text += fmt::format("{:<12} {:>9}  ", slot.at("slot").get<std::string>(), slot.at("trials").get<std::uint64_t>());
    if (recent < kTrialsToTell) {
      text += fmt::format("{} lately: too few to tell\n", recent);
      continue;
    }
    text += fmt::format("{:<26} {:<26} {}\n", readable_rate(slot.at("shown")), readable_rate(slot.at("random")),
                        readable_rate(slot.at("popularity")));
  }
  const double random = view.at("reward_ratio_random").get<double>();
  if (random > 0) {
    text += fmt::format("in all {:.2f} times random, {:.2f} times popularity\n", random,
                        view.at("reward_ratio_popularity").get<double>());
  }
  return text;
}

/// The items whose appeal has moved most, newcomers first.
std::string readable_changes(const Json& view) {
  std::vector<Json> items(view.at("items").begin(), view.at("items").end());
  const auto moved = [](const Json& item) {
    return std::abs(item.at("appeal").get<double>() - item.at("appeal_before").get<double>());
  };
  std::stable_sort(items.begin(), items.end(), [&](const Json& a, const Json& b) {
    const bool a_new = a.at("is_new"), b_new = b.at("is_new");
    return a_new != b_new ? a_new : moved(a) > moved(b);
  });
  items.resize(std::min(items.size(), kItemsShown));
  if (items.empty()) return "";
  std::string text = fmt::format("\nwhat changed{:12} {:<12} {:>8} {:>7} {:>8} {:>16}\n", "", "slot", "trials", "share",
                                 "reward", "appeal");
  for (const Json& item : items) {
    text += fmt::format(
        "{:<24} {:<12} {:>8} {:>6.1f}% {:>8.4f} {:>+7.2f} +-{:4.2f} {}\n", item.at("item").get<std::string>(),
        item.at("slot").get<std::string>(), item.at("recent_trials").get<std::uint64_t>(),
        100 * item.at("share").get<double>(), item.at("reward_rate").get<double>(), item.at("appeal").get<double>(),
        item.at("appeal_sd").get<double>(),
        item.at("is_new").get<bool>() ? "new" : fmt::format("was {:+.2f}", item.at("appeal_before").get<double>()));
  }
  return text;
}

}  // namespace

std::string readable_learner(const Json& view) {
  const std::string state = readable_state(view);
  if (view.at("slots").empty()) return state;
  return state + readable_slots(view) + readable_changes(view);
}

}  // namespace matchcue::cli
