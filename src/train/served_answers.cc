// SPDX-License-Identifier: Apache-2.0
#include "train/served_answers.h"

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <unordered_map>
#include <vector>

#include "dataset/decoded.h"

namespace matchcue::train {

namespace {

/// What each viewer is after their acts, made when first asked for.
class ViewerStates {
 public:
  ViewerStates(const scoring::SequenceModel& model, const dataset::Dataset& data, const domain::Catalogue& catalogue,
               const HeldOutRows& left_out)
      : model_(model), data_(data), catalogue_(catalogue), left_out_(left_out) {}

  std::span<const float> of(std::uint32_t viewer) {
    if (viewer == kNotThere) return {};
    const auto [found, is_new] = states_.try_emplace(viewer);
    if (is_new) replay(viewer, found->second);
    return found->second;
  }

 private:
  void replay(std::uint32_t viewer, std::vector<float>& state) const {
    state.resize(model_.state_size());
    model_.start(state);
    for (std::size_t row = data_.begin[viewer]; row < data_.begin[viewer + 1]; ++row) {
      if (std::binary_search(left_out_.begin(), left_out_.end(), row)) continue;
      const domain::Values context = dataset::context_of(data_, row);
      model_.advance(state, {catalogue_.items()[data_.item[row]], data_.event_types[data_.event_type[row]], context,
                             data_.timestamp_s[row], data_.event_value[row]});
    }
  }

  const scoring::SequenceModel& model_;
  const dataset::Dataset& data_;
  const domain::Catalogue& catalogue_;
  const HeldOutRows& left_out_;
  std::unordered_map<std::uint32_t, std::vector<float>> states_;
};

}  // namespace

void ask_served(const scoring::SequenceModel& model, const dataset::Dataset& data, const HeldOutRows& left_out,
                std::span<const Question> questions,
                const std::function<void(std::size_t, std::span<const float>)>& take) {
  const domain::Catalogue catalogue = dataset::catalogue_of(data);
  ViewerStates states(model, data, catalogue, left_out);
  std::vector<std::size_t> order(questions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return questions[a].context < questions[b].context; });
  const domain::Values* folded = nullptr;
  std::unique_ptr<scoring::SequenceScorer> scorer;
  std::vector<float> scores(data.item_count());
  for (const std::size_t number : order) {
    const Question& question = questions[number];
    if (folded == nullptr || *folded != question.context) {
      scorer = model.fold(catalogue, {question.context, {}});
      folded = &question.context;
    }
    const domain::ViewerTraits traits =
        question.viewer == kNotThere ? domain::ViewerTraits() : dataset::traits_of(data, question.viewer);
    scorer->score(states.of(question.viewer), traits, scores);
    take(number, scores);
  }
}

recipes::Calibration measure_on_questions(const scoring::SequenceModel& model, const dataset::Dataset& data,
                                          const HeldOutRows& left_out, std::span<const Question> questions) {
  constexpr std::size_t kChoicesMax = 5'000;
  constexpr std::size_t kOthers = 100;
  // Evenly from all, so that the first viewers do not speak for the others.
  std::vector<Question> some;
  const std::size_t step = std::max<std::size_t>(1, (questions.size() + kChoicesMax - 1) / kChoicesMax);
  for (std::size_t k = 0; k < questions.size(); k += step) {
    if (questions[k].value > 0 && questions[k].item != kNotThere) some.push_back(questions[k]);
  }
  const domain::Catalogue catalogue = dataset::catalogue_of(data);
  const auto option_of = [&](std::size_t item, std::span<const float> scores) {
    return recipes::ScoredOption{scores[item], static_cast<std::uint16_t>(catalogue.slot_of(item))};
  };
  std::mt19937_64 random(1);
  std::vector<recipes::ScoredChoice> choices;
  ask_served(model, data, left_out, some, [&](std::size_t number, std::span<const float> scores) {
    recipes::ScoredChoice& choice = choices.emplace_back();
    choice.chosen = option_of(some[number].item, scores);
    while (choice.others.size() < kOthers && scores.size() > 1) {
      const std::size_t drawn = random() % scores.size();
      if (drawn != some[number].item) choice.others.push_back(option_of(drawn, scores));
    }
  });
  return recipes::fit_scale(choices);
}

}  // namespace matchcue::train
