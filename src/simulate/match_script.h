#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A football match that never was, from a seed: Argentina against France, with as many shots, goals, fouls, cards,
// corners and substitutions as real matches have, and now and then a goal that the video referee takes back.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "simulate/match_context.h"
#include "simulate/moment_source.h"

namespace matchcue::simulate {

constexpr std::array<std::string_view, 2> kScriptTeams = {"Argentina", "France"};

/// Writes the whole match. The same seed gives the same match on every machine.
///
/// Clock, phase, score and context agree in every moment; the score is that of the goals so far that stand. A draw
/// stays a draw, whatever the type of match. About 70 moments over two hours of picture.
std::vector<TimedMoment> make_match(std::uint64_t seed);

}  // namespace matchcue::simulate
