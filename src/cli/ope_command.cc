// SPDX-License-Identifier: Apache-2.0
//
// ope: what another policy would have earned, from the decision log and its feedback.
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "base/clock.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/load_trials.h"
#include "cli/progress_line.h"
#include "evaluate/report.h"
#include "evaluate/trial_weigher.h"
#include "store/sqlite/sqlite_store.h"

namespace matchcue::cli {
namespace {

constexpr std::string_view kUniform = "uniform";
constexpr std::string_view kPopularity = "popularity";
constexpr std::string_view kConstant = "constant";

/// What the command line says.
struct Arguments {
  std::string policy{kUniform};
  std::string event;
  std::vector<std::string> items;
  double epsilon = .05;
  std::size_t resamples = evaluate::BootstrapOptions().resamples;
  std::uint64_t seed = evaluate::BootstrapOptions().seed;
};

Error bad_flag(std::string_view flag, const std::string& value, std::string_view wanted) {
  return invalid("invalid_flag", fmt::format("--{} \"{}\": {}", flag, value, wanted), std::string(flag));
}

Result<void> check_arguments(const Arguments& arguments) {
  if (arguments.policy != kUniform && arguments.policy != kPopularity && arguments.policy != kConstant) {
    return bad_flag("policy", arguments.policy, "is not uniform, popularity or constant");
  }
  if (arguments.policy == kConstant && arguments.items.empty()) {
    return bad_flag("policy", arguments.policy, "--items says which items it shows");
  }
  if (arguments.policy != kConstant && !arguments.items.empty()) {
    return bad_flag("items", arguments.items.front(), "only --policy constant takes items");
  }
  if (!(arguments.epsilon >= 0 && arguments.epsilon <= 1)) {
    return bad_flag("epsilon", fmt::format("{}", arguments.epsilon), "is not in 0..1");
  }
  if (arguments.resamples < 100 || arguments.resamples > 100'000) {
    return bad_flag("resamples", fmt::format("{}", arguments.resamples), "is not in 100..100000");
  }
  return {};
}

Result<evaluate::TargetPolicyPtr> make_target(const Arguments& arguments, const JoinedLog& log) {
  if (arguments.policy == kUniform) return evaluate::make_uniform_policy();
  if (arguments.policy == kPopularity) return evaluate::make_popularity_policy(log.taught, arguments.epsilon);
  std::vector<std::size_t> order;
  for (const std::string& item : arguments.items) {
    const std::size_t known = order.size();
    for (const std::string& slot : log.trials.slots()) {
      const auto number = log.trials.find_number(domain::SlotName(slot), domain::ItemId(item));
      if (number) order.push_back(*number);
    }
    if (order.size() == known) return bad_flag("items", item, "was no candidate in any trial of this log");
  }
  return evaluate::make_constant_policy(order);
}

/// Everything that is printed.
struct Answer {
  std::string policy;
  const JoinedLog& log;
  evaluate::Evaluation evaluation;
  evaluate::Comparison difference;  ///< less the logging policy
};

std::string readable_difference(const Answer& answer) {
  const evaluate::Judgement& judgement = answer.evaluation.slate.judgement;
  const std::string reason = evaluate::write_reason(answer.log.trials.slots(), judgement);
  const auto& dr = answer.difference.slate.of(evaluate::Estimator::dr);
  if (!dr) return fmt::format("This log cannot carry an estimate of {} for slates: {}\n", answer.policy, reason);
  const std::string_view verdict = dr->low > 0    ? "earns more than the logging policy"
                                   : dr->high < 0 ? "earns less than the logging policy"
                                                  : "may earn as much as the logging policy";
  return fmt::format("{} {}: {:+.5f} a slate by DR, 95 % interval {:+.5f} to {:+.5f}{}\n", answer.policy, verdict,
                     dr->value, dr->low, dr->high, reason.empty() ? "" : "; doubtful, " + reason);
}

std::string readable(const Answer& answer) {
  const JoinedLog& log = answer.log;
  const std::string title =
      fmt::format("{}, asked of {} trials: {} viewers, {} decisions", answer.policy, log.trials.trials().size(),
                  log.trials.viewer_count(), log.trials.decision_count());
  std::string text = evaluate::write_report(title, log.trials.slots(), answer.evaluation);
  text += fmt::format(
      "\nleft out: {} impressions with propensity 1 (pinned, or nothing else could be shown), {} whose decision is not "
      "known, {} whose decision is not in the log\n",
      log.left_out.certain, log.left_out.unattributed, log.without_decision);
  if (log.taught_count > 0) {
    text += fmt::format("{} trials of the other half of the viewers said what is popular\n", log.taught_count);
  }
  return text + readable_difference(answer);
}

std::string json_of(const Answer& answer) {
  const JoinedLog& log = answer.log;
  std::string policy;
  append_json_string(answer.policy, policy);
  return fmt::format(
      R"({{"policy":{},"log":{{"trials":{},"viewers":{},"decisions":{},"certain":{},"unattributed":{},)"
      R"("without_decision":{},"taught":{}}},"evaluation":{},"difference":{}}})",
      policy, log.trials.trials().size(), log.trials.viewer_count(), log.trials.decision_count(), log.left_out.certain,
      log.left_out.unattributed, log.without_decision, log.taught_count,
      evaluate::write_report_json(answer.policy, log.trials.slots(), answer.evaluation),
      evaluate::write_report_json(answer.policy + " less the logging policy", log.trials.slots(), answer.difference));
}

Result<JoinedLog> load(const Globals& globals, const Arguments& arguments) {
  MCUE_TRY_VOID(check_arguments(arguments));
  const std::string directory = globals.data_dir.empty() ? store::SqliteOptions().directory : globals.data_dir;
  MCUE_TRY(const auto reader, store::open_sqlite_reader(directory));
  TrialQuery query;
  if (!arguments.event.empty()) query.event = domain::EventId(arguments.event);
  if (arguments.policy == kPopularity) query.viewers = Viewers::every_second;
  const SystemClock clock;
  ProgressLine line("ope", 0, progress_style(globals.quiet), clock);
  auto log = load_trials(*reader, query, [&](std::string_view what, std::uint64_t done, std::uint64_t total) {
    line.update_rows(what, done, total);
  });
  line.finish();
  if (log.ok() && log->trials.trials().empty()) {
    const std::string where = query.event ? "event \"" + arguments.event + "\"" : directory;
    return not_found("no_trials", where + " has no impression of a decision that was drawn", "event");
  }
  return log;
}

ExitCode run(const Globals& globals, const Arguments& arguments) {
  const auto log = load(globals, arguments);
  if (!log.ok()) return fail(globals, log.error());
  const auto target = make_target(arguments, *log);
  if (!target.ok()) return fail(globals, target.error());
  evaluate::EvaluationOptions options;
  options.bootstrap.resamples = arguments.resamples;
  options.bootstrap.seed = arguments.seed;
  const evaluate::TrialWeigher weigher(log->trials);
  const evaluate::OffPolicyLog weighed = weigher.weigh(**target);
  const Answer answer{(*target)->name(), *log, evaluate::evaluate(weighed, options),
                      evaluate::compare_to_logging(weighed, options)};
  std::fputs(globals.json ? (json_of(answer) + "\n").c_str() : readable(answer).c_str(), stdout);
  if (log->damage) return fail(globals, *log->damage);
  const bool refused = answer.evaluation.slate.judgement.verdict == evaluate::Verdict::refused;
  return refused ? ExitCode::problems_found : ExitCode::ok;
}

}  // namespace

void add_ope_command(Commands commands) {
  // shared_ptr: the parser's options and the callback both hold it, and CLI11 copies callbacks.
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      commands.app.add_subcommand("ope", "what another policy would have earned, from the decision log");
  command->add_option("--policy", arguments->policy, "uniform, popularity or constant")->capture_default_str();
  command->add_option("--event", arguments->event, "only this live event; default all");
  command
      ->add_option("--items", arguments->items,
                   "constant: ITEM[,ITEM...], of which it shows the first that is a candidate")
      ->delimiter(',');
  command->add_option("--epsilon", arguments->epsilon, "popularity: share of slots filled at random, 0..1")
      ->capture_default_str();
  command->add_option("--resamples", arguments->resamples, "of the bootstrap, 100..100000")->capture_default_str();
  command->add_option("--seed", arguments->seed, "of the bootstrap")->capture_default_str();
  command->callback([commands, arguments] {
    commands.action = [&globals = commands.globals, arguments] { return run(globals, *arguments); };
  });
}

}  // namespace matchcue::cli
