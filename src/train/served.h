#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Asks a model that serves, act by act and without torch, as a live event would: a viewer's acts one by one, a moment's
// context folded once.

#include <functional>
#include <span>

#include "dataset/dataset.h"
#include "scoring/sequence_model.h"
#include "train/questions.h"

namespace matchcue::train {

/// Calls `take(number of the question, scores of the data's items)` for each question, those of one context beside one
/// another. A viewer did what the data says, interactions of `left_out` aside.
/// Cost: one pass through the acts, one fold a context; some milliseconds a question where contexts differ.
void ask_served(const scoring::SequenceModel& model, const dataset::Dataset& data,
                std::span<const std::size_t> left_out, std::span<const Question> questions,
                const std::function<void(std::size_t, std::span<const float>)>& take);

/// What serves beside what was trained.
struct ServedCheck {
  Quality quality;                ///< of what serves
  double largest_difference = 0;  ///< between scores of both
  std::size_t compared = 0;       ///< answers of both
  std::size_t same_lists = 0;     ///< of those: the same ten items in the same order
};

/// Takes one answer of both, which are scores of the same items, into `check`.
void compare(std::span<const float> trained, std::span<const float> served, ServedCheck& check);

}  // namespace matchcue::train
