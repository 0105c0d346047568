// SPDX-License-Identifier: Apache-2.0
#include "engine/feedback_fold.h"

#include <algorithm>
#include <limits>

namespace matchcue::engine {

namespace {

constexpr std::size_t kRowsPerRead = 4'096;
constexpr std::size_t kStepsPerRead = 1'000;

/// The newest snapshot of a step <= `step_max` that is whole, or nothing.
Result<std::optional<learn::LogLearner>> load_snapshot(store::Reader& reader, std::uint64_t step_max) {
  while (true) {
    MCUE_TRY(const auto snapshot, reader.load_learner_snapshot(step_max));
    if (!snapshot) return std::optional<learn::LogLearner>();
    auto learner = learn::LogLearner::load(snapshot->bytes);
    if (learner.ok() && learner->steps() == snapshot->step) {
      return std::optional<learn::LogLearner>(*std::move(learner));
    }
    if (snapshot->step == 0) return std::optional<learn::LogLearner>();
    step_max = snapshot->step - 1;  // damaged, or of another layout: the steps say the same
  }
}

}  // namespace

Result<FeedbackFold> FeedbackFold::rebuild(store::Reader& reader, OpenModel open_model, std::uint64_t step_max,
                                           const learn::Settings& fresh) {
  MCUE_TRY(auto snapshot, load_snapshot(reader, step_max));
  if (snapshot) {
    FeedbackFold fold(reader, std::move(open_model), *std::move(snapshot));
    MCUE_TRY_VOID(fold.attach_campaign());
    MCUE_TRY_VOID(fold.repeat(step_max));
    return fold;
  }
  auto replayed = replay(reader, open_model, step_max);
  if (!replayed.ok() && replayed.error().kind == ErrorKind::not_found) {
    return FeedbackFold(reader, std::move(open_model), learn::LogLearner(fresh));
  }
  return replayed;
}

Result<FeedbackFold> FeedbackFold::replay(store::Reader& reader, OpenModel open_model, std::uint64_t step_max) {
  MCUE_TRY(const auto first, reader.load_learner_steps(0, 1));
  if (first.empty()) return not_found("no_learner_step", "the learner has made no step");
  MCUE_TRY(learn::Settings settings, learn::parse_settings(first.front().settings));
  settings.campaign = {};  // deployed by the step itself
  FeedbackFold fold(reader, std::move(open_model), learn::LogLearner(settings));
  MCUE_TRY_VOID(fold.repeat(step_max));
  return fold;
}

Result<void> FeedbackFold::add(std::uint64_t last, std::size_t rows_max) {
  while (rows_max > 0 && learner_.feedback() < last) {
    const std::size_t wanted = std::min({rows_max, kRowsPerRead, static_cast<std::size_t>(last - learner_.feedback())});
    MCUE_TRY(const auto rows, reader_->load_feedback_after(learner_.feedback(), wanted));
    if (rows.empty()) return {};
    for (const domain::Feedback& row : rows) MCUE_TRY_VOID(add_row(row));
    rows_max -= rows.size();
  }
  return {};
}

Result<void> FeedbackFold::add_row(const domain::Feedback& row) {
  if (!oldest_unserved_) oldest_unserved_ = row.at;
  if (!learn::LogLearner::may_train(row)) {
    learner_.skip_to(row.number);
    return {};
  }
  MCUE_TRY(const CitedDecision* cited, cited_.find(row.cue.decision.event, row.cue.decision.sequence));
  if (cited->catalogue) {
    learner_.add(row, cited->header, cited->catalogue);
  } else {
    learner_.skip_to(row.number);
    ++damaged_;
  }
  return {};
}

Result<void> FeedbackFold::identify(std::uint64_t last, WallTime at) {
  if (last <= learner_.links()) return {};
  MCUE_TRY(const auto links, reader_->load_viewer_links(learner_.links(), std::numeric_limits<std::size_t>::max()));
  for (const domain::ViewerLink& link : links) {
    if (link.number > last) break;
    std::vector<learn::PastAct> acts;
    if (learner_.needs_acts(link)) {
      MCUE_TRY(acts, load_acts(*reader_, link.anonymous, learner_.feedback(), learner_, at));
    }
    learner_.identify(link, acts);
  }
  return {};
}

Result<void> FeedbackFold::repeat(std::uint64_t step_max) {
  while (learner_.steps() < step_max) {
    const std::size_t wanted = std::min<std::uint64_t>(kStepsPerRead, step_max - learner_.steps());
    MCUE_TRY(const auto steps, reader_->load_learner_steps(learner_.steps(), wanted));
    if (steps.empty()) return {};
    for (const store::LearnerStep& step : steps) MCUE_TRY_VOID(repeat_step(step));
  }
  return {};
}

Result<void> FeedbackFold::repeat_step(const store::LearnerStep& step) {
  learn::Settings::Deployment deployment = learner_.settings().campaign;
  if (!step.settings.empty()) {
    MCUE_TRY(const learn::Settings settings, learn::parse_settings(step.settings));
    learner_.set_settings(settings);
    deployment = settings.campaign;
  }
  MCUE_TRY_VOID(add(step.feedback, std::numeric_limits<std::size_t>::max()));
  MCUE_TRY_VOID(identify(step.links, step.at));
  if (deployment != learner_.settings().campaign) MCUE_TRY_VOID(repeat_deployment(deployment, step.at));
  learner_.step(step.at, step.settle);
  return {};
}

Result<void> FeedbackFold::repeat_deployment(const learn::Settings::Deployment& deployment, WallTime at) {
  if (deployment.version.empty()) {
    learner_.deploy(deployment, std::nullopt);
    return {};
  }
  MCUE_TRY(scoring::SequenceModelPtr model, open_model_(deployment.version));
  CampaignBuild build(std::move(model), deployment);
  MCUE_TRY_VOID(build.add_interactions(*reader_));
  MCUE_TRY_VOID(build.add_feedback(*reader_, learner_.feedback(), WallTime::max(), &learner_, at));
  MCUE_TRY_VOID(build.identify(*reader_, learner_.links(), learner_, at));
  learner_.deploy(deployment, build.take());
  return {};
}

Result<void> FeedbackFold::attach_campaign() {
  const std::string& version = learner_.settings().campaign.version;
  if (version.empty()) return {};
  MCUE_TRY(scoring::SequenceModelPtr model, open_model_(version));
  domain::CataloguePtr catalogue;
  if (learner_.catalogue_version() > 0) {
    MCUE_TRY(catalogue, reader_->load_catalogue(learner_.catalogue_version()));
  }
  learner_.attach(std::move(model), std::move(catalogue));
  return {};
}

}  // namespace matchcue::engine
