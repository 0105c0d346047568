// SPDX-License-Identifier: Apache-2.0
//
// decision show, recommend
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <memory>

#include "cli/api_calls.h"

namespace matchcue::cli {
namespace {

struct Arguments {
  std::string decision;
  std::string viewer;
  std::string event;
  std::vector<std::string> values;
  std::string filter;
  std::vector<std::string> filter_values;
  std::vector<std::string> ranked;
};

std::string text_of(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4f", value);
  return text;
}

/// " = appeal -1.20 + taste 0.40": what is large enough to be seen, the largest first.
std::string sum_of(const Json& parts) {
  std::vector<std::pair<std::string, double>> sorted;
  for (const auto& [name, value] : parts.items()) {
    if (std::abs(value.get<double>()) >= 0.005) sorted.emplace_back(name, value.get<double>());
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return std::abs(a.second) > std::abs(b.second); });
  std::string sum;
  for (const auto& [name, value] : sorted) {
    char text[32];
    std::snprintf(text, sizeof text, " %.2f", value);
    sum += (sum.empty() ? " = " : " + ") + name + text;
  }
  return sum;
}

/// One candidate a line, best first: what speaks for it, how likely it was, or why it could not be chosen.
std::string candidate_table(const Json& slot) {
  std::string table;
  for (const Json& candidate : slot.at("candidates")) {
    const bool chosen = candidate.at("item") == slot.at("chosen");
    table += std::string(chosen ? "  > " : "    ") + text_of(candidate.at("item")) + "  score " +
             number(candidate.at("score").get<double>()) + sum_of(candidate.at("parts"));
    table += candidate.at("excluded").is_null() ? "  propensity " + number(candidate.at("propensity").get<double>())
                                                : "  excluded: " + text_of(candidate.at("excluded"));
    table += "\n";
  }
  return table;
}

std::string readable_version(const Json& made) {
  const Json& campaign = made.at("campaign");
  return "solution version " + text_of(made.at("solution_version")) +
         (campaign.is_null() ? std::string() : " over campaign " + text_of(campaign)) + ", catalogue version " +
         made.at("catalogue_version").dump();
}

std::string readable_decision(const Json& decision) {
  const bool identical = decision.at("identical").get<bool>();
  std::string text = "decision " + text_of(decision.at("id")) + "\n";
  text += "viewer " + text_of(decision.at("viewer"));
  if (!decision.at("age").is_null()) text += ", age " + decision.at("age").dump();
  if (!decision.at("country").is_null()) text += ", country " + text_of(decision.at("country"));
  const Json& metadata = decision.at("viewer_metadata");
  if (!metadata.empty()) text += "\nviewer metadata " + readable_values(metadata);
  text += "\nevent " + text_of(decision.at("event")) + " #" + decision.at("sequence").dump() + " at " +
          text_of(decision.at("at")) + "\ncontext " + readable_values(decision.at("context"));
  for (const Json& filter : decision.at("filters")) {
    text += "\nfilter " + text_of(filter.at("filter")) + ": " + text_of(filter.at("expression"));
    if (!filter.at("filter_values").empty()) text += "  with " + readable_values(filter.at("filter_values"));
  }
  text += "\n" + readable_version(decision) +
          "\ncomputed again from the log: " + (identical ? "identical" : "NOT IDENTICAL") + "\n";
  const Json& choices = decision.at("choices");
  for (const Json& choice : choices) {
    text += "\n" + text_of(choice.at("slot")) + ": ";
    text += choice.at("item").is_null() ? "nothing\n"
                                        : text_of(choice.at("item")) + " " + text_of(choice.at("label")) +
                                              ", propensity " + number(choice.at("propensity").get<double>()) + "\n";
    for (const Json& slot : decision.at("slots")) {
      if (slot.at("slot") == choice.at("slot")) text += candidate_table(slot);
    }
  }
  text.pop_back();
  return text;
}

std::string readable_recommendation(const Json& recommendation) {
  std::string text = readable_version(recommendation) + "\ncontext " + readable_values(recommendation.at("context"));
  for (const Json& slot : recommendation.at("slots")) {
    text += "\n\n" + text_of(slot.at("slot")) + ": " +
            (slot.at("chosen").is_null() ? std::string("nothing") : text_of(slot.at("chosen"))) + "\n" +
            candidate_table(slot);
    text.pop_back();
  }
  return text;
}

std::string readable_ranking(const Json& made) {
  std::string text = readable_version(made) + "\ncontext " + readable_values(made.at("context")) + "\n";
  for (const Json& ranked : made.at("ranking")) {
    text += "\n  " + text_of(ranked.at("item"));
    text += ranked.at("score").is_null() ? std::string() : "  score " + number(ranked.at("score").get<double>());
    text += ranked.at("share").is_null() ? "  excluded: " + text_of(ranked.at("excluded"))
                                         : "  share " + number(ranked.at("share").get<double>());
  }
  return text;
}

/// Exit code 1 when the decision does not come out again: something is wrong with the log or the artefacts.
ExitCode show(const Globals& globals, const Arguments& arguments) {
  api::HttpClient client(globals.server);
  const auto decision = call(client, "GET", api_path({"decisions", arguments.decision}));
  if (!decision) return fail(globals, decision.error());
  print(globals, *decision, readable_decision(*decision));
  return decision->at("identical").get<bool>() ? ExitCode::ok : ExitCode::problems_found;
}

ExitCode recommend(const Globals& globals, const Arguments& arguments) {
  api::HttpClient client(globals.server);
  const auto context = typed_values(client, arguments.values);
  if (!context) return fail(globals, context.error());
  Json body = {{"viewer", arguments.viewer}, {"context", *context}};
  if (!arguments.event.empty()) body["event"] = arguments.event;
  const auto given = filter_values(arguments.filter_values);
  if (!given) return fail(globals, given.error());
  if (!arguments.filter.empty()) body["filter"] = arguments.filter;
  if (!given->empty()) body["filter_values"] = *given;
  const bool ranks = !arguments.ranked.empty();
  if (ranks) body["items"] = arguments.ranked;
  const auto answer = call(client, "POST", ranks ? "/v1/rankings" : "/v1/recommendations", body);
  if (!answer) return fail(globals, answer.error());
  return print(globals, *answer, ranks ? readable_ranking(*answer) : readable_recommendation(*answer));
}

}  // namespace

void add_decision_commands(Commands commands) {
  const auto arguments = std::make_shared<Arguments>();
  const auto runs = [&](CLI::App* command, auto run) {
    command->callback([=, &action = commands.action, &globals = commands.globals] {
      action = [=, &globals] { return run(globals, *arguments); };
    });
  };
  CLI::App* family = commands.app.add_subcommand("decision", "logged decisions");
  family->require_subcommand(1);
  CLI::App* command = family->add_subcommand("show", "why these items: a decision, computed again from its record");
  command->add_option("ID", arguments->decision, "d_.. as slates name it")->required();
  runs(command, show);
  CLI::App* preview = commands.app.add_subcommand("recommend", "what a viewer would see now; nothing is pushed");
  preview->add_option("VIEWER", arguments->viewer, "the viewer")->required();
  preview->add_option("VALUES", arguments->values, "NAME=VALUE ...: context, over the event's state");
  preview->add_option("--event", arguments->event, "whose state, overrides and filters to use");
  preview->add_option("--filter", arguments->filter, "a stored filter, beside the event's");
  preview->add_option("--filter-value", arguments->filter_values, "NAME=VALUE of a placeholder; repeatable");
  preview->add_option("--rank", arguments->ranked,
                      "ITEM ...: these items in the viewer's order instead; VALUES stand in front of it");
  runs(preview, recommend);
}

}  // namespace matchcue::cli
