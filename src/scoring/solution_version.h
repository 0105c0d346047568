#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A solution version: an immutable trained artefact that scores items for a viewer at a moment.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/catalogue.h"
#include "domain/decision.h"

namespace matchcue::scoring {

/// How far draws of a moment may put an item off its score, for everybody alike.
struct Spread {
  float deviation = 0;  ///< standard deviation of what a draw adds to the score
  float share = 1;      ///< of the draws that add anything; 0..1, rounded to a 64th
};

/// One addend of a viewer's scores.
struct ScorePart {
  std::string_view name;      ///< of static storage: "taste"
  std::vector<float> values;  ///< one per item of the catalogue, in its order
};

/// One moment folded into one catalogue. Single shard: it may use scratch space of its own.
class MomentScorer {
 public:
  virtual ~MomentScorer() = default;

  /// False when every viewer's scores are the same.
  virtual bool personal() const = 0;
  /// One per item of the catalogue, in its order. Valid as long as the scorer.
  virtual std::span<const Spread> spreads() const = 0;
  /// Writes every item's score, larger is better.
  ///
  /// viewer      an id; unknown ones are scored by their traits
  /// scores      one per item of the catalogue, in its order
  /// Cost        a few operations per item and taste dimension; no allocation once warm. The same bits every time.
  virtual void score(std::string_view viewer, const domain::ViewerTraits& traits, std::span<float> scores) = 0;
  /// What score() adds up, for people who ask why; their sums are its scores, but for rounding. None where a score is
  /// one number only. Allocates.
  virtual std::vector<ScorePart> parts(std::string_view viewer, const domain::ViewerTraits& traits) {
    static_cast<void>(viewer), static_cast<void>(traits);
    return {};
  }
};

/// Immutable; any thread.
class SolutionVersion {
 public:
  virtual ~SolutionVersion() = default;

  /// Unique name: the recipe and what tells its artefacts apart.
  virtual const std::string& id() const = 0;
  virtual const std::string& recipe() const = 0;
  /// The solution version that was deployed under it as a campaign; empty when there is none.
  virtual std::string_view campaign() const { return {}; }

  /// Folds what is the same for all viewers. Once per moment and shard. The scorer may hold on to the
  /// catalogue and to this version, not to the moment.
  virtual std::unique_ptr<MomentScorer> fold(const domain::Catalogue& catalogue,
                                             const domain::MomentContext& moment) const = 0;
};

/// shared_ptr: shards and running decisions hold the version they started with.
using SolutionVersionPtr = std::shared_ptr<const SolutionVersion>;

}  // namespace matchcue::scoring
