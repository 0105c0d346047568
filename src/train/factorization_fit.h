#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Trains a factorization machine on a data set: which epoch is kept is decided on questions that it was not trained on.

#include "train/torch.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "train/factorization.h"

namespace matchcue::train {

using scoring::FactorizationObjective;

struct FactorizationOptions {
  FactorizationObjective objective = FactorizationObjective::ranking;
  std::uint64_t seed = 1;
  std::int64_t epochs = 12;
  std::int64_t patience = 3;     ///< epochs without a better validation before it ends
  std::int64_t last_epoch = 0;   ///< above 0: ends with this epoch and keeps it, without a validation
  std::size_t batch_rows = 512;  ///< interactions in one step of the optimiser
  double learning_rate = 2e-3;   ///< of vectors; of single numbers five times as much
  double weight_decay = .03;     ///< of vectors
  double average = .99;          ///< of the weights: what is kept a step
  std::int64_t warm_up = 150;    ///< steps
};

/// How one epoch went.
struct FactorizationEpoch {
  std::int64_t epoch = 0;
  double loss = 0;
  Quality validation;
  double seconds = 0;  ///< since the beginning
  bool best = false;
};

struct FittedFactorization {
  std::vector<FactorizationEpoch> curve;
  std::int64_t best_epoch = 0;
};

/// Called after each epoch.
using OnFactorizationEpoch = std::function<void(const FactorizationEpoch&)>;

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
FittedFactorization fit_factorization(Factorization& machine, FactorizationData& data,
                                      std::span<const Question> validation, const FactorizationOptions& options,
                                      const OnFactorizationEpoch& on_epoch, const std::atomic<bool>& stop);

}  // namespace matchcue::train
