#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A real match from its recorded key facts: NDJSON, one fact a line, as in StatsBomb's open data after preparation
// ({"period","ts","type","team","player","fact","pass_type","score":[home,away],...}).

#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "simulate/match_context.h"
#include "simulate/moment_source.h"

namespace matchcue::simulate {

/// Reads the facts and tells each as a moment:
///
///   line-ups -> PRE-MATCH; fact GOAL, PENALTY, SUBSTITUTION as they are; fact CARD -> YELLOW-CARD;
///   Injury Stoppage -> INJURY; Shot -> SHOT; Foul Committed -> FREE-KICK; corner -> THROW;
///   the end of the first half -> two moments INTERVAL; the end of the last period -> two moments POST-MATCH.
///
/// Other facts tell nothing. The n-th player that a team's facts name becomes that team's player item n % 10; the team
/// named first is at home. Breaks between periods last 15 minutes.
///
/// name     how errors name the input
/// Errors   invalid_feed: "FILE:LINE: field "ts": why", Error.field the field; also when there is no fact at all
Result<std::vector<TimedMoment>> read_feed(std::istream& input, std::string_view name, const MatchSetting& setting);

/// The same from a file. Errors: not_found when it cannot be opened, and the above.
Result<std::vector<TimedMoment>> read_feed_file(const std::string& path, const MatchSetting& setting);

}  // namespace matchcue::simulate
