// SPDX-License-Identifier: Apache-2.0
#include "scoring/blended_model.h"

#include <vector>

#include "scoring/recurrent_steps.h"

namespace matchcue::scoring {

namespace {

class BlendedScorer final : public SequenceScorer {
 public:
  BlendedScorer(std::unique_ptr<SequenceScorer> first, std::size_t first_size, std::unique_ptr<SequenceScorer> second,
                float weight)
      : first_(std::move(first)), second_(std::move(second)), first_size_(first_size), weight_(weight) {}

  void score(std::span<const float> state, const domain::ViewerTraits& traits, std::span<float> scores) override {
    const std::size_t part = state.empty() ? 0 : first_size_;
    second_scores_.resize(scores.size());
    first_->score(state.first(part), traits, scores);
    second_->score(state.subspan(part), traits, second_scores_);
    add_scaled_to(second_scores_.data(), weight_, scores.size(), scores.data());
  }

 private:
  std::unique_ptr<SequenceScorer> first_;
  std::unique_ptr<SequenceScorer> second_;
  std::size_t first_size_;
  float weight_;
  std::vector<float> second_scores_;
};

class BlendedModel final : public SequenceModel {
 public:
  BlendedModel(SequenceModelPtr first, SequenceModelPtr second, float weight, double log_odds_scale)
      : first_(std::move(first)), second_(std::move(second)), weight_(weight), log_odds_scale_(log_odds_scale) {}

  const std::string& id() const override { return first_->id(); }
  const std::string& recipe() const override { return first_->recipe(); }
  std::size_t state_size() const override { return first_->state_size() + second_->state_size(); }
  double log_odds_scale() const override { return log_odds_scale_; }

  void start(std::span<float> state) const override {
    first_->start(state.first(first_->state_size()));
    second_->start(state.subspan(first_->state_size()));
  }
  void advance(std::span<float> state, const Act& act) const override {
    first_->advance(state.first(first_->state_size()), act);
    second_->advance(state.subspan(first_->state_size()), act);
  }
  std::unique_ptr<SequenceScorer> fold(const domain::Catalogue& catalogue,
                                       const domain::MomentContext& moment) const override {
    return std::make_unique<BlendedScorer>(first_->fold(catalogue, moment), first_->state_size(),
                                           second_->fold(catalogue, moment), weight_);
  }

 private:
  SequenceModelPtr first_;
  SequenceModelPtr second_;
  float weight_;
  double log_odds_scale_;
};

}  // namespace

SequenceModelPtr make_blended_model(SequenceModelPtr first, SequenceModelPtr second, float weight,
                                    double log_odds_scale) {
  return std::make_shared<BlendedModel>(std::move(first), std::move(second), weight, log_odds_scale);
}

}  // namespace matchcue::scoring
