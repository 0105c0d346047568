#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What a difference of scores is worth: measured on what was done at moments that the model was not trained on. Other
// viewers are not enough: at one goal everybody does the same, whatever happens at the next.

#include <cstdint>
#include <span>
#include <vector>

#include "dataset/dataset.h"
#include "scoring/sequence_model.h"

namespace matchcue::recipes {

/// One of the items that a viewer chose from, as a model scored it.
struct ScoredOption {
  float score = 0;
  std::uint16_t slot = 0;  ///< counted from 0
};

/// One choice that a viewer made.
struct ScoredChoice {
  ScoredOption chosen;
  std::vector<ScoredOption> others;
};

struct Calibration {
  double scale = 0;         ///< log-odds a unit of score; 0 when it could not be measured
  std::size_t choices = 0;  ///< that it was measured on
  double loss = 0;          ///< mean -log probability of what was chosen, in nats, at this scale
  double loss_without = 0;  ///< the same by the slots alone
};

/// Fewer choices are not a measurement.
constexpr std::size_t kChoicesMin = 50;

/// The scale b >= 0 that makes the choices likeliest when option i of a choice is chosen with probability
/// exp(b score_i + a_slot(i)) / sum_j exp(b score_j + a_slot(j)): a conditional logit model, by Newton's method. Slots
/// have a level of their own, because one beside the picture is acted upon more than one below it, whatever it shows. A
/// prior of standard deviation 100 over the scores' own keeps b finite where scores never err. O(choices x (options +
/// slots^2)). Source: McFadden 1974, "Conditional logit analysis of qualitative choice behavior".
Calibration fit_scale(std::span<const ScoredChoice> choices);

struct ChoiceOptions {
  std::size_t choices_max = 5'000;  ///< of all that are asked for, evenly
  std::size_t others = 100;         ///< items drawn, evenly from all, where no impressions are known
  std::uint64_t seed = 1;           ///< of what is drawn
  bool remove_seen = false;         ///< what the viewer acted upon before is not among the others
};

/// What was chosen in the interactions `asked` (ascending numbers), from what their viewers saw where the data has
/// impressions, else from items drawn evenly: each choice scored with what the model knew before it. A viewer's first
/// interaction counts for nothing, nor, where any interaction has impressions, do those without. O(choices x items +
/// the viewers' interactions); memory: a viewer's state a choice and one folded context.
std::vector<ScoredChoice> score_choices(const scoring::SequenceModel& model, const dataset::Dataset& dataset,
                                        std::span<const std::size_t> asked, const ChoiceOptions& options);

/// The numbers of the interactions in the middle fifth of the data's time, ascending: before and after it as much
/// happened as one trains on. None where all has one time.
std::vector<std::size_t> middle_interactions(const dataset::Dataset& dataset);

}  // namespace matchcue::recipes
