// SPDX-License-Identifier: Apache-2.0
//
// filter put|list|show|delete|test|use|drop
#include <iostream>
#include <memory>

#include "cli/api_calls.h"

namespace matchcue::cli {
namespace {

struct Arguments {
  std::string filter;
  std::string expression;
  std::string viewer;
  std::string event;
  std::string reason;
  std::vector<std::string> values;
};

std::string text_of(const Json& value) { return value.get<std::string>(); }

std::string readable_filter(const Json& filter) {
  return text_of(filter.at("name")) + "  (" + text_of(filter.at("created")) + ")\n  " +
         text_of(filter.at("expression"));
}

std::string readable_items(const std::string& title, const Json& items) {
  std::string text = "\n" + title + " " + std::to_string(items.size()) + ":";
  for (const Json& item : items) text += " " + text_of(item);
  return text;
}

std::string readable_outcome(const Json& outcome) {
  std::string text = text_of(outcome.at("expression"));
  if (!outcome.at("placeholders").empty()) {
    text += "\nplaceholders:";
    for (const Json& name : outcome.at("placeholders")) text += " $" + text_of(name);
  }
  if (outcome.at("asks_past").get<bool>()) {
    text += "\ndepends on what the viewer did before";
  } else {
    text += outcome.at("personal").get<bool>() ? "\ndepends on the viewer" : "\nthe same for every viewer";
  }
  return text + readable_items("pass", outcome.at("passed")) + readable_items("filtered", outcome.at("filtered"));
}

ExitCode put(const Globals& globals, const Arguments& arguments) {
  api::HttpClient client(globals.server);
  const auto filter =
      call(client, "PUT", api_path({"filters", arguments.filter}), {{"expression", arguments.expression}});
  if (!filter) return fail(globals, filter.error());
  return print(globals, *filter, readable_filter(*filter));
}

ExitCode list(const Globals& globals, const Arguments&) {
  api::HttpClient client(globals.server);
  const auto answer = call(client, "GET", api_path({"filters"}));
  if (!answer) return fail(globals, answer.error());
  if (globals.json) return print(globals, *answer, "");
  for (const Json& filter : answer->at("filters")) std::cout << readable_filter(filter) << "\n";
  std::cout << std::flush;
  return ExitCode::ok;
}

ExitCode show(const Globals& globals, const Arguments& arguments) {
  api::HttpClient client(globals.server);
  const auto filter = call(client, "GET", api_path({"filters", arguments.filter}));
  if (!filter) return fail(globals, filter.error());
  return print(globals, *filter, readable_filter(*filter));
}

ExitCode erase(const Globals& globals, const Arguments& arguments) {
  api::HttpClient client(globals.server);
  const auto filter = call(client, "DELETE", api_path({"filters", arguments.filter}));
  if (!filter) return fail(globals, filter.error());
  return print(globals, *filter, "deleted " + readable_filter(*filter));
}

/// What has a blank in it is an expression; names have none.
ExitCode try_out(const Globals& globals, const Arguments& arguments) {
  const auto values = filter_values(arguments.values);
  if (!values) return fail(globals, values.error());
  const bool stored = arguments.filter.find(' ') == std::string::npos;
  Json body = {{stored ? "filter" : "expression", arguments.filter}, {"filter_values", *values}};
  if (!arguments.viewer.empty()) body["viewer"] = arguments.viewer;
  api::HttpClient client(globals.server);
  const auto outcome = call(client, "POST", api_path({"filter-trials"}), body);
  if (!outcome) return fail(globals, outcome.error());
  return print(globals, *outcome, readable_outcome(*outcome));
}

ExitCode use(const Globals& globals, const Arguments& arguments) {
  const auto values = filter_values(arguments.values);
  if (!values) return fail(globals, values.error());
  Json body = {{"filter_values", *values}};
  if (!arguments.reason.empty()) body["reason"] = arguments.reason;
  api::HttpClient client(globals.server);
  return print_change(globals,
                      call(client, "PUT", api_path({"events", arguments.event, "filters", arguments.filter}), body));
}

ExitCode drop(const Globals& globals, const Arguments& arguments) {
  api::HttpClient client(globals.server);
  return print_change(globals,
                      call(client, "DELETE", api_path({"events", arguments.event, "filters", arguments.filter})));
}

}  // namespace

void add_filter_commands(Commands commands) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* family = commands.app.add_subcommand("filter", "what may be shown: kept filters, and those in force");
  family->require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& help, auto run) {
    return add_command(commands, *family, name, help, arguments, run);
  };
  const auto takes_filter = [&](CLI::App* command) {
    command->add_option("NAME", arguments->filter, "the filter")->required();
  };
  const auto takes_values = [&](CLI::App* command) {
    command->add_option("--value", arguments->values,
                        "NAME=VALUE of a placeholder: \"a\",\"b\" or a number; repeatable");
  };
  const auto takes_event = [&](CLI::App* command) {
    command->add_option("EVENT", arguments->event, "the live event")->required();
  };
  CLI::App* command = add("put", "keep a filter; replaces one of the same name", put);
  takes_filter(command);
  command->add_option("EXPRESSION", arguments->expression, "INCLUDE ItemID WHERE .. (docs/filters.md)")->required();
  add("list", "all filters", list);
  takes_filter(add("show", "a filter", show));
  takes_filter(add("delete", "delete a filter that is in force nowhere", erase));
  command = add("test", "which items pass, changing nothing", try_out);
  command->add_option("FILTER", arguments->filter, "a filter's name, or an expression")->required();
  command->add_option("--viewer", arguments->viewer, "for this viewer; otherwise for somebody unknown");
  takes_values(command);
  command = add("use", "put a filter in force for an event", use);
  takes_event(command);
  takes_filter(command);
  takes_values(command);
  command->add_option("--reason", arguments->reason, "why, for people");
  command = add("drop", "take a filter out of force for an event", drop);
  takes_event(command);
  takes_filter(command);
}

}  // namespace matchcue::cli
