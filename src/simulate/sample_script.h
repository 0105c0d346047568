#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The AWS sample's own simulator (live_event_simulator.py): every ten seconds a state drawn uniformly from its lists,
// which need not make sense together.

#include <cstdint>
#include <limits>
#include <string_view>

#include "base/random.h"
#include "simulate/moment_source.h"

namespace matchcue::simulate {

constexpr Milliseconds kSampleInterval = std::chrono::seconds(10);
/// What the sample prints after each write.
constexpr std::string_view kSampleLine = "updated event in database, waiting till next refresh...";

/// Endless unless a count is given. Single thread.
class SampleScript final : public MomentSource {
 public:
  explicit SampleScript(std::uint64_t seed, Milliseconds interval = kSampleInterval,
                        std::uint64_t count = std::numeric_limits<std::uint64_t>::max())
      : random_(mix64(seed)), interval_(interval), left_(count) {}

  std::optional<TimedMoment> next() override;

 private:
  Random random_;
  Milliseconds interval_;
  Milliseconds offset_{0};
  std::uint64_t left_;
};

}  // namespace matchcue::simulate
