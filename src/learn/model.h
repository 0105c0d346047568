#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What the learner believes: everything that is the same for all viewers, as values.
//
// The log-odds that viewer u acts upon item i at a moment with features c (bias first):
//
//   eta = sum_g a_g.c + m_i.c + s.rho_i          groups of the item, the item itself, subjects of recent moments
//       + z_u.(I + sum_f W_f) q_i                taste, and taste that depends on the context values f
//       + w.phi_ui                               fatigue, clicks, sequence, metadata values in common, campaign
//
// Each of a, m is Gaussian with a full covariance; s, w, W have a precision each; z and q are point estimates.

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "domain/catalogue.h"
#include "learn/options.h"
#include "learn/shared_blocks.h"
#include "learn/small_matrix.h"
#include "learn/vocabulary.h"

namespace matchcue::learn {

using Taste = std::array<float, kTasteSize>;

inline float dot(const Taste& a, const Taste& b) {
  float sum = 0;
  for (std::size_t k = 0; k < kTasteSize; ++k) sum += a[k] * b[k];
  return sum;
}

/// Places in a weight vector over a moment's features: 0 is the bias, 1 + f context feature f.
using Columns = std::vector<std::uint16_t>;

/// A Gaussian over weights on a moment's features.
struct ContextWeights {
  std::vector<double> mean;
  SquareMatrix covariance;

  double value(const Columns& columns) const;
  double variance(const Columns& columns) const;
  /// Where trials with these columns can move the mean, and by how much log-odds a unit of it moves them.
  struct Direction {
    std::vector<double> change;  ///< covariance x columns
    double along = 0;
  };
  Direction direction(const Columns& columns) const;
  /// Moves the mean by `step` units and takes the trials' `information`, the sum of p (1 - p), into the covariance.
  /// O(size^2).
  void move(const Direction& direction, double step, double information);
  void grow(std::size_t size, double variance);
};

using ItemRow = std::uint32_t;
using GroupRow = std::uint32_t;

struct ItemState {
  domain::ItemId id;
  std::vector<GroupRow> groups;  ///< its slot first, then its metadata values
  domain::Values texts;          ///< its fields that are texts
  std::vector<Feature> shared;   ///< those of them that are known as values of viewers' metadata
  ContextWeights weights;
  Taste taste{};
  std::array<float, kTasteSize * kTasteSize> taste_covariance{};
  double trials = 0;
  double reward = 0;
};

/// What an item has in common with others: its slot first, then its metadata values.
constexpr std::string_view kSlotGroup = "slot ";
std::vector<std::string> group_names(const domain::Item& item);

/// Pair features of a viewer and an item, and their weights.
constexpr std::size_t kPairSize = 5;
enum Pair : std::size_t { kFatigue, kClicks, kSequence, kShared, kCampaign };
using PairValues = std::array<double, kPairSize>;

/// Values that a viewer's metadata and an item have in common: both are of one country, say. Texts only: that two
/// numbers are near each other says nothing in general.
domain::Values texts_of(const domain::Values& fields);
std::size_t count_shared(std::span<const Feature> viewer, std::span<const Feature> item);

struct Model {
  explicit Model(const Options& options);

  Options options;
  Vocabulary context;
  Vocabulary metadata;
  SharedBlocks<ItemState, 16> items;
  std::unordered_map<domain::ItemId, ItemRow> item_rows;
  std::vector<ContextWeights> groups;
  std::vector<Taste> group_taste;  ///< what the taste vectors of a slot's items have in common
  std::unordered_map<std::string, GroupRow> group_rows;
  std::vector<double> item_context;         ///< prior variance of an item's weight on a context value, by field
  std::vector<double> subject;              ///< s, over Columns
  PairValues pair{0, 0, 0, 0, 1};           ///< a campaign is believed until it turns out wrong
  std::vector<SquareMatrix> context_taste;  ///< W_f by context feature
  std::vector<Taste> metadata_taste;        ///< M: what each metadata value adds to the mean of z

  std::size_t width() const { return 1 + context.size(); }
};

}  // namespace matchcue::learn
