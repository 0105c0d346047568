// SPDX-License-Identifier: Apache-2.0
#include "train/fit.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <limits>
#include <numbers>
#include <optional>

#include "train/co_occurrence.h"
#include "train/losses.h"
#include "train/recurrence.h"

namespace matchcue::train {

namespace {

constexpr double kFirstMoment = .9;
constexpr double kSecondMoment = .98;
constexpr double kEpsilon = 1e-8;
constexpr double kLastRate = .02;                                 ///< of the learning rate, at the end
constexpr std::int64_t kRankedLogitsMax = std::int64_t{1} << 28;  ///< in memory at a time while ranking

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
    const double keep =
        std::min(options_.average, (1. + static_cast<double>(steps_)) / (10. + static_cast<double>(steps_)));
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

  std::int64_t steps() const { return steps_; }
  void set_steps(std::int64_t steps) { steps_ = steps; }
  /// After the weights were set from outside.
  void forget() {
    for (std::size_t k = 0; k < weights_.size(); ++k) average_[k] = weights_[k].detach().clone();
  }
  /// All that a step changes, but for their number.
  std::vector<torch::Tensor> state() const {
    std::vector<torch::Tensor> all = copy();
    for (const auto* part : {&first_, &second_, &average_}) all.insert(all.end(), part->begin(), part->end());
    return all;
  }
  void set_state(const std::vector<torch::Tensor>& all) {
    const std::size_t n = weights_.size();
    for (std::size_t k = 0; k < n; ++k) {
      first_[k] = all[n + k];
      second_[k] = all[2 * n + k];
      average_[k] = all[3 * n + k];
    }
    restore({all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n)});
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

/// One training, epoch by epoch.
class Fit {
 public:
  Fit(Network& network, const SequenceData& data, const HoldOut& hold_out, const FitOptions& options,
      const std::atomic<bool>& stop)
      : network_(network),
        data_(data),
        options_(options),
        stop_(stop),
        began_(std::chrono::steady_clock::now()),
        sequences_(training_sequences(data.data(), hold_out, options.steps_max)),
        validation_(sample(held_out_sequences(data.data(), hold_out, options.steps_max), options.validation_viewers,
                           options.seed)),
        weights_(options.recency_half_life > 0 ? recency_weights(data.data(), sequences_, options.recency_half_life)
                                               : std::vector<float>()),
        counts_(count_acts(data.data(), sequences_, weights_)),
        optimiser_(network, options) {
    network->set_dropout(options.dropout);
    const std::size_t items = counts_.size();
    if (items > options.softmax_items_max && items > options.sampled_items) {
      sampler_.emplace(counts_, options.sampled_items);
    }
  }

  void begin() {
    torch::manual_seed(options_.seed);
    set_initial_items(network_, data_, sequences_, counts_, options_.initial_vectors);
    optimiser_.forget();
  }

  /// False when it was stopped in the middle.
  bool train_epoch(std::int64_t epoch, EpochReport& report) {
    // Every epoch has draws of its own, so that a resumed training goes on as it would have.
    const std::uint64_t seed = options_.seed * 1'000'003 + static_cast<std::uint64_t>(epoch);
    std::mt19937_64 random(seed);
    torch::manual_seed(seed);
    const auto groups = make_groups(sequences_, options_.tokens_max, random);
    const std::int64_t steps = options_.epochs * static_cast<std::int64_t>(groups.size());
    const BatchParts parts{.seen = options_.remove_seen, .shown = options_.impression_weight > 0, .weights = weights_};
    double targets = 0;
    network_->train();
    for (const auto& group : groups) {
      if (stop_) return false;
      const Batch batch = data_.make_batch(group, parts);
      const auto loss = loss_of(batch);
      loss.backward();
      optimiser_.step(rate_at(optimiser_.steps(), steps, options_));
      const auto count = static_cast<double>(batch.targets.size(0));
      report.loss += loss.item<double>() * count;
      targets += count;
    }
    report.epoch = epoch;
    report.loss /= std::max(1., targets);
    return true;
  }

  /// Judges the averaged weights, and keeps them when they are the best yet.
  void validate(EpochReport& report, Fitted& fitted) {
    optimiser_.swap();
    if (options_.last_epoch == 0) report.validation = rank(network_, data_, validation_, options_.remove_seen);
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    report.best = best_.empty() || report.validation.ndcg > best_ndcg_ || report.epoch == options_.last_epoch;
    if (report.best) {
      best_ndcg_ = report.validation.ndcg;
      best_ = optimiser_.copy();
      fitted.best_epoch = report.epoch;
    }
    optimiser_.swap();
    fitted.curve.push_back(report);
  }

  void save(const Fitted& fitted) const {
    std::vector<torch::Tensor> all = optimiser_.state();
    all.insert(all.end(), best_.begin(), best_.end());
    std::vector<double> numbers = {static_cast<double>(optimiser_.steps()), best_ndcg_,
                                   static_cast<double>(fitted.best_epoch)};
    for (const EpochReport& each : fitted.curve) {
      numbers.insert(numbers.end(),
                     {each.loss, each.validation.hit, each.validation.ndcg, each.validation.mrr, each.seconds});
    }
    all.push_back(torch::tensor(numbers, torch::kFloat64));
    const std::string unfinished = options_.checkpoint + ".part";
    torch::save(all, unfinished);
    std::filesystem::rename(unfinished, options_.checkpoint);
  }

  /// Where a checkpoint of the same network is: goes on from it. Returns whether there was one.
  bool load(Fitted& fitted) {
    if (!std::filesystem::exists(options_.checkpoint)) return false;
    std::vector<torch::Tensor> all;
    torch::load(all, options_.checkpoint);
    const std::vector<torch::Tensor> own = optimiser_.state();
    const std::size_t parts = own.size();
    const std::size_t weights = optimiser_.copy().size();
    if (all.size() != parts + weights + 1) return false;
    for (std::size_t k = 0; k < parts; ++k) {
      if (all[k].sizes() != own[k].sizes()) return false;
    }
    optimiser_.set_state({all.begin(), all.begin() + static_cast<std::ptrdiff_t>(parts)});
    best_.assign(all.begin() + static_cast<std::ptrdiff_t>(parts), all.end() - 1);
    const auto* numbers = all.back().data_ptr<double>();
    optimiser_.set_steps(static_cast<std::int64_t>(numbers[0]));
    best_ndcg_ = numbers[1];
    fitted.best_epoch = static_cast<std::int64_t>(numbers[2]);
    for (std::int64_t at = 3; at + 4 < all.back().size(0); at += 5) {
      EpochReport each;
      each.epoch = static_cast<std::int64_t>(fitted.curve.size()) + 1;
      each.loss = numbers[at];
      each.validation = {numbers[at + 1], numbers[at + 2], numbers[at + 3], validation_.size()};
      each.seconds = numbers[at + 4];
      fitted.curve.push_back(each);
    }
    return true;
  }

  void finish() {
    if (!best_.empty()) optimiser_.restore(best_);
    network_->eval();
  }

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
  const std::atomic<bool>& stop_;
  std::chrono::steady_clock::time_point began_;
  std::vector<Sequence> sequences_;
  std::vector<Sequence> validation_;
  std::vector<float> weights_;  ///< of interactions; empty: all count the same
  std::vector<float> counts_;
  std::optional<ItemSampler> sampler_;  ///< where the softmax is over a sample
  Optimiser optimiser_;
  std::vector<torch::Tensor> best_;
  double best_ndcg_ = -1;
};

}  // namespace

Fitted fit(Network& network, const SequenceData& data, const HoldOut& hold_out, const FitOptions& options,
           const OnEpoch& on_epoch, const std::atomic<bool>& stop) {
  Fit run(network, data, hold_out, options, stop);
  Fitted fitted;
  if (!options.resume || options.checkpoint.empty() || !run.load(fitted)) run.begin();
  for (auto epoch = static_cast<std::int64_t>(fitted.curve.size()) + 1; epoch <= options.epochs; ++epoch) {
    if (options.last_epoch > 0 ? epoch > options.last_epoch
                               : epoch - fitted.best_epoch > options.patience && fitted.best_epoch > 0) {
      break;
    }
    EpochReport report;
    if (!run.train_epoch(epoch, report)) break;
    run.validate(report, fitted);
    if (on_epoch) on_epoch(report);
    if (!options.checkpoint.empty()) run.save(fitted);
  }
  run.finish();
  return fitted;
}

std::size_t place_of(std::span<float> scores, const dataset::Dataset& data, const Sequence& sequence,
                     bool remove_seen) {
  const std::size_t target = data.item[sequence.first_target];
  const float wanted = scores[target];
  if (remove_seen) {
    for (std::size_t act = data.begin[sequence.viewer]; act < sequence.first_target; ++act) {
      scores[data.item[act]] = -std::numeric_limits<float>::infinity();
    }
  }
  std::size_t place = 1;
  for (std::size_t i = 0; i < scores.size(); ++i) place += i != target && !(scores[i] < wanted);  // NaN is no good
  return place;
}

RankingScore rank(Network& network, const SequenceData& data, const std::vector<Sequence>& sequences, bool remove_seen,
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
  return count.score();
}

}  // namespace matchcue::train
