#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A data set as a factorization machine reads it: who asks, in which context, and what they used before.

#include "train/torch.h"

#include <cstdint>
#include <span>
#include <vector>

#include "dataset/dataset.h"
#include "scoring/context_levels.h"
#include "scoring/use_counts.h"
#include "train/questions.h"

namespace matchcue::train {

/// Which counts of a viewer's uses are wanted.
enum class Uses {
  of_all_items,    ///< to score the catalogue
  of_asked_items,  ///< to score the items asked about alone
};

/// Entries of a sparse matrix: each adds `weights` to what is at `rows` of what is at `columns`.
struct SparseRows {
  torch::Tensor rows;     ///< [entries], int64
  torch::Tensor columns;  ///< [entries], int64
  torch::Tensor weights;  ///< [entries], or [entries x features]
};

/// B questions.
struct FactorizationBatch {
  torch::Tensor context;  ///< [B x levels], labels
  SparseRows traits;      ///< labels of viewers, the labels of a field sharing 1
  SparseRows history;     ///< items used
  SparseRows repeats;     ///< items used: log(1 + uses), 1, and log(1 + uses alike) by level
  torch::Tensor items;    ///< [B]: asked about
  torch::Tensor values;   ///< [B]: 1 acted upon, 0 not

  std::int64_t size() const { return items.size(0); }
};

/// Borrows the data set. Single thread: it has scratch space.
class FactorizationData {
 public:
  /// left_out      interactions that are not there: they count for nobody's history
  /// history_acts  a viewer's newest acts that count
  FactorizationData(const dataset::Dataset& data, const HeldOutRows& left_out, bool use_context,
                    std::size_t history_acts);

  const dataset::Dataset& data() const { return data_; }
  const scoring::FeatureCodes& context_fields() const { return fields_; }
  std::int64_t level_count() const { return static_cast<std::int64_t>(levels_.count()); }
  std::int64_t context_labels() const { return static_cast<std::int64_t>(levels_.label_count()); }
  std::int64_t item_labels() const { return item_labels_; }
  std::int64_t viewer_labels() const { return viewer_labels_; }
  /// Labels of items.
  SparseRows item_shares() const;
  /// Interactions that are there, and those of them that were acted upon. Ascending.
  const std::vector<std::size_t>& rows() const { return rows_; }
  const std::vector<std::size_t>& acts() const { return acts_; }

  /// Asks about interactions that are there, each as if it had not happened: it is left out of its own counts.
  FactorizationBatch make_batch(std::span<const std::size_t> rows, Uses uses);
  /// Every item must be there; a viewer who is not did nothing yet.
  FactorizationBatch make_batch(std::span<const Question> questions, Uses uses);

 private:
  struct Asked {
    std::uint32_t viewer;
    std::uint32_t item;
    float value;
    std::size_t except;  ///< an interaction
  };
  class BatchBuilder;

  std::span<const scoring::Code> levels_of(std::size_t row) const {
    return {row_levels_.data() + row * levels_.count(), levels_.count()};
  }
  void count_uses(const Asked& asked, std::span<const scoring::Code> levels);

  const dataset::Dataset& data_;
  scoring::FeatureCodes fields_;
  scoring::ContextLevels levels_;
  std::int64_t item_labels_ = 0;
  std::int64_t viewer_labels_ = 0;
  std::vector<scoring::Code> row_levels_;  ///< [interactions x levels]
  std::vector<std::size_t> rows_;
  std::vector<std::size_t> acts_;
  std::vector<std::size_t> window_begin_;  ///< into acts_, by viewer: what counts
  std::vector<std::size_t> window_end_;
  scoring::UseCounts uses_;
};

}  // namespace matchcue::train
