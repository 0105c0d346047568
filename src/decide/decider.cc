// SPDX-License-Identifier: Apache-2.0
#include "decide/decider.h"

#include <algorithm>

#include "base/random.h"

namespace matchcue::decide {

domain::DecisionHeader make_header(const domain::Change& change, domain::Circumstances circumstances,
                                   const domain::Catalogue& catalogue, const scoring::SolutionVersion& version,
                                   const Options& options) {
  domain::DecisionHeader header;
  header.event = change.event;
  header.sequence = change.sequence;
  header.moment = change.moment;
  header.catalogue_version = catalogue.version();
  header.solution_version = version.id();
  header.floor = options.floor;
  // Seeded by the moment and not by the change: when an operator blocks an item, every other slot draws what it drew.
  header.seed = stable_hash(change.event.str(), options.seed ^ mix64(change.moment.value()));
  header.at = change.at;
  header.slots = catalogue.slots();
  header.context = change.after;
  header.overrides = std::move(circumstances.overrides);
  header.subjects = std::move(circumstances.subjects);
  header.filters = std::move(circumstances.filters);
  return header;
}

Decider::Decider(const domain::DecisionHeader& header, const domain::Catalogue& catalogue,
                 const scoring::SolutionVersion& version)
    : catalogue_(catalogue),
      floor_(header.floor),
      scorer_(version.fold(catalogue, {header.context, header.subjects})),
      scores_(catalogue.items().size()),
      slots_(catalogue.slots().size()),
      filters_(FiltersInForce::make(header, catalogue).value()) {
  CHECK(header.catalogue_version == catalogue.version(), header.catalogue_version, catalogue.version());
  CHECK(header.solution_version == version.id(), header.solution_version, version.id());
  CHECK(slots_.size() <= kSlotsMax, slots_.size());
  add_items(header);
  CHECK(scorer_->spreads().size() == scores_.size(), scorer_->spreads().size(), scores_.size());
  if (!scorer_->personal()) scorer_->score({}, {}, scores_);
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    Slot& slot = slots_[s];
    slot.seed = stable_hash(catalogue.slots()[s].str(), header.seed);
    std::vector<scoring::Spread> spreads;
    for (const std::size_t item : slot.items) spreads.push_back(scorer_->spreads()[item]);
    slot.draws.emplace(spreads, slot.seed);
    if (scorer_->personal() || slot.restricted || filters_.personal()) continue;
    weigh(slot, {});
    slot.probabilities = probabilities_;
  }
}

void Decider::add_items(const domain::DecisionHeader& header) {
  const auto override_of = [&](const domain::ItemId& item) {
    for (const domain::ItemOverride& override_ : header.overrides) {
      if (override_.item == item) return override_.action;
    }
    return domain::OverrideAction::release;
  };
  for (std::size_t i = 0; i < catalogue_.items().size(); ++i) {
    const domain::Item& item = catalogue_.items()[i];
    Slot& slot = slots_[catalogue_.slot_of(i)];
    const domain::OverrideAction action = override_of(item.id);
    if (action == domain::OverrideAction::block) {
      slot.blocked.push_back(i);
      continue;
    }
    if (!filters_.passes_everybodys(i)) {
      slot.filtered.push_back(i);
      continue;
    }
    if (action == domain::OverrideAction::pin) slot.pinned = i;
    slot.items.push_back(i);
    slot.restricted = slot.restricted || item.restricted();
  }
}

void Decider::score(std::string_view viewer_id, const domain::ViewerTraits& viewer) {
  if (scorer_->personal()) scorer_->score(viewer_id, viewer, scores_);
}

std::string_view Decider::excluded_reason(const Slot& slot, std::size_t item,
                                          const domain::ViewerTraits& viewer) const {
  if (slot.restricted) {
    const std::string_view reason = ineligible_reason(catalogue_.items()[item], viewer);
    if (!reason.empty()) return reason;
  }
  return !filters_.personal() || filters_.passes(item) ? std::string_view() : "filter";
}

std::size_t Decider::rank(std::size_t item) const {
  if (slots_[catalogue_.slot_of(item)].pinned == item) return 0;
  std::size_t rank = 1;
  for (std::size_t other = 0; other < scores_.size(); ++other) {
    if (scores_[other] > scores_[item] || (scores_[other] == scores_[item] && other < item)) ++rank;
  }
  return rank;
}

void Decider::weigh(const Slot& slot, const domain::ViewerTraits& viewer) {
  eligible_.clear();
  eligible_places_.clear();
  eligible_scores_.clear();
  for (std::uint32_t place = 0; place < slot.items.size(); ++place) {
    const std::size_t item = slot.items[place];
    if (!excluded_reason(slot, item, viewer).empty()) continue;
    eligible_.push_back(item);
    eligible_places_.push_back(place);
    eligible_scores_.push_back(scores_[item]);
  }
  probabilities_.resize(eligible_.size());
  if (eligible_.empty()) return;
  slot.draws->probabilities(eligible_places_, eligible_scores_, floor_, probabilities_);
}

domain::Choice Decider::draw_among(const Slot& slot, const std::vector<std::size_t>& items,
                                   const std::vector<double>& probabilities, double uniform) {
  if (items.empty()) return {};
  if (slot.pinned != domain::kNoItem && std::find(items.begin(), items.end(), slot.pinned) != items.end()) {
    return {static_cast<std::uint16_t>(slot.pinned), 1};
  }
  exploration_tally_.explored += 1 - *std::max_element(probabilities.begin(), probabilities.end());
  ++exploration_tally_.draws;
  std::size_t chosen = 0;
  for (double passed = probabilities[0]; passed <= uniform && chosen + 1 < items.size();) {
    passed += probabilities[++chosen];
  }
  return {static_cast<std::uint16_t>(items[chosen]), static_cast<float>(probabilities[chosen])};
}

void Decider::draw(std::string_view viewer_id, const domain::ViewerTraits& viewer, domain::Choice* choices,
                   const domain::PastItems& past) {
  const std::uint64_t viewer_hash = stable_hash(viewer_id);
  filters_.apply(viewer_id, viewer, past);
  score(viewer_id, viewer);
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    const Slot& slot = slots_[s];
    const double uniform = Random(slot.seed ^ viewer_hash).uniform();
    if (slot.probabilities.empty()) {
      weigh(slot, viewer);
      choices[s] = draw_among(slot, eligible_, probabilities_, uniform);
    } else {
      choices[s] = draw_among(slot, slot.items, slot.probabilities, uniform);
    }
  }
}

std::vector<Standing> Decider::standings(std::size_t slot_index, std::string_view viewer_id,
                                         const domain::ViewerTraits& viewer, const domain::PastItems& past) {
  const Slot& slot = slots_[slot_index];
  score(viewer_id, viewer);
  filters_.apply(viewer_id, viewer, past);
  weigh(slot, viewer);
  const bool pinned = std::find(eligible_.begin(), eligible_.end(), slot.pinned) != eligible_.end();
  const std::vector<scoring::ScorePart> parts = scorer_->parts(viewer_id, viewer);
  std::vector<Standing> standings;
  const auto stand = [&](std::size_t item, std::string_view excluded) {
    Standing standing{item, scores_[item], {}, 0, excluded};
    for (const scoring::ScorePart& part : parts) standing.parts.emplace(part.name, part.values[item]);
    return standing;
  };
  std::size_t place = 0;  // in eligible_, which has the order of the slot's items
  for (const std::size_t item : slot.items) {
    Standing standing = stand(item, excluded_reason(slot, item, viewer));
    if (standing.excluded.empty() && pinned) {
      standing.propensity = item == slot.pinned ? 1 : 0;
      if (item != slot.pinned) standing.excluded = "not_pinned";
    } else if (standing.excluded.empty()) {
      standing.propensity = probabilities_[place++];
    }
    standings.push_back(std::move(standing));
  }
  for (const std::size_t item : slot.blocked) standings.push_back(stand(item, "blocked"));
  for (const std::size_t item : slot.filtered) standings.push_back(stand(item, "filter"));
  std::stable_sort(standings.begin(), standings.end(),
                   [](const Standing& a, const Standing& b) { return a.score > b.score; });
  return standings;
}

}  // namespace matchcue::decide
