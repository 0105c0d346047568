#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The loop that both networks are trained in: epochs until the validation does not get better, with a checkpoint after
// each.

#include "train/averaged_adam.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "train/quality.h"

namespace matchcue::train {

struct EpochOptions {
  std::uint64_t seed = 1;
  std::int64_t epochs = 16;
  std::int64_t patience = 4;    ///< epochs without a better validation before it ends
  std::int64_t last_epoch = 0;  ///< above 0: ends with this epoch and keeps it, without a validation
  double learning_rate = 2e-3;  ///< after the warm-up; falls as a cosine to a fiftieth of it
  std::int64_t warm_up = 150;   ///< steps
  std::string checkpoint;       ///< file that is written after each epoch; "" is none
  bool resume = false;          ///< go on from the checkpoint where there is one
};

/// How one epoch went.
struct EpochReport {
  std::int64_t epoch = 0;
  double loss = 0;
  Quality validation;
  double seconds = 0;  ///< since this run began
  bool best = false;
};

struct Fitted {
  std::vector<EpochReport> curve;
  std::int64_t best_epoch = 0;
};

/// For a manifest's metrics; `asked` as in json_of(Quality).
nlohmann::json json_of(const std::vector<EpochReport>& curve, std::string_view asked);

/// Called after each epoch.
using OnEpoch = std::function<void(const EpochReport&)>;

struct StepLoss {
  torch::Tensor mean;
  std::size_t count = 0;  ///< that it is the mean of
};

/// What is trained, as the loop asks for it.
class Training {
 public:
  virtual ~Training() = default;
  /// Sets where weights begin; not called when a checkpoint is gone on from.
  virtual void begin() = 0;
  /// Deals the data out into the steps of an epoch, and returns how many, the same each time.
  virtual std::size_t begin_epoch(std::mt19937_64& random) = 0;
  virtual StepLoss loss(std::size_t step) = 0;
  /// Asks the validation with the weights as they are.
  virtual Quality validate() = 0;
};

/// Trains until the validation does not get better, or `stop` is set, and leaves the best averaged weights. Every epoch
/// has draws of its own, so that a resumed training ends in the same bits as one that was not stopped; a checkpoint of
/// other weights is ignored. Single thread.
Fitted run_epochs(Training& training, AveragedAdam& optimiser, const EpochOptions& options, const OnEpoch& on_epoch,
                  const std::atomic<bool>& stop);

/// What a training says that was stopped before anything was learned: random weights are not a version.
inline Error stopped_too_early() {
  return unavailable("stopped", "the training was stopped before its first epoch ended: nothing was written");
}

}  // namespace matchcue::train
