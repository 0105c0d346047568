#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Data in the AWS sample's shape: its 40 items, and users and past interactions with believable taste.

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>

#include "base/result.h"

namespace matchcue::simulate {

// The values that the sample's simulator writes, and no others.
constexpr std::array<std::string_view, 6> kSampleEvents = {"INJURY",    "GOAL",        "PENALTY",
                                                           "FREE-KICK", "YELLOW-CARD", "THROW"};
constexpr std::array<std::string_view, 9> kSampleTimings = {"PRE-MATCH",     "FIRST-HALF-1", "FIRST-HALF-2",
                                                            "FIRST-HALF-3",  "INTERVAL",     "SECOND-HALF-1",
                                                            "SECOND-HALF-2", "OVER-TIME",    "POST_MATCH"};
constexpr std::array<std::string_view, 3> kSampleTypes = {"LEAGUE", "SEMI-FINAL", "FINAL"};
constexpr std::array<std::string_view, 3> kSampleVenues = {"France", "Amsterdam", "Argentina"};

/// The 40 sample items as CSV with the sample's 12 columns, and REMOTE after them. Compiled in from
/// data/sample/items.csv.
std::string_view sample_items_csv();

struct SampleDataOptions {
  std::uint64_t viewers = 1'000;        ///< USER_ID 1..viewers; at least 1
  std::uint64_t interactions = 20'000;  ///< clicks and what follows them, oldest first
  std::uint64_t seed = 1;
  std::int64_t ends_at_s = 1'780'000'000;  ///< epoch seconds; no interaction is later
};

/// Takes the next bytes of a file. An error ends the writing.
using TextSink = std::function<Result<void>(std::string_view)>;

/// Writes CSV for the built-in schemas, a piece at a time. The same options give the same bytes.
///
/// Half of a viewer's taste follows from age, gender and country, half is their own. What they do depends on what
/// happens: BET and MATCH_BEST_MOMENT rise at a GOAL; ADVERT_FOOD, TRIVIA and QUIZ at the INTERVAL; the profiles of the
/// acting team's players rise for everybody, most of all in their country. One interaction costs about 40 exp().
/// Errors: the sink's.
Result<void> write_sample_users(const SampleDataOptions& options, const TextSink& sink);
Result<void> write_sample_interactions(const SampleDataOptions& options, const TextSink& sink);

}  // namespace matchcue::simulate
