// SPDX-License-Identifier: Apache-2.0
#include "cli/cue_rewards.h"

#include <algorithm>

#include "base/random.h"

namespace matchcue::cli {
namespace {

constexpr std::uint64_t kRowsBetweenJudgements = 8'192;
// The book forgets what is older than the rule's window. Rows of several shards are a little out of order, so it is
// told a time that lies behind.
constexpr Milliseconds kBehind{300'000};

}  // namespace

std::uint64_t CueRewards::key_of(const domain::EventId& event, domain::Sequence sequence,
                                 const domain::ViewerId& viewer, std::size_t slot) {
  return stable_hash(viewer.str(), stable_hash(event.str(), sequence.value()) + slot);
}

std::uint32_t CueRewards::hash_of(const domain::ItemId& item) {
  return static_cast<std::uint32_t>(stable_hash(item.str()));
}

void CueRewards::add(const domain::Feedback& row) {
  const bool is_impression = row.kind == domain::FeedbackKind::impression;
  if (!row.attributed) {
    left_out_.unattributed += is_impression ? 1 : 0;
    return;
  }
  if (row.propensity >= 1) {
    left_out_.certain += is_impression ? 1 : 0;
    return;
  }
  learn::TrialBook::Place place;
  const domain::DecisionId& decision = row.cue.decision;
  place.key = key_of(decision.event, decision.sequence, decision.viewer, row.cue.slot);
  place.item = hash_of(row.item);
  place.propensity = row.propensity;
  book_.add(place, row.kind, row.at);
  latest_ = std::max(latest_, row.at);
  if (++rows_ % kRowsBetweenJudgements == 0) judge(latest_ - kBehind, false);
}

void CueRewards::finish() { judge(latest_, true); }

void CueRewards::judge(WallTime now, bool settle) {
  for (const learn::TrialBook::Judged& judged : book_.judge(now, settle)) {
    SeenCue& cue = cues_[judged.place.key];
    cue.item_hash = judged.place.item;
    cue.propensity = judged.place.propensity;
    cue.reward += judged.trial.reward;  // a repair is what an act adds later
  }
}

SeenCue* CueRewards::find(std::uint64_t key) {
  const auto found = cues_.find(key);
  return found == cues_.end() ? nullptr : &found->second;
}

}  // namespace matchcue::cli
