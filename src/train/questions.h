#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What a factorization machine is asked to see how good it is: would this viewer, in this context, act upon this item?

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "dataset/dataset.h"
#include "domain/catalogue.h"
#include "train/ranking_score.h"

namespace matchcue::train {

/// Stands for a viewer or an item that the data do not have.
constexpr std::uint32_t kNotThere = static_cast<std::uint32_t>(-1);

struct Question {
  std::uint32_t viewer = kNotThere;
  std::uint32_t item = kNotThere;
  domain::Values context;
  float value = 1;  ///< above 0: the item was acted upon; 0: it was only shown
};

/// Interactions as questions to a model that is trained on `data`: viewers and items by their numbers there.
std::vector<Question> questions_of(std::span<const domain::Interaction> interactions, const dataset::Dataset& data);

/// Interactions that are not trained on, by number, ascending.
using HeldOutRows = std::vector<std::size_t>;

/// The last act of each viewer who acted at least three times.
HeldOutRows hold_out_last_acts(const dataset::Dataset& data);
/// About a tenth of all interactions, drawn evenly.
HeldOutRows hold_out_tenth(const dataset::Dataset& data, std::uint64_t seed);
/// Such interactions as questions.
std::vector<Question> questions_of(const HeldOutRows& rows, const dataset::Dataset& data);

/// How good answers were. What the objective has no use for is 0.
struct Quality {
  double hit = 0;  ///< HR@10
  double ndcg = 0;
  double mrr = 0;
  double auc = 0;
  double log_loss = 0;  ///< nats
  std::size_t asked = 0;
};

/// Counts how well a catalogue was ranked. Ties count against it. A value.
class RankingQuality {
 public:
  /// scores  of the whole catalogue
  /// wanted  the item that was acted upon; kNotThere: it is ranked last
  void add(std::span<const float> scores, std::uint32_t wanted);
  Quality finish() const;

 private:
  RankingCount places_;
};

/// Counts how well log-odds say what was acted upon. A value. Memory: 8 bytes an answer.
class ProbabilityQuality {
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
