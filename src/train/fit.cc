// SPDX-License-Identifier: Apache-2.0
#include "train/fit.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>

#include "train/recurrence.h"

namespace matchcue::train {

namespace {

constexpr double kFirstMoment = .9;
constexpr double kSecondMoment = .98;
constexpr double kEpsilon = 1e-8;
constexpr double kLastRate = .02;  ///< of the learning rate, at the end

/// AdamW (Loshchilov & Hutter 2019) with an average of the weights.
class Optimiser {
 public:
  Optimiser(Network& network, const FitOptions& options) : options_(options) {
    for (const auto& weights : network->parameters()) {
      weights_.push_back(weights);
      first_.push_back(torch::zeros_like(weights));
      second_.push_back(torch::zeros_like(weights));
      average_.push_back(weights.detach().clone());
    }
  }

  void step(double rate) {
    torch::NoGradGuard no_gradients;
    ++steps_;
    double squares = 0;
    for (const auto& weights : weights_) {
      if (weights.grad().defined()) squares += weights.grad().square().sum().item<double>();
    }
    const double scale = std::min(1., options_.clip / (std::sqrt(squares) + 1e-12));
    const double first_share = 1 - std::pow(kFirstMoment, steps_);
    const double second_share = 1 - std::pow(kSecondMoment, steps_);
    // Early on an average over many steps would be mostly the beginning.
    const double keep = std::min(options_.average, (1. + static_cast<double>(steps_)) / (10. + static_cast<double>(steps_)));
    for (std::size_t k = 0; k < weights_.size(); ++k) {
      auto& weights = weights_[k];
      if (!weights.grad().defined()) continue;
      const auto gradient = weights.grad() * scale;
      first_[k].mul_(kFirstMoment).add_(gradient, 1 - kFirstMoment);
      second_[k].mul_(kSecondMoment).addcmul_(gradient, gradient, 1 - kSecondMoment);
      if (weights.dim() > 1) weights.mul_(1 - rate * options_.weight_decay);
      weights.addcdiv_(first_[k], (second_[k] / second_share).sqrt_().add_(kEpsilon), -rate / first_share);
      average_[k].mul_(keep).add_(weights, 1 - keep);
      weights.mutable_grad().zero_();
    }
  }

  /// Swaps the weights for their averages, and back.
  void swap() {
    torch::NoGradGuard no_gradients;
    for (std::size_t k = 0; k < weights_.size(); ++k) {
      const auto copy = weights_[k].detach().clone();
      weights_[k].copy_(average_[k]);
      average_[k] = copy;
    }
  }

  std::vector<torch::Tensor> copy() const {
    std::vector<torch::Tensor> copies;
    for (const auto& weights : weights_) copies.push_back(weights.detach().clone());
    return copies;
  }
  void restore(const std::vector<torch::Tensor>& copies) {
    torch::NoGradGuard no_gradients;
    for (std::size_t k = 0; k < weights_.size(); ++k) weights_[k].copy_(copies[k]);
  }

 private:
  const FitOptions& options_;
  std::vector<torch::Tensor> weights_, first_, second_, average_;
  std::int64_t steps_ = 0;
};

double rate_at(std::int64_t step, std::int64_t steps, const FitOptions& options) {
  if (step < options.warm_up) {
    return options.learning_rate * static_cast<double>(step + 1) / static_cast<double>(options.warm_up);
  }
  const double part = static_cast<double>(step - options.warm_up) /
                      static_cast<double>(std::max<std::int64_t>(1, steps - options.warm_up));
  const double wave = .5 * (1 + std::cos(std::numbers::pi * std::min(1., part)));
  return options.learning_rate * (kLastRate + (1 - kLastRate) * wave);
}

/// A sample of the sequences, the same for all epochs.
std::vector<Sequence> sample(std::vector<Sequence> sequences, std::size_t most, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::shuffle(sequences.begin(), sequences.end(), random);
  if (sequences.size() > most) sequences.resize(most);
  return sequences;
}

void set_initial_items(Network& network, const SequenceData& data, const std::vector<Sequence>& sequences,
                       bool co_occurrence) {
  torch::NoGradGuard no_gradients;
  std::vector<float> counts(data.data().item_count(), 1);
  for (const Sequence& each : sequences) {
    for (std::size_t act = each.first_target; act < each.last_target; ++act) counts[data.data().item[act]] += 1;
  }
  const auto logs = torch::log(torch::tensor(counts));
  network->item_bias().copy_(logs - logs.mean());
  if (co_occurrence) {
    network->item_ids().copy_(co_occurrence_vectors(data.data(), sequences, network->shape().width));
  }
}

}  // namespace

Fitted fit(Network& network, const SequenceData& data, const HoldOut& hold_out, const FitOptions& options,
           const OnEpoch& on_epoch, const std::atomic<bool>& stop) {
  const auto began = std::chrono::steady_clock::now();
  std::mt19937_64 random(options.seed);
  const std::vector<Sequence> sequences = training_sequences(data.data(), hold_out, options.steps_max);
  const std::vector<Sequence> validation =
      sample(held_out_sequences(data.data(), hold_out, options.steps_max), options.validation_viewers, options.seed);
  set_initial_items(network, data, sequences, options.initial_vectors);
  network->set_dropout(options.dropout);
  Optimiser optimiser(network, options);
  std::vector<torch::Tensor> best;
  Fitted fitted;
  double best_ndcg = -1;
  std::int64_t step = 0;
  for (std::int64_t epoch = 1; epoch <= options.epochs && !stop; ++epoch) {
    const auto groups = make_groups(sequences, options.tokens_max, random);
    const std::int64_t steps = options.epochs * static_cast<std::int64_t>(groups.size());
    double loss_sum = 0;
    double targets = 0;
    network->train();
    for (const auto& group : groups) {
      if (stop) break;
      const Batch batch = data.make_batch(group);
      const auto items = network->item_vectors(options.id_dropout);
      const auto queries = network->queries(batch, network->states(batch, items));
      const auto loss = catalogue_cross_entropy(queries, items, network->bias(), batch.targets);
      loss.backward();
      optimiser.step(rate_at(step++, steps, options));
      const auto count = static_cast<double>(batch.targets.size(0));
      loss_sum += loss.item<double>() * count;
      targets += count;
    }
    optimiser.swap();
    EpochReport report{epoch, loss_sum / std::max(1., targets), rank(network, data, validation, options.remove_seen), 0,
                       false};
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    report.best = report.validation.ndcg > best_ndcg || best.empty();
    if (report.best) {
      best_ndcg = report.validation.ndcg;
      best = optimiser.copy();
      fitted.best_epoch = epoch;
    }
    optimiser.swap();
    fitted.curve.push_back(report);
    if (on_epoch) on_epoch(report);
    if (epoch - fitted.best_epoch >= options.patience) break;
  }
  if (!best.empty()) optimiser.restore(best);
  network->eval();
  return fitted;
}

RankingScore rank(Network& network, const SequenceData& data, const std::vector<Sequence>& sequences,
                  bool remove_seen) {
  torch::NoGradGuard no_gradients;
  const bool training = network->is_training();
  network->eval();
  const auto items = network->item_vectors();
  RankingScore score;
  std::mt19937_64 random(0);
  for (const auto& group : make_groups(sequences, 20'000, random)) {
    const Batch batch = data.make_batch(group);
    const auto queries = network->queries(batch, network->states(batch, items));
    auto logits = torch::addmm(network->bias(), queries, items.t()).contiguous();
    const std::int64_t width = logits.size(1);
    for (std::size_t row = 0; row < group.size(); ++row) {
      float* scores = logits.data_ptr<float>() + static_cast<std::int64_t>(row) * width;
      const auto target = static_cast<std::size_t>(batch.targets[static_cast<std::int64_t>(row)].item<std::int64_t>());
      const float wanted = scores[target];
      if (remove_seen) {
        const std::size_t first = data.data().begin[group[row].viewer];
        for (std::size_t act = first; act < group[row].first_target; ++act) {
          scores[data.data().item[act]] = -std::numeric_limits<float>::infinity();
        }
      }
      std::size_t place = 1;
      for (std::int64_t i = 0; i < width; ++i) {
        if (static_cast<std::size_t>(i) != target && scores[i] >= wanted) ++place;
      }
      if (place <= 10) {
        score.hit += 1;
        score.ndcg += 1 / std::log2(1. + static_cast<double>(place));
      }
      score.mrr += 1 / static_cast<double>(place);
    }
    score.asked += group.size();
  }
  const double share = score.asked > 0 ? 1 / static_cast<double>(score.asked) : 0;
  score.hit *= share;
  score.ndcg *= share;
  score.mrr *= share;
  network->train(training);
  return score;
}

torch::Tensor co_occurrence_vectors(const dataset::Dataset& data, const std::vector<Sequence>& sequences,
                                    std::int64_t width) {
  constexpr std::size_t kWindow = 5;
  constexpr double kContextPower = .75;
  constexpr double kRootMeanSquare = .1;
  constexpr std::int64_t kSpare = 16;  // of the subspace iteration: Halko et al. 2011, algorithm 4.4
  constexpr int kPowerIterations = 12;
  const auto items = static_cast<std::int64_t>(data.item_count());
  auto counts = torch::zeros({items, items});
  float* count = counts.data_ptr<float>();
  for (const Sequence& each : sequences) {
    const std::size_t end = each.last_target;
    for (std::size_t act = each.begin; act < end; ++act) {
      for (std::size_t k = 1; k <= kWindow && act + k < end; ++k) {
        const std::int64_t a = data.item[act];
        const std::int64_t b = data.item[act + k];
        if (a == b) continue;
        count[a * items + b] += 1 / static_cast<float>(k);
        count[b * items + a] += 1 / static_cast<float>(k);
      }
    }
  }
  const auto row = counts.sum(1, true) + 1e-9;
  auto context = torch::pow(row.t(), kContextPower);
  context = context / context.sum();
  const auto information = torch::clamp_min(torch::log(counts / row / context + 1e-12), 0);
  const auto symmetric = (information + information.t()) / 2;
  const std::int64_t rank = std::min(width, items);
  auto basis = torch::randn({items, std::min(items, rank + kSpare)});
  for (int i = 0; i < kPowerIterations; ++i) basis = std::get<0>(torch::linalg_qr(torch::mm(symmetric, basis)));
  const auto [values, vectors] = torch::linalg_eigh(torch::mm(basis.t(), torch::mm(symmetric, basis)));
  const std::int64_t found = values.size(0);
  auto leading = torch::mm(basis, vectors.narrow(1, found - rank, rank)) *
                 torch::sqrt(torch::clamp_min(values.narrow(0, found - rank, rank), 0)).unsqueeze(0);
  if (rank < width) leading = torch::cat({leading, torch::zeros({items, width - rank})}, 1);
  const auto mean_square = torch::sqrt(leading.square().mean() + 1e-12);
  return leading * (kRootMeanSquare / mean_square);
}

}  // namespace matchcue::train
