// SPDX-License-Identifier: Apache-2.0
#include "cli/tuning.h"

#include <chrono>
#include <utility>

#include "base/check.h"
#include "evaluate/holdout.h"
#include "evaluate/ranking_run.h"
#include "evaluate/ranking_task.h"

namespace matchcue::cli {

namespace {

using dataset::Dataset;

/// Trains on a part and asks a task.
class Examiner {
 public:
  Examiner(const TrainOnPart& train, const TrainingPart& part, const evaluate::RankingTask& task,
           const TuningWatch& watch)
      : train_(train), part_(part), task_(task), watch_(watch) {}

  /// What these are worth as rankings.
  Result<evaluate::RankingRun> examine(const recipes::ParameterTexts& texts, const std::string& what) const {
    MCUE_TRY(const auto model, train_(texts, part_, [&](std::string_view, double share) {
               watch_.on_progress(what + ": train", static_cast<std::uint64_t>(100 * share), 100);
             }));
    return evaluate::ask(task_, *model,
                         [&](std::size_t done, std::size_t total) { watch_.on_progress(what + ": ask", done, total); });
  }

 private:
  const TrainOnPart& train_;
  const TrainingPart& part_;
  const evaluate::RankingTask& task_;
  const TuningWatch& watch_;
};

Result<void> check_questions(const evaluate::RankingTask& task, const std::string& part) {
  if (!task.requests().empty()) return {};
  return invalid("too_little_data", "there is nothing to ask for the " + part +
                                        ": everything held out had been acted upon before; "
                                        "--seen kept asks for it again");
}

evaluate::RankingEvaluationOptions evaluation_options(const TuningOptions& options) {
  evaluate::RankingEvaluationOptions evaluation;
  evaluation.bootstrap = options.bootstrap;
  return evaluation;
}

/// The mean over the viewers, each of whom counts once: as matchcue eval has it.
double mean_of(const evaluate::RankingTask& task, const evaluate::RankingRun& run, evaluate::RankingMetric metric) {
  std::vector<double> sums(task.viewers().size());
  std::vector<double> requests(task.viewers().size());
  for (std::size_t i = 0; i < task.requests().size(); ++i) {
    const std::uint32_t viewer = task.requests()[i].viewer;
    sums[viewer] += run.values[i][static_cast<std::size_t>(metric)];
    ++requests[viewer];
  }
  double sum = 0;
  double asked = 0;
  for (std::size_t viewer = 0; viewer < sums.size(); ++viewer) {
    if (requests[viewer] == 0) continue;
    sum += sums[viewer] / requests[viewer];
    ++asked;
  }
  return sum / asked;
}

/// Tries one after the other, and says which is the best.
Result<void> search_all(const Examiner& examiner, const evaluate::RankingTask& validation,
                        recipes::ParameterSearch& search, const TuningOptions& options, const TuningWatch& watch,
                        const Clock& clock, Tuning& tuning) {
  while (tuning.trials.size() < options.trials) {
    if (!tuning.trials.empty() && watch.is_stopped()) break;
    auto parameters = search.next();
    if (!parameters) return {};
    const std::size_t number = tuning.trials.size() + 1;
    const SteadyTime begun = clock.steady();
    auto run =
        examiner.examine(*parameters, "trial " + std::to_string(number) + " of " + std::to_string(options.trials));
    TuningTrial trial{*std::move(parameters), {}, {}, 0};
    if (run.ok()) {
      trial.validation = mean_of(validation, *run, options.metric);
    } else if (number == 1) {
      return std::move(run).error();
    } else {
      trial.problem = run.error().message;
    }
    trial.seconds = std::chrono::duration<double>(clock.steady() - begun).count();
    const bool is_best =
        trial.validation && (number == 1 || *trial.validation > *tuning.trials[tuning.chosen].validation);
    if (is_best) tuning.chosen = number - 1;
    watch.on_trial(number, trial, is_best);
    tuning.trials.push_back(std::move(trial));
  }
  tuning.is_stopped = tuning.trials.size() < options.trials;
  return {};
}

Result<TuningTest> test_chosen(const Examiner& examiner, const evaluate::RankingTask& task,
                               const TuningOptions& options, const Tuning& tuning) {
  const auto evaluation = evaluation_options(options);
  MCUE_TRY(const auto defaults, examiner.examine(tuning.trials.front().parameters, "test of the defaults"));
  TuningTest test;
  test.defaults = evaluate_ranking(task, defaults, evaluation).of(options.metric);
  test.chosen = test.defaults;
  if (tuning.chosen == 0) return test;
  MCUE_TRY(const auto chosen, examiner.examine(tuning.trials[tuning.chosen].parameters, "test of the chosen"));
  test.chosen = evaluate_ranking(task, chosen, evaluation).of(options.metric);
  test.difference = compare_rankings(task, chosen, defaults, evaluation)[static_cast<std::size_t>(options.metric)];
  return test;
}

}  // namespace

Result<Tuning> tune(const TrainOnPart& train, const Dataset& data, recipes::ParameterSearch search,
                    const TuningOptions& options, const TuningWatch& watch, const Clock& clock) {
  CHECK(options.trials >= 1, options.trials);
  MCUE_TRY_VOID(dataset::check_minimum(data, ""));
  evaluate::HoldOutRequest hold_out = options.hold_out;
  hold_out.has_validation = false;
  MCUE_TRY(const evaluate::Split test_split, evaluate::make_split(data, hold_out));
  hold_out.has_validation = true;
  MCUE_TRY(const evaluate::Split split, evaluate::make_split(data, hold_out));
  CHECK(split.test == test_split.test);
  const evaluate::RankingTask validation(data, split, split.validation, options.task);
  const evaluate::RankingTask test(data, test_split, test_split.test, options.task);
  MCUE_TRY_VOID(check_questions(validation, "validation"));
  MCUE_TRY_VOID(check_questions(test, "test"));
  Tuning tuning;
  tuning.validation_viewers = validation.viewers().size();
  tuning.test_viewers = test.viewers().size();
  {
    const Dataset part = evaluate::training_part(data, split);
    tuning.trained = part.interaction_count();
    const TrainingPart trained{part, hold_out};
    MCUE_TRY_VOID(
        search_all(Examiner(train, trained, validation, watch), validation, search, options, watch, clock, tuning));
  }
  hold_out.has_validation = false;
  const Dataset part = evaluate::training_part(data, test_split);
  const TrainingPart trained{part, hold_out};
  MCUE_TRY(tuning.test, test_chosen(Examiner(train, trained, test, watch), test, options, tuning));
  return tuning;
}

}  // namespace matchcue::cli
