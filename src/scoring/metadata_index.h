#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Which items of a trained version a new item is like, by its metadata.

#include <cstdint>
#include <span>
#include <vector>

#include "domain/value.h"
#include "scoring/feature_codes.h"

namespace matchcue::scoring {

/// Immutable; any thread. Two items are as alike as the features are that they share, rare ones counting more: the
/// cosine of their feature vectors, of which entry f is sqrt(log((1 + items) / (1 + items that have f)) + 1) or 0.
class MetadataIndex {
 public:
  struct Near {
    std::uint32_t item = 0;
    float weight = 0;
  };

  /// begin, features   item i has features[begin[i] .. begin[i + 1]); every feature is below codes.feature_count()
  /// `codes` must outlive the index.
  MetadataIndex(const FeatureCodes& codes, std::span<const std::int32_t> begin, std::span<const std::int32_t> features);

  std::size_t item_count() const { return norm_.size(); }
  /// The items most like one with these values, at most `count`, best first and lower ones first among equals. Weights
  /// are their likeness. Items that share nothing are not there. O(items that share a feature, for each feature).
  std::vector<Near> nearest(const domain::Values& values, std::size_t count) const;
  /// The same for an item of the index; itself is not there.
  std::vector<Near> nearest_to(std::size_t item, std::size_t count) const;

 private:
  std::vector<Near> rank(std::vector<std::size_t> features, std::size_t count, std::size_t except) const;

  const FeatureCodes* codes_;
  std::span<const std::int32_t> begin_;
  std::span<const std::int32_t> features_;
  std::vector<std::vector<std::uint32_t>> items_of_;  ///< by feature, ascending
  std::vector<float> weight_;                         ///< by feature: squared entry
  std::vector<float> norm_;                           ///< by item
};

}  // namespace matchcue::scoring
