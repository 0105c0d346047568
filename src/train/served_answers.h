#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Asks a model that serves, as a live event would: a viewer's acts one by one, a moment's context folded once.

#include <functional>
#include <span>

#include "dataset/dataset.h"
#include "recipes/calibration.h"
#include "scoring/sequence_model.h"
#include "train/questions.h"

namespace matchcue::train {

/// Calls `take(number of the question, scores of the data's items)` for each question, those of one context beside one
/// another. A viewer did what the data says, interactions of `left_out` aside.
/// Cost: one pass through the acts, one fold a context; some milliseconds a question where contexts differ.
void ask_served(const scoring::SequenceModel& model, const dataset::Dataset& data, const HeldOutRows& left_out,
                std::span<const Question> questions,
                const std::function<void(std::size_t, std::span<const float>)>& take);

/// What a difference of scores is worth in log-odds, for what was acted upon in `questions` among 100 items drawn
/// evenly from all: as recipes::fit_scale, from 5,000 questions at most.
recipes::Calibration measure_on_questions(const scoring::SequenceModel& model, const dataset::Dataset& data,
                                          const HeldOutRows& left_out, std::span<const Question> questions);

}  // namespace matchcue::train
