#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What a moment is to the crowd: the context fields that a learner is told, and the words its taste depends on.

#include <string>

#include "domain/value.h"
#include "simulate/crowd_params.h"
#include "simulate/moment_source.h"

namespace matchcue::simulate {

struct CrowdMoment {
  domain::Values context;  ///< what is told
  std::string event;       ///< MATCH_EVENT, or SEGMENT: taste depends on it
  std::string timing;      ///< MATCH_TIMING, or MINUTE_BAND as text
};

/// CrowdContext::match  the moment's five fields and SCORE_LEADER: HOME, LEVEL or AWAY; the sample's POST_MATCH is
///                      told as POST-MATCH
/// CrowdContext::show   SEGMENT: BREAK, HIGHLIGHT, CARD, CHANGE or PLAY; MINUTE_BAND: the match's minute / 20, a whole
///                      number; LEAD: home minus away, -2..2
CrowdMoment make_crowd_moment(const TimedMoment& moment, CrowdContext context);

/// What draws everybody to an item with this label when this is the event or the timing, in units of utility: BET at a
/// GOAL .8.
double handmade_pull(std::string_view event, std::string_view label);

}  // namespace matchcue::simulate
