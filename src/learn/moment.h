#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What a decision knows of the moment it is made for, and what the model makes of that.

#include <cstdint>
#include <vector>

#include "domain/decision.h"
#include "learn/model.h"

namespace matchcue::learn {

/// A moment folded into the items: everything of eta that is the same for all viewers. Immutable.
struct FoldedMoment {
  Columns columns;
  std::vector<float> main;                                        ///< by item row
  std::vector<float> variance;                                    ///< of main, from the item's own weights
  std::vector<Taste> taste;                                       ///< (I + sum W_f) q_i
  std::vector<std::pair<ItemRow, std::vector<double>>> subjects;  ///< rho of the items that have one
};

/// The columns of a context; unknown values have none. Without use_context only the bias.
Columns columns_of(const Model& model, const domain::Values& context);

/// O(items x (context fields^2 + kTasteSize^2)).
FoldedMoment fold_moment(const Model& model, const domain::MomentContext& moment);

/// An item that the learner has not met: what its slot and metadata make one expect.
struct NewItem {
  float main = 0;
  float variance = 0;
  Taste taste{};
};
NewItem fold_new_item(const Model& model, const domain::Item& item, const Columns& columns);

/// The mean taste of viewers with this metadata.
Taste prior_taste(const Model& model, std::span<const Feature> metadata);

}  // namespace matchcue::learn
