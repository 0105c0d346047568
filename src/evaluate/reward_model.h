#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Predicted rewards for DR and the direct method: smoothed counts, fitted without the viewers they are used for.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/value.h"

namespace matchcue::evaluate {

/// Cross-fitted: viewers are dealt out into folds, and a prediction for a viewer knows nothing of their fold. So a
/// trial's own reward never predicts itself, which is what keeps DR unbiased however wrong the model is (Chernozhukov
/// et al. 2018, Econometrics Journal 21(1), definition 3.1). Two passes over a log: add() every trial, fit(), then
/// predict().
///
/// Log-odds of a reward = those of the item in its slot + one term for each value of the context. Each rate is pulled
/// to the next coarser one by an m-estimate (r + m p) / (n + m) (Cestnik 1990, ECAI): all trials -> slot -> item, and
/// so are the terms. Terms of context fields that say the same thing add up (naive Bayes); context_weight tempers that.
///
/// Single thread; predict() any thread after fit().
class RewardModel {
 public:
  struct Options {
    std::size_t folds = 5;          ///< 2..20
    double smoothing = 20;          ///< m above, in trials; > 0
    double context_weight = 1;      ///< factor of the context's terms; [0, 1]
    std::size_t values_max = 4096;  ///< different context values; later ones say nothing
    std::uint64_t seed = 1;         ///< of the dealing of viewers
  };
  /// A context as numbers of its values.
  using Encoded = std::vector<std::uint32_t>;

  /// slot_count  >= 1
  RewardModel(std::size_t slot_count, const Options& options);

  /// Numbers the values of a context, taking up new ones until fit(); null says nothing. O(fields); allocates. Once a
  /// change.
  Encoded encode(const domain::Values& context);

  /// Counts one trial. item: any dense number that stands for one item of this slot in the whole log; reward in [0, 1].
  /// O(context values). Not after fit().
  void add(std::uint32_t viewer, std::size_t slot, std::size_t item, const Encoded& context, double reward);

  /// Computes the terms. O(folds x items x context values). Once.
  void fit();

  /// Predicted reward in (0, 1), from the trials of other folds. O(context values), no allocation. After fit().
  double predict(std::uint32_t viewer, std::size_t slot, std::size_t item, const Encoded& context) const;

 private:
  struct Count {
    double trials = 0;
    double reward = 0;
  };
  /// Counts of all trials, a slot or an item, and the terms made of them. Index: fold, or value x folds + fold.
  struct Cell {
    std::size_t slot = 0;
    std::vector<Count> total;
    std::vector<Count> by_value;
    std::vector<double> log_odds;
    std::vector<double> terms;
  };

  std::size_t fold_of(std::uint32_t viewer) const;
  void count(Cell& cell, std::size_t fold, const Encoded& context, double reward) const;
  void fit_cell(Cell& cell, const Cell* parent) const;

  Options options_;
  bool fitted_ = false;
  std::unordered_map<std::string, std::uint32_t> values_;
  Cell all_;
  std::vector<Cell> slots_;
  std::vector<Cell> items_;
};

}  // namespace matchcue::evaluate
