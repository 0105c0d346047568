// SPDX-License-Identifier: Apache-2.0
//
// viewer show|identify|erase
#include <memory>

#include "cli/api_calls.h"

namespace matchcue::cli {
namespace {

struct Arguments {
  std::string viewer;
  std::string anonymous;
};

std::string readable_viewer(const Json& viewer) {
  std::string text = viewer.at("id").get<std::string>();
  text += viewer.at("known").get<bool>() ? ": in the catalogue" : ": not in the catalogue";
  text += viewer.at("connected").get<bool>() ? ", connected" : ", not connected";
  if (!viewer.at("identified_as").is_null()) text += "\nis " + viewer.at("identified_as").get<std::string>();
  for (const Json& id : viewer.at("earlier_ids")) text += "\nwas " + id.get<std::string>();
  if (!viewer.at("fields").empty()) text += "\n" + readable_values(viewer.at("fields"));
  for (const Json& decision : viewer.at("recent")) text += "\n" + decision.get<std::string>();
  return text;
}

ExitCode show(const Globals& globals, const Arguments& arguments) {
  api::HttpClient client(globals.server);
  const auto viewer = call(client, "GET", api_path({"viewers", arguments.viewer}));
  if (!viewer) return fail(globals, viewer.error());
  return print(globals, *viewer, readable_viewer(*viewer));
}

ExitCode identify(const Globals& globals, const Arguments& arguments) {
  api::HttpClient client(globals.server);
  const auto link =
      call(client, "POST", api_path({"viewers", arguments.anonymous, "identify"}), {{"viewer", arguments.viewer}});
  if (!link) return fail(globals, link.error());
  return print(globals, *link,
               arguments.anonymous + " is " + arguments.viewer + " (" + link->at("at").get<std::string>() + ")");
}

std::string readable_erasure(const Json& erasure) {
  std::string text = "erased";
  for (const Json& id : erasure.at("ids")) text += " " + id.get<std::string>();
  text += ":";
  for (const char* what : {"viewers", "interactions", "feedback", "links", "traits", "decisions", "snapshots"}) {
    text += "\n  " + std::to_string(erasure.at(what).get<std::uint64_t>()) + " " + what;
  }
  text += "\nsearched " + std::to_string(erasure.at("bytes_searched").get<std::uint64_t>()) +
          " bytes of files for the ids: ";
  if (erasure.at("bytes_found").empty()) return text + "found nothing";
  text += "found their bytes, as parts of longer ids or by chance, in";
  for (const Json& place : erasure.at("bytes_found")) text += "\n  " + place.get<std::string>();
  return text;
}

ExitCode erase(const Globals& globals, const Arguments& arguments) {
  api::HttpClient client(globals.server);
  const auto erasure = call(client, "DELETE", api_path({"viewers", arguments.viewer}));
  if (!erasure) return fail(globals, erasure.error());
  return print(globals, *erasure, readable_erasure(*erasure));
}

}  // namespace

void add_viewer_commands(Commands commands) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* family = commands.app.add_subcommand("viewer", "who is watching, and who they were before");
  family->require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& help, auto run) {
    return add_command(commands, *family, name, help, arguments, run);
  };
  add("show", "a viewer: their row, their other ids, their latest decisions", show)
      ->add_option("VIEWER", arguments->viewer, "the viewer")
      ->required();
  add("erase", "remove a person everywhere, under all their ids, for good, and prove it", erase)
      ->add_option("VIEWER", arguments->viewer, "one of their ids")
      ->required();
  CLI::App* command = add("identify", "say who an anonymous viewer is, for good", identify);
  command->add_option("ANONYMOUS", arguments->anonymous, "the id that they watched under without an account")
      ->required();
  command->add_option("VIEWER", arguments->viewer, "who they are: all that was done counts as theirs")->required();
}

}  // namespace matchcue::cli
