#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What the learner believed after one step, as a solution version that decides.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "learn/campaign.h"
#include "learn/model.h"
#include "learn/viewer_table.h"
#include "scoring/solution_version.h"

namespace matchcue::learn {

constexpr std::string_view kLiveBandit = "live-bandit";

/// Whose judgement decides.
enum class Policy {
  learner,
  popularity,  ///< the guardrail's: each item by its own rate of reward alone
};

/// "live-bandit-STEP", with ".popularity" behind while the guardrail holds.
std::string live_version_id(std::uint64_t step, Policy policy);
struct LiveVersionName {
  std::uint64_t step = 0;
  Policy policy = Policy::learner;
};
std::optional<LiveVersionName> parse_live_version_id(std::string_view id);

/// `model`, `viewers` and `campaign` are shared copies. Immutable; any thread. Folding costs O(items x (context
/// fields^2 + kTasteSize^2)), scoring a viewer about 2 kTasteSize multiply-adds an item and their history.
scoring::SolutionVersionPtr make_live_version(std::uint64_t step, Policy policy, Model model, ViewerTable viewers,
                                              std::optional<Campaign> campaign);

}  // namespace matchcue::learn
