// SPDX-License-Identifier: Apache-2.0
#include "learn/trial_book.h"

#include <algorithm>

namespace matchcue::learn {

double RewardRule::value_of(domain::FeedbackKind kind) const {
  switch (kind) {
    case domain::FeedbackKind::impression: return 0;
    case domain::FeedbackKind::click: return click;
    case domain::FeedbackKind::dismiss: return dismiss;
    case domain::FeedbackKind::answer: return answer;
    case domain::FeedbackKind::convert: return convert;
  }
  CHECK(false, static_cast<int>(kind));
}

void TrialBook::add(const Place& place, domain::FeedbackKind kind, WallTime at) {
  const std::int64_t at_ms = to_ms(at);
  const auto [known, is_new] = by_key_.try_emplace(place.key, forgotten_ + entries_.size());
  if (is_new) {
    entries_.emplace_back();
    entries_.back().place = place;
    entries_.back().first_ms = at_ms;
  }
  Entry& entry = entries_[known->second - forgotten_];
  if (kind == domain::FeedbackKind::impression) {
    if (entry.seen_ms < 0) entry.seen_ms = at_ms;
  } else {
    const std::int64_t since = entry.seen_ms < 0 ? entry.first_ms : entry.seen_ms;
    if (at_ms - since > rule_.window.count()) return;
    entry.kinds = static_cast<std::uint8_t>(entry.kinds | (1U << static_cast<unsigned>(kind)));
  }
  if (!entry.listed) {
    entry.listed = true;
    waiting_.push_back(known->second);
  }
}

bool TrialBook::is_waiting(std::uint64_t key, WallTime now) const {
  const auto known = by_key_.find(key);
  if (known == by_key_.end()) return false;
  const Entry& entry = entries_[known->second - forgotten_];
  return entry.listed && to_ms(now) - entry.first_ms <= rule_.window.count() + rule_.wait.count();
}

double TrialBook::reward_of(const Entry& entry) const {
  double sum = 0;
  for (const auto kind : {domain::FeedbackKind::click, domain::FeedbackKind::dismiss, domain::FeedbackKind::answer,
                          domain::FeedbackKind::convert}) {
    if ((entry.kinds >> static_cast<unsigned>(kind)) & 1U) sum += rule_.value_of(kind);
  }
  return std::clamp(sum, -1., 1.);
}

bool TrialBook::is_due(const Entry& entry, std::int64_t now_ms) const {
  if (entry.seen_ms < 0) return false;
  return entry.judged || now_ms - entry.seen_ms >= rule_.wait.count();
}

bool TrialBook::has_due(WallTime now) const {
  return std::any_of(waiting_.begin(), waiting_.end(), [&](std::uint64_t number) {
    return number >= forgotten_ && is_due(entries_[number - forgotten_], to_ms(now));
  });
}

std::vector<TrialBook::Judged> TrialBook::judge(WallTime now, bool settle) {
  const std::int64_t now_ms = to_ms(now);
  std::vector<Judged> judged;
  std::vector<std::uint64_t> still_waiting;
  for (const std::uint64_t number : waiting_) {
    if (number < forgotten_) continue;  // never seen
    Entry& entry = entries_[number - forgotten_];
    if (entry.seen_ms < 0 || (!settle && !is_due(entry, now_ms))) {
      still_waiting.push_back(number);
      continue;
    }
    entry.listed = false;
    const auto reward = static_cast<float>(reward_of(entry));
    const float change = entry.judged ? reward - entry.folded : reward;
    const bool repair = entry.judged;
    entry.judged = true;
    entry.folded = reward;
    if (repair && change == 0) continue;
    judged.push_back(
        {entry.place, Milliseconds(entry.seen_ms), {entry.place.viewer, entry.place.item, change, repair}});
  }
  waiting_ = std::move(still_waiting);
  while (!entries_.empty() && now_ms - entries_.front().first_ms > rule_.window.count() + rule_.wait.count()) {
    by_key_.erase(entries_.front().place.key);
    entries_.pop_front();
    ++forgotten_;
  }
  return judged;
}

std::uint64_t TrialBook::oldest_moment() const {
  std::uint64_t oldest = UINT64_MAX;
  for (const Entry& entry : entries_) oldest = std::min(oldest, entry.place.moment);
  return oldest;
}

}  // namespace matchcue::learn
