// SPDX-License-Identifier: Apache-2.0
//
// A checkpoint is a list of tensors as torch writes it: AveragedAdam::state, the best weights, then two of 64-bit
// floats: [steps, worth of the best, best epoch], and a row an epoch of what EpochReport has.
#include "train/epochs.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numbers>
#include <optional>

namespace matchcue::train {

namespace {

constexpr double kLastRate = .02;  ///< of the learning rate, at the end
constexpr std::size_t kCheckpointColumns = 10;

double rate_at(std::int64_t step, std::int64_t steps, const EpochOptions& options) {
  if (step < options.warm_up) {
    return options.learning_rate * static_cast<double>(step + 1) / static_cast<double>(options.warm_up);
  }
  const double part = static_cast<double>(step - options.warm_up) /
                      static_cast<double>(std::max<std::int64_t>(1, steps - options.warm_up));
  const double wave = .5 * (1 + std::cos(std::numbers::pi * std::min(1., part)));
  return options.learning_rate * (kLastRate + (1 - kLastRate) * wave);
}

void add_row(const EpochReport& report, std::vector<double>& numbers) {
  const Quality& found = report.validation;
  numbers.insert(numbers.end(),
                 {report.loss, report.seconds, static_cast<double>(report.best), static_cast<double>(found.of_rankings),
                  found.hit, found.ndcg, found.mrr, found.auc, found.log_loss, static_cast<double>(found.asked)});
}

EpochReport read_row(std::size_t row, const double* numbers) {
  const double* at = numbers + row * kCheckpointColumns;
  EpochReport report;
  report.epoch = static_cast<std::int64_t>(row) + 1;
  report.loss = at[0];
  report.seconds = at[1];
  report.best = at[2] > 0;
  report.validation = {at[3] > 0, at[4], at[5], at[6], at[7], at[8], static_cast<std::size_t>(at[9])};
  return report;
}

/// One run of the loop.
class Run {
 public:
  Run(Training& training, AveragedAdam& optimiser, const EpochOptions& options, const std::atomic<bool>& stop)
      : training_(training),
        optimiser_(optimiser),
        options_(options),
        stop_(stop),
        began_(std::chrono::steady_clock::now()) {}

  void begin() {
    if (options_.resume && !options_.checkpoint.empty() && load()) return;
    torch::manual_seed(options_.seed);
    training_.begin();
    optimiser_.forget();
  }

  bool is_over(std::int64_t epoch) const {
    if (options_.last_epoch > 0) return epoch > options_.last_epoch;
    if (epoch > options_.epochs) return true;
    return fitted_.best_epoch > 0 && epoch - fitted_.best_epoch > options_.patience;
  }

  /// Its loss; nothing when it was stopped in the middle.
  std::optional<double> train(std::int64_t epoch) {
    const std::uint64_t seed = options_.seed * 1'000'003 + static_cast<std::uint64_t>(epoch);
    std::mt19937_64 random(seed);
    torch::manual_seed(seed);
    const std::size_t steps = training_.begin_epoch(random);
    double sum = 0;
    double count = 0;
    for (std::size_t step = 0; step < steps; ++step) {
      if (stop_) return std::nullopt;
      const StepLoss loss = training_.loss(step);
      loss.mean.backward();
      optimiser_.step(rate_at(optimiser_.steps(), options_.epochs * static_cast<std::int64_t>(steps), options_));
      sum += loss.mean.item<double>() * static_cast<double>(loss.count);
      count += static_cast<double>(loss.count);
    }
    return sum / std::max(1., count);
  }

  /// Judges the averaged weights, and keeps them when they are the best yet.
  EpochReport judge(std::int64_t epoch, double loss) {
    EpochReport report;
    report.epoch = epoch;
    report.loss = loss;
    optimiser_.swap();
    if (options_.last_epoch == 0) report.validation = training_.validate();
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    report.best = best_.empty() || report.validation.worth() > best_worth_ || epoch == options_.last_epoch;
    if (report.best) {
      best_worth_ = report.validation.worth();
      best_ = optimiser_.copy();
      fitted_.best_epoch = epoch;
    }
    optimiser_.swap();
    fitted_.curve.push_back(report);
    return report;
  }

  void save() const {
    if (options_.checkpoint.empty()) return;
    std::vector<torch::Tensor> all = optimiser_.state();
    all.insert(all.end(), best_.begin(), best_.end());
    all.push_back(
        torch::tensor({static_cast<double>(optimiser_.steps()), best_worth_, static_cast<double>(fitted_.best_epoch)},
                      torch::kFloat64));
    std::vector<double> numbers;
    for (const EpochReport& each : fitted_.curve) add_row(each, numbers);
    all.push_back(torch::tensor(numbers, torch::kFloat64));
    const std::string unfinished = options_.checkpoint + ".part";
    torch::save(all, unfinished);
    std::filesystem::rename(unfinished, options_.checkpoint);
  }

  std::int64_t epochs_done() const { return static_cast<std::int64_t>(fitted_.curve.size()); }

  Fitted finish() {
    if (!best_.empty()) optimiser_.restore(best_);
    return std::move(fitted_);
  }

 private:
  /// False where there is no checkpoint of the same weights.
  bool load() {
    if (!std::filesystem::exists(options_.checkpoint)) return false;
    std::vector<torch::Tensor> all;
    torch::load(all, options_.checkpoint);
    const std::vector<torch::Tensor> own = optimiser_.state();
    if (all.size() != own.size() + own.size() / 4 + 2) return false;
    for (std::size_t k = 0; k < own.size(); ++k) {
      if (all[k].sizes() != own[k].sizes()) return false;
    }
    const auto best_begin = all.begin() + static_cast<std::ptrdiff_t>(own.size());
    const auto* head = all[all.size() - 2].data_ptr<double>();
    optimiser_.set_state({all.begin(), best_begin}, static_cast<std::int64_t>(head[0]));
    best_.assign(best_begin, all.end() - 2);
    best_worth_ = head[1];
    fitted_.best_epoch = static_cast<std::int64_t>(head[2]);
    const std::size_t rows = static_cast<std::size_t>(all.back().numel()) / kCheckpointColumns;
    for (std::size_t row = 0; row < rows; ++row) fitted_.curve.push_back(read_row(row, all.back().data_ptr<double>()));
    return true;
  }

  Training& training_;
  AveragedAdam& optimiser_;
  const EpochOptions& options_;
  const std::atomic<bool>& stop_;
  std::chrono::steady_clock::time_point began_;
  Fitted fitted_;
  std::vector<torch::Tensor> best_;
  double best_worth_ = 0;
};

}  // namespace

nlohmann::json json_of(const std::vector<EpochReport>& curve, std::string_view asked) {
  nlohmann::json rows = nlohmann::json::array();
  for (const EpochReport& each : curve) {
    rows.push_back({{"epoch", each.epoch}, {"loss", each.loss}, {"validation", json_of(each.validation, asked)}});
  }
  return rows;
}

Fitted run_epochs(Training& training, AveragedAdam& optimiser, const EpochOptions& options, const OnEpoch& on_epoch,
                  const std::atomic<bool>& stop) {
  Run run(training, optimiser, options, stop);
  run.begin();
  for (std::int64_t epoch = run.epochs_done() + 1; !run.is_over(epoch); ++epoch) {
    const auto loss = run.train(epoch);
    if (!loss) break;
    const EpochReport report = run.judge(epoch, *loss);
    if (on_epoch) on_epoch(report);
    run.save();
  }
  return run.finish();
}

}  // namespace matchcue::train
