// SPDX-License-Identifier: Apache-2.0
#include "train/served.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <unordered_map>
#include <vector>

#include "dataset/decoded.h"

namespace matchcue::train {

namespace {

/// What each viewer is after their acts, made when first asked for.
class ViewerStates {
 public:
  ViewerStates(const scoring::SequenceModel& model, const dataset::Dataset& data, const domain::Catalogue& catalogue,
               std::span<const std::size_t> left_out)
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
  std::span<const std::size_t> left_out_;
  std::unordered_map<std::uint32_t, std::vector<float>> states_;
};

std::vector<std::size_t> top_ten(std::span<const float> scores) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const std::size_t count = std::min<std::size_t>(10, order.size());
  std::partial_sort(
      order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
      [&](std::size_t a, std::size_t b) { return scores[a] != scores[b] ? scores[a] > scores[b] : a < b; });
  order.resize(count);
  return order;
}

}  // namespace

void ask_served(const scoring::SequenceModel& model, const dataset::Dataset& data,
                std::span<const std::size_t> left_out, std::span<const Question> questions,
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

void compare(std::span<const float> trained, std::span<const float> served, ServedCheck& check) {
  for (std::size_t i = 0; i < trained.size(); ++i) {
    check.largest_difference =
        std::max(check.largest_difference, static_cast<double>(std::abs(trained[i] - served[i])));
  }
  check.same_lists += top_ten(trained) == top_ten(served);
  ++check.compared;
}

}  // namespace matchcue::train
