// SPDX-License-Identifier: Apache-2.0
#include "cli/ranking_flags.h"

#include <fmt/format.h>

namespace matchcue::cli {

void add_ranking_flags(CLI::App& command, RankingFlags& flags) {
  command.add_option("--protocol", flags.protocol, "personalize or leave-one-out")->capture_default_str();
  command
      .add_option("--ask", flags.ask,
                  "personalize: once a viewer, or by-context for each context among what is held out")
      ->capture_default_str();
  command.add_option("--seen", flags.seen,
                     "items that a viewer knows: kept (personalize's default) or removed (leave-one-out's)");
  command.add_option("--resamples", flags.resamples, "of the bootstrap, 100..100000")->capture_default_str();
}

Error bad_flag(std::string_view flag, const std::string& value, std::string_view wanted) {
  return invalid("invalid_flag", fmt::format("--{} \"{}\": {}", flag, value, wanted), std::string(flag));
}

Result<void> check_ranking_flags(const RankingFlags& flags) {
  if (!evaluate::parse_protocol(flags.protocol)) {
    return bad_flag("protocol", flags.protocol, "is not personalize or leave-one-out");
  }
  if (flags.ask != "once" && flags.ask != "by-context") {
    return bad_flag("ask", flags.ask, "is not once or by-context");
  }
  if (!flags.seen.empty() && flags.seen != "kept" && flags.seen != "removed") {
    return bad_flag("seen", flags.seen, "is not kept or removed");
  }
  if (flags.resamples < 100 || flags.resamples > 100'000) {
    return bad_flag("resamples", fmt::format("{}", flags.resamples), "is not in 100..100000");
  }
  return {};
}

evaluate::HoldOutRequest hold_out_of(const RankingFlags& flags) {
  return {evaluate::parse_protocol(flags.protocol).value(), flags.seed, false};
}

evaluate::TaskOptions task_options_of(const RankingFlags& flags) {
  evaluate::TaskOptions options;
  options.asking = flags.ask == "once" ? evaluate::Asking::once : evaluate::Asking::by_context;
  const bool is_kept = flags.seen.empty() ? flags.protocol == "personalize" : flags.seen == "kept";
  options.seen = is_kept ? evaluate::Seen::kept : evaluate::Seen::removed;
  return options;
}

}  // namespace matchcue::cli
