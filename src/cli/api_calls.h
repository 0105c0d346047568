#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What the commands that only talk to a running matchcue have in common: calling its API, k=v values, printing.

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/http_client.h"
#include "cli/command.h"

namespace matchcue::cli {

using Json = nlohmann::ordered_json;

/// "/v1/events/{a%2Fb}/..": each part escaped.
std::string api_path(const std::vector<std::string>& parts);

/// One call; the answer's JSON. Errors: the server's, unreachable, timed_out, or `corrupt_answer`.
Result<Json> call(api::HttpClient& client, std::string_view method, const std::string& path, const Json& body = {});

/// Reads "NAME=VALUE" arguments as JSON values of the types that the server's interactions schema gives them; an empty
/// VALUE is null. Fields that the schema does not know stay text: the server says what is wrong with them.
/// Errors: invalid_value, wrong_type, and as call().
Result<Json> typed_values(api::HttpClient& client, const std::vector<std::string>& pairs);

/// The same, of schema text that is at hand.
Result<Json> typed_values(const Json& schema, const std::vector<std::string>& pairs);

/// Reads "NAME=VALUE" arguments as a filter's values, which are texts: what is neither in quotes nor a number is put in
/// quotes, as one value, for a shell takes quotes away. Errors: invalid_value.
Result<Json> filter_values(const std::vector<std::string>& pairs);

/// {"A":1,"B":"x"} -> "A=1 B=x"
std::string readable_values(const Json& values);
/// A change in one line: sequence, time, kind, values.
std::string readable_change(const Json& change);
/// An event in one line.
std::string readable_event(const Json& event);

/// Adds a command to a family of them, which runs `run(globals, arguments)` when it is chosen.
///
/// arguments  what the command's options fill. shared_ptr: they and the callback both hold it
template <typename Arguments, typename Run>
CLI::App* add_command(const Commands& commands, CLI::App& family, const std::string& name, const std::string& help,
                      std::shared_ptr<Arguments> arguments, Run run) {
  CLI::App* command = family.add_subcommand(name, help);
  command->callback([arguments = std::move(arguments), run, &action = commands.action, &globals = commands.globals] {
    action = [arguments, run, &globals] { return run(globals, *arguments); };
  });
  return command;
}

/// Prints one answer: as JSON with --json, otherwise `readable`.
ExitCode print(const Globals& globals, const Json& answer, const std::string& readable);

/// Prints the answer of a call that changes an event, or its error.
ExitCode print_change(const Globals& globals, const Result<Json>& answer);

}  // namespace matchcue::cli
