// SPDX-License-Identifier: Apache-2.0
#include "train/factorization_fit.h"

#include <algorithm>
#include <limits>

namespace matchcue::train {

namespace {

constexpr double kNumbersRate = 5;  ///< of the learning rate, for single numbers
constexpr std::size_t kAskedAtOnce = 1'000;

AveragedAdam optimiser_of(Factorization& machine, const FactorizationOptions& options) {
  std::vector<TrainedWeights> weights;
  for (const auto& tensor : machine->vectors()) weights.push_back({tensor, options.weight_decay});
  for (const auto& tensor : machine->numbers()) weights.push_back({tensor, 0, kNumbersRate});
  return {std::move(weights), options.average, std::numeric_limits<double>::infinity()};
}

/// Items begin as popular as they are.
void set_initial_bias(Factorization& machine, const FactorizationData& data) {
  torch::NoGradGuard no_gradients;
  std::vector<float> counts(data.data().item_count(), 1);
  for (const std::size_t row : data.acts()) counts[data.data().item[row]] += 1;
  const auto logs = torch::log(torch::tensor(counts));
  machine->item_ids_bias().copy_(logs - logs.mean());
}

class MachineTraining final : public Training {
 public:
  MachineTraining(Factorization& machine, FactorizationData& data, std::span<const Question> validation,
                  const FactorizationOptions& options)
      : machine_(machine),
        data_(data),
        validation_(validation),
        options_(options),
        is_ranking_(options.objective == FactorizationObjective::ranking) {}

  void begin() override {
    if (is_ranking_) set_initial_bias(machine_, data_);
  }

  std::size_t begin_epoch(std::mt19937_64& random) override {
    rows_ = is_ranking_ ? data_.acts() : data_.rows();
    std::shuffle(rows_.begin(), rows_.end(), random);
    machine_->train();
    return (rows_.size() + options_.batch_rows - 1) / options_.batch_rows;
  }

  StepLoss loss(std::size_t step) override {
    const std::size_t begin = step * options_.batch_rows;
    const auto rows = std::span(rows_).subspan(begin, std::min(options_.batch_rows, rows_.size() - begin));
    const auto batch = data_.make_batch(rows, is_ranking_ ? Uses::of_all_items : Uses::of_asked_items);
    const auto mean = is_ranking_ ? torch::nn::functional::cross_entropy(machine_->catalogue_scores(batch), batch.items)
                                  : torch::binary_cross_entropy_with_logits(machine_->item_scores(batch), batch.values);
    return {mean, rows.size()};
  }

  Quality validate() override {
    machine_->eval();
    return judge(machine_, data_, options_.objective, validation_);
  }

 private:
  Factorization& machine_;
  FactorizationData& data_;
  std::span<const Question> validation_;
  const FactorizationOptions& options_;
  bool is_ranking_;
  std::vector<std::size_t> rows_;  ///< in the order of this epoch
};

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
  RankingCount places;
  ProbabilityCount answers;
  const bool ranking = objective == FactorizationObjective::ranking;
  ask_machine(machine, data, objective, questions, [&](const Question& question, std::span<const float> scores) {
    if (ranking) {
      places.add(place_of(scores, question.item));
    } else {
      answers.add(scores[0], question.value > 0);
    }
  });
  return ranking ? places.finish() : answers.finish();
}

Fitted fit_factorization(Factorization& machine, FactorizationData& data, std::span<const Question> validation,
                         const FactorizationOptions& options, const OnEpoch& on_epoch, const std::atomic<bool>& stop) {
  MachineTraining training(machine, data, validation, options);
  AveragedAdam optimiser = optimiser_of(machine, options);
  Fitted fitted = run_epochs(training, optimiser, options.epochs, on_epoch, stop);
  machine->eval();
  return fitted;
}

}  // namespace matchcue::train
