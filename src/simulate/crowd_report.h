#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What a crowd run came to, for programs, terminals and browsers.

#include <cstdint>
#include <string>
#include <vector>

#include "simulate/crowd_score.h"

namespace matchcue::simulate {

struct CrowdRun {
  std::string policy;
  std::uint64_t seed = 0;
  std::size_t viewers = 0;
  std::size_t ticks = 0;  ///< of the world; the score has fewer when the run was ended
  CrowdScore score;
  double wall_s = 0;
  double cpu_s = 0;  ///< of this process
};

/// One JSON object, without line breaks.
std::string write_crowd_json(const CrowdRun& run);
/// A table and a picture of G over the run, 72 columns wide.
std::string write_crowd_text(const CrowdRun& run);
/// A page with plots that needs nothing else.
std::string write_crowd_page(const CrowdRun& run);

/// The run in at most `parts` consecutive portions of ticks, each added up.
std::vector<CrowdTickValue> portions_of(const CrowdScore& score, std::size_t parts);

}  // namespace matchcue::simulate
