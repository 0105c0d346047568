// SPDX-License-Identifier: Apache-2.0
#include "recipes/calibration.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include "base/random.h"
#include "dataset/decoded.h"

namespace matchcue::recipes {

namespace {

using dataset::Dataset;

constexpr double kPriorDeviation = 100;
constexpr int kStepsMax = 100;

/// A choice at one scale: how unlikely what was chosen was, and the two derivatives of that.
struct Terms {
  double loss = 0;
  double slope = 0;
  double curvature = 0;
};

Terms terms_of(const ScoredChoice& choice, double scale) {
  // Scores relative to the chosen one's, which then is 0.
  double most = 0;
  for (const float other : choice.others) most = std::max(most, scale * (other - choice.chosen));
  double sum = std::exp(-most);
  double mean = 0;
  double square = 0;
  for (const float other : choice.others) {
    const double score = static_cast<double>(other) - static_cast<double>(choice.chosen);
    const double weight = std::exp(scale * score - most);
    sum += weight;
    mean += weight * score;
    square += weight * score * score;
  }
  mean /= sum;
  return {most + std::log(sum), mean, square / sum - mean * mean};
}

Terms sum_of(std::span<const ScoredChoice> choices, double scale, double penalty) {
  Terms sum{penalty * scale * scale / 2, penalty * scale, penalty};
  for (const ScoredChoice& choice : choices) {
    const Terms terms = terms_of(choice, scale);
    sum.loss += terms.loss;
    sum.slope += terms.slope;
    sum.curvature += terms.curvature;
  }
  return sum;
}

/// How far the others' scores are from the chosen one's, as a root mean square.
double distance_of(std::span<const ScoredChoice> choices) {
  double square = 0;
  double count = 0;
  for (const ScoredChoice& choice : choices) {
    for (const float other : choice.others) {
      const double score = static_cast<double>(other) - static_cast<double>(choice.chosen);
      square += score * score;
      ++count;
    }
  }
  return count == 0 ? 0 : std::sqrt(square / count);
}

/// Scores held-out choices, folding each context once.
class ChoiceScorer {
 public:
  ChoiceScorer(const scoring::SequenceModel& model, const Dataset& dataset, const ChoiceOptions& options)
      : model_(model),
        dataset_(dataset),
        options_(options),
        random_(options.seed),
        catalogue_(dataset::catalogue_of(dataset)),
        state_(model.state_size()),
        scores_(dataset.item_count()) {}

  void add_viewer(std::size_t viewer, std::vector<ScoredChoice>& choices) {
    const std::size_t begin = dataset_.begin[viewer];
    const std::size_t end = dataset_.begin[viewer + 1];
    const domain::ViewerTraits traits = dataset::traits_of(dataset_, viewer);
    model_.start(state_);
    for (std::size_t k = begin; k < end; ++k) {
      const domain::Values context = dataset::context_of(dataset_, k);
      if (k + options_.per_viewer_max >= end && k > begin && choices.size() < options_.choices_max) {
        if (auto choice = score_one(k, context, traits); !choice.others.empty()) choices.push_back(std::move(choice));
      }
      model_.advance(state_, {catalogue_.items()[dataset_.item[k]], dataset_.event_types[dataset_.event_type[k]],
                              context, dataset_.timestamp_s[k], dataset_.event_value[k]});
    }
  }

 private:
  ScoredChoice score_one(std::size_t k, const domain::Values& context, const domain::ViewerTraits& traits) {
    ScoredChoice choice;
    const std::vector<std::uint32_t> others = draw_others(k);
    if (others.empty()) return choice;
    scorer_for(k, context).score(state_, traits, scores_);
    choice.chosen = scores_[dataset_.item[k]];
    for (const std::uint32_t item : others) choice.others.push_back(scores_[item]);
    return choice;
  }

  std::vector<std::uint32_t> draw_others(std::size_t k) {
    std::vector<std::uint32_t> others;
    const std::uint32_t chosen = dataset_.item[k];
    if (!dataset_.impression_begin.empty()) {
      for (std::uint32_t i = dataset_.impression_begin[k]; i < dataset_.impression_begin[k + 1]; ++i) {
        if (dataset_.impression_items[i] != chosen) others.push_back(dataset_.impression_items[i]);
      }
    } else if (dataset_.item_count() > 1) {
      while (others.size() < options_.others) {
        const auto drawn = static_cast<std::uint32_t>(random_.below(dataset_.item_count()));
        if (drawn != chosen) others.push_back(drawn);
      }
    }
    return others;
  }

  scoring::SequenceScorer& scorer_for(std::size_t k, const domain::Values& context) {
    std::vector<scoring::Code> codes;
    for (const auto& field : dataset_.context) codes.push_back(field[k]);
    auto& scorer = scorers_[std::move(codes)];
    if (!scorer) scorer = model_.fold(catalogue_, {context, {}});
    return *scorer;
  }

  const scoring::SequenceModel& model_;
  const Dataset& dataset_;
  ChoiceOptions options_;
  Random random_;
  domain::Catalogue catalogue_;
  std::vector<float> state_;
  std::vector<float> scores_;
  std::map<std::vector<scoring::Code>, std::unique_ptr<scoring::SequenceScorer>> scorers_;
};

}  // namespace

Calibration fit_scale(std::span<const ScoredChoice> choices) {
  Calibration result;
  result.choices = choices.size();
  if (choices.empty()) return result;
  const auto count = static_cast<double>(choices.size());
  result.loss = result.loss_without = sum_of(choices, 0, 0).loss / count;
  const double distance = distance_of(choices);
  if (choices.size() < kChoicesMin || distance == 0) return result;
  const double penalty = distance * distance / (kPriorDeviation * kPriorDeviation);
  double scale = 0;
  Terms here = sum_of(choices, 0, penalty);
  for (int step = 0; step < kStepsMax; ++step) {
    double change = -here.slope / std::max(here.curvature, 1e-12);
    Terms next = sum_of(choices, scale + change, penalty);
    while (next.loss > here.loss && std::abs(change * distance) > 1e-9) {
      change /= 2;
      next = sum_of(choices, scale + change, penalty);
    }
    if (next.loss > here.loss) break;
    scale += change;
    here = next;
    if (std::abs(change * distance) < 1e-7) break;
  }
  if (scale <= 0) return result;  // the scores say nothing about these choices, or the contrary
  result.scale = scale;
  result.loss = sum_of(choices, scale, 0).loss / count;
  return result;
}

std::vector<ScoredChoice> score_choices(const scoring::SequenceModel& model, const Dataset& dataset,
                                        std::span<const std::size_t> viewers, const ChoiceOptions& options) {
  ChoiceScorer scorer(model, dataset, options);
  std::vector<ScoredChoice> choices;
  for (const std::size_t viewer : viewers) {
    if (choices.size() >= options.choices_max) break;
    scorer.add_viewer(viewer, choices);
  }
  return choices;
}

std::vector<std::size_t> choose_held_out(const Dataset& dataset, std::uint64_t seed) {
  std::vector<std::pair<std::uint64_t, std::size_t>> hashed;
  for (std::size_t viewer = 0; viewer < dataset.viewer_count(); ++viewer) {
    if (dataset.begin[viewer + 1] - dataset.begin[viewer] < 2) continue;
    hashed.emplace_back(stable_hash(dataset.viewers[viewer], seed), viewer);
  }
  std::sort(hashed.begin(), hashed.end());
  std::vector<std::size_t> viewers;
  for (std::size_t i = 0; i < (hashed.size() + 9) / 10; ++i) viewers.push_back(hashed[i].second);
  std::sort(viewers.begin(), viewers.end());
  return viewers;
}

}  // namespace matchcue::recipes
