#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Trains a factorization machine on a data set: which epoch is kept is decided on questions that it was not trained on.

#include "train/torch.h"

#include <atomic>
#include <functional>
#include <span>

#include "train/epochs.h"
#include "train/factorization.h"

namespace matchcue::train {

using scoring::FactorizationObjective;

struct FactorizationOptions {
  EpochOptions epochs;  ///< its learning rate is that of vectors; of single numbers five times as much
  FactorizationObjective objective = FactorizationObjective::ranking;
  std::size_t batch_rows = 512;  ///< interactions in one step of the optimiser
  double weight_decay = .03;     ///< of vectors
  double average = .99;          ///< of the weights: what is kept a step
};

/// Calls `take(question, scores)` for each of `questions`: with what each item of the catalogue scores (ranking), or
/// the item asked about alone (probability; it must be there).
void ask_machine(Factorization& machine, FactorizationData& data, FactorizationObjective objective,
                 std::span<const Question> questions,
                 const std::function<void(const Question&, std::span<const float>)>& take);

/// How good the machine's answers are.
Quality judge(Factorization& machine, FactorizationData& data, FactorizationObjective objective,
              std::span<const Question> questions);

/// Trains until it does not get better, or `stop` is set, and leaves the best weights in `machine`, which is then in
/// evaluation mode: ranking minimises the cross entropy of what was acted upon among the whole catalogue, probability
/// that of acted upon or not. The same seed, data and thread count give the same bits. Cost: for ranking, interactions
/// x items x width an epoch.
Fitted fit_factorization(Factorization& machine, FactorizationData& data, std::span<const Question> validation,
                         const FactorizationOptions& options, const OnEpoch& on_epoch, const std::atomic<bool>& stop);

}  // namespace matchcue::train
