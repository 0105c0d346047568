#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Recipes sims and similar-items: which items go with one another.

#include "dataset/dataset.h"
#include "recipes/cooccurrence.h"
#include "recipes/window_training.h"

namespace matchcue::recipes {

/// How lists of related items are kept and used.
struct RelatedOptions {
  std::size_t related_max = 200;  ///< items kept for each item, the nearest; 1..10000
  std::size_t window = 10;        ///< acts of a viewer whose related items count; 1 is "related to the last"
  double decay = .85;             ///< what an act weighs beside the next newer one; (0, 1]
};

struct SimsOptions {
  RelatedOptions related;
  CountedRange range;
  double popularity_discount = .5;  ///< 0: what most go on to; 1: what goes with it rather than with others
  std::size_t cointeractions_min = 3;
};

/// With c_ij viewers who acted upon both items, v_j on one, V in all and d = popularity_discount, j is as near i as
///
///   (c_ij / v_i) / (v_j / V)^d
///
/// where c_ij is at least cointeractions_min. A viewer of whom no act is known is given what is popular, as are items
/// beyond the related ones. Cost: the sum of squares of viewers' numbers of items.
/// Source: Linden, Smith, York 2003, "Amazon.com recommendations", IEEE Internet Computing 7(1), with a discount.
scoring::WindowTables train_sims(const dataset::Dataset& dataset, const SimsOptions& options);

struct SimilarItemsOptions {
  RelatedOptions related;
  double metadata_weight = .3;  ///< of likeness in metadata beside co-occurrence; 0..1
  double confidence = 5;        ///< common viewers at which co-occurrence counts by half; >= 0
};

/// With w = metadata_weight, s = confidence, cosine_ij = c_ij / sqrt(v_i v_j) and likeness_ij that of MetadataIndex,
/// j is as near i as
///
///   (1 - w) cosine_ij c_ij / (c_ij + s) + w likeness_ij
///
/// so that an item which nobody has acted upon yet is near those it is like. Without item metadata w does not matter.
scoring::WindowTables train_similar_items(const dataset::Dataset& dataset, const SimilarItemsOptions& options);

}  // namespace matchcue::recipes
