// SPDX-License-Identifier: Apache-2.0
#include "simulate/crowd_world.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.h"
#include "simulate/crowd_moment.h"
#include "simulate/draws.h"

namespace matchcue::simulate {
namespace {

constexpr double kTimingShare = .7;   // of the standard deviation of events
constexpr double kEventTaste = .6;    // weight of the taste that depends on the event
constexpr double kEventSpread = 1.5;  // of its entries
constexpr double kRelationSpread = .4;
constexpr double kOwnTeam = .6;
constexpr double kOtherTeam = -.3;
constexpr double kClickedStep = .5;
constexpr double kSequenceMax = 2;
constexpr double kSubjectPlain = .5;  // interest in the acting player; at a GOAL or PENALTY 1
constexpr std::size_t kNobody = 2;

std::size_t arrival(const CrowdParams& params, const std::vector<std::vector<TimedMoment>>& matches) {
  CHECK(!matches.empty());
  return static_cast<std::size_t>(std::ceil(params.newtick * static_cast<double>(matches.front().size()) - 1e-9));
}

/// A normal number that belongs to a name: the same whenever it is asked for.
double named_normal(const std::string& name, std::uint64_t seed) {
  Random random(stable_hash(name, seed));
  return draw_normal(random);
}

double apply_link(CrowdLink link, double utility) {
  switch (link) {
    case CrowdLink::logistic: return 1 / (1 + std::exp(-utility));
    case CrowdLink::probit: return .5 * std::erfc(-utility / std::numbers::sqrt2);
    case CrowdLink::cloglog: return -std::expm1(-std::exp(utility));
  }
  CHECK(false, static_cast<int>(link));
}

/// How a viewer's side fares: neutral or level, winning, losing.
std::string_view relation_of(std::size_t side, const std::array<int, 2>& score) {
  if (side == kNobody || score[0] == score[1]) return "level";
  return (score[0] > score[1]) == (side == 0) ? "winning" : "losing";
}

}  // namespace

CrowdWorld::CrowdWorld(const CrowdParams& params, std::vector<std::vector<TimedMoment>> matches, std::uint64_t seed,
                       std::size_t viewers)
    : seed_(seed), params_(params), cast_(make_crowd_cast(params, seed, viewers, arrival(params, matches))) {
  for (const std::string& slot : params_.slots) slots_.emplace_back(slot);
  for (const ItemNature& nature : cast_.item_natures) {
    directions_.insert(directions_.end(), nature.direction.begin(), nature.direction.end());
  }
  add_ticks(std::move(matches));
  const std::size_t items = cast_.items.size();
  for (const CrowdItem& item : cast_.items) {
    appeals_.push_back(params_.base * named_normal("appeal " + item.id.str(), seed_));
  }
  interests_.resize(items);
  common_.resize(items);
  candidates_.resize(slots_.size());
  tastes_.resize(viewers * params_.K);
  sequences_.resize(viewers * params_.K);
  times_.resize(viewers * items);
  clicks_.resize(viewers * items);
  weariness_.resize(viewers * items);
  records_.resize(viewers);
}

void CrowdWorld::add_ticks(std::vector<std::vector<TimedMoment>> matches) {
  for (std::size_t match = 0; match < matches.size(); ++match) {
    const std::size_t count = matches[match].size();
    CHECK(count > 0, match);
    for (std::size_t i = 0; i < count; ++i) {
      TimedMoment& moment = matches[match][i];
      CrowdMoment told = make_crowd_moment(moment, params_.context);
      words_.push_back({std::move(told.event), std::move(told.timing)});
      shifts_.push_back(i > 0 && i == count / 2);
      CrowdTick tick;
      tick.match = match;
      tick.context = std::move(told.context);
      if (moment.subject) tick.subject = find_item(*moment.subject);
      tick.moment = std::move(moment);
      ticks_.push_back(std::move(tick));
    }
  }
}

std::optional<std::size_t> CrowdWorld::find_item(const domain::ItemId& id) const {
  for (std::size_t i = 0; i < cast_.items.size(); ++i) {
    if (cast_.items[i].id == id) return i;
  }
  return std::nullopt;
}

std::size_t CrowdWorld::tick_number() const {
  CHECK(at_.has_value());
  return *at_;
}

bool CrowdWorld::next_tick() {
  const std::size_t next = at_ ? *at_ + 1 : 0;
  if (next == ticks_.size()) return false;
  if (at_) apply_records();
  at_ = next;
  if (next > 0) change_appeals();
  enter_tick();
  return true;
}

/// F, C, h and what follows from them, after everybody has done what they did.
void CrowdWorld::apply_records() {
  const std::size_t items = cast_.items.size();
  for (double& x : times_) x *= params_.decay_fatigue;
  for (double& x : clicks_) x *= params_.decay_clicks;
  for (double& x : sequences_) x *= params_.decay_sequence;
  for (std::size_t u = 0; u < records_.size(); ++u) {
    for (const CrowdShown& shown : records_[u]) {
      times_[u * items + shown.item] += 1;
      if (!shown.clicked) continue;
      clicks_[u * items + shown.item] += 1;
      for (std::size_t k = 0; k < params_.K; ++k) {
        sequences_[u * params_.K + k] += kClickedStep * directions_[shown.item * params_.K + k];
      }
    }
    records_[u].clear();
  }
  for (std::size_t j = 0; j < weariness_.size(); ++j) {
    if (times_[j] > 0) weariness_[j] = params_.fatigue * std::log2(1 + times_[j]) + params_.clickfat * clicks_[j];
  }
}

void CrowdWorld::change_appeals() {
  const std::size_t items = cast_.items.size();
  Random random(stable_hash(fmt::format("appeals at {}", *at_), seed_));
  for (double& appeal : appeals_) appeal += params_.drift * draw_normal(random);
  if (!shifts_[*at_]) return;
  std::vector<std::size_t> order(items);
  for (std::size_t i = 0; i < items; ++i) order[i] = i;
  const auto count = static_cast<std::size_t>(std::lround(params_.shift * static_cast<double>(items)));
  for (std::size_t i = 0; i < count; ++i) {
    std::swap(order[i], order[i + random.below(items - i)]);
    appeals_[order[i]] = params_.base * draw_normal(random);
  }
}

void CrowdWorld::enter_tick() {
  collect_candidates();
  update_interests();
  compute_common();
  compute_tastes();
}

void CrowdWorld::collect_candidates() {
  for (auto& candidates : candidates_) candidates.clear();
  for (std::size_t i = 0; i < cast_.items.size(); ++i) {
    if (is_available(i)) candidates_[cast_.item_natures[i].slot].push_back(i);
  }
}

void CrowdWorld::update_interests() {
  for (double& interest : interests_) interest *= params_.decay_subject;
  if (!tick().subject) return;
  const domain::Values& state = tick().moment.state;
  const auto event = state.find("MATCH_EVENT");
  const std::string word = event == state.end() ? std::string() : domain::to_text(event->second);
  double& interest = interests_[*tick().subject];
  interest = word == "GOAL" || word == "PENALTY" ? 1 : std::max(interest, kSubjectPlain);
}

void CrowdWorld::compute_common() {
  const Words& words = words_[*at_];
  const bool has_pulls = params_.handmade && params_.context == CrowdContext::match;
  for (std::size_t i = 0; i < cast_.items.size(); ++i) {
    const CrowdItem& item = cast_.items[i];
    const ItemNature& nature = cast_.item_natures[i];
    const std::string& id = item.id.str();
    double common = params_.alpha + appeals_[i] + params_.fact * interests_[i];
    common += params_.ev * named_normal(fmt::format("event {} {}", words.event, id), seed_);
    common += kTimingShare * params_.ev * named_normal(fmt::format("timing {} {}", words.timing, id), seed_);
    if (has_pulls) common += handmade_pull(words.event, domain::to_text(item.fields.at("ITEM_LABEL")));
    for (std::size_t side = 0; side < kSides; ++side) {
      const std::string_view relation = relation_of(side, tick().moment.score);
      double& total = common_[i][side];
      total = common;
      total += kRelationSpread * named_normal(fmt::format("relation {} {}", relation, item.slot.str()), seed_);
      if (nature.team && side != kNobody) total += *nature.team == side ? kOwnTeam : kOtherTeam;
    }
  }
}

/// pref z + .6 z W for everybody, so that a click's probability needs one product with the item's direction.
void CrowdWorld::compute_tastes() {
  const std::size_t size = params_.K;
  Random random(stable_hash("event tastes " + words_[*at_].event, seed_));
  std::vector<double> weights(size * size);
  const double spread = kEventTaste * kEventSpread * params_.pc / std::sqrt(static_cast<double>(size));
  for (double& x : weights) x = spread * draw_normal(random);
  for (std::size_t k = 0; k < size; ++k) weights[k * size + k] += params_.pref;
  for (std::size_t u = 0; u < cast_.viewers.size(); ++u) {
    const std::vector<double>& z = cast_.viewer_natures[u].taste;
    double* const taste = &tastes_[u * size];
    std::fill(taste, taste + size, 0);
    for (std::size_t k = 0; k < size; ++k) {
      for (std::size_t l = 0; l < size; ++l) taste[l] += z[k] * weights[k * size + l];
    }
  }
}

double CrowdWorld::click_probability(std::size_t viewer, std::size_t item) const {
  CHECK(viewer < cast_.viewers.size() && item < cast_.items.size() && is_available(item), viewer, item);
  const double* const direction = &directions_[item * params_.K];
  const double* const taste = &tastes_[viewer * params_.K];
  const double* const sequence = &sequences_[viewer * params_.K];
  double liking = 0;
  double nearness = 0;
  for (std::size_t k = 0; k < params_.K; ++k) {
    liking += taste[k] * direction[k];
    nearness += sequence[k] * direction[k];
  }
  const double utility = common_[item][cast_.viewer_natures[viewer].side] + liking +
                         params_.seq * std::clamp(nearness, -kSequenceMax, kSequenceMax) -
                         weariness_[viewer * cast_.items.size() + item];
  return params_.pos[cast_.item_natures[item].slot] * apply_link(params_.link, utility / params_.temp);
}

bool CrowdWorld::clicks(std::size_t viewer, std::size_t item) const {
  std::uint64_t key = mix64(stable_hash("clicks", seed_) + *at_);
  key = mix64(key + viewer);
  key = mix64(key + cast_.item_natures[item].slot);
  return Random(key).uniform() < click_probability(viewer, item);
}

void CrowdWorld::record(std::size_t viewer, std::span<const CrowdShown> shown) {
  CHECK(viewer < records_.size() && records_[viewer].empty(), viewer);
  for (const CrowdShown& one : shown) CHECK(one.item < cast_.items.size() && is_available(one.item), one.item);
  records_[viewer].assign(shown.begin(), shown.end());
}

}  // namespace matchcue::simulate
