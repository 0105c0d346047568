#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// How good answers were: of what ranks a catalogue, by the places of the items that were wanted, or of what says how
// likely an act is.

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string_view>
#include <vector>

namespace matchcue::train {

/// Stands for a viewer or an item that the data do not have.
constexpr std::uint32_t kNotThere = static_cast<std::uint32_t>(-1);

/// What such answers have no use for is 0.
struct Quality {
  bool of_rankings = true;  ///< else of probabilities
  double hit = 0;           ///< HR@10
  double ndcg = 0;          ///< NDCG@10
  double mrr = 0;
  double auc = 0;
  double log_loss = 0;  ///< nats
  std::size_t asked = 0;

  /// Larger is better: NDCG@10, or the log loss with its sign turned.
  double worth() const { return of_rankings ? ndcg : -log_loss; }
};

/// For a manifest's metrics; `asked` names what is counted, "viewers" say.
nlohmann::json json_of(const Quality& quality, std::string_view asked);

/// From 1: the place of item `wanted` by the scores of all, those that are equal before it. kNotThere comes last, and
/// so does a score that is not a number.
std::size_t place_of(std::span<const float> scores, std::uint32_t wanted);

/// Places of wanted items among all, added up. A value.
class RankingCount {
 public:
  /// `place` is 1 for the best.
  void add(std::size_t place);
  /// Means over all that were asked for; 0 of none.
  Quality finish() const;

 private:
  Quality sums_;
};

/// Counts how well log-odds say what was acted upon. A value. Memory: 8 bytes an answer.
class ProbabilityCount {
 public:
  void add(float log_odds, bool acted);
  /// AUC is the share of pairs of one acted upon and one not that are in order, ties counting half (Hanley & McNeil
  /// 1982, Radiology 143(1)). O(n log n).
  Quality finish() const;

 private:
  struct Answer {
    float log_odds;
    bool acted;
  };
  std::vector<Answer> answers_;
  double loss_ = 0;
};

}  // namespace matchcue::train
