#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Joins a store's decision log to its feedback: the trials that an evaluation works on.

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "cli/cue_rewards.h"
#include "evaluate/logged_trials.h"
#include "evaluate/target_policy.h"
#include "store/store.h"

namespace matchcue::cli {

/// Whose trials become an estimate.
enum class Viewers {
  all,
  every_second,  ///< the others teach a target policy, which then knows nothing of those it is judged by
};

struct TrialQuery {
  std::optional<domain::EventId> event;  ///< nothing: all events
  Viewers viewers = Viewers::all;
};

struct JoinedLog {
  evaluate::LoggedTrials trials;
  evaluate::ItemRewards taught;    ///< rewards of the other half, by the numbers of `trials`
  std::uint64_t taught_count = 0;  ///< trials of the other half
  CueRewards::LeftOut left_out;
  std::uint64_t without_decision = 0;  ///< cues seen whose decision the log does not have, or has otherwise
  std::optional<Error> damage;         ///< the first damaged part of the log, which was passed over
};

/// Called now and then: what is being done, how much of how much.
using OnLoading = std::function<void(std::string_view what, std::uint64_t done, std::uint64_t total)>;

/// Reads both logs from front to back. Safe beside a server: feedback up to the present end is read first, and whatever
/// it cites has been logged before it.
/// Errors: those of the reader, unknown_event, negative_reward (a setting
/// that makes rewards below 0), invalid_trial (the log contradicts the catalogue).
/// Memory: about 75 bytes a trial, beside what CueRewards keeps of the last minutes. Cost: some us a trial.
Result<JoinedLog> load_trials(store::Reader& reader, const TrialQuery& query, const OnLoading& on_loading);

}  // namespace matchcue::cli
