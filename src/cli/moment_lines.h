#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// How a played moment is printed.

#include <string>

#include "simulate/driver.h"

namespace matchcue::cli {

/// "#12  17:03  0-1  GOAL Italy, Insigne  FIRST-HALF-2 (3 ms)"; corrections and unchanged states say so.
std::string moment_line(const simulate::TimedMoment& moment, const simulate::Played& played);
/// One JSON object with sequence, kind, clock, score, text, state, subject, changed, ack_ms.
std::string moment_json(const simulate::TimedMoment& moment, const simulate::Played& played);

}  // namespace matchcue::cli
