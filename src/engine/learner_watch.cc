// SPDX-License-Identifier: Apache-2.0
#include "engine/learner_watch.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace matchcue::engine {

namespace {

constexpr Milliseconds kMinute{60'000};
constexpr int kMinutes = 10;

RewardRate rate_of(const learn::Estimate& estimate) { return {estimate.value, estimate.low(), estimate.high()}; }

double ratio(double shown, double other) { return other > 0 ? shown / other : 0; }

/// A group's name by its row.
std::vector<std::string> group_names(const learn::Model& model) {
  std::vector<std::string> names(model.groups.size());
  for (const auto& [name, row] : model.group_rows) names[row] = name;
  return names;
}

void add_slots(LearnerView& view, const learn::LogLearner& learner, WallTime now) {
  double shown = 0;
  double random = 0;
  double popularity = 0;
  for (std::size_t slot = 0; slot < learner.scoreboard().slot_count(); ++slot) {
    const learn::TrialSums recent = learner.scoreboard().recent(now, kMinutes * kMinute, slot);
    const learn::Estimate by_random = recent.random.estimate();
    const learn::Estimate by_popularity = recent.popularity.estimate();
    view.slots.push_back({learner.slots()[slot], static_cast<std::uint64_t>(learner.scoreboard().total(slot).trials),
                          static_cast<std::uint64_t>(recent.trials), rate_of(recent.mean()), rate_of(by_random),
                          rate_of(by_popularity)});
    shown += recent.reward;
    random += recent.trials * by_random.value;
    popularity += recent.trials * by_popularity.value;
  }
  view.reward_ratio_random = ratio(shown, random);
  view.reward_ratio_popularity = ratio(shown, popularity);
}

void add_minutes(LearnerView& view, const learn::Scoreboard& board) {
  for (const learn::Scoreboard::Minute& minute : board.minutes()) {
    learn::TrialSums sums;
    for (const learn::TrialSums& slot : minute.slots) sums.add(slot, 1);
    view.minutes.push_back({wall_time_from_ms(minute.number * kMinute.count()), static_cast<std::uint64_t>(sums.trials),
                            rate_of(sums.mean()), rate_of(sums.random.estimate())});
  }
}

}  // namespace

void LearnerWatch::note(const learn::LogLearner& learner, WallTime now) {
  if (!past_.empty() && now - past_.back().at < kMinute) return;
  Past present{now, {}};
  const auto& items = learner.learner().model().items;
  for (learn::ItemRow row = 0; row < items.size(); ++row) {
    present.items.push_back({items[row].trials, items[row].weights.mean[0]});
  }
  past_.push_back(std::move(present));
  while (past_.size() > 1 && now - past_[1].at >= kMinutes * kMinute) past_.pop_front();
}

LearnerView LearnerWatch::summary(const learn::LogLearner& learner, WallTime now) {
  LearnerView view;
  view.steps = learner.steps();
  view.feedback = learner.feedback();
  view.waiting = learner.waiting();
  view.viewers = learner.learner().viewer_count();
  view.recent_minutes = kMinutes;
  if (learner.guardrail().holds()) view.fallback_until = learner.guardrail().until();
  add_slots(view, learner, now);
  return view;
}

LearnerView LearnerWatch::view(const learn::LogLearner& learner, WallTime now) const {
  LearnerView view = summary(learner, now);
  add_minutes(view, learner.scoreboard());
  const learn::Model& model = learner.learner().model();
  const std::vector<std::string> groups = group_names(model);
  std::vector<double> slot_trials(groups.size());
  for (learn::ItemRow row = 0; row < model.items.size(); ++row) {
    const learn::ItemState& state = model.items[row];
    const std::string& group = groups[state.groups.front()];
    LearnerView::Item item;
    item.item = state.id;
    item.slot = domain::SlotName(group.substr(std::min(group.size(), learn::kSlotGroup.size())));
    item.is_new = !past_.empty() && row >= past_.front().items.size();
    const bool known = !past_.empty() && !item.is_new;
    const double trials_before = known ? past_.front().items[row].trials : 0;
    item.trials = static_cast<std::uint64_t>(state.trials);
    item.recent_trials = static_cast<std::uint64_t>(state.trials - trials_before);
    item.reward_rate = state.trials > 0 ? state.reward / state.trials : 0;
    item.appeal = state.weights.mean[0];
    item.appeal_sd = std::sqrt(std::max(0., state.weights.covariance(0, 0)));
    item.appeal_before = known ? past_.front().items[row].appeal : 0;
    slot_trials[state.groups.front()] += static_cast<double>(item.recent_trials);
    view.items.push_back(std::move(item));
  }
  for (learn::ItemRow row = 0; row < model.items.size(); ++row) {
    const double of_slot = slot_trials[model.items[row].groups.front()];
    if (of_slot > 0) view.items[row].share = static_cast<double>(view.items[row].recent_trials) / of_slot;
  }
  std::sort(view.items.begin(), view.items.end(), [](const LearnerView::Item& a, const LearnerView::Item& b) {
    return std::tie(a.slot, a.item) < std::tie(b.slot, b.item);
  });
  return view;
}

}  // namespace matchcue::engine
