// SPDX-License-Identifier: Apache-2.0
#include "train/factorization_fit.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>
#include <random>

namespace matchcue::train {

namespace {

constexpr double kLastRate = .02;   ///< of the learning rate, at the end
constexpr double kNumbersRate = 5;  ///< of the learning rate, for single numbers
constexpr std::size_t kAskedAtOnce = 1'000;

/// AdamW (Loshchilov & Hutter 2019, arXiv:1711.05101) with a moving average of the weights, which is what is judged and
/// kept.
class AveragedOptimiser {
 public:
  AveragedOptimiser(Factorization& machine, const FactorizationOptions& options)
      : options_(options), optimiser_(groups_of(machine, options)) {
    for (const auto& weights : machine->parameters()) {
      weights_.push_back(weights);
      average_.push_back(weights.detach().clone());
    }
  }

  void step(double rate) {
    auto& groups = optimiser_.param_groups();
    for (std::size_t k = 0; k < groups.size(); ++k) groups[k].options().set_lr(k == 0 ? rate : rate * kNumbersRate);
    optimiser_.step();
    optimiser_.zero_grad();
    torch::NoGradGuard no_gradients;
    ++steps_;
    // Early on an average over many steps would be mostly the beginning.
    const double keep =
        std::min(options_.average, (1. + static_cast<double>(steps_)) / (10. + static_cast<double>(steps_)));
    for (std::size_t k = 0; k < weights_.size(); ++k) average_[k].lerp_(weights_[k], 1 - keep);
  }

  std::int64_t steps() const { return steps_; }
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
  static std::vector<torch::optim::OptimizerParamGroup> groups_of(Factorization& machine,
                                                                  const FactorizationOptions& options) {
    const auto group = [&](std::vector<torch::Tensor> weights, double decay) {
      auto settings = std::make_unique<torch::optim::AdamWOptions>(options.learning_rate);
      settings->betas({.9, .98}).weight_decay(decay);
      return torch::optim::OptimizerParamGroup(std::move(weights), std::move(settings));
    };
    return {group(machine->vectors(), options.weight_decay), group(machine->numbers(), 0)};
  }

  const FactorizationOptions& options_;
  torch::optim::AdamW optimiser_;
  std::vector<torch::Tensor> weights_, average_;
  std::int64_t steps_ = 0;
};

double rate_at(std::int64_t step, std::int64_t steps, const FactorizationOptions& options) {
  const double warm = std::min(1., static_cast<double>(step + 1) / static_cast<double>(options.warm_up));
  const double wave = .5 * (1 + std::cos(std::numbers::pi * static_cast<double>(step) / static_cast<double>(steps)));
  return options.learning_rate * warm * (kLastRate + (1 - kLastRate) * wave);
}

/// Items begin as popular as they are.
void set_initial_bias(Factorization& machine, const FactorizationData& data) {
  torch::NoGradGuard no_gradients;
  std::vector<float> counts(data.data().item_count(), 1);
  for (const std::size_t row : data.acts()) counts[data.data().item[row]] += 1;
  const auto logs = torch::log(torch::tensor(counts));
  machine->item_ids_bias().copy_(logs - logs.mean());
}

/// Larger is better.
double worth(const Quality& quality, FactorizationObjective objective) {
  return objective == FactorizationObjective::ranking ? quality.ndcg : -quality.log_loss;
}

double train_epoch(Factorization& machine, FactorizationData& data, std::int64_t epoch,
                   const FactorizationOptions& options, AveragedOptimiser& optimiser, const std::atomic<bool>& stop) {
  const bool ranking = options.objective == FactorizationObjective::ranking;
  // Every epoch has draws of its own.
  const std::uint64_t seed = options.seed * 1'000'003 + static_cast<std::uint64_t>(epoch);
  std::mt19937_64 random(seed);
  torch::manual_seed(seed);
  std::vector<std::size_t> rows = ranking ? data.acts() : data.rows();
  std::shuffle(rows.begin(), rows.end(), random);
  const auto batches = static_cast<std::int64_t>((rows.size() + options.batch_rows - 1) / options.batch_rows);
  double loss_sum = 0;
  machine->train();
  for (std::size_t begin = 0; begin < rows.size() && !stop; begin += options.batch_rows) {
    const std::size_t count = std::min(options.batch_rows, rows.size() - begin);
    const auto batch =
        data.make_batch(std::span(rows).subspan(begin, count), ranking ? Uses::of_all_items : Uses::of_asked_items);
    const auto loss = ranking ? torch::nn::functional::cross_entropy(machine->catalogue_scores(batch), batch.items)
                              : torch::binary_cross_entropy_with_logits(machine->item_scores(batch), batch.values);
    loss.backward();
    optimiser.step(rate_at(optimiser.steps(), options.epochs * batches, options));
    loss_sum += loss.item<double>() * static_cast<double>(count);
  }
  machine->eval();
  return loss_sum / static_cast<double>(std::max<std::size_t>(1, rows.size()));
}

}  // namespace

void ask_machine(Factorization& machine, FactorizationData& data, FactorizationObjective objective,
                 std::span<const Question> questions,
                 const std::function<void(const Question&, std::span<const float>)>& take) {
  torch::NoGradGuard no_gradients;
  const bool ranking = objective == FactorizationObjective::ranking;
  for (std::size_t begin = 0; begin < questions.size(); begin += kAskedAtOnce) {
    const auto part = questions.subspan(begin, std::min(kAskedAtOnce, questions.size() - begin));
    const auto batch = data.make_batch(part, ranking ? Uses::of_all_items : Uses::of_asked_items);
    const auto scores = (ranking ? machine->catalogue_scores(batch) : machine->item_scores(batch)).contiguous();
    const std::size_t width = static_cast<std::size_t>(scores.numel()) / part.size();
    for (std::size_t k = 0; k < part.size(); ++k) take(part[k], {scores.data_ptr<float>() + k * width, width});
  }
}

Quality judge(Factorization& machine, FactorizationData& data, FactorizationObjective objective,
              std::span<const Question> questions) {
  RankingQuality ranking;
  ProbabilityQuality probability;
  ask_machine(machine, data, objective, questions, [&](const Question& question, std::span<const float> scores) {
    if (objective == FactorizationObjective::ranking) {
      ranking.add(scores, question.item);
    } else {
      probability.add(scores[0], question.value > 0);
    }
  });
  return objective == FactorizationObjective::ranking ? ranking.finish() : probability.finish();
}

FittedFactorization fit_factorization(Factorization& machine, FactorizationData& data,
                                      std::span<const Question> validation, const FactorizationOptions& options,
                                      const OnFactorizationEpoch& on_epoch, const std::atomic<bool>& stop) {
  const auto began = std::chrono::steady_clock::now();
  if (options.objective == FactorizationObjective::ranking) set_initial_bias(machine, data);
  AveragedOptimiser optimiser(machine, options);
  FittedFactorization fitted;
  std::vector<torch::Tensor> best;
  double best_worth = 0;
  for (std::int64_t epoch = 1; epoch <= options.epochs; ++epoch) {
    if (options.last_epoch > 0 ? epoch > options.last_epoch
                               : epoch - fitted.best_epoch > options.patience && !best.empty()) {
      break;
    }
    FactorizationEpoch report;
    report.epoch = epoch;
    report.loss = train_epoch(machine, data, epoch, options, optimiser, stop);
    if (stop) break;
    optimiser.swap();
    if (options.last_epoch == 0) report.validation = judge(machine, data, options.objective, validation);
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    const double found = worth(report.validation, options.objective);
    report.best = best.empty() || found > best_worth || epoch == options.last_epoch;
    if (report.best) {
      best_worth = found;
      best = optimiser.copy();
      fitted.best_epoch = epoch;
    }
    optimiser.swap();
    fitted.curve.push_back(report);
    if (on_epoch) on_epoch(report);
  }
  if (!best.empty()) optimiser.restore(best);
  machine->eval();
  return fitted;
}

}  // namespace matchcue::train
