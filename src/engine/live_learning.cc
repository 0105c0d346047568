// SPDX-License-Identifier: Apache-2.0
#include "engine/live_learning.h"

#include <prometheus/gauge.h>

#include <algorithm>
#include <future>
#include <limits>

namespace matchcue::engine {

namespace {

constexpr Milliseconds kPeriod{200};
/// Rebuilding reads much: when it fails it waits before it tries again.
constexpr Milliseconds kRebuildPause{5'000};
/// One step folds in no more, so that what it brought is served before the rest is read.
constexpr std::size_t kRowsPerStep = 50'000;
/// Feedback between two snapshots; and so many rows a viewer, since a snapshot holds every viewer.
constexpr std::uint64_t kSnapshotRowsMin = 200'000;
constexpr std::uint64_t kSnapshotRowsPerViewer = 8;

}  // namespace

LiveLearning::LiveLearning(const learn::Settings& settings, OpenModel open_model, store::Store& store,
                           const Clock& clock, metrics::Metrics& metrics, const runtime::MakeLoop& make_loop,
                           Publish publish)
    : settings_(settings),
      store_(store),
      clock_(clock),
      metrics_(metrics),
      publish_(std::move(publish)),
      reader_(store.make_reader()),
      open_model_(open_model),
      desk_(std::move(open_model), store, clock, make_loop,
            [this](std::function<void()> task) { on_learner(std::move(task)); }),
      loop_(make_loop("learner", clock)) {}

LiveLearning::~LiveLearning() { stop(); }

void LiveLearning::start() {
  started_ = true;
  desk_.start();
  loop_->start();
  loop_->post([this] {
    timer_ = loop_->every(kPeriod, [this] { follow(); });
    rebuild();
  });
}

void LiveLearning::stop() {
  if (!started_) return;
  desk_.stop();
  std::promise<void> finished;
  const std::future<void> is_finished = finished.get_future();
  const bool posted = loop_->post([&] {
    loop_->cancel(timer_);
    finished_ = [&finished] { finished.set_value(); };
    if (logging_) return;
    // A snapshot is of a step: what none has taken yet gets one.
    const bool whole = !fold_ || (!settings_changed_ && fold_->learner().feedback() == step_feedback_);
    return whole ? finish() : log_step(false);
  });
  if (posted) loop_->wait(is_finished);
  loop_->stop();
}

void LiveLearning::finish() {
  hold_when_due();
  keep_snapshot();
  finish_without_snapshot();
}

void LiveLearning::finish_without_snapshot() {
  hold_when_due();
  for (const Settling& each : settling_) each.reply(unavailable("stopping", "matchcue is stopping"));
  settling_.clear();
  stop_waiting_for_links();
  finished_();
}

void LiveLearning::rebuild() {
  if (clock_.steady() < rebuild_at_) return;
  rebuild_at_ = clock_.steady() + kRebuildPause;
  auto fold = FeedbackFold::rebuild(*reader_, open_model_, std::numeric_limits<std::uint64_t>::max(), settings_);
  if (!fold.ok()) return report_trouble(fold.error());
  fold_.emplace(*std::move(fold));
  fold_->mark_served();  // what was stored before the start has no lag any more
  learn::LogLearner& learner = fold_->learner();
  snapshot_feedback_ = step_feedback_ = learner.feedback();
  settings_.campaign = learner.settings().campaign;
  settings_changed_ = learner.steps() == 0 || to_json(learner.settings()) != to_json(settings_);
  if (settings_changed_) learner.set_settings(settings_);
  if (learner.steps() > 0 && !settings_changed_) publish({});
  follow();
}

void LiveLearning::follow() {
  if (finished_ || logging_) return;
  hold_when_due();
  if (held_ > 0) return;
  if (!fold_) return rebuild();
  const auto newest = reader_->last_feedback_number();
  if (!newest.ok()) return report_trouble(newest.error());
  const auto newest_link = reader_->last_viewer_link_number();
  if (!newest_link.ok()) return report_trouble(newest_link.error());
  if (const auto added = fold_->add(*newest, kRowsPerStep); !added.ok()) return report_trouble(added.error());
  const learn::LogLearner& learner = fold_->learner();
  const bool settle = std::any_of(settling_.begin(), settling_.end(),
                                  [&](const Settling& each) { return each.last <= learner.feedback(); });
  install_shadow();
  const bool deploy = desk_.is_ready(CampaignDesk::Purpose::deploy, learner.feedback());
  const bool identified = *newest_link > learner.links();
  if (settle || settings_changed_ || deploy || identified || learner.has_due(clock_.wall())) return log_step(settle);
  trouble_.clear();
  fold_->mark_served();  // impressions that wait for an act are not late
  if (learner.feedback() < *newest) loop_->post([this] { follow(); });
  observe();
}

void LiveLearning::log_step(bool settle) {
  const learn::LogLearner& learner = fold_->learner();
  store::LearnerStep step;
  step.number = learner.steps() + 1;
  step.feedback = learner.feedback();
  step.at = clock_.wall();
  step.settle = settle;
  if (settings_changed_) step.settings = to_json(learner.settings());
  const auto newest_link = reader_->last_viewer_link_number();
  step.links = std::max(learner.links(), newest_link.ok() ? *newest_link : 0);
  if (desk_.is_ready(CampaignDesk::Purpose::deploy, learner.feedback())) {
    auto prepared = desk_.take(*reader_, learner, step.links, step.at);
    if (!prepared.ok()) {
      report_trouble(prepared.error());
      if (finished_) finish_without_snapshot();
      return;
    }
    deploying_ = *std::move(prepared);
    learn::Settings settings = learner.settings();
    settings.campaign = deploying_->deployment;
    step.settings = to_json(settings);
  }
  logging_ = true;
  store_.append_learner_step(step, [this, step](const Result<void>& logged) {
    loop_->post([this, step, logged] { on_logged(step, logged); });
  });
}

void LiveLearning::on_logged(const store::LearnerStep& step, const Result<void>& logged) {
  logging_ = false;
  std::optional<CampaignDesk::Prepared> deployed = std::exchange(deploying_, std::nullopt);
  if (!logged.ok()) {
    report_trouble(logged.error());
    // The step may be there although the store could not say so: then what is stored decides.
    if (logged.error().kind == ErrorKind::conflict) fold_.reset();
    if (finished_) finish_without_snapshot();
    return;
  }
  if (const auto identified = fold_->identify(step.links, step.at); !identified.ok()) {
    report_trouble(identified.error());
    fold_.reset();  // the step is there: it is made when the learner is rebuilt
    if (finished_) finish_without_snapshot();
    return;
  }
  trouble_.clear();
  settings_changed_ = false;
  step_feedback_ = step.feedback;
  if (deployed) {
    fold_->learner().deploy(deployed->deployment, std::move(deployed->campaign));
    settings_.campaign = deployed->deployment;
  }
  fold_->learner().step(step.at, step.settle);
  if (finished_) return finish();
  std::vector<Reply<LearnerView>> settled;
  std::erase_if(settling_, [&](Settling& each) {
    const bool done = step.settle && each.last <= step.feedback;
    if (done) settled.push_back(std::move(each.reply));
    return done;
  });
  publish(std::move(settled));
  keep_snapshot_when_due();
  loop_->post([this] { follow(); });
}

void LiveLearning::publish(std::vector<Reply<LearnerView>> settled) {
  const WallTime now = clock_.wall();
  scoring::SolutionVersionPtr version = fold_->learner().version();
  version_ = version->id();
  if (fold_->oldest_unserved()) lag_s_ = std::chrono::duration<double>(now - *fold_->oldest_unserved()).count();
  fold_->mark_served();
  watch_.note(fold_->learner(), now);
  observe();
  const LearnerView view = settled.empty() ? LearnerView() : make_view();
  auto identified = take_identified(fold_->learner().links());
  publish_(std::move(version), [settled = std::move(settled), identified = std::move(identified), view] {
    for (const auto& served : identified) served();
    for (const Reply<LearnerView>& reply : settled) reply(view);
  });
}

void LiveLearning::await_link(std::uint64_t link, std::function<void()> served) {
  const bool posted = loop_->post([this, link, served] {
    if (finished_ || !fold_ || fold_->learner().links() >= link) return served();
    identifying_.push_back({link, served});
    follow();
  });
  if (!posted) served();
}

void LiveLearning::hold(std::function<void()> held) {
  const bool posted = loop_->post([this, held] {
    holding_.push_back(held);
    follow();  // or once the step is logged that is on its way
  });
  if (!posted) held();
}

/// Between two steps. A step that was logged is made again when the learner is rebuilt.
void LiveLearning::hold_when_due() {
  if (holding_.empty()) return;
  fold_.reset();
  stop_waiting_for_links();
  held_ += holding_.size();
  for (const auto& held : std::exchange(holding_, {})) held();
}

void LiveLearning::learn_anew() {
  loop_->post([this] {
    --held_;
    rebuild_at_ = clock_.steady();
    follow();
  });
}

std::vector<std::function<void()>> LiveLearning::take_identified(std::uint64_t last) {
  std::vector<std::function<void()>> identified;
  std::erase_if(identifying_, [&](Identifying& each) {
    if (each.link > last) return false;
    identified.push_back(std::move(each.served));
    return true;
  });
  return identified;
}

void LiveLearning::stop_waiting_for_links() {
  for (const auto& served : take_identified(std::numeric_limits<std::uint64_t>::max())) served();
}

void LiveLearning::keep_snapshot_when_due() {
  const learn::LogLearner& learner = fold_->learner();
  const std::uint64_t wanted =
      std::max<std::uint64_t>(kSnapshotRowsMin, kSnapshotRowsPerViewer * learner.learner().viewers().size());
  if (learner.feedback() - snapshot_feedback_ >= wanted) keep_snapshot();
}

void LiveLearning::keep_snapshot() {
  if (!fold_ || fold_->learner().steps() == 0) return;
  snapshot_feedback_ = fold_->learner().feedback();
  const auto kept = store_.put_learner_snapshot({fold_->learner().steps(), fold_->learner().save()});
  snapshot_trouble_ = kept.ok() ? "" : kept.error().message;
}

void LiveLearning::observe() {
  const LearnerView now = LearnerWatch::summary(fold_->learner(), clock_.wall());
  metrics_.learner_lag().Set(lag_s_);
  metrics_.learner_fallback().Set(now.fallback_until ? 1 : 0);
  metrics_.reward_ratio("random").Set(now.reward_ratio_random);
  metrics_.reward_ratio("popularity").Set(now.reward_ratio_popularity);
}

void LiveLearning::report_trouble(const Error& error) {
  trouble_ = error.message;
  stop_waiting_for_links();
  if (fold_ && fold_->oldest_unserved()) {
    lag_s_ = std::chrono::duration<double>(clock_.wall() - *fold_->oldest_unserved()).count();
  }
  metrics_.learner_lag().Set(lag_s_);
}

LearnerView LiveLearning::make_view() const {
  LearnerView view;
  if (fold_) view = watch_.view(fold_->learner(), clock_.wall());
  view.solution_version = version_;
  view.trouble = trouble_.empty() ? snapshot_trouble_ : trouble_;
  view.state = !view.trouble.empty() ? "trouble"
               : !fold_              ? "rebuilding"
               : view.fallback_until ? "fallback"
                                     : "learning";
  view.lag_s = lag_s_;
  return view;
}

void LiveLearning::view(const Reply<LearnerView>& reply) {
  const bool posted = loop_->post([this, reply] { reply(make_view()); });
  if (!posted) reply(unavailable("stopping", "matchcue is stopping"));
}

void LiveLearning::settle(Reply<LearnerView> reply) {
  const auto shared = std::make_shared<Reply<LearnerView>>(std::move(reply));
  const bool posted = loop_->post([this, shared] {
    const auto newest = reader_->last_feedback_number();
    if (!newest.ok()) return (*shared)(newest.error());
    settling_.push_back({*newest, std::move(*shared)});
    follow();
  });
  if (!posted) (*shared)(unavailable("stopping", "matchcue is stopping"));
}

}  // namespace matchcue::engine
