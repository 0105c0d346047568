#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// How well items were ranked, from the places of those that were wanted.

#include <cmath>
#include <cstddef>

namespace matchcue::train {

struct RankingScore {
  double hit = 0;   ///< HR@10
  double ndcg = 0;  ///< NDCG@10
  double mrr = 0;
  std::size_t asked = 0;
};

/// Places of targets among all items, added up.
class RankingCount {
 public:
  /// `place` is 1 for the best.
  void add(std::size_t place) {
    if (place <= 10) {
      sums_.hit += 1;
      sums_.ndcg += 1 / std::log2(1. + static_cast<double>(place));
    }
    sums_.mrr += 1 / static_cast<double>(place);
    ++sums_.asked;
  }

  /// Means over all that were asked for; 0 of none.
  RankingScore score() const {
    const double share = sums_.asked > 0 ? 1 / static_cast<double>(sums_.asked) : 0;
    return {sums_.hit * share, sums_.ndcg * share, sums_.mrr * share, sums_.asked};
  }

 private:
  RankingScore sums_;
};

}  // namespace matchcue::train
