// SPDX-License-Identifier: Apache-2.0
//
// campaign show|deploy|rollback|shadow: which trained version is served.
#include <fmt/format.h>

#include <memory>

#include "cli/api_calls.h"
#include "cli/interrupt.h"
#include "simulate/driver.h"

namespace matchcue::cli {
namespace {

constexpr Milliseconds kPollPeriod(200);

std::string name_of(const Json& version) {
  return version.is_null() ? "none: the live learner decides alone" : version.get<std::string>();
}

std::string readable_shadow(const Json& shadow) {
  const auto line = [](const std::string& name, const Json& part) {
    const auto trials = part.at("trials").get<std::uint64_t>();
    if (trials == 0) return fmt::format("  {:<12} no trials yet\n", name);
    return fmt::format(
        "  {:<12} {:>9} trials, agrees in {:.1f} %, shown brought {:.4f}, it would have brought {:.4f} "
        "({:.4f}..{:.4f}, from {:.0f} effective trials)\n",
        name, trials, 100 * part.at("agreement").get<double>(), part.at("shown").get<double>(),
        part.at("own").at("value").get<double>(), part.at("own").at("low").get<double>(),
        part.at("own").at("high").get<double>(), part.at("effective_trials").get<double>());
  };
  std::string text = fmt::format("shadow: {}\n", shadow.at("solution_version").get<std::string>());
  text += line("all slots", shadow);
  for (const Json& slot : shadow.at("slots")) text += line(slot.at("slot").get<std::string>(), slot);
  return text;
}

std::string readable_campaign(const Json& view) {
  std::string text = fmt::format("campaign: {}\n", name_of(view.at("solution_version")));
  if (!view.at("solution_version").is_null()) {
    text +=
        fmt::format("recipe {}, knows {} viewers, the learner weighs it {:.2f}\n", view.at("recipe").get<std::string>(),
                    view.at("viewers").get<std::uint64_t>(), view.at("weight").get<double>());
  }
  if (!view.at("preparing").is_null()) {
    text += fmt::format("preparing: {}\n", view.at("preparing").get<std::string>());
  }
  if (const std::string trouble = view.at("trouble"); !trouble.empty()) text += "trouble: " + trouble + "\n";
  if (!view.at("shadow").is_null()) text += readable_shadow(view.at("shadow"));
  if (!view.at("history").empty()) text += "served since:\n";
  for (const Json& each : view.at("history")) {
    text += fmt::format("  {}  {}\n", each.at("at").get<std::string>(), name_of(each.at("solution_version")));
  }
  return text;
}

/// Asks until nothing is being prepared any more. Errors: as call(), and campaign_failed.
Result<Json> wait_until_prepared(api::HttpClient& client, Json view) {
  const std::atomic<bool>& stop = stop_on_interrupt();
  const SystemClock clock;
  simulate::FlagPause pause(clock, stop);
  while (!stop && !view.at("preparing").is_null()) {
    pause.until(clock.steady() + kPollPeriod);
    MCUE_TRY(view, call(client, "GET", "/v1/campaign"));
  }
  if (const std::string trouble = view.at("trouble"); !trouble.empty()) {
    return Error{ErrorKind::unavailable, "campaign_failed", trouble, {}};
  }
  return view;
}

ExitCode finish(const Globals& globals, api::HttpClient& client, Result<Json> answer) {
  if (answer.ok()) answer = wait_until_prepared(client, *std::move(answer));
  if (!answer.ok()) return fail(globals, answer.error());
  return print(globals, *answer, readable_campaign(*answer));
}

ExitCode show(const Globals& globals) {
  api::HttpClient client(globals.server);
  const auto view = call(client, "GET", "/v1/campaign");
  if (!view) return fail(globals, view.error());
  return print(globals, *view, readable_campaign(*view));
}

ExitCode put(const Globals& globals, const std::string& path, const std::string& version) {
  api::HttpClient client(globals.server);
  const Json body = {{"solution_version", version == "none" ? Json() : Json(version)}};
  return finish(globals, client, call(client, "PUT", path, body));
}

ExitCode roll_back(const Globals& globals) {
  api::HttpClient client(globals.server);
  return finish(globals, client, call(client, "POST", "/v1/campaign/rollback", Json::object()));
}

}  // namespace

void add_campaign_commands(Commands commands) {
  CLI::App* family = commands.app.add_subcommand("campaign", "the trained solution version that is served");
  family->require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& help, ExitCode (*run)(const Globals&)) {
    family->add_subcommand(name, help)->callback([run, &action = commands.action, &globals = commands.globals] {
      action = [run, &globals] { return run(globals); };
    });
  };
  const auto add_put = [&](const std::string& name, const std::string& help, const std::string& path) {
    const auto version = std::make_shared<std::string>();
    CLI::App* command = family->add_subcommand(name, help);
    command->add_option("VERSION", *version, "a solution version's id (see: solution list), or none")->required();
    command->callback([version, path, &action = commands.action, &globals = commands.globals] {
      action = [version, path, &globals] { return put(globals, path, *version); };
    });
  };
  add("show", "what is served, what is in the shadow, and what was served before", show);
  add_put("deploy", "serve a version under the live learner, without a pause; waits until it decides", "/v1/campaign");
  add("rollback", "serve again what was served before", roll_back);
  add_put("shadow", "score with a version without showing what it would choose", "/v1/campaign/shadow");
}

}  // namespace matchcue::cli
