#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What can be set about the live learner. The scales are only where it starts: the data moves them.

#include <cstddef>

namespace matchcue::learn {

/// Dimensions of a viewer's and an item's taste vector.
constexpr std::size_t kTasteSize = 8;

struct Options {
  double base_log_odds = -3.5;  ///< log-odds of a click that a slot starts with
  /// Standard deviations of an item's appeal that a draw may differ by. 0 is greedy, but for the guardrail's
  /// popularity.
  double exploration = 1;
  /// A slot explores in sqrt(this / trials an item had) of the draws: in all at most, in a sixteenth at least. 1..1e9.
  double exploration_trials = 500;

  // Standard deviations of the priors, in log-odds: where empirical Bayes starts.
  double group_appeal_sd = 1;      ///< of what items of one slot have in common
  double group_context_sd = 0.15;  ///< ...per context value
  double appeal_sd = 0.4;          ///< of an item's appeal
  double context_sd = 0.2;         ///< of an item's response to a context value
  double item_taste_sd = 0.26;     ///< of each dimension of an item's taste vector
  double context_taste_sd = 0.08;  ///< of each entry of a context value's taste matrix
  double subject_sd = 0.3;         ///< of what a moment's context makes of its subject
  double drift_sd = 0.03;          ///< of an item's appeal from one moment to the next

  double event_keep = 0.7;  ///< share of what was learned that stays for the next event, with a campaign; 0..1

  // What a slate leaves behind, kept at the viewer's next one.
  double fatigue_decay = 0.9;
  double click_decay = 0.97;
  double sequence_decay = 0.85;
  double subject_decay = 0.6;  ///< at each moment

  std::size_t recent_items_max = 64;     ///< items of which a viewer's history is kept
  std::size_t context_values_max = 64;   ///< distinct context values told apart; further ones count as none
  std::size_t metadata_values_max = 64;  ///< the same for the viewers' metadata

  // Parts that can be left out, to see what they are worth.
  bool use_context = true;
  bool use_history = true;  ///< fatigue, clicks and sequence
  bool use_taste = true;
  bool use_context_taste = true;
  bool use_subject = true;
};

}  // namespace matchcue::learn
