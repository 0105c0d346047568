#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What a factorization machine is asked to see how good it is: would this viewer, in this context, act upon this item?

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "dataset/dataset.h"
#include "domain/catalogue.h"
#include "train/quality.h"

namespace matchcue::train {

struct Question {
  std::uint32_t viewer = kNotThere;
  std::uint32_t item = kNotThere;
  domain::Values context;
  float value = 1;  ///< above 0: the item was acted upon; 0: it was only shown
};

/// Interactions as questions to a model that is trained on `data`: viewers and items by their numbers there.
std::vector<Question> questions_of(std::span<const domain::Interaction> interactions, const dataset::Dataset& data);

/// Interactions that are not trained on, by number, ascending.
using HeldOutRows = std::vector<std::size_t>;

/// The last act of each viewer who acted at least three times.
HeldOutRows hold_out_last_acts(const dataset::Dataset& data);
/// About a tenth of all interactions, drawn evenly.
HeldOutRows hold_out_tenth(const dataset::Dataset& data, std::uint64_t seed);
/// Such interactions as questions.
std::vector<Question> questions_of(const HeldOutRows& rows, const dataset::Dataset& data);

}  // namespace matchcue::train
