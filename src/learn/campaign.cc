// SPDX-License-Identifier: Apache-2.0
#include "learn/campaign.h"

#include <algorithm>

namespace matchcue::learn {

CampaignViewer& Campaign::viewer_of(const domain::ViewerId& viewer) {
  if (const auto row = viewers_.find(viewer.str())) return viewers_.edit(*row);
  CampaignViewer fresh;
  fresh.id = viewer;
  fresh.state = fresh_state();
  return viewers_.edit(viewers_.add(std::move(fresh)));
}

std::vector<float> Campaign::fresh_state() const {
  std::vector<float> state(model_->state_size());
  model_->start(state);
  return state;
}

void Campaign::meet(const domain::ViewerId& viewer, const domain::TraitsPtr& traits) {
  const auto row = viewers_.find(viewer.str());
  if (row && (viewers_[*row].traits == traits || *viewers_[*row].traits == *traits)) return;
  viewer_of(viewer).traits = traits;
}

void Campaign::advance(const domain::ViewerId& viewer, const scoring::Act& act) {
  model_->advance(viewer_of(viewer).state, act);
}

bool Campaign::needs_acts(const domain::ViewerLink& link) const {
  const auto viewer = viewers_.find(link.viewer.str());
  const auto anonymous = viewers_.find(link.anonymous.str());
  return viewer && anonymous && viewers_[*viewer].state != fresh_state();
}

void Campaign::identify(const domain::ViewerLink& link, std::span<const PastAct> acts) {
  const auto anonymous = viewers_.find(link.anonymous.str());
  if (!anonymous) return;
  if (!viewers_.find(link.viewer.str())) viewer_of(link.viewer).traits = link.traits;
  if (!needs_acts(link)) {
    const std::vector<float> state = viewers_[*anonymous].state;
    viewer_of(link.viewer).state = state;
    return;
  }
  for (const PastAct& act : acts) {
    advance(link.viewer, {act.catalogue->items()[act.item], kActed, act.context, act.timestamp_s});
  }
}

Campaign Campaign::share() {
  Campaign copy(model_);
  copy.viewers_ = viewers_.share();
  return copy;
}

CampaignScorer::CampaignScorer(const Campaign& campaign, const domain::Catalogue& catalogue,
                               const domain::MomentContext& moment)
    : campaign_(campaign),
      catalogue_(catalogue),
      scorer_(campaign.model().fold(catalogue, moment)),
      scale_(static_cast<float>(campaign.model().log_odds_scale())),
      scores_(catalogue.items().size()),
      slot_means_(catalogue.slots().size()),
      slot_shares_(catalogue.slots().size()) {
  for (std::size_t i = 0; i < scores_.size(); ++i) slot_shares_[catalogue.slot_of(i)] += 1;
  for (float& share : slot_shares_) share = 1 / std::max(share, 1.F);
}

std::span<const float> CampaignScorer::rank(std::string_view viewer, const domain::ViewerTraits& traits) {
  const auto row = campaign_.viewers().find(viewer);
  const std::span<const float> state =
      row ? std::span<const float>(campaign_.viewers()[*row].state) : std::span<const float>();
  scorer_->score(state, traits, scores_);
  return scores_;
}

std::span<const float> CampaignScorer::score(std::string_view viewer, const domain::ViewerTraits& traits) {
  rank(viewer, traits);
  std::fill(slot_means_.begin(), slot_means_.end(), 0.F);
  for (std::size_t i = 0; i < scores_.size(); ++i) slot_means_[catalogue_.slot_of(i)] += scores_[i];
  for (std::size_t s = 0; s < slot_means_.size(); ++s) slot_means_[s] *= slot_shares_[s];
  for (std::size_t i = 0; i < scores_.size(); ++i) {
    scores_[i] = scale_ * (scores_[i] - slot_means_[catalogue_.slot_of(i)]);
  }
  return scores_;
}

}  // namespace matchcue::learn
