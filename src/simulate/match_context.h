#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// How a football match is told in the sample's five context fields and forty items. Whatever plays a match, scripted or
// recorded, speaks through this.

#include <array>
#include <string>
#include <string_view>

#include "base/time.h"
#include "domain/ids.h"
#include "domain/value.h"

namespace matchcue::simulate {

/// Items ITEM_ID_18..27 are the home team's players, ITEM_ID_28..37 the away team's.
constexpr int kFirstPlayerItem = 18;
constexpr int kPlayersPerTeam = 10;

/// What stays the same during a match.
struct MatchSetting {
  std::string type = "LEAGUE";      ///< MATCH_TYPE
  std::string venue = "Amsterdam";  ///< MATCH_VENUE
};

/// A part of a match that is not play, or play of a period.
enum class Phase { pre_match, first_half, interval, second_half, extra_time, post_match };

/// MATCH_TIMING: FIRST-HALF-1..3 and SECOND-HALF-1..3 by 15 minutes; from the 90th minute on OVER-TIME.
///
/// minute  of the match clock, so the second half begins at 45; ignored outside play
std::string_view timing_of(Phase phase, int minute);

/// The five fields as text. SCORE_DIFFERENCE is the absolute difference, "0", "1", "2", ...
domain::Values context_of(std::string_view match_event, Phase phase, int minute, const std::array<int, 2>& score,
                          const MatchSetting& setting);

/// The item of a team's player. team: 0 home, 1 away. player: any number from 0; the tenth and on begin again.
domain::ItemId player_item(int team, int player);

/// The match clock: "12:34"; after the regular end of a half "45+2:10". `in_half` counts from the half's kick-off.
std::string format_clock(Phase phase, Milliseconds in_half);

}  // namespace matchcue::simulate
