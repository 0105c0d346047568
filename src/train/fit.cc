// SPDX-License-Identifier: Apache-2.0
#include "train/fit.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "train/co_occurrence.h"
#include "train/losses.h"
#include "train/recurrence.h"

namespace matchcue::train {

namespace {

constexpr std::int64_t kRankedLogitsMax = std::int64_t{1} << 28;  ///< in memory at a time while ranking

AveragedAdam optimiser_of(Network& network, const FitOptions& options) {
  std::vector<TrainedWeights> weights;
  for (const auto& tensor : network->parameters()) {
    weights.push_back({tensor, tensor.dim() > 1 ? options.weight_decay : 0});
  }
  return {std::move(weights), options.average, options.clip};
}

/// A sample of the sequences, the same for all epochs.
std::vector<Sequence> sample(std::vector<Sequence> sequences, std::size_t most, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::shuffle(sequences.begin(), sequences.end(), random);
  if (sequences.size() > most) sequences.resize(most);
  return sequences;
}

/// Acts upon each item that are asked for, by what they count (empty: 1), and one.
std::vector<float> count_acts(const dataset::Dataset& data, const std::vector<Sequence>& sequences,
                              std::span<const float> weights) {
  std::vector<float> counts(data.item_count(), 1);
  for (const Sequence& each : sequences) {
    for (std::size_t act = each.first_target; act < each.last_target; ++act) {
      counts[data.item[act]] += weights.empty() ? 1 : weights[act];
    }
  }
  return counts;
}

void set_initial_items(Network& network, const SequenceData& data, const std::vector<Sequence>& sequences,
                       std::span<const float> counts, bool co_occurrence) {
  torch::NoGradGuard no_gradients;
  const auto logs = torch::log(torch::tensor(std::vector<float>(counts.begin(), counts.end())));
  network->item_bias().copy_(logs - logs.mean());
  if (co_occurrence) {
    network->item_ids().copy_(co_occurrence_vectors(data.data(), sequences, network->shape().width));
  }
}

class NetworkTraining final : public Training {
 public:
  NetworkTraining(Network& network, const SequenceData& data, const HoldOut& hold_out, const FitOptions& options)
      : network_(network),
        data_(data),
        options_(options),
        sequences_(training_sequences(data.data(), hold_out, options.steps_max)),
        validation_(sample(held_out_sequences(data.data(), hold_out, options.steps_max), options.validation_viewers,
                           options.epochs.seed)),
        weights_(options.recency_half_life > 0 ? recency_weights(data.data(), sequences_, options.recency_half_life)
                                               : std::vector<float>()),
        counts_(count_acts(data.data(), sequences_, weights_)) {
    network->set_dropout(options.dropout);
    const std::size_t items = counts_.size();
    if (items > options.softmax_items_max && items > options.sampled_items) {
      sampler_.emplace(counts_, options.sampled_items);
    }
  }

  void begin() override { set_initial_items(network_, data_, sequences_, counts_, options_.initial_vectors); }

  std::size_t begin_epoch(std::mt19937_64& random) override {
    groups_ = make_groups(sequences_, options_.tokens_max, random);
    network_->train();
    return groups_.size();
  }

  StepLoss loss(std::size_t step) override {
    const Batch batch = data_.make_batch(
        groups_[step], {.seen = options_.remove_seen, .shown = options_.impression_weight > 0, .weights = weights_});
    return {loss_of(batch), static_cast<std::size_t>(batch.targets.size(0))};
  }

  Quality validate() override { return rank(network_, data_, validation_, options_.remove_seen); }

 private:
  torch::Tensor loss_of(const Batch& batch) {
    const auto items = network_->item_vectors(options_.id_dropout);
    const auto queries = network_->queries(batch, network_->states(batch, items));
    const auto bias = network_->bias();
    const auto& targets = batch.targets;
    const auto& seen = batch.seen;
    const auto& weights = batch.weights;
    const auto loss = sampler_ ? sampled_cross_entropy(queries, items, bias, targets, seen, sampler_->draw(), weights)
                               : catalogue_cross_entropy(queries, items, bias, targets, seen, weights);
    if (batch.shown.empty()) return loss;
    return loss +
           options_.impression_weight * shown_cross_entropy(queries, items, bias, targets, seen, batch.shown, weights);
  }

  Network& network_;
  const SequenceData& data_;
  const FitOptions& options_;
  std::vector<Sequence> sequences_;
  std::vector<Sequence> validation_;
  std::vector<float> weights_;  ///< of interactions; empty: all count the same
  std::vector<float> counts_;
  std::optional<ItemSampler> sampler_;         ///< where the softmax is over a sample
  std::vector<std::vector<Sequence>> groups_;  ///< of this epoch
};

}  // namespace

Fitted fit(Network& network, const SequenceData& data, const HoldOut& hold_out, const FitOptions& options,
           const OnEpoch& on_epoch, const std::atomic<bool>& stop) {
  NetworkTraining training(network, data, hold_out, options);
  AveragedAdam optimiser = optimiser_of(network, options);
  Fitted fitted = run_epochs(training, optimiser, options.epochs, on_epoch, stop);
  network->eval();
  return fitted;
}

std::size_t place_of(std::span<float> scores, const dataset::Dataset& data, const Sequence& sequence,
                     bool remove_seen) {
  const std::uint32_t target = data.item[sequence.first_target];
  const float wanted = scores[target];
  if (remove_seen) {
    for (std::size_t act = data.begin[sequence.viewer]; act < sequence.first_target; ++act) {
      scores[data.item[act]] = -std::numeric_limits<float>::infinity();
    }
    scores[target] = wanted;  // it may have been acted upon before
  }
  return place_of(scores, target);
}

Quality rank(Network& network, const SequenceData& data, const std::vector<Sequence>& sequences, bool remove_seen,
             const AddScores& add) {
  torch::NoGradGuard no_gradients;
  const bool training = network->is_training();
  network->eval();
  const auto items = network->item_vectors();
  RankingCount count;
  std::mt19937_64 random(0);
  for (const auto& group : make_groups(sequences, 20'000, random)) {
    const Batch batch = data.make_batch(group);
    const auto queries = network->queries(batch, network->states(batch, items));
    const std::int64_t width = items.size(0);
    const std::int64_t rows_max = std::max<std::int64_t>(1, kRankedLogitsMax / width);
    for (std::int64_t begin = 0; begin < queries.size(0); begin += rows_max) {
      const auto rows = queries.narrow(0, begin, std::min(rows_max, queries.size(0) - begin));
      const auto logits = torch::addmm(network->bias(), rows, items.t()).contiguous();
      for (std::int64_t row = 0; row < logits.size(0); ++row) {
        const std::span<float> scores(logits.data_ptr<float>() + row * width, static_cast<std::size_t>(width));
        const Sequence& sequence = group[static_cast<std::size_t>(begin + row)];
        if (add) add(sequence, scores);
        count.add(place_of(scores, data.data(), sequence, remove_seen));
      }
    }
  }
  network->train(training);
  return count.finish();
}

std::vector<float> scores_of(Network& network, const SequenceData& data, const torch::Tensor& items,
                             const Sequence& sequence, const AddScores& add) {
  torch::NoGradGuard no_gradients;
  const Batch batch = data.make_batch({sequence});
  const auto queries = network->queries(batch, network->states(batch, items));
  const auto row = torch::addmm(network->bias(), queries, items.t()).contiguous();
  std::vector<float> scores(row.data_ptr<float>(), row.data_ptr<float>() + row.numel());
  if (add) add(sequence, scores);
  return scores;
}

}  // namespace matchcue::train
