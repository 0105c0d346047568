#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The flags that say what rankings are asked about held-out interactions.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/command.h"
#include "evaluate/ranking_task.h"
#include "evaluate/viewer_bootstrap.h"

namespace matchcue::cli {

/// What the flags were set to.
struct RankingFlags {
  std::string protocol = "personalize";
  std::string ask = "once";
  std::string seen;  ///< "" is as the protocol has it
  std::size_t resamples = evaluate::BootstrapOptions().resamples;
  std::uint64_t seed = 1;
};

/// Adds --protocol, --ask, --seen and --resamples. --seed is the command's own to describe.
void add_ranking_flags(CLI::App& command, RankingFlags& flags);

/// Errors: invalid_flag, with the value.
Result<void> check_ranking_flags(const RankingFlags& flags);

/// `--FLAG "VALUE": WANTED`.
Error bad_flag(std::string_view flag, const std::string& value, std::string_view wanted);

// Of checked flags.
evaluate::HoldOutRequest hold_out_of(const RankingFlags& flags);
evaluate::TaskOptions task_options_of(const RankingFlags& flags);

}  // namespace matchcue::cli
