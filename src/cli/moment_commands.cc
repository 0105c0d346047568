// SPDX-License-Identifier: Apache-2.0
//
// moment fire|correct|list
#include <iostream>
#include <memory>

#include "cli/api_calls.h"

namespace matchcue::cli {
namespace {

struct Arguments {
  std::string event;
  std::uint64_t sequence = 0;
  std::vector<std::string> values;
  std::string subject;
  std::string media_time;
  std::string reason;
};

Result<Json> moment_body(api::HttpClient& client, const Arguments& arguments) {
  MCUE_TRY(const Json state, typed_values(client, arguments.values));
  Json body = {{"state", state}};
  if (!arguments.subject.empty()) body["subject"] = arguments.subject;
  if (!arguments.media_time.empty()) body["media_time"] = arguments.media_time;
  return body;
}

ExitCode fire(const Globals& globals, const Arguments& arguments) {
  api::HttpClient client(globals.server);
  const auto body = moment_body(client, arguments);
  if (!body) return fail(globals, body.error());
  return print_change(globals, call(client, "POST", api_path({"events", arguments.event, "moments"}), *body));
}

ExitCode correct(const Globals& globals, const Arguments& arguments) {
  api::HttpClient client(globals.server);
  auto body = moment_body(client, arguments);
  if (!body) return fail(globals, body.error());
  if (!arguments.reason.empty()) (*body)["reason"] = arguments.reason;
  const std::string path =
      api_path({"events", arguments.event, "moments", std::to_string(arguments.sequence), "corrections"});
  return print_change(globals, call(client, "POST", path, *body));
}

/// All pages; with --json one moment a line.
ExitCode list(const Globals& globals, const Arguments& arguments) {
  api::HttpClient client(globals.server);
  const std::string path = api_path({"events", arguments.event, "moments"}) + "?limit=1000&after=";
  for (Json after = 0; !after.is_null();) {
    const auto page = call(client, "GET", path + after.dump());
    if (!page) return fail(globals, page.error());
    for (const Json& moment : page->at("moments")) print(globals, moment, readable_change(moment));
    after = page->at("next");
  }
  return ExitCode::ok;
}

}  // namespace

void add_moment_commands(Commands commands) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* family = commands.app.add_subcommand("moment", "moments of a live event");
  family->require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& help, auto run) {
    CLI::App* command = add_command(commands, *family, name, help, arguments, run);
    command->add_option("EVENT", arguments->event, "the live event")->required();
    return command;
  };
  const auto takes_moment = [&](CLI::App* command) {
    command->add_option("VALUES", arguments->values, "NAME=VALUE ...: what is true now");
    command->add_option("--subject", arguments->subject, "the item it is about, such as the acting player");
    command->add_option("--media-time", arguments->media_time, "place in the picture, RFC 3339");
  };
  takes_moment(add("fire", "something happened: every viewer gets a new slate", fire));
  CLI::App* correction = add("correct", "a moment was wrong: take its cues back, and say what is true", correct);
  correction->add_option("SEQUENCE", arguments->sequence, "the moment that was wrong")->required();
  takes_moment(correction);
  correction->add_option("--reason", arguments->reason, "why, for people");
  add("list", "moments, corrections and changes of state", list);
}

}  // namespace matchcue::cli
