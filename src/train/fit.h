#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Trains a network on a data set: which epoch is kept is decided on acts that were held out.

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "train/epochs.h"
#include "train/network.h"
#include "train/sequences.h"

namespace matchcue::train {

struct FitOptions {
  EpochOptions epochs;
  std::size_t steps_max = 200;     ///< acts of a viewer in one piece (bptt)
  std::size_t tokens_max = 3'200;  ///< padded acts in one step of the optimiser
  double weight_decay = .03;       ///< of matrices
  double dropout = .1;
  double id_dropout = 0;  ///< share of item ids left out in a step, so that metadata can speak for new items
  double clip = 5;        ///< largest norm of the gradient
  double average = .995;  ///< of the weights: what is kept a step
  std::size_t validation_viewers = 3'000;
  bool remove_seen = false;                ///< what a viewer acted upon is not recommended again
  std::size_t softmax_items_max = 10'000;  ///< items that the softmax is over; of more it is over a sample
  std::size_t sampled_items = 2'000;       ///< of a step's sample, on average
  double impression_weight = .5;           ///< of choices among what was shown, beside 1 for the catalogue; 0: off
  double recency_half_life = 0;  ///< share of acts that are newer at which an act counts half; 0: all count the same
  bool initial_vectors = true;   ///< items begin at what they are acted upon together with
};

/// Trains until it does not get better, or `stop` is set, and leaves the best weights in `network`. The same seed, data
/// and thread count give the same bits.
Fitted fit(Network& network, const SequenceData& data, const HoldOut& hold_out, const FitOptions& options,
           const OnEpoch& on_epoch, const std::atomic<bool>& stop);

/// Adds to the scores of every item for a sequence's target.
using AddScores = std::function<void(const Sequence& sequence, std::span<float> scores)>;

/// The place of a sequence's target by the scores of all items. With `remove_seen` what the viewer acted upon before is
/// left out; `scores` are overwritten.
std::size_t place_of(std::span<float> scores, const dataset::Dataset& data, const Sequence& sequence, bool remove_seen);

/// Ranks the whole catalogue for each sequence's target, by the network's scores and what `add` adds.
Quality rank(Network& network, const SequenceData& data, const std::vector<Sequence>& sequences, bool remove_seen,
             const AddScores& add = {});

/// The network's scores of every item for a sequence's target, with what `add` adds; slower.
std::vector<float> scores_of(Network& network, const SequenceData& data, const torch::Tensor& items,
                             const Sequence& sequence, const AddScores& add = {});

}  // namespace matchcue::train
