// SPDX-License-Identifier: Apache-2.0
#include "simulate/crowd_score.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace matchcue::simulate {
namespace {

constexpr double kWindow = .25;

double share(double part, std::uint64_t whole) { return whole == 0 ? 0 : part / static_cast<double>(whole); }

bool is_new(const CrowdItem& item) { return item.arrives_tick > 0; }

/// Adds one viewer's slot.
void add_slot(const CrowdWorld& world, std::size_t viewer, std::size_t slot, const CrowdShown& shown,
              CrowdTickValue& value) {
  const auto candidates = world.candidates(slot);
  if (candidates.empty()) return;
  double sum = 0;
  double best = -1;
  std::size_t best_item = 0;
  for (const std::size_t item : candidates) {
    const double p = world.click_probability(viewer, item);
    sum += p;
    if (item == shown.item) value.policy += p;
    if (p > best) {
      best = p;
      best_item = item;
    }
  }
  value.random += sum / static_cast<double>(candidates.size());
  value.oracle += best;
  ++value.oracle_shown;
  if (is_new(world.items()[best_item])) ++value.oracle_new;
  if (shown.item == kNoCrowdItem) return;
  ++value.impressions;
  if (shown.clicked) ++value.clicks;
  if (is_new(world.items()[shown.item])) ++value.new_shown;
}

}  // namespace

CrowdTickValue& CrowdTickValue::operator+=(const CrowdTickValue& tick) {
  match = tick.match;
  policy += tick.policy;
  random += tick.random;
  oracle += tick.oracle;
  impressions += tick.impressions;
  clicks += tick.clicks;
  has_new_items = has_new_items || tick.has_new_items;
  new_shown += tick.new_shown;
  oracle_shown += tick.oracle_shown;
  oracle_new += tick.oracle_new;
  return *this;
}

double CrowdTickValue::gain() const {
  const double room = oracle - random;
  return room > 0 ? (policy - random) / room : 0;
}

const CrowdTickValue& CrowdScore::add(const CrowdWorld& world, std::span<const CrowdShown> shown) {
  const std::size_t slots = world.slots().size();
  const std::size_t viewers = world.viewers().size();
  CHECK(shown.size() == viewers * slots, shown.size(), viewers, slots);
  CrowdTickValue value;
  value.match = world.tick().match;
  for (std::size_t slot = 0; slot < slots; ++slot) {
    for (const std::size_t item : world.candidates(slot)) {
      if (is_new(world.items()[item])) value.has_new_items = true;
    }
  }
  for (std::size_t u = 0; u < viewers; ++u) {
    for (std::size_t slot = 0; slot < slots; ++slot) add_slot(world, u, slot, shown[u * slots + slot], value);
  }
  ticks_.push_back(value);
  return ticks_.back();
}

CrowdTickValue CrowdScore::total() const {
  CrowdTickValue sum;
  for (const CrowdTickValue& tick : ticks_) sum += tick;
  return sum;
}

std::optional<double> CrowdScore::gain_at(std::uint64_t impressions) const {
  const auto wanted = static_cast<double>(impressions);
  CrowdTickValue window;
  double before = 0;
  for (const CrowdTickValue& tick : ticks_) {
    const double after = before + static_cast<double>(tick.impressions);
    const bool is_near = std::abs((before + after) / 2 - wanted) <= kWindow * wanted;
    if (is_near || (before < wanted && wanted <= after)) window += tick;
    before = after;
  }
  if (impressions == 0 || before < wanted) return std::nullopt;
  return window.gain();
}

double CrowdScore::gain_last() const {
  if (ticks_.empty()) return 0;
  const auto is_last = [&](const CrowdTickValue& tick) { return tick.match == ticks_.back().match; };
  const auto count = static_cast<std::size_t>(std::count_if(ticks_.begin(), ticks_.end(), is_last));
  CrowdTickValue sum;
  for (std::size_t i = ticks_.size() - (count + 1) / 2; i < ticks_.size(); ++i) sum += ticks_[i];
  return sum.gain();
}

double CrowdScore::click_rate() const {
  const CrowdTickValue sum = total();
  return share(static_cast<double>(sum.clicks), sum.impressions);
}

double CrowdScore::oracle_click_rate() const {
  const CrowdTickValue sum = total();
  return share(sum.oracle, sum.oracle_shown);
}

CrowdTickValue CrowdScore::since_arrival(std::size_t first, std::size_t last) const {
  const auto has_new = [](const CrowdTickValue& tick) { return tick.has_new_items; };
  const auto arrival = std::find_if(ticks_.begin(), ticks_.end(), has_new);
  CrowdTickValue sum;
  std::size_t after = 0;
  for (auto tick = arrival; tick != ticks_.end(); ++tick, ++after) {
    if (after >= first && after <= last) sum += *tick;
  }
  return sum;
}

std::optional<double> CrowdScore::new_share(std::size_t first, std::size_t last) const {
  const CrowdTickValue sum = since_arrival(first, last);
  if (sum.impressions == 0) return std::nullopt;
  return share(static_cast<double>(sum.new_shown), sum.impressions);
}

std::optional<double> CrowdScore::oracle_new_share(std::size_t first, std::size_t last) const {
  const CrowdTickValue sum = since_arrival(first, last);
  if (sum.oracle_shown == 0) return std::nullopt;
  return share(static_cast<double>(sum.oracle_new), sum.oracle_shown);
}

}  // namespace matchcue::simulate
