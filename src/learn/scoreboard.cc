// SPDX-License-Identifier: Apache-2.0
#include "learn/scoreboard.h"

#include <algorithm>
#include <cmath>

namespace matchcue::learn {

namespace {

constexpr std::size_t kMinutesMax = 60;
constexpr std::int64_t kMinuteMs = 60'000;

}  // namespace

void TrialSums::Weighted::add(double weight, double reward, double sign) {
  w += sign * weight;
  wr += sign * weight * reward;
  ww += sign * weight * weight;
  wwr += sign * weight * weight * reward;
  wwrr += sign * weight * weight * reward * reward;
}

void TrialSums::Weighted::add(const Weighted& other) {
  w += other.w;
  wr += other.wr;
  ww += other.ww;
  wwr += other.wwr;
  wwrr += other.wwrr;
}

Estimate TrialSums::Weighted::estimate() const {
  if (w <= 0) return {};
  const double value = wr / w;
  // Var = sum w^2 (r - value)^2 / (sum w)^2.
  const double squares = std::max(0., wwrr - 2 * value * wwr + value * value * ww);
  return {value, std::sqrt(squares) / w};
}

void TrialSums::add(const TrialSums& other, double sign) {
  trials += sign * other.trials;
  reward += sign * other.reward;
  reward_squares += sign * other.reward_squares;
  for (const auto& [mine, theirs] : {std::pair{&random, &other.random}, {&popularity, &other.popularity}}) {
    mine->w += sign * theirs->w;
    mine->wr += sign * theirs->wr;
    mine->ww += sign * theirs->ww;
    mine->wwr += sign * theirs->wwr;
    mine->wwrr += sign * theirs->wwrr;
  }
}

Estimate TrialSums::mean() const {
  if (trials <= 0) return {};
  const double value = reward / trials;
  return {value, std::sqrt(std::max(0., reward_squares / trials - value * value) / trials)};
}

void Scoreboard::add(Milliseconds at, std::size_t slot, float propensity, float reward, bool repair, bool popular) {
  if (slot >= totals_.size()) totals_.resize(slot + 1);
  const std::int64_t number = at.count() / kMinuteMs;
  auto minute = std::find_if(minutes_.rbegin(), minutes_.rend(), [&](const Minute& each) {
                  return each.number <= number;
                }).base();
  if (minute == minutes_.begin() || std::prev(minute)->number != number) {
    minute = std::next(minutes_.insert(minute, Minute{number, {}}));
  }
  std::vector<TrialSums>& slots = std::prev(minute)->slots;
  if (slot >= slots.size()) slots.resize(slot + 1);
  TrialSums one;
  const double weight = 1 / static_cast<double>(propensity);
  const auto value = static_cast<double>(reward);
  one.trials = repair ? 0 : 1;
  one.reward = value;
  one.reward_squares = value * value;
  // A repair adds its reward to a trial that was counted with reward 0 and the same weight.
  const double trial_weight = repair ? 0 : weight;
  for (TrialSums::Weighted* sums : {&one.random, popular ? &one.popularity : nullptr}) {
    if (sums == nullptr) continue;
    *sums = {trial_weight, weight * value, trial_weight * weight, weight * weight * value,
             weight * weight * value * value};
  }
  slots[slot].add(one, 1);
  totals_[slot].add(one, 1);
  while (minutes_.size() > kMinutesMax) minutes_.pop_front();
}

TrialSums Scoreboard::recent(WallTime now, Milliseconds window, std::size_t slot) const {
  TrialSums sums;
  const std::int64_t first = (to_ms(now) - window.count()) / kMinuteMs;
  for (const Minute& minute : minutes_) {
    if (minute.number > first && slot < minute.slots.size()) sums.add(minute.slots[slot], 1);
  }
  return sums;
}

TrialSums Scoreboard::total(std::size_t slot) const { return slot < totals_.size() ? totals_[slot] : TrialSums(); }

void Guardrail::judge(const Scoreboard& board, const GuardOptions& options, WallTime now) {
  const std::int64_t now_ms = to_ms(now);
  if (holds()) {
    if (now_ms < until_ms_) return;
    until_ms_ = 0;
    since_ms_ = now_ms;  // a fresh start: what it lost before does not count twice
  }
  const Milliseconds window(std::min(options.window.count(), now_ms - since_ms_));
  double value = 0;
  double variance = 0;
  double trials = 0;
  for (std::size_t slot = 0; slot < board.slot_count(); ++slot) {
    const TrialSums sums = board.recent(now, window, slot);
    if (sums.popularity.w <= 0) continue;
    const Estimate mine = sums.mean();
    const Estimate popular = sums.popularity.estimate();
    value += sums.trials * (mine.value - popular.value);
    variance += sums.trials * sums.trials * (mine.error * mine.error + popular.error * popular.error);
    trials += sums.trials;
  }
  difference_ = trials > 0 ? Estimate{value / trials, std::sqrt(variance) / trials} : Estimate();
  if (trials < static_cast<double>(options.trials_min)) return;
  if (difference_.value + options.sigmas * difference_.error < 0) until_ms_ = now_ms + options.rest.count();
}

}  // namespace matchcue::learn
