// SPDX-License-Identifier: Apache-2.0
//
// event set|get|list|tail|map|pin|block|release
#include <iostream>
#include <memory>

#include "cli/api_calls.h"
#include "cli/interrupt.h"

namespace matchcue::cli {
namespace {

constexpr int kTailWaitMs = 500;  // also how long Ctrl-C takes

/// What was written on the command line; lives as long as the command's callback.
struct Arguments {
  std::string event;
  std::string content;
  std::string item;
  std::string media_time;
  std::string reason;
  std::vector<std::string> values;
  std::uint64_t after = 0;
};

ExitCode set_event(const Globals& globals, const Arguments& arguments) {
  api::HttpClient client(globals.server);
  const auto state = typed_values(client, arguments.values);
  if (!state) return fail(globals, state.error());
  if (!arguments.content.empty()) {
    const auto mapped = call(client, "PUT", api_path({"contents", arguments.content}), {{"event", arguments.event}});
    if (!mapped) return fail(globals, mapped.error());
  }
  Json body = {{"state", *state}};
  if (!arguments.media_time.empty()) body["media_time"] = arguments.media_time;
  return print_change(globals, call(client, "PATCH", api_path({"events", arguments.event}), body));
}

ExitCode get_event(const Globals& globals, const Arguments& arguments) {
  api::HttpClient client(globals.server);
  const auto event = call(client, "GET", api_path({"events", arguments.event}));
  if (!event) return fail(globals, event.error());
  return print(globals, *event, readable_event(*event));
}

ExitCode list_events(const Globals& globals) {
  api::HttpClient client(globals.server);
  const auto answer = call(client, "GET", api_path({"events"}));
  if (!answer) return fail(globals, answer.error());
  if (globals.json) return print(globals, *answer, "");
  for (const Json& event : answer->at("events")) std::cout << readable_event(event) << "\n";
  std::cout << std::flush;
  return ExitCode::ok;
}

ExitCode map_content(const Globals& globals, const Arguments& arguments) {
  api::HttpClient client(globals.server);
  const auto event = call(client, "PUT", api_path({"contents", arguments.content}), {{"event", arguments.event}});
  if (!event) return fail(globals, event.error());
  return print(globals, *event, readable_event(*event));
}

ExitCode override_item(const Globals& globals, const Arguments& arguments, const std::string& action) {
  api::HttpClient client(globals.server);
  Json body = {{"action", action}};
  if (!arguments.reason.empty()) body["reason"] = arguments.reason;
  const std::string path = api_path({"events", arguments.event, "overrides", arguments.item});
  return print_change(globals, call(client, "PUT", path, body));
}

/// Prints changes as they come, until Ctrl-C.
ExitCode tail_event(const Globals& globals, const Arguments& arguments) {
  const std::atomic<bool>& stop = stop_on_interrupt();
  api::HttpClient client(globals.server);
  std::uint64_t after = arguments.after;
  while (!stop) {
    const auto answer =
        call(client, "GET",
             api_path({"events", arguments.event, "changes"}) + "?limit=1000&after=" + std::to_string(after) +
                 "&wait_ms=" + std::to_string(kTailWaitMs));
    if (!answer) return fail(globals, answer.error());
    for (const Json& change : answer->at("changes")) {
      print(globals, change, readable_change(change));
      after = change.at("sequence").get<std::uint64_t>();
    }
    if (!std::cout) return ExitCode::ok;  // the reader of our output has gone
  }
  return ExitCode::interrupted;
}

}  // namespace

void add_event_commands(Commands commands) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* family = commands.app.add_subcommand("event", "live events: state, change stream, contents, overrides");
  family->require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& help, auto run) {
    return add_command(commands, *family, name, help, arguments, run);
  };
  const auto takes_event = [&](CLI::App* command) {
    command->add_option("EVENT", arguments->event, "the live event")->required();
  };
  CLI::App* set = add("set", "change the state; NAME= removes a field; creates the event", set_event);
  takes_event(set);
  set->add_option("VALUES", arguments->values, "NAME=VALUE ...")->required();
  set->add_option("--content", arguments->content, "also map this content to the event");
  set->add_option("--media-time", arguments->media_time, "place in the picture, RFC 3339");
  takes_event(add("get", "the event as it is now", get_event));
  add("list", "all events", [](const Globals& globals, const Arguments&) { return list_events(globals); });
  CLI::App* tail = add("tail", "print changes as they come, until Ctrl-C", tail_event);
  takes_event(tail);
  tail->add_option("--after", arguments->after, "only changes with a greater sequence")->capture_default_str();
  CLI::App* map = add("map", "from now on CONTENT carries EVENT", map_content);
  map->add_option("CONTENT", arguments->content, "the content")->required();
  takes_event(map);
  for (const std::string name : {"pin", "block", "release"}) {
    CLI::App* command =
        add(name, name + " an item for an event",
            [name](const Globals& globals, const Arguments& given) { return override_item(globals, given, name); });
    takes_event(command);
    command->add_option("ITEM", arguments->item, "the item")->required();
    command->add_option("--reason", arguments->reason, "why, for people");
  }
}

}  // namespace matchcue::cli
