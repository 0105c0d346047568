#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The numbers that make a crowd's world. Names are those of the parameter file, which are the formulas' own.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace matchcue::simulate {

constexpr std::size_t kCrowdSlots = 4;

/// How a utility becomes the probability of a click.
enum class CrowdLink {
  logistic,  ///< 1 / (1 + exp(-U))
  probit,    ///< the normal distribution function of U
  cloglog,   ///< 1 - exp(-exp(U))
};

/// What a learner is told of a moment; the crowd's taste depends on the same fields.
enum class CrowdContext {
  match,  ///< the sample's five fields and SCORE_LEADER
  show,   ///< SEGMENT, MINUTE_BAND, LEAD instead: a world with other words
};

/// The defaults are the crowd that every claim is measured against. Standard deviations and weights are in units of
/// utility unless said otherwise.
struct CrowdParams {
  std::size_t K = 6;      ///< dimensions of taste, 1..16
  double rho = .5;        ///< share of taste that age, country and gender tell, 0..1
  double alpha = -3.5;    ///< utility that all items have, -20..20
  double pref = .9;       ///< weight of taste, 0..10
  double base = .4;       ///< standard deviation of an item's own appeal, 0..10
  double ev = .5;         ///< of (event, item); .7 of it is that of (timing, item), 0..10
  double pc = .4;         ///< of what an event does to taste, 0..10
  double fact = 1.6;      ///< weight of the acting player's profile, -10..10
  double fatigue = .35;   ///< cost of one doubling of (1 + times shown), -10..10
  double clickfat = 1.2;  ///< cost of one click before, -10..10
  double seq = .8;        ///< weight of nearness to what was clicked before, -10..10
  double drift = .03;     ///< standard deviation of an appeal's change in one tick, 0..10
  double shift = .2;      ///< share of items with another appeal from the middle of each match on, 0..1
  std::array<double, kCrowdSlots> pos = {1, .85, .7, .55};  ///< chance that a slot is examined, slate order, 0..1
  std::size_t newitems = 6;                                 ///< items that arrive during the first match, 0..100
  double newtick = .45;                                     ///< the part of the first match before they do, 0..1
  double temp = 1;                                          ///< divides the utility, .01..100

  std::array<std::string, kCrowdSlots> slots = {"SOCIAL", "MONETIZE", "GENERAL", "PLAYER"};  ///< slate order
  CrowdLink link = CrowdLink::logistic;
  CrowdContext context = CrowdContext::match;
  bool handmade = true;         ///< with the known pulls, as of BET at a GOAL; CrowdContext::match only
  double decay_subject = .6;    ///< what a tick leaves of the interest in the acting player, 0..1
  double decay_sequence = .85;  ///< of what was clicked before
  double decay_fatigue = .9;    ///< of the times shown
  double decay_clicks = .97;    ///< of the clicks
};

/// Reads a JSON object with any of the names above; what is not named keeps its default.
///
/// name     how errors name the input
/// Errors   invalid_params; the message names field and value, or the nearest name of an unknown one
Result<CrowdParams> parse_crowd_params(std::string_view json, std::string_view name);

}  // namespace matchcue::simulate
