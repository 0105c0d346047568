#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// One model, asked all the questions of a task.

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/result.h"
#include "evaluate/calibration.h"
#include "evaluate/ranking_metrics.h"
#include "evaluate/ranking_task.h"
#include "scoring/sequence_model.h"

namespace matchcue::evaluate {

/// Length of the lists that coverage, novelty and exposure are about: Personalize's longest cutoff.
constexpr std::size_t kListLength = 25;

/// What a model answered. Beside the task's requests.
struct RankingRun {
  std::vector<RankingValues> values;       ///< by request
  std::vector<std::uint32_t> first_hits;   ///< by request: rank of the first hit in the whole ranking, from 1
  std::vector<std::uint32_t> shown;        ///< by item: in how many requests it is in the first kListLength
  std::optional<Calibration> calibration;  ///< nothing when the model does not say what its scores are worth
};

/// Told how many requests of how many are done.
using OnAsked = std::function<void(std::size_t done, std::size_t total)>;

/// Replays each viewer's history into a state, folds each context once, and ranks all items for each request. Equal
/// scores are ranked in the catalogue's order, as serving has it. The caller's thread.
/// Errors: corrupt, when a score is not a number. Memory: a state a viewer, 100 bytes a request.
/// Cost: an advance() for each act in a history, a score() of the catalogue and some tens of ns an item for each
/// request.
Result<RankingRun> ask(const RankingTask& task, const scoring::SequenceModel& model, const OnAsked& on_asked);

}  // namespace matchcue::evaluate
