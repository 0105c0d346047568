// SPDX-License-Identifier: Apache-2.0
#include "train/served_check.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "dataset/decoded.h"

namespace matchcue::train {

namespace {

std::vector<std::size_t> top_ten(const std::vector<float>& scores) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const std::size_t count = std::min<std::size_t>(10, order.size());
  std::partial_sort(
      order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
      [&](std::size_t a, std::size_t b) { return scores[a] != scores[b] ? scores[a] > scores[b] : a < b; });
  order.resize(count);
  return order;
}

std::vector<float> trained_scores(Network& network, const SequenceData& data, const torch::Tensor& items,
                                  const Sequence& sequence, const AddScores& add) {
  const Batch batch = data.make_batch({sequence});
  const auto queries = network->queries(batch, network->states(batch, items));
  const auto row = torch::addmm(network->bias(), queries, items.t()).contiguous();
  std::vector<float> scores(row.data_ptr<float>(), row.data_ptr<float>() + row.numel());
  if (add) add(sequence, scores);
  return scores;
}

/// Asks a model that serves about viewers of a data set.
class Served {
 public:
  Served(const scoring::SequenceModel& model, const dataset::Dataset& data)
      : model_(model), data_(data), catalogue_(dataset::catalogue_of(data)), state_(model.state_size()) {}

  std::vector<float> ask(const Sequence& sequence) {
    model_.start(state_);
    for (std::size_t act = sequence.begin; act < sequence.end; ++act) {
      const domain::Values context = dataset::context_of(data_, act);
      const std::string_view type =
          data_.event_types.empty() ? std::string_view() : std::string_view(data_.event_types[data_.event_type[act]]);
      model_.advance(state_, {catalogue_.items()[data_.item[act]], type, context, data_.timestamp_s[act]});
    }
    const domain::Values asked = dataset::context_of(data_, sequence.first_target);
    std::vector<float> scores(data_.item_count());
    model_.fold(catalogue_, {asked, {}})->score(state_, dataset::traits_of(data_, sequence.viewer), scores);
    return scores;
  }

 private:
  const scoring::SequenceModel& model_;
  const dataset::Dataset& data_;
  domain::Catalogue catalogue_;
  std::vector<float> state_;
};

}  // namespace

ServedCheck check_served(Network& network, const SequenceData& data, const scoring::SequenceModel& model,
                         const HoldOut& hold_out, const FitOptions& options, const AddScores& add) {
  torch::NoGradGuard no_gradients;
  network->eval();
  ServedCheck check;
  check.trained =
      rank(network, data, held_out_sequences(data.data(), hold_out, options.steps_max), options.remove_seen, add);
  const auto items = network->item_vectors();
  Served served(model, data.data());
  RankingCount count;
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
  for (const Sequence& each : held_out_sequences(data.data(), hold_out, kAll)) {
    const std::vector<float> wanted = trained_scores(network, data, items, each, add);
    std::vector<float> found = served.ask(each);
    for (std::size_t i = 0; i < found.size(); ++i) {
      check.largest_difference =
          std::max(check.largest_difference, static_cast<double>(std::abs(found[i] - wanted[i])));
    }
    check.same_lists += top_ten(wanted) == top_ten(found);
    count.add(place_of(found, data.data(), each, options.remove_seen));
  }
  check.served = count.score();
  return check;
}

}  // namespace matchcue::train
