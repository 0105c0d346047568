#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Trains a network on a data set: which epoch is kept is decided on acts that were held out.

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "train/network.h"
#include "train/ranking_score.h"
#include "train/sequences.h"

namespace matchcue::train {

struct FitOptions {
  std::uint64_t seed = 1;
  std::int64_t epochs = 16;
  std::size_t steps_max = 200;     ///< acts of a viewer in one piece (bptt)
  std::size_t tokens_max = 3'200;  ///< padded acts in one step of the optimiser
  double learning_rate = 2e-3;
  double weight_decay = .03;  ///< of matrices
  double dropout = .1;
  double id_dropout = 0;       ///< share of item ids left out in a step, so that metadata can speak for new items
  double clip = 5;             ///< largest norm of the gradient
  double average = .995;       ///< of the weights: what is kept a step
  std::int64_t warm_up = 150;  ///< steps
  std::size_t validation_viewers = 3'000;
  bool remove_seen = false;                ///< what a viewer acted upon is not recommended again
  std::size_t softmax_items_max = 10'000;  ///< items that the softmax is over; of more it is over a sample
  std::size_t sampled_items = 2'000;       ///< of a step's sample, on average
  double impression_weight = .5;           ///< of choices among what was shown, beside 1 for the catalogue; 0: off
  double recency_half_life = 0;  ///< share of acts that are newer at which an act counts half; 0: all count the same
  bool initial_vectors = true;   ///< items begin at what they are acted upon together with
  std::int64_t patience = 4;     ///< epochs without a better validation before it ends
  std::int64_t last_epoch = 0;   ///< above 0: ends with this epoch and keeps it, without a validation
  std::string checkpoint;        ///< file that is written after each epoch; "" is none
  bool resume = false;           ///< go on from the checkpoint where there is one
};

/// How one epoch went.
struct EpochReport {
  std::int64_t epoch = 0;
  double loss = 0;
  RankingScore validation;
  double seconds = 0;  ///< since the beginning
  bool best = false;
};

struct Fitted {
  std::vector<EpochReport> curve;
  std::int64_t best_epoch = 0;
};

/// What a training says that was stopped before anything was learned: random weights are not a version.
inline Error stopped_too_early() {
  return unavailable("stopped", "the training was stopped before its first epoch ended: nothing was written");
}

/// Called after each epoch.
using OnEpoch = std::function<void(const EpochReport&)>;

/// Trains until it does not get better, or `stop` is set, and leaves the best weights in `network`. The same seed, data
/// and thread count give the same bits.
Fitted fit(Network& network, const SequenceData& data, const HoldOut& hold_out, const FitOptions& options,
           const OnEpoch& on_epoch, const std::atomic<bool>& stop);

/// Adds to the scores of every item for a sequence's target.
using AddScores = std::function<void(const Sequence& sequence, std::span<float> scores)>;

/// The place of a sequence's target by the scores of all items, ties before it. With `remove_seen` what the viewer
/// acted upon before is left out; `scores` are overwritten.
std::size_t place_of(std::span<float> scores, const dataset::Dataset& data, const Sequence& sequence, bool remove_seen);

/// Ranks the whole catalogue for each sequence's target, by the network's scores and what `add` adds.
RankingScore rank(Network& network, const SequenceData& data, const std::vector<Sequence>& sequences, bool remove_seen,
                  const AddScores& add = {});

}  // namespace matchcue::train
