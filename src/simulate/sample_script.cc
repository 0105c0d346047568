// SPDX-License-Identifier: Apache-2.0
#include "simulate/sample_script.h"

#include "simulate/sample_data.h"

#include <array>

namespace matchcue::simulate {
namespace {

// As in the sample: SECOND-HALF-2 twice, and POST_MATCH with an underscore.
constexpr std::array<std::string_view, 10> kTimings = {
    "SECOND-HALF-2", "SECOND-HALF-2", "SECOND-HALF-1", "FIRST-HALF-1", "FIRST-HALF-2",
    "FIRST-HALF-3",  "INTERVAL",      "OVER-TIME",     "POST_MATCH",   "PRE-MATCH"};
constexpr std::array<std::string_view, 3> kScores = {"0", "1", "2"};

template <std::size_t kCount>
std::string draw(Random& random, const std::array<std::string_view, kCount>& values) {
  return std::string(values[random.below(kCount)]);
}

}  // namespace

std::optional<TimedMoment> SampleScript::next() {
  if (left_ == 0) return std::nullopt;
  --left_;
  TimedMoment moment;
  moment.kind = MomentKind::state;
  moment.offset = offset_;
  offset_ += interval_;
  moment.state["MATCH_EVENT"] = draw(random_, kSampleEvents);
  moment.state["MATCH_TIMING"] = draw(random_, kTimings);
  moment.state["SCORE_DIFFERENCE"] = draw(random_, kScores);
  moment.state["MATCH_VENUE"] = draw(random_, kSampleVenues);
  moment.state["MATCH_TYPE"] = draw(random_, kSampleTypes);
  moment.text = std::string(kSampleLine);
  return moment;
}

}  // namespace matchcue::simulate
