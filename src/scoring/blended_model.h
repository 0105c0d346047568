#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Two models of one solution version, added up in score space.

#include "scoring/sequence_model.h"

namespace matchcue::scoring {

/// A model whose state is both models' states and whose scores are those of `first` plus `weight` times those of
/// `second`; it has the id and recipe of `first`, and `log_odds_scale` of its own.
SequenceModelPtr make_blended_model(SequenceModelPtr first, SequenceModelPtr second, float weight,
                                    double log_odds_scale);

}  // namespace matchcue::scoring
