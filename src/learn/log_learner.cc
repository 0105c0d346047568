// SPDX-License-Identifier: Apache-2.0
#include "learn/log_learner.h"

#include <algorithm>
#include <chrono>

#include "base/random.h"

namespace matchcue::learn {

namespace {

/// Solving for the tastes costs as much as some trials for each viewer: it is due after this many a viewer, at least
/// 256.
constexpr std::uint64_t kRefreshTrialsPerViewer = 2;
constexpr std::uint64_t kRefreshTrialsMin = 256;

/// So many moments are remembered even when no trial of theirs is open: somebody's picture may be far behind.
constexpr std::uint64_t kMomentsKept = 256;

/// An event that nothing was heard of for so many others counts as new again.
constexpr std::size_t kEventsMax = 64;

std::uint64_t cue_key(const domain::CueId& cue) {
  const std::uint64_t event = stable_hash(cue.decision.event.str(), cue.decision.sequence.value());
  return stable_hash(cue.decision.viewer.str(), event + cue.slot);
}

}  // namespace

LogLearner::LogLearner(const Settings& settings)
    : settings_(settings), learner_(settings.model), book_(settings.reward) {}

void LogLearner::set_settings(const Settings& settings) {
  const Settings::Deployment campaign = settings_.campaign;
  settings_ = settings;
  settings_.campaign = campaign;
  learner_.set_options(settings.model);
  book_.set_rule(settings.reward);
}

void LogLearner::deploy(const Settings::Deployment& deployment, std::optional<Campaign> campaign) {
  settings_.campaign = deployment;
  campaign_ = std::move(campaign);
  learner_.relax(settings_.model.event_keep);  // a new campaign knows much of what was learned
}

void LogLearner::attach(scoring::SequenceModelPtr model, domain::CataloguePtr catalogue) {
  campaign_->set_model(std::move(model));
  catalogue_ = std::move(catalogue);
}

bool LogLearner::is_waiting(const domain::Feedback& row, WallTime now) const {
  return book_.is_waiting(cue_key(row.cue), now);
}

bool LogLearner::is_act(domain::FeedbackKind kind) {
  return kind != domain::FeedbackKind::impression && kind != domain::FeedbackKind::dismiss;
}

void LogLearner::set_shadow(std::optional<Campaign> campaign) {
  shadow_.reset();
  if (campaign) shadow_.emplace(*std::move(campaign));
}

bool LogLearner::may_train(const domain::Feedback& row) {
  return row.attributed && row.propensity > 0 && row.propensity < 1;
}

LogLearner::KnownMoment& LogLearner::moment_of(const domain::Feedback& row, const domain::DecisionHeader& header) {
  const auto [known, is_new] = moments_.try_emplace({row.cue.decision.event, row.cue.decision.sequence});
  if (is_new) {
    meet_event(row.cue.decision.event);
    known->second = {next_ordinal_++, header.context, header.subjects};
    learner_.add_context(header.context);
    for (const domain::Subject& subject : header.subjects) learner_.add_context(subject.context);
  }
  return known->second;
}

void LogLearner::meet_event(const domain::EventId& event) {
  if (std::find(events_.begin(), events_.end(), event) != events_.end()) return;
  if (campaign_ && !events_.empty()) learner_.relax(settings_.model.event_keep);
  if (events_.size() == kEventsMax) events_.erase(events_.begin());
  events_.push_back(event);
}

std::uint16_t LogLearner::slot_number(const domain::SlotName& slot) {
  const auto known = std::find(slots_.begin(), slots_.end(), slot);
  if (known != slots_.end()) return static_cast<std::uint16_t>(known - slots_.begin());
  slots_.push_back(slot);
  return static_cast<std::uint16_t>(slots_.size() - 1);
}

void LogLearner::add(const domain::Feedback& row, const domain::DecisionHeader& header,
                     const domain::CataloguePtr& catalogue) {
  feedback_ = row.number;
  if (!may_train(row)) return;
  if (catalogue->version() > catalogue_version_) {
    catalogue_version_ = catalogue->version();
    catalogue_ = catalogue;
    learner_.add_items(*catalogue);
  }
  const auto item = learner_.model().item_rows.find(row.item);
  if (item == learner_.model().item_rows.end()) return;
  TrialBook::Place place;
  place.key = cue_key(row.cue);
  place.moment = moment_of(row, header).ordinal;
  place.viewer = learner_.viewer_row(row.viewer, row.traits ? row.traits->fields : domain::Values());
  const domain::TraitsPtr& traits = row.traits ? row.traits : domain::no_traits();
  // What was known of somebody before they were identified says nothing of who they are.
  const bool own_id = learner_.viewers()[place.viewer].id == row.viewer;
  if (campaign_ && own_id) campaign_->meet(row.viewer, traits);
  if (shadow_ && own_id) shadow_->campaign().meet(row.viewer, traits);
  place.item = item->second;
  place.slot = slot_number(row.slot);
  place.propensity = row.propensity;
  book_.add(place, row.kind, row.at);
}

bool LogLearner::needs_acts(const domain::ViewerLink& link) const {
  return (campaign_ && campaign_->needs_acts(link)) || (shadow_ && shadow_->campaign().needs_acts(link));
}

void LogLearner::identify(const domain::ViewerLink& link, std::span<const PastAct> acts) {
  CHECK(link.number > links_, link.number, links_);
  links_ = link.number;
  learner_.identify(link.anonymous, link.viewer, link.traits->fields);
  if (campaign_) campaign_->identify(link, acts);
  if (shadow_) shadow_->campaign().identify(link, acts);
}

bool LogLearner::has_due(WallTime at) const {
  return book_.has_due(at) || (guardrail_.holds() && at >= guardrail_.until());
}

void LogLearner::step(WallTime at, bool settle) {
  ++steps_;
  std::vector<TrialBook::Judged> judged = book_.judge(at, settle);
  for (TrialBook::Judged& each : judged) {
    each.place.viewer = each.trial.viewer = owner_of(learner_.viewers(), each.place.viewer);
  }
  std::stable_sort(judged.begin(), judged.end(), [](const TrialBook::Judged& a, const TrialBook::Judged& b) {
    return a.place.moment < b.place.moment;
  });
  fold(judged);
  trials_since_refresh_ += judged.size();
  if (trials_since_refresh_ >=
          std::max<std::uint64_t>(kRefreshTrialsMin, kRefreshTrialsPerViewer * learner_.viewer_count()) ||
      (settle && trials_since_refresh_ > 0)) {
    learner_.refresh();
    trials_since_refresh_ = 0;
  }
  guardrail_.judge(scoreboard_, settings_.guard, at);
  forget_moments();
}

void LogLearner::forget_moments() {
  if (moments_.size() <= 2 * kMomentsKept) return;
  const std::uint64_t oldest = std::min(book_.oldest_moment(), next_ordinal_ - kMomentsKept);
  std::erase_if(moments_, [&](const auto& known) { return known.second.ordinal < oldest; });
}

std::vector<bool> LogLearner::popular_items() const {
  const Model& model = learner_.model();
  const auto rate = [&](ItemRow item) { return (model.items[item].reward + 1) / (model.items[item].trials + 20); };
  std::vector<double> best(model.groups.size());
  for (ItemRow item = 0; item < model.items.size(); ++item) {
    double& of_slot = best[model.items[item].groups.front()];
    of_slot = std::max(of_slot, rate(item));
  }
  std::vector<bool> popular(model.items.size());
  for (ItemRow item = 0; item < popular.size(); ++item) {
    popular[item] = rate(item) >= best[model.items[item].groups.front()];
  }
  return popular;
}

void LogLearner::fold(const std::vector<TrialBook::Judged>& judged) {
  std::map<std::uint64_t, const KnownMoment*> by_ordinal;
  for (const auto& [key, moment] : moments_) by_ordinal[moment.ordinal] = &moment;
  const std::vector<bool> popular = popular_items();
  std::vector<Trial> trials;
  for (std::size_t begin = 0; begin < judged.size();) {
    const std::uint64_t ordinal = judged[begin].place.moment;
    trials.clear();
    std::size_t end = begin;
    for (; end < judged.size() && judged[end].place.moment == ordinal; ++end) {
      const TrialBook::Judged& each = judged[end];
      trials.push_back(each.trial);
      scoreboard_.add(each.seen, each.place.slot, each.place.propensity, each.trial.reward, each.trial.repair,
                      popular[each.trial.item]);
    }
    const KnownMoment& known = *by_ordinal.at(ordinal);
    const domain::MomentContext moment{known.context, known.subjects};
    const std::span<const TrialBook::Judged> part{judged.data() + begin, judged.data() + end};
    if (shadow_) judge_shadow(moment, trials, part);
    if (campaign_) {
      ask(*campaign_, &CampaignScorer::score, moment, trials,
          [&](std::size_t t, std::span<const float> expected, std::size_t place) {
            trials[t].campaign = expected[place];
          });
    }
    learner_.fold(moment, ordinal, trials);
    if (campaign_) tell(*campaign_, moment, part);
    if (shadow_) tell(shadow_->campaign(), moment, part);
    begin = end;
  }
}

template <typename Visit>
void LogLearner::ask(const Campaign& campaign, Question question, const domain::MomentContext& moment,
                     std::span<const Trial> trials, const Visit& visit) const {
  CampaignScorer scorer(campaign, *catalogue_, moment);
  std::vector<std::uint32_t> by_viewer(trials.size());
  for (std::uint32_t t = 0; t < by_viewer.size(); ++t) by_viewer[t] = t;
  std::stable_sort(by_viewer.begin(), by_viewer.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return trials[a].viewer < trials[b].viewer; });
  std::span<const float> expected;
  for (std::size_t n = 0; n < by_viewer.size(); ++n) {
    const Trial& trial = trials[by_viewer[n]];
    if (n == 0 || trials[by_viewer[n - 1]].viewer != trial.viewer) {
      const domain::ViewerId& viewer = learner_.viewers()[trial.viewer].id;
      const auto row = campaign.viewers().find(viewer.str());
      expected = (scorer.*question)(viewer.str(), row ? *campaign.viewers()[*row].traits : *domain::no_traits());
    }
    const auto place = catalogue_->find_item(learner_.model().items[trial.item].id);
    if (place) visit(by_viewer[n], expected, *place);
  }
}

void LogLearner::judge_shadow(const domain::MomentContext& moment, std::span<const Trial> trials,
                              std::span<const TrialBook::Judged> judged) {
  const auto judge = [&](std::size_t t, std::span<const float> scores, std::size_t place) {
    if (trials[t].repair) return;
    shadow_->add(*catalogue_, scores, place, judged[t].place.slot, judged[t].place.propensity, trials[t].reward);
  };
  ask(shadow_->campaign(), &CampaignScorer::rank, moment, trials, judge);
}

void LogLearner::tell(Campaign& campaign, const domain::MomentContext& moment,
                      std::span<const TrialBook::Judged> judged) const {
  for (const TrialBook::Judged& each : judged) {
    if (each.trial.reward <= 0) continue;
    const auto place = catalogue_->find_item(learner_.model().items[each.trial.item].id);
    if (!place) continue;
    const std::int64_t seen_s = std::chrono::duration_cast<std::chrono::seconds>(each.seen).count();
    campaign.advance(learner_.viewers()[each.trial.viewer].id,
                     {catalogue_->items()[*place], kActed, moment.context, seen_s});
  }
}

scoring::SolutionVersionPtr LogLearner::version(Policy policy) {
  auto [model, viewers] = learner_.share();
  return make_live_version(steps_, policy, std::move(model), std::move(viewers),
                           campaign_ ? std::optional<Campaign>(campaign_->share()) : std::nullopt);
}

scoring::SolutionVersionPtr LogLearner::version() {
  return version(guardrail_.holds() ? Policy::popularity : Policy::learner);
}

}  // namespace matchcue::learn
