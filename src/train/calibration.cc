// SPDX-License-Identifier: Apache-2.0
#include "train/calibration.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "dataset/decoded.h"
#include "train/served.h"

namespace matchcue::train {

namespace {

constexpr std::size_t kChoicesMax = 5'000;
constexpr std::size_t kOthers = 100;

bool at_moments(const dataset::Dataset& data, const ScaleQuestion& question) {
  if (question.setting != "auto") return question.setting == "moments";
  return question.validation.empty() && (!data.impression_begin.empty() || !data.context.empty());
}

recipes::Calibration measure_on_questions(const dataset::Dataset& data, const ScaleQuestion& question) {
  // Evenly from all, so that the first viewers do not speak for the others.
  std::vector<Question> some;
  const std::size_t step = std::max<std::size_t>(1, (question.validation.size() + kChoicesMax - 1) / kChoicesMax);
  for (std::size_t k = 0; k < question.validation.size(); k += step) {
    const Question& each = question.validation[k];
    if (each.value > 0 && each.item != kNotThere) some.push_back(each);
  }
  const domain::Catalogue catalogue = dataset::catalogue_of(data);
  const auto option_of = [&](std::size_t item, std::span<const float> scores) {
    return recipes::ScoredOption{scores[item], static_cast<std::uint16_t>(catalogue.slot_of(item))};
  };
  std::mt19937_64 random(1);
  std::vector<recipes::ScoredChoice> choices;
  ask_served(question.model, data, question.left_out, some, [&](std::size_t number, std::span<const float> scores) {
    recipes::ScoredChoice& choice = choices.emplace_back();
    choice.chosen = option_of(some[number].item, scores);
    while (choice.others.size() < kOthers && scores.size() > 1) {
      const std::size_t drawn = random() % scores.size();
      if (drawn != some[number].item) choice.others.push_back(option_of(drawn, scores));
    }
  });
  return recipes::fit_scale(choices);
}

recipes::Calibration measure_at(const scoring::SequenceModel& model, const dataset::Dataset& data,
                                std::span<const std::size_t> asked, const ScaleQuestion& question) {
  recipes::ChoiceOptions options;
  options.remove_seen = question.remove_seen;
  return recipes::fit_scale(recipes::score_choices(model, data, asked, options));
}

MeasuredScale measure_on_validation(const dataset::Dataset& data, const ScaleQuestion& question) {
  if (!question.validation.empty()) return {measure_on_questions(data, question), false};
  return {measure_at(question.model, data, question.left_out, question), false};
}

}  // namespace

Result<MeasuredScale> measure_scale(const dataset::Dataset& data, const ScaleQuestion& question) {
  if (!at_moments(data, question)) return measure_on_validation(data, question);
  const auto moments = recipes::middle_interactions(data);
  if (moments.empty()) return MeasuredScale{{}, true};
  MCUE_TRY(const scoring::SequenceModelPtr model, question.train_without(moments));
  if (model == nullptr) return measure_on_validation(data, question);
  return MeasuredScale{measure_at(*model, data, moments, question), true};
}

nlohmann::json json_of(const MeasuredScale& measured) {
  return {{"measured_on", measured.at_moments ? "moments" : "validation"},
          {"choices", measured.calibration.choices},
          {"log_odds_scale", measured.calibration.scale},
          {"loss", measured.calibration.loss},
          {"loss_without", measured.calibration.loss_without}};
}

}  // namespace matchcue::train
