#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What evaluations of solution versions came to, for terminals, programs and browsers.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "evaluate/ranking_evaluation.h"

namespace matchcue::evaluate {

/// One version's part of a report.
struct VersionReport {
  std::string name;  ///< "sequential-ridge-5f0c1a2b3d4e"
  std::string note;  ///< what the reader must know of it: "has seen what it is asked about"; "" is nothing
  RankingResult result;
  std::optional<RankingIntervals> difference;  ///< less the first version; nothing for the first
};

struct RankingReport {
  std::string data;  ///< for people: which data, "interactions.csv"
  Protocol protocol = Protocol::personalize;
  TaskOptions task;
  std::uint64_t seed = 1;  ///< of the hold-out
  std::size_t items = 0;
  std::size_t viewers = 0;        ///< of the data
  std::size_t interactions = 0;   ///< of the data
  std::size_t trained = 0;        ///< interactions that may be trained on
  std::size_t asked_viewers = 0;  ///< about whom anything was asked
  std::size_t requests = 0;
  std::size_t left_out = 0;  ///< RankingTask::left_out()
  std::vector<VersionReport> versions;
};

/// The metrics that a protocol is known by: Personalize's, or HR@10, NDCG@10 and MRR.
std::span<const RankingMetric> headline(Protocol protocol);

/// The eight metrics of Personalize by their names in GetSolutionMetrics.
std::vector<std::pair<std::string, double>> personalize_metrics(const RankingResult& result);

/// A table of versions, their differences from the first, and slices; 110 columns for two versions.
std::string write_ranking_text(const RankingReport& report);
/// One JSON object without line breaks; docs/evaluation.md has its members.
std::string write_ranking_json(const RankingReport& report);
/// A page with plots that needs nothing else.
std::string write_ranking_page(const RankingReport& report);

}  // namespace matchcue::evaluate
