#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The verdict over a crowd: what should have come, what came, and how long it took.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "simulate/event_api.h"
#include "simulate/load_viewer.h"

namespace matchcue::simulate {

/// Milliseconds; all 0 when there is nothing to tell.
struct Spread {
  double p50 = 0;
  double p99 = 0;
  double max = 0;
};
/// Nearest-rank percentiles. O(n log n).
Spread spread_of(std::vector<double> values);

/// One change's way to the crowd.
struct MomentTimes {
  std::uint64_t sequence = 0;
  std::uint64_t received = 0;  ///< viewers
  SteadyTime first;
  SteadyTime last;
  std::optional<double> to_last_ms;  ///< from its sending, where that is known, to the last who was there by then
};

struct LoadReport {
  std::uint64_t viewers = 0;
  std::uint64_t never_welcomed = 0;
  std::uint64_t closed = 0;  ///< connections that the server or the network ended
  std::uint64_t reconnects = 0;
  std::uint64_t killed = 0;    ///< closed abruptly on purpose; nothing is expected of them
  std::uint64_t stuck = 0;     ///< never read; nothing is expected of them
  std::uint64_t expected = 0;  ///< slates that should have come
  std::uint64_t missing = 0;
  ViewerTally total;       ///< sums over the viewers
  Spread interaction_ms;   ///< from the act to its acknowledgement
  Spread receive_ms;       ///< from sending a moment to each receipt by who was there by then
  Spread last_receive_ms;  ///< from sending a moment to its last receipt
  std::vector<MomentTimes> moments;
  std::string problem;  ///< the first, for people

  /// Every viewer was served everything once, in order, and understood all of it.
  bool ok() const;
};

/// What is known about the sending side.
struct Expectation {
  std::vector<std::uint64_t> sequences;      ///< each viewer that was there shall have a slate of each; ascending
  std::map<std::uint64_t, SteadyTime> sent;  ///< when the moment was sent
};

/// From the change stream: changes of the kinds state, moment and correction are due to everybody, the first of an
/// event and overrides to some at most. The times at which they were accepted become steady times by the offset of two
/// clock readings taken together.
Expectation expect_changes(const std::vector<ChangeSeen>& changes, WallTime wall_now, SteadyTime steady_now);
/// Without a change stream: what anybody received, everybody should have.
Expectation expect_what_came(const std::vector<const LoadViewer*>& viewers);

/// Whether a viewer of the native route has the last slate that it is due, or was told that it lost it. O(1).
bool is_served(const LoadViewer& viewer, const Expectation& expectation);

/// Adds what the viewers saw to the report; `accountable` are those that nothing was done to. On the sample route
/// slates have no sequence: they are only counted, and there are no times.
void add_viewers(LoadReport& report, const std::vector<const LoadViewer*>& accountable, const Expectation& expectation,
                 LoadProtocol protocol);
/// Adds the counts of one viewer, accountable or not.
void add_tally(LoadReport& report, const LoadViewer& viewer);

/// A few lines for people.
std::string write_report(const LoadReport& report);
/// One JSON object. Times of moments are nanoseconds of the machine's steady clock (CLOCK_MONOTONIC).
std::string write_report_json(const LoadReport& report);

}  // namespace matchcue::simulate
