#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What a difference of scores is worth: measured on viewers whom the model was not trained on.

#include <cstdint>
#include <span>
#include <vector>

#include "dataset/dataset.h"
#include "scoring/sequence_model.h"

namespace matchcue::recipes {

/// One choice that a viewer made, as a model scored it.
struct ScoredChoice {
  float chosen = 0;
  std::vector<float> others;
};

struct Calibration {
  double scale = 0;         ///< log-odds a unit of score; 0 when it could not be measured
  std::size_t choices = 0;  ///< that it was measured on
  double loss = 0;          ///< mean -log probability of what was chosen, in nats, at this scale
  double loss_without = 0;  ///< the same when every item of a choice is as likely
};

/// Fewer choices are not a measurement.
constexpr std::size_t kChoicesMin = 50;

/// The scale b >= 0 that makes the choices likeliest when item i of a choice is chosen with probability
/// exp(b score_i) / sum_j exp(b score_j): a conditional logit model with one coefficient, by Newton's method. A prior
/// of standard deviation 100 over the scores' own keeps it finite where scores never err. Source: McFadden 1974,
/// "Conditional logit analysis of qualitative choice behavior".
Calibration fit_scale(std::span<const ScoredChoice> choices);

struct ChoiceOptions {
  std::size_t per_viewer_max = 5;   ///< the newest interactions of each viewer
  std::size_t choices_max = 5'000;  ///< of all viewers
  std::size_t others = 100;         ///< items drawn, evenly from all, where no impressions are known
  std::uint64_t seed = 1;
  bool remove_seen = false;  ///< what the viewer acted upon before is not among the others
};

/// What the viewers of `viewers` chose, from what they saw where the data has impressions, else from items drawn
/// evenly: each choice scored with what the model knew before it. Where any interaction has impressions, those without
/// count for nothing. O(choices x items).
std::vector<ScoredChoice> score_choices(const scoring::SequenceModel& model, const dataset::Dataset& dataset,
                                        std::span<const std::size_t> viewers, const ChoiceOptions& options);

/// A tenth of those viewers who acted at least twice, at least one, by a hash of seed and id: the same seed gives the
/// same ones. Ascending. None when nobody acted twice.
std::vector<std::size_t> choose_held_out(const dataset::Dataset& dataset, std::uint64_t seed);

}  // namespace matchcue::recipes
