// SPDX-License-Identifier: Apache-2.0
//
// The part of LiveLearning that serves campaigns: deploying is a step of the learner, so it is durable before anything
// is decided with it, and happens again at the same place of the log when the learner is rebuilt.

#include <algorithm>

#include "engine/live_learning.h"

namespace matchcue::engine {

namespace {

RewardRate rate_of(const learn::Estimate& estimate) { return {estimate.value, estimate.low(), estimate.high()}; }

CampaignView::Shadow shadow_view(const learn::LogLearner& learner) {
  CampaignView::Shadow view;
  view.solution_version = learner.shadow()->campaign().model().id();
  learn::Shadow::Tally sum;
  const auto& slots = learner.shadow()->slots();
  const auto part_of = [](const learn::Shadow::Tally& tally) {
    CampaignView::ShadowPart part;
    part.trials = static_cast<std::uint64_t>(tally.trials);
    part.agreement = tally.trials > 0 ? tally.agreed / tally.trials : 0;
    part.shown = tally.trials > 0 ? tally.reward / tally.trials : 0;
    part.own = rate_of(tally.own.estimate());
    part.effective_trials = tally.effective_trials();
    return part;
  };
  for (std::size_t s = 0; s < slots.size(); ++s) {
    if (slots[s].trials == 0) continue;
    view.slots.emplace_back(learner.slots()[s], part_of(slots[s]));
    sum.trials += slots[s].trials;
    sum.agreed += slots[s].agreed;
    sum.reward += slots[s].reward;
    sum.own.add(slots[s].own);
  }
  view.all = part_of(sum);
  return view;
}

}  // namespace

void LiveLearning::on_learner(std::function<void()> task) { loop_->post(std::move(task)); }

void LiveLearning::campaign(Reply<CampaignView> reply) {
  const auto shared = std::make_shared<Reply<CampaignView>>(std::move(reply));
  if (!loop_->post([this, shared] { (*shared)(make_campaign_view()); })) {
    (*shared)(unavailable("stopping", "matchcue is stopping"));
  }
}

void LiveLearning::deploy(std::string version, Reply<CampaignView> reply) {
  prepare(CampaignDesk::Purpose::deploy, std::move(version), std::move(reply));
}

void LiveLearning::shadow(std::string version, Reply<CampaignView> reply) {
  prepare(CampaignDesk::Purpose::shadow, std::move(version), std::move(reply));
}

void LiveLearning::prepare(CampaignDesk::Purpose purpose, std::string version, Reply<CampaignView> reply) {
  const auto shared = std::make_shared<Reply<CampaignView>>(std::move(reply));
  const bool posted = loop_->post([this, purpose, version, shared] {
    if (finished_ || !fold_) return (*shared)(unavailable("rebuilding", "the learner is being rebuilt"));
    const Milliseconds lateness = settings_.reward.window + settings_.reward.wait;
    const auto accepted = [this, shared](const Result<void>& found) {
      if (!found.ok()) return (*shared)(found.error());
      (*shared)(make_campaign_view());
    };
    desk_.prepare(purpose, version, lateness, accepted, [this] { follow(); });
  });
  if (!posted) (*shared)(unavailable("stopping", "matchcue is stopping"));
}

void LiveLearning::roll_back(Reply<CampaignView> reply) {
  const auto shared = std::make_shared<Reply<CampaignView>>(std::move(reply));
  const bool posted = loop_->post([this, shared] {
    const auto deployments = load_deployments();
    if (!deployments.ok()) return (*shared)(deployments.error());
    if (deployments->size() < 2) {
      return (*shared)(
          Error{ErrorKind::conflict, "no_campaign_before", "no campaign was deployed before this one", {}});
    }
    deploy((*deployments)[1].solution_version, std::move(*shared));
  });
  if (!posted) (*shared)(unavailable("stopping", "matchcue is stopping"));
}

void LiveLearning::install_shadow() {
  learn::LogLearner& learner = fold_->learner();
  if (!desk_.is_ready(CampaignDesk::Purpose::shadow, learner.feedback())) return;
  auto prepared = desk_.take(*reader_, learner, learner.links(), clock_.wall());
  if (prepared.ok()) learner.set_shadow(std::move(prepared->campaign));
}

Result<std::vector<CampaignView::Deployment>> LiveLearning::load_deployments() {
  std::vector<CampaignView::Deployment> deployments;
  MCUE_TRY(const auto steps, reader_->load_learner_settings());
  std::string version;
  for (const store::LearnerStep& step : steps) {
    MCUE_TRY(const learn::Settings settings, learn::parse_settings(step.settings));
    if (settings.campaign.version == version && !deployments.empty()) continue;
    version = settings.campaign.version;
    deployments.push_back({version, step.at, step.number});
  }
  std::reverse(deployments.begin(), deployments.end());
  return deployments;
}

Result<CampaignView> LiveLearning::make_campaign_view() {
  CampaignView view;
  view.preparing = desk_.preparing();
  view.trouble = desk_.trouble();
  MCUE_TRY(view.history, load_deployments());
  if (!fold_) return view;
  const learn::LogLearner& learner = fold_->learner();
  view.weight = learner.learner().model().pair[learn::kCampaign];
  if (learner.campaign()) {
    view.solution_version = learner.campaign()->model().id();
    view.recipe = learner.campaign()->model().recipe();
    view.viewers = learner.campaign()->viewers().size();
  }
  if (learner.shadow()) view.shadow = shadow_view(learner);
  return view;
}

}  // namespace matchcue::engine
