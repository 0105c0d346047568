#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The factorization machine that recipe factorization-machine trains. docs/recipes.md has its equation.

#include "train/torch.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "scoring/factorization_tables.h"
#include "train/factorization_data.h"

namespace matchcue::train {

struct FactorizationShape {
  std::int64_t width = 64;
  std::int64_t items = 0;
  std::int64_t item_labels = 0;
  std::int64_t viewer_labels = 0;
  std::int64_t context_labels = 0;
  std::int64_t levels = 0;
};

/// Parameters have the names of FactorizationTables' arrays where they are such. Single thread.
///
/// In training every item has a vector and a bias of its own, beside what its metadata says. Else the items that are
/// not `known` have none, and the mean of the others' own biases: training only pushed theirs away from everybody.
class FactorizationImpl : public torch::nn::Module {
 public:
  /// known  [items]: 1 for those that training has something to learn about, 0 for others
  FactorizationImpl(const FactorizationShape& shape, SparseRows item_shares, torch::Tensor known);

  const FactorizationShape& shape() const { return shape_; }
  const torch::Tensor& known() const { return known_; }
  /// Shares of what vectors say, and of items' own vectors, that are left out in training.
  void set_dropout(double dropout, double id_dropout) {
    dropout_ = dropout;
    id_dropout_ = id_dropout;
  }

  /// [B x items]: logits of the whole catalogue.
  torch::Tensor catalogue_scores(const FactorizationBatch& batch);
  /// [B]: log-odds of the items asked about.
  torch::Tensor item_scores(const FactorizationBatch& batch);
  /// [items x width] and [items].
  std::pair<torch::Tensor, torch::Tensor> items();
  /// A number: the mean of the known items' own biases.
  torch::Tensor mean_bias() const { return (item_ids_bias_ * known_).sum() / known_.sum().clamp_min(1); }

  torch::Tensor& item_ids_bias() { return item_ids_bias_; }
  /// What shrinks in training, and single numbers, which move faster.
  std::vector<torch::Tensor> vectors() const;
  std::vector<torch::Tensor> numbers() const;

 private:
  /// [B x width]: what is multiplied with an item's vector.
  torch::Tensor queries(const FactorizationBatch& batch);
  /// [entries of repeats]: what each item used says of using it again.
  torch::Tensor repeat_scores(const FactorizationBatch& batch);

  FactorizationShape shape_;
  SparseRows item_shares_;
  torch::Tensor known_;
  double dropout_ = 0;
  double id_dropout_ = 0;
  torch::Tensor item_ids_, history_vectors_, item_labels_, viewer_labels_, context_labels_;
  torch::Tensor item_ids_bias_, item_repeat_, item_label_bias_, viewer_bias_, context_bias_, repeat_, constant_;
};
TORCH_MODULE(Factorization);

/// What serves of a machine that was trained on `data`; copies. The unknown items are left out.
scoring::FactorizationTables tables_of(Factorization& machine, const FactorizationData& data,
                                       scoring::FactorizationObjective objective, std::size_t history_acts);

}  // namespace matchcue::train
