// SPDX-License-Identifier: Apache-2.0
#include "simulate/match_context.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/check.h"

namespace matchcue::simulate {
namespace {

constexpr int kMinutesPerHalf = 45;
constexpr int kMinutesPerTiming = 15;
constexpr std::array<std::string_view, 3> kFirstHalf = {"FIRST-HALF-1", "FIRST-HALF-2", "FIRST-HALF-3"};
constexpr std::array<std::string_view, 3> kSecondHalf = {"SECOND-HALF-1", "SECOND-HALF-2", "SECOND-HALF-3"};

std::size_t third_of(int minute_of_half) {
  return static_cast<std::size_t>(std::clamp(minute_of_half / kMinutesPerTiming, 0, 2));
}

}  // namespace

std::string_view timing_of(Phase phase, int minute) {
  switch (phase) {
    case Phase::pre_match: return "PRE-MATCH";
    case Phase::first_half: return kFirstHalf[third_of(minute)];
    case Phase::interval: return "INTERVAL";
    case Phase::second_half:
      return minute >= 2 * kMinutesPerHalf ? "OVER-TIME" : kSecondHalf[third_of(minute - kMinutesPerHalf)];
    case Phase::extra_time: return "OVER-TIME";
    case Phase::post_match: return "POST-MATCH";
  }
  CHECK(false, static_cast<int>(phase));
}

domain::Values context_of(std::string_view match_event, Phase phase, int minute, const std::array<int, 2>& score,
                          const MatchSetting& setting) {
  return {{"MATCH_EVENT", std::string(match_event)},
          {"MATCH_TIMING", std::string(timing_of(phase, minute))},
          {"MATCH_TYPE", setting.type},
          {"MATCH_VENUE", setting.venue},
          {"SCORE_DIFFERENCE", std::to_string(std::abs(score[0] - score[1]))}};
}

domain::ItemId player_item(int team, int player) {
  CHECK((team == 0 || team == 1) && player >= 0, team, player);
  return domain::ItemId(
      fmt::format("ITEM_ID_{}", kFirstPlayerItem + team * kPlayersPerTeam + player % kPlayersPerTeam));
}

std::string format_clock(Phase phase, Milliseconds in_half) {
  const auto seconds = static_cast<int>(in_half.count() / 1000);
  switch (phase) {
    case Phase::pre_match:
    case Phase::post_match: return "";
    case Phase::interval: return "HT";
    case Phase::first_half:
    case Phase::second_half: {
      const int start = phase == Phase::first_half ? 0 : kMinutesPerHalf;
      const int over = seconds - kMinutesPerHalf * 60;
      if (over >= 0) return fmt::format("{}+{}:{:02}", start + kMinutesPerHalf, over / 60, over % 60);
      return fmt::format("{:02}:{:02}", start + seconds / 60, seconds % 60);
    }
    case Phase::extra_time: return fmt::format("{}:{:02}", 2 * kMinutesPerHalf + seconds / 60, seconds % 60);
  }
  CHECK(false, static_cast<int>(phase));
}

}  // namespace matchcue::simulate
