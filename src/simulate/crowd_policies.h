#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Policies that need no server: what chance, perfect knowledge, counting and a linear model come to in a crowd.

#include <memory>

#include "simulate/crowd_features.h"
#include "simulate/crowd_policy.h"

namespace matchcue::simulate {

/// Every candidate is as likely: the zero of the scale.
std::unique_ptr<CrowdPolicy> make_random_policy(std::uint64_t seed);
/// Knows the true probabilities and takes the best of each slot now, without thought of later: the one of the scale.
std::unique_ptr<CrowdPolicy> make_oracle_policy();
/// Thompson sampling with a Beta(1, 1) prior an item, one draw a viewer and item; no viewer, no context.
std::unique_ptr<CrowdPolicy> make_popularity_policy(std::uint64_t seed);

/// How a linear model's predictions become choices.
enum class CrowdExploration {
  greedy,       ///< the highest prediction
  inverse_gap,  ///< SquareCB (Foster & Rakhlin 2020, arXiv:2002.04926) with gamma = 1500 sqrt(slot impressions / 1000)
  thompson,     ///< the highest prediction of one draw of the weights a tick, the same for all viewers
};

/// Ridge regression of clicks on CrowdFeatures (item_ridge.h), fitted once a tick; a model a slot.
std::unique_ptr<CrowdPolicy> make_linear_policy(std::uint64_t seed, CrowdExploration exploration,
                                                CrowdKnowledge knowledge = {});

}  // namespace matchcue::simulate
