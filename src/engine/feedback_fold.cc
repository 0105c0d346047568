// SPDX-License-Identifier: Apache-2.0
#include "engine/feedback_fold.h"

#include <algorithm>
#include <limits>

namespace matchcue::engine {

namespace {

constexpr std::size_t kRowsPerRead = 4'096;
constexpr std::size_t kStepsPerRead = 1'000;
/// Changes whose circumstances are remembered; feedback rarely cites more at a time.
constexpr std::size_t kCitedMax = 512;

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

Result<FeedbackFold> FeedbackFold::rebuild(store::Reader& reader, std::uint64_t step_max,
                                           const learn::Settings& fresh) {
  MCUE_TRY(auto snapshot, load_snapshot(reader, step_max));
  if (snapshot) {
    FeedbackFold fold(reader, *std::move(snapshot));
    MCUE_TRY_VOID(fold.repeat(step_max));
    return fold;
  }
  auto replayed = replay(reader, step_max);
  if (!replayed.ok() && replayed.error().kind == ErrorKind::not_found) {
    return FeedbackFold(reader, learn::LogLearner(fresh));
  }
  return replayed;
}

Result<FeedbackFold> FeedbackFold::replay(store::Reader& reader, std::uint64_t step_max) {
  MCUE_TRY(const auto first, reader.load_learner_steps(0, 1));
  if (first.empty()) return not_found("no_learner_step", "the learner has made no step");
  MCUE_TRY(const learn::Settings settings, learn::parse_settings(first.front().settings));
  FeedbackFold fold(reader, learn::LogLearner(settings));
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
  MCUE_TRY(const Cited* cited, find_cited({row.cue.decision.event, row.cue.decision.sequence}));
  if (cited->catalogue) {
    learner_.add(row, cited->header, cited->catalogue);
  } else {
    learner_.skip_to(row.number);
    ++damaged_;
  }
  return {};
}

Result<const FeedbackFold::Cited*> FeedbackFold::find_cited(const Change& change) {
  const auto known = cited_.find(change);
  if (known != cited_.end()) return &known->second;
  MCUE_TRY(Cited cited, load_cited(change));
  if (cited_.size() >= kCitedMax) cited_.clear();
  return &cited_.emplace(change, std::move(cited)).first->second;
}

Result<FeedbackFold::Cited> FeedbackFold::load_cited(const Change& change) {
  const auto header = reader_->load_decision_header(change.first, change.second);
  // One damaged record must not end the learning: what cites it is left out.
  if (!header.ok() && header.error().kind != ErrorKind::corrupt) return header.error();
  if (!header.ok() || !header->has_value()) return Cited();
  for (const auto& [other, cited] : cited_) {
    if (cited.catalogue && cited.catalogue->version() == (*header)->catalogue_version) {
      return Cited{**header, cited.catalogue};
    }
  }
  MCUE_TRY(domain::CataloguePtr catalogue, reader_->load_catalogue((*header)->catalogue_version));
  return Cited{**header, std::move(catalogue)};
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
  if (!step.settings.empty() && step.number > 1) {
    MCUE_TRY(const learn::Settings settings, learn::parse_settings(step.settings));
    learner_.set_settings(settings);
  }
  MCUE_TRY_VOID(add(step.feedback, std::numeric_limits<std::size_t>::max()));
  learner_.step(step.at, step.settle);
  return {};
}

}  // namespace matchcue::engine
