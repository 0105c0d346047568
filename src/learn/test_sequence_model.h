#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// For tests: a model that expects everybody to act again upon what they acted upon last.

#include <string>

#include "base/random.h"
#include "scoring/sequence_model.h"

namespace matchcue::learn {

class LastItemModel final : public scoring::SequenceModel {
 public:
  /// `scale` is what the last item is ahead of the others, in log-odds.
  LastItemModel(std::string id, double scale) : id_(std::move(id)), scale_(scale) {}

  const std::string& id() const override { return id_; }
  const std::string& recipe() const override { return recipe_; }
  std::size_t state_size() const override { return 1; }
  void start(std::span<float> state) const override { state[0] = -1; }
  void advance(std::span<float> state, const scoring::Act& act) const override { state[0] = key_of(act.item); }
  double log_odds_scale() const override { return scale_; }
  std::unique_ptr<scoring::SequenceScorer> fold(const domain::Catalogue& catalogue,
                                                const domain::MomentContext&) const override {
    return std::make_unique<Scorer>(catalogue);
  }

 private:
  static float key_of(const domain::Item& item) { return static_cast<float>(stable_hash(item.id.str()) % 1'000'003); }

  class Scorer final : public scoring::SequenceScorer {
   public:
    explicit Scorer(const domain::Catalogue& catalogue) : catalogue_(catalogue) {}
    void score(std::span<const float> state, const domain::ViewerTraits&, std::span<float> scores) override {
      for (std::size_t i = 0; i < scores.size(); ++i) {
        scores[i] = !state.empty() && state[0] == key_of(catalogue_.items()[i]) ? 1.F : 0.F;
      }
    }

   private:
    const domain::Catalogue& catalogue_;
  };

  std::string id_;
  std::string recipe_ = "last-item";
  double scale_;
};

}  // namespace matchcue::learn
