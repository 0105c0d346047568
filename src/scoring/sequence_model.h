#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A solution version that knows viewers by what they did: a trained network or a closed form. It is immutable; what it
// knows of one viewer is a small array that its owner keeps and brings along, so that an act costs the same however
// long the viewer's history is.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "domain/catalogue.h"
#include "domain/decision.h"

namespace matchcue::scoring {

/// What one viewer did, as a model sees it.
struct Act {
  const domain::Item& item;  ///< its metadata speaks for it where the model was not trained on it
  std::string_view event_type;
  const domain::Values& context;  ///< of the moment it belongs to; unknown fields and values count as none
  std::int64_t timestamp_s = 0;   ///< epoch seconds; not before the viewer's previous act
  double event_value = 1;         ///< 0 where the item was only shown
};

/// One moment folded into one catalogue. Single shard: it may use scratch space of its own.
class SequenceScorer {
 public:
  virtual ~SequenceScorer() = default;

  /// Writes every item's score, larger is better; in log-odds up to a constant once multiplied by log_odds_scale().
  ///
  /// state    of this viewer, state_size() floats; empty: a viewer who did nothing yet
  /// scores   one per item of the catalogue, in its order
  /// Cost     about state_size() multiply-adds an item; no allocation once warm. The same bits every time.
  virtual void score(std::span<const float> state, const domain::ViewerTraits& traits, std::span<float> scores) = 0;
};

/// Any thread.
class SequenceModel {
 public:
  virtual ~SequenceModel() = default;

  /// Unique name: the recipe and the beginning of the artefact's hash, "user-personalization-5f0c1a2b3d4e".
  virtual const std::string& id() const = 0;
  virtual const std::string& recipe() const = 0;

  /// Floats that are kept for a viewer; 0 when the model does not tell viewers apart by what they did.
  virtual std::size_t state_size() const = 0;
  /// Writes the state of a viewer who did nothing yet.
  virtual void start(std::span<float> state) const = 0;
  /// Takes one act into a viewer's state, in the order in which they were done. O(1) in the history's length.
  virtual void advance(std::span<float> state, const Act& act) const = 0;

  /// What a difference of 1 between two items' scores is worth in log-odds of being acted upon, as measured on
  /// held-out data; 0 when that was not measured.
  virtual double log_odds_scale() const = 0;

  /// Folds what is the same for all viewers. Once per moment and shard. The scorer may hold on to the catalogue and to
  /// this model, not to the moment. Items that the model was not trained on are scored by their metadata.
  virtual std::unique_ptr<SequenceScorer> fold(const domain::Catalogue& catalogue,
                                               const domain::MomentContext& moment) const = 0;
};

/// shared_ptr: learners, shards and running decisions hold the model they started with.
using SequenceModelPtr = std::shared_ptr<const SequenceModel>;

}  // namespace matchcue::scoring
