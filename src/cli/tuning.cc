// SPDX-License-Identifier: Apache-2.0
#include "cli/tuning.h"

#include <chrono>
#include <utility>

#include "base/check.h"
#include "evaluate/holdout.h"
#include "evaluate/ranking_run.h"
#include "evaluate/ranking_task.h"
#include "scoring/window_model.h"

namespace matchcue::cli {

namespace {

using dataset::Dataset;

/// Of the viewers, beside the tenth that is the test.
constexpr double kValidationShare = .1;

/// Trains on a part and asks a task.
class Examiner {
 public:
  Examiner(const recipes::Recipe& recipe, const Dataset& part, const evaluate::RankingTask& task,
           const TuningWatch& watch)
      : recipe_(recipe), part_(part), task_(task), watch_(watch) {}

  /// What these are worth as rankings; scores need no scale for that, so none is measured.
  Result<evaluate::RankingRun> examine(const recipes::ParameterTexts& texts, const std::string& what) const {
    MCUE_TRY(const auto parameters, recipes::Parameters::read(recipe_.name, recipe_.parameters, texts));
    MCUE_TRY(scoring::WindowTables tables, recipe_.train(part_, parameters, [&](std::string_view, double share) {
      watch_.on_progress(what + ": train", static_cast<std::uint64_t>(100 * share), 100);
    }));
    const auto model = scoring::make_window_model(what, std::string(recipe_.name), std::move(tables));
    return evaluate::ask(task_, *model,
                         [&](std::size_t done, std::size_t total) { watch_.on_progress(what + ": ask", done, total); });
  }

 private:
  const recipes::Recipe& recipe_;
  const Dataset& part_;
  const evaluate::RankingTask& task_;
  const TuningWatch& watch_;
};

/// The split that matchcue eval makes, with a validation where the protocol has none of its own.
Result<evaluate::Split> make_split(const Dataset& data, const TuningOptions& options, double validation_share) {
  if (options.protocol == evaluate::Protocol::leave_one_out) return evaluate::leave_one_out(data);
  evaluate::PersonalizeHoldOut hold_out;
  hold_out.validation_share = validation_share;
  hold_out.seed = options.seed;
  return evaluate::hold_out_viewers(data, hold_out);
}

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

Result<Tuning> tune(const recipes::Recipe& recipe, const Dataset& data, recipes::ParameterSearch search,
                    const TuningOptions& options, const TuningWatch& watch, const Clock& clock) {
  CHECK(options.trials >= 1, options.trials);
  MCUE_TRY_VOID(dataset::check_minimum(data, ""));
  MCUE_TRY(const evaluate::Split split, make_split(data, options, kValidationShare));
  MCUE_TRY(const evaluate::Split test_split, make_split(data, options, 0));
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
    MCUE_TRY_VOID(
        search_all(Examiner(recipe, part, validation, watch), validation, search, options, watch, clock, tuning));
  }
  const Dataset part = evaluate::training_part(data, test_split);
  MCUE_TRY(tuning.test, test_chosen(Examiner(recipe, part, test, watch), test, options, tuning));
  return tuning;
}

}  // namespace matchcue::cli
