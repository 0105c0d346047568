#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Whether a log can say anything about a target policy, judged from the importance weights alone.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "evaluate/off_policy_log.h"

namespace matchcue::evaluate {

/// How well a slot's log covers the target policy. w = target probability / propensity.
struct Support {
  std::uint64_t trials = 0;
  std::uint64_t viewers = 0;     ///< that had a trial
  double trials_effective = 0;   ///< ESS (sum w)^2 / sum w^2 over trials; Kish 1965, Survey Sampling
  double viewers_effective = 0;  ///< the same over viewers' sums of w: the one that intervals depend on
  double weight_mean = 0;        ///< 1 on average, where the log can show all that the target would
  double weight_mean_error = 0;  ///< standard error of weight_mean, between viewers
  double weight_max = 0;
  double zero_share = 0;      ///< of trials, those whose item the target would never show
  double heaviest_share = 0;  ///< of the sum of w, what one viewer has; the largest
};

/// What may be said.
enum class Verdict {
  sound,
  doubtful,  ///< an estimate is given; the reason says what it may miss
  refused    ///< no estimate that uses weights is given
};
std::string_view to_string(Verdict verdict);

struct Judgement {
  Verdict verdict = Verdict::sound;
  std::string reason;                    ///< for people, with the figure; empty when sound
  std::optional<std::size_t> slot = {};  ///< of pooled slots and slates: the slot that the reason is about
};

/// Limits of judge(). The defaults are about where simulated 95 % intervals begin to fail (docs/decisions/0030).
struct SupportLimits {
  double viewers_effective_min = 50;        ///< refused below; >= 2
  double trials_effective_share_min = .01;  ///< of the trials: doubtful below
  double weight_gap_min = .001;             ///< |weight_mean - 1| up to this is rounding of propensities
  double weight_gap_errors_max = 4;         ///< |weight_mean - 1| in standard errors: doubtful above
  double weight_gap_max = .1;               ///< |weight_mean - 1|: refused above, when it is doubtful
  double heaviest_share_max = .05;          ///< doubtful above
};

/// Measures one slot. O(viewers), no allocation. Any thread while nobody adds to the log.
Support measure_support(const OffPolicyLog& log, std::size_t slot);

/// The worst that the figures say. A mean weight significantly below 1 is target probability on items that the log
/// never could show (or did not, the weight being that rare); above 1, propensities that are not those of the draws.
Judgement judge(const Support& support, const SupportLimits& limits);

}  // namespace matchcue::evaluate
