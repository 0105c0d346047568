// SPDX-License-Identifier: Apache-2.0
//
// ope: what another policy would have earned, from the decision log and its feedback.
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "base/clock.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/foreign_log.h"
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
constexpr std::string_view kFrequency = "frequency";

/// What the command line says.
struct Arguments {
  std::string policy{kUniform};
  std::string event;
  std::vector<std::string> items;
  std::string log;
  std::string format = "csv";
  std::vector<std::string> columns;
  std::string policy_log;
  double epsilon = .05;
  std::size_t resamples = evaluate::BootstrapOptions().resamples;
  std::uint64_t seed = evaluate::BootstrapOptions().seed;
};

Error bad_flag(std::string_view flag, const std::string& value, std::string_view wanted) {
  return invalid("invalid_flag", fmt::format("--{} \"{}\": {}", flag, value, wanted), std::string(flag));
}

Result<void> check_log_arguments(const Arguments& arguments) {
  if (!arguments.log.empty() && !arguments.event.empty()) {
    return bad_flag("event", arguments.event, "a log of another system (--log) has no events");
  }
  if (arguments.log.empty() && !arguments.columns.empty()) {
    return bad_flag("column", arguments.columns.front(), "only a log of another system (--log) has columns");
  }
  if (arguments.log.empty() && !arguments.policy_log.empty()) {
    return bad_flag("policy-log", arguments.policy_log, "needs --log as well");
  }
  if (arguments.policy == kFrequency && arguments.policy_log.empty()) {
    return bad_flag("policy", arguments.policy, "--policy-log says whose frequencies");
  }
  if (arguments.policy != kFrequency && !arguments.policy_log.empty()) {
    return bad_flag("policy-log", arguments.policy_log, "only --policy frequency takes a log");
  }
  return {};
}

Result<void> check_arguments(const Arguments& arguments) {
  if (arguments.policy != kUniform && arguments.policy != kPopularity && arguments.policy != kConstant &&
      arguments.policy != kFrequency) {
    return bad_flag("policy", arguments.policy, "is not uniform, popularity, constant or frequency");
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
  return check_log_arguments(arguments);
}

/// The log that is asked, and the one whose item frequencies are the target policy.
struct Logs {
  JoinedLog log;
  std::optional<ForeignLog> policy;
};

Result<evaluate::TargetPolicyPtr> make_target(const Arguments& arguments, const Logs& logs) {
  const JoinedLog& log = logs.log;
  if (arguments.policy == kUniform) return evaluate::make_uniform_policy();
  if (arguments.policy == kPopularity) return evaluate::make_popularity_policy(log.taught, arguments.epsilon);
  if (arguments.policy == kFrequency) {
    return evaluate::make_frequency_policy("frequency of " + logs.policy->name, count_items(*logs.policy, log.trials));
  }
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

/// What the policy log's own rows earned: the truth that the estimate is after, as far as that log knows it.
struct OwnEarnings {
  std::string log;
  std::size_t rows = 0;
  evaluate::Interval reward;
};

Result<OwnEarnings> measure_own(const ForeignLog& policy, const evaluate::EvaluationOptions& options) {
  MCUE_TRY(const JoinedLog joined, join_foreign_log(policy, nullptr, Viewers::all));
  OwnEarnings own{policy.name, joined.trials.trials().size(), {}};
  if (own.rows == 0) return own;
  evaluate::RatioTable table(1, 1);
  for (std::size_t i = 0; i < own.rows; ++i) {
    const evaluate::LoggedTrials::Trial& trial = joined.trials.trials()[i];
    const std::size_t row = trial.viewer % options.bootstrap.groups_max;
    while (table.rows() <= row) table.add_row();
    table.add(row, 0, 0, static_cast<double>(trial.reward), 1);
  }
  own.reward = evaluate::bootstrap_ratios(table, nullptr, options.bootstrap).front();
  return own;
}

/// Everything that is printed.
struct Answer {
  std::string policy;
  bool foreign = false;  ///< the log is of another system
  const JoinedLog& log;
  evaluate::Evaluation evaluation;
  evaluate::Comparison difference;  ///< less the logging policy
  std::optional<OwnEarnings> own;
};

/// What the last line is about. A row of a foreign log is one impression; which of them made a slate is not known.
struct Unit {
  const evaluate::Finding& value;
  const evaluate::Finding& difference;
  std::string_view name;
};

Unit unit_of(const Answer& answer) {
  return answer.foreign ? Unit{answer.evaluation.pooled, answer.difference.pooled, "trial"}
                        : Unit{answer.evaluation.slate, answer.difference.slate, "slate"};
}

std::string readable_difference(const Answer& answer) {
  const Unit unit = unit_of(answer);
  const std::string reason = evaluate::write_reason(answer.log.trials.slots(), unit.value.judgement);
  const auto& dr = unit.difference.of(evaluate::Estimator::dr);
  if (!dr)
    return fmt::format("This log cannot carry an estimate of {} for {}s: {}\n", answer.policy, unit.name, reason);
  const std::string_view verdict = dr->low > 0    ? "earns more than the logging policy"
                                   : dr->high < 0 ? "earns less than the logging policy"
                                                  : "may earn as much as the logging policy";
  return fmt::format("{} {}: {:+.5f} a {} by DR, 95 % interval {:+.5f} to {:+.5f}{}\n", answer.policy, verdict,
                     dr->value, unit.name, dr->low, dr->high, reason.empty() ? "" : "; doubtful, " + reason);
}

std::string write_left_out(const Answer& answer) {
  const JoinedLog& log = answer.log;
  if (answer.foreign) {
    return fmt::format("\nleft out: {} rows with propensity 1 (nothing else could be shown)\n", log.left_out.certain);
  }
  return fmt::format(
      "\nleft out: {} impressions with propensity 1 (pinned, or nothing else could be shown), {} whose decision is not "
      "known, {} whose decision is not in the log\n",
      log.left_out.certain, log.left_out.unattributed, log.without_decision);
}

std::string readable(const Answer& answer) {
  const JoinedLog& log = answer.log;
  const std::string decisions = answer.foreign ? "" : fmt::format(", {} decisions", log.trials.decision_count());
  const std::string title = fmt::format("{}, asked of {} trials: {} viewers{}", answer.policy,
                                        log.trials.trials().size(), log.trials.viewer_count(), decisions);
  std::string text = evaluate::write_report(title, log.trials.slots(), answer.evaluation) + write_left_out(answer);
  if (answer.own) {
    text +=
        fmt::format("{} itself earned {:.5f} a trial, 95 % interval {:.5f} to {:.5f}, in {} trials\n", answer.own->log,
                    answer.own->reward.value, answer.own->reward.low, answer.own->reward.high, answer.own->rows);
  }
  if (log.taught_count > 0) {
    text += fmt::format("{} trials of the other half of the viewers said what is popular\n", log.taught_count);
  }
  return text + readable_difference(answer);
}

std::string json_of(const Answer& answer) {
  const JoinedLog& log = answer.log;
  std::string policy;
  append_json_string(answer.policy, policy);
  std::string own = "null";
  if (answer.own) {
    own = fmt::format(R"({{"trials":{},"value":{},"low":{},"high":{}}})", answer.own->rows, answer.own->reward.value,
                      answer.own->reward.low, answer.own->reward.high);
  }
  return fmt::format(
      R"({{"policy":{},"log":{{"trials":{},"viewers":{},"decisions":{},"certain":{},"unattributed":{},)"
      R"("without_decision":{},"taught":{}}},"policy_log":{},"evaluation":{},"difference":{}}})",
      policy, log.trials.trials().size(), log.trials.viewer_count(), log.trials.decision_count(), log.left_out.certain,
      log.left_out.unattributed, log.without_decision, log.taught_count, own,
      evaluate::write_report_json(answer.policy, log.trials.slots(), answer.evaluation),
      evaluate::write_report_json(answer.policy + " less the logging policy", log.trials.slots(), answer.difference));
}

Result<JoinedLog> load_own_log(const Globals& globals, const Arguments& arguments) {
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

Result<Logs> load(const Globals& globals, const Arguments& arguments) {
  MCUE_TRY_VOID(check_arguments(arguments));
  Logs logs;
  if (arguments.log.empty()) {
    MCUE_TRY(logs.log, load_own_log(globals, arguments));
    return logs;
  }
  MCUE_TRY(const LogFormat format, make_log_format(arguments.format, arguments.columns));
  MCUE_TRY(const ForeignLog log, load_foreign_log(arguments.log, format));
  if (!arguments.policy_log.empty()) {
    MCUE_TRY(logs.policy, load_foreign_log(arguments.policy_log, format));
  }
  const Viewers viewers = arguments.policy == kPopularity ? Viewers::every_second : Viewers::all;
  MCUE_TRY(logs.log, join_foreign_log(log, logs.policy ? &*logs.policy : nullptr, viewers));
  if (logs.log.trials.trials().empty()) {
    return not_found("no_trials", arguments.log + " has no row with a propensity below 1", "log");
  }
  return logs;
}

ExitCode run(const Globals& globals, const Arguments& arguments) {
  const auto logs = load(globals, arguments);
  if (!logs.ok()) return fail(globals, logs.error());
  const auto target = make_target(arguments, *logs);
  if (!target.ok()) return fail(globals, target.error());
  evaluate::EvaluationOptions options;
  options.bootstrap.resamples = arguments.resamples;
  options.bootstrap.seed = arguments.seed;
  const evaluate::TrialWeigher weigher(logs->log.trials);
  const evaluate::OffPolicyLog weighed = weigher.weigh(**target);
  Answer answer{(*target)->name(),
                !arguments.log.empty(),
                logs->log,
                evaluate::evaluate(weighed, options),
                evaluate::compare_to_logging(weighed, options),
                {}};
  if (logs->policy) {
    auto own = measure_own(*logs->policy, options);
    if (!own.ok()) return fail(globals, own.error());
    answer.own = *std::move(own);
  }
  std::fputs(globals.json ? (json_of(answer) + "\n").c_str() : readable(answer).c_str(), stdout);
  if (logs->log.damage) return fail(globals, *logs->log.damage);
  const bool refused = unit_of(answer).value.judgement.verdict == evaluate::Verdict::refused;
  return refused ? ExitCode::problems_found : ExitCode::ok;
}

}  // namespace

void add_ope_command(Commands commands) {
  // shared_ptr: the parser's options and the callback both hold it, and CLI11 copies callbacks.
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      commands.app.add_subcommand("ope", "what another policy would have earned, from the decision log");
  command->add_option("--policy", arguments->policy, "uniform, popularity, constant or frequency")
      ->capture_default_str();
  command->add_option("--event", arguments->event, "only this live event; default all");
  command
      ->add_option("--items", arguments->items,
                   "constant: ITEM[,ITEM...], of which it shows the first that is a candidate")
      ->delimiter(',');
  command->add_option("--log", arguments->log, "a CSV log that another system wrote, in place of the data directory");
  command
      ->add_option("--format", arguments->format,
                   "of --log: csv (columns item, reward, propensity, slot, viewer) or obd")
      ->capture_default_str();
  command->add_option("--column", arguments->columns,
                      "ROLE=COLUMN of --log: item, reward, propensity, slot, viewer or, repeatedly, context");
  command->add_option("--policy-log", arguments->policy_log,
                      "frequency: a log of the same form, whose items are shown as often as there, slot by slot");
  command->add_option("--epsilon", arguments->epsilon, "popularity: share of slots filled at random, 0..1")
      ->capture_default_str();
  command->add_option("--resamples", arguments->resamples, "of the bootstrap, 100..100000")->capture_default_str();
  command->add_option("--seed", arguments->seed, "of the bootstrap")->capture_default_str();
  command->callback([commands, arguments] {
    commands.action = [&globals = commands.globals, arguments] { return run(globals, *arguments); };
  });
}

}  // namespace matchcue::cli
