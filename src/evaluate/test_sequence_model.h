#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// For tests: a model that knows the last item of a viewer, and scores as it is told.

#include <functional>
#include <string>
#include <utility>

#include "scoring/sequence_model.h"

namespace matchcue::evaluate {

class TestSequenceModel final : public scoring::SequenceModel {
 public:
  /// What it scores: an item, after the last item (-1 for none) among the catalogue's.
  struct Question {
    const domain::Item& item;
    int last = -1;
    const domain::Values& context;
    const domain::ViewerTraits& traits;
  };
  using Score = std::function<float(const Question&)>;

  /// catalogue  gives items their numbers
  TestSequenceModel(const domain::Catalogue& catalogue, Score score, double log_odds_scale = 1)
      : catalogue_(catalogue), score_(std::move(score)), log_odds_scale_(log_odds_scale) {}

  const std::string& id() const override { return id_; }
  const std::string& recipe() const override { return recipe_; }
  std::size_t state_size() const override { return 1; }
  void start(std::span<float> state) const override { state[0] = -1; }
  void advance(std::span<float> state, const scoring::Act& act) const override {
    state[0] = static_cast<float>(*catalogue_.find_item(act.item.id));
    ++acts_;
  }
  double log_odds_scale() const override { return log_odds_scale_; }
  std::unique_ptr<scoring::SequenceScorer> fold(const domain::Catalogue& catalogue,
                                                const domain::MomentContext& moment) const override {
    ++folds_;
    return std::make_unique<Scorer>(catalogue, moment.context, score_);
  }

  std::size_t folds() const { return folds_; }
  std::size_t acts() const { return acts_; }

 private:
  class Scorer final : public scoring::SequenceScorer {
   public:
    Scorer(const domain::Catalogue& catalogue, domain::Values context, Score score)
        : catalogue_(catalogue), context_(std::move(context)), score_(std::move(score)) {}
    void score(std::span<const float> state, const domain::ViewerTraits& traits, std::span<float> scores) override {
      for (std::size_t i = 0; i < scores.size(); ++i) {
        scores[i] = score_({catalogue_.items()[i], static_cast<int>(state[0]), context_, traits});
      }
    }

   private:
    const domain::Catalogue& catalogue_;
    domain::Values context_;
    Score score_;
  };

  const domain::Catalogue& catalogue_;
  Score score_;
  double log_odds_scale_;
  std::string id_ = "test-000000000000";
  std::string recipe_ = "test";
  mutable std::size_t folds_ = 0;
  mutable std::size_t acts_ = 0;
};

}  // namespace matchcue::evaluate
