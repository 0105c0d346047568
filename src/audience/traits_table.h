#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// One object for viewers who have equal traits: a decision batch then repeats a pointer where it would repeat text.

#include <cstddef>
#include <unordered_set>

#include "domain/viewer_traits.h"

namespace matchcue::audience {

/// Single shard. Sweeps out what nobody else holds whenever it has doubled, so that it stays within twice what is in
/// use, or kSweepSizeMin.
class TraitsTable {
 public:
  static constexpr std::size_t kSweepSizeMin = 1024;

  /// The object that equals `traits`: the one there is, or a new one. Amortised O(fields).
  domain::TraitsPtr intern(domain::ViewerTraits traits);
  std::size_t size() const { return known_.size(); }

 private:
  struct Hash {
    std::size_t operator()(const domain::TraitsPtr& traits) const;
  };
  struct Equal {
    bool operator()(const domain::TraitsPtr& a, const domain::TraitsPtr& b) const { return *a == *b; }
  };

  void sweep();

  std::unordered_set<domain::TraitsPtr, Hash, Equal> known_;
  std::size_t sweep_size_ = kSweepSizeMin;
};

}  // namespace matchcue::audience
