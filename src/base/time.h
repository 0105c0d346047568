#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Time as the product sees it. Nothing below cli/ and runtime/ reads a clock: times are parameters.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace matchcue {

/// Wall-clock time in milliseconds since 1970-01-01T00:00:00Z.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;
/// Time that never jumps, for time-outs and durations within one process.
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;
using Milliseconds = std::chrono::milliseconds;

inline WallTime wall_time_from_ms(std::int64_t ms) { return WallTime(Milliseconds(ms)); }
inline std::int64_t to_ms(WallTime time) { return time.time_since_epoch().count(); }

/// Writes RFC 3339 in UTC with milliseconds: "2026-06-11T19:04:05.123Z" (24 bytes).
std::string format_rfc3339(WallTime time);

/// Reads RFC 3339 with any offset and 0-9 fraction digits (kept to the millisecond).
/// Errors: invalid_time, naming the text. Accepts years 1970-9999; a leap second counts as second 59.
Result<WallTime> parse_rfc3339(std::string_view text);

}  // namespace matchcue
