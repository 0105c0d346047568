// SPDX-License-Identifier: Apache-2.0
#include "learn/viewer_table.h"

#include <algorithm>
#include <cmath>

namespace matchcue::learn {

namespace {

/// Nothing is left of any trace after so many moments.
constexpr std::uint64_t kFadingMomentsMax = 1'000;

void add_entry(const History& entry, std::vector<History>& history) {
  const auto same =
      std::find_if(history.begin(), history.end(), [&](const History& each) { return each.item == entry.item; });
  if (same == history.end()) {
    history.push_back(entry);
    return;
  }
  same->information += entry.information;
  same->target += entry.target;
  same->fatigue = std::log2(std::exp2(same->fatigue) + std::exp2(entry.fatigue) - 1);
  same->clicked += entry.clicked;
  same->sequence += entry.sequence;
}

}  // namespace

const History* ViewerState::find(ItemRow item) const {
  for (const History& entry : history) {
    if (entry.item == item) return &entry;
  }
  return nullptr;
}

void ViewerState::fade(const Options& options, std::uint64_t moments_seen) {
  for (std::uint64_t moment = 0; moment < std::min(moments_seen, kFadingMomentsMax); ++moment) {
    for (History& entry : history) {
      const float shown = (std::exp2(entry.fatigue) - 1) * static_cast<float>(options.fatigue_decay);
      entry.fatigue = std::log2(1 + shown);
      entry.clicked *= static_cast<float>(options.click_decay);
      entry.sequence *= static_cast<float>(options.sequence_decay);
    }
  }
}

void ViewerState::take_over(ViewerState other, const Options& options) {
  const bool came_first = seen_moment <= other.seen_moment;
  ViewerState& earlier = came_first ? *this : other;
  ViewerState& later = came_first ? other : *this;
  if (later.first_moment > earlier.seen_moment) earlier.fade(options, later.moments);
  std::vector<History> both = std::move(earlier.history);
  for (const History& entry : later.history) add_entry(entry, both);
  if (both.size() > options.recent_items_max) {
    both.erase(both.begin(), both.end() - static_cast<std::ptrdiff_t>(options.recent_items_max));
  }
  history = std::move(both);
  if (moments == 0 || (other.moments > 0 && other.first_moment < first_moment)) first_moment = other.first_moment;
  seen_moment = std::max(seen_moment, other.seen_moment);
  moments += other.moments;
}

ViewerRow owner_of(const ViewerTable& viewers, ViewerRow row) { return viewers[row].known_as.value_or(row); }

std::optional<ViewerRow> find_owner(const ViewerTable& viewers, std::string_view id) {
  const auto row = viewers.find(id);
  return row ? std::optional(owner_of(viewers, *row)) : std::nullopt;
}

}  // namespace matchcue::learn
