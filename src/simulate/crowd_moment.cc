// SPDX-License-Identifier: Apache-2.0
#include "simulate/crowd_moment.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace matchcue::simulate {
namespace {

constexpr int kBandMinutes = 20;
constexpr int kLeadMax = 2;

struct Pull {
  std::string_view event;
  std::string_view label;
  double strength;
};
constexpr std::array kPulls = {
    Pull{"GOAL", "BET", .8},
    Pull{"GOAL", "MATCH_BEST_MOMENT", 1},
    Pull{"GOAL", "MATCH_VIDEO_CLIP_SET", 1},
    Pull{"GOAL", "TWEET_FEED_LIVE", 1},
    Pull{"PENALTY", "MATCH_RESULT_PREDICT", 1},
    Pull{"PENALTY", "BET", 1},
    Pull{"INJURY", "CHAT_WITH_FRIEND", .7},
    Pull{"INJURY", "TWEET_FEED_LIVE", .7},
    Pull{"SUBSTITUTION", "POLL", .5},
    Pull{"SUBSTITUTION", "QUIZ", .5},
    Pull{"INTERVAL", "ADVERT_FOOD", .9},
    Pull{"INTERVAL", "TRIVIA", .9},
    Pull{"INTERVAL", "QUIZ", .9},
    Pull{"POST-MATCH", "MATCH_SCHEDULE", .9},
    Pull{"POST-MATCH", "MATCH_BEST_MOMENT", .9},
    Pull{"POST-MATCH", "ADVERT_MATCH_TICKET", .9},
    Pull{"PRE-MATCH", "MATCH_RESULT_PREDICT", .9},
    Pull{"PRE-MATCH", "WEATHER_REPORT", .9},
};

std::string word_of(const domain::Values& state, std::string_view name) {
  const auto found = state.find(name);
  std::string word = found == state.end() ? std::string() : domain::to_text(found->second);
  return word == "POST_MATCH" ? "POST-MATCH" : word;
}

std::string_view segment_of(std::string_view event) {
  if (event == "PRE-MATCH" || event == "INTERVAL" || event == "POST-MATCH") return "BREAK";
  if (event == "GOAL" || event == "PENALTY") return "HIGHLIGHT";
  if (event == "YELLOW-CARD") return "CARD";
  if (event == "SUBSTITUTION" || event == "INJURY") return "CHANGE";
  return "PLAY";
}

/// Minutes of the match, added time counted on: 47 for "45+2:10".
int minute_of(const TimedMoment& moment) {
  if (moment.clock == "HT") return 45;
  if (moment.clock.empty()) return word_of(moment.state, "MATCH_TIMING") == "POST-MATCH" ? 90 : 0;
  int minute = 0;
  int added = 0;
  const char* const end = moment.clock.data() + moment.clock.size();
  const char* at = std::from_chars(moment.clock.data(), end, minute).ptr;
  if (at != end && *at == '+') std::from_chars(at + 1, end, added);
  return minute + added;
}

}  // namespace

CrowdMoment make_crowd_moment(const TimedMoment& moment, CrowdContext context) {
  CrowdMoment told;
  told.event = word_of(moment.state, "MATCH_EVENT");
  told.timing = word_of(moment.state, "MATCH_TIMING");
  const int lead = moment.score[0] - moment.score[1];
  if (context == CrowdContext::match) {
    told.context = moment.state;
    told.context["MATCH_EVENT"] = told.event;
    told.context["MATCH_TIMING"] = told.timing;
    told.context["SCORE_LEADER"] = std::string(lead > 0 ? "HOME" : lead < 0 ? "AWAY" : "LEVEL");
    return told;
  }
  const int band = minute_of(moment) / kBandMinutes;
  told.event = segment_of(told.event);
  told.timing = std::to_string(band);
  told.context["SEGMENT"] = told.event;
  told.context["MINUTE_BAND"] = std::int64_t{band};
  told.context["LEAD"] = std::int64_t{std::clamp(lead, -kLeadMax, kLeadMax)};
  return told;
}

double handmade_pull(std::string_view event, std::string_view label) {
  if (event == "POST_MATCH") event = "POST-MATCH";
  for (const Pull& pull : kPulls) {
    if (pull.event == event && pull.label == label) return pull.strength;
  }
  return 0;
}

}  // namespace matchcue::simulate
