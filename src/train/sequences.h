#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A data set as sequences to train on: which acts are known, which are asked for, and how they become batches.

#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "dataset/dataset.h"
#include "scoring/time_gap.h"
#include "train/network.h"

namespace matchcue::train {

using scoring::gap_bucket;
using scoring::kGapBuckets;

/// Acts of one viewer: `begin .. end` are inputs, and each of `first_target .. last_target` is asked for, knowing what
/// is before it. All are numbers of interactions; an input's successor is a target.
struct Sequence {
  std::uint32_t viewer = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t first_target = 0;
  std::size_t last_target = 0;  ///< one past

  std::size_t length() const { return end - begin; }
};

/// What a batch says beside acts and what is asked for.
struct BatchParts {
  bool seen = false;                    ///< what its viewers had acted upon, however long before
  bool shown = false;                   ///< the impressions of what is asked for, where the data has any
  std::span<const float> weights = {};  ///< of each interaction; empty: the batch does not say
};

/// Reads a data set as tensors. Borrows it. Single thread.
class SequenceData {
 public:
  explicit SequenceData(const dataset::Dataset& data);

  const dataset::Dataset& data() const { return data_; }
  std::int64_t item_labels() const { return item_labels_; }
  std::int64_t viewer_labels() const { return viewer_labels_; }
  std::int64_t context_labels() const { return context_labels_; }
  /// items x item_labels.
  torch::Tensor item_shares() const;
  Batch make_batch(const std::vector<Sequence>& sequences, const BatchParts& parts = {}) const;

 private:
  void add_parts(const Sequence& sequence, std::size_t act, const BatchParts& parts, Batch& batch) const;

  const dataset::Dataset& data_;
  std::int64_t item_labels_ = 0;
  std::int64_t viewer_labels_ = 0;
  std::int64_t context_labels_ = 0;
  std::vector<std::int64_t> context_first_;  ///< label of code 0, by field
};

/// The last interactions of each viewer that are not trained on.
struct HoldOut {
  std::size_t acts = 2;      ///< of a viewer who has more than twice as many; nothing is held out of the others
  std::size_t asked_at = 2;  ///< counted from the end: 2 asks for the last but one (validation), 1 for the last (test)
};

/// How many of a viewer's last acts are held out.
std::size_t held_out_acts(const dataset::Dataset& data, const HoldOut& hold_out, std::size_t viewer);
/// All acts but those held out, cut into pieces of at most `steps_max`.
std::vector<Sequence> training_sequences(const dataset::Dataset& data, const HoldOut& hold_out, std::size_t steps_max);
/// What acts count that are asked for, by interaction: half as much for each further `half_life` of all of them that is
/// newer, with a mean of 1; acts at the same time count the same. 0 for acts that are not asked for. O(n log n).
///
/// half_life  above 0: a share of the acts
std::vector<float> recency_weights(const dataset::Dataset& data, const std::vector<Sequence>& sequences,
                                   double half_life);
/// One act asked for of each viewer that has acts held out, knowing the `steps_max` acts before it.
std::vector<Sequence> held_out_sequences(const dataset::Dataset& data, const HoldOut& hold_out, std::size_t steps_max);
/// The act that each asks for first.
std::vector<std::size_t> targets_of(const std::vector<Sequence>& sequences);
/// Groups of sequences of nearly one length, of about `tokens_max` padded steps each, in random order.
std::vector<std::vector<Sequence>> make_groups(std::vector<Sequence> sequences, std::size_t tokens_max,
                                               std::mt19937_64& random);

}  // namespace matchcue::train
