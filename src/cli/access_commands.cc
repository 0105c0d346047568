// SPDX-License-Identifier: Apache-2.0
//
// token make, ticket key|make|check|revoke, audit: who may come in, who may not any more, and who changed what.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "access/operator_tokens.h"
#include "access/ticket.h"
#include "base/clock.h"
#include "base/sha256.h"
#include "base/text.h"
#include "cli/api_calls.h"
#include "cli/signing_key.h"

namespace matchcue::cli {
namespace {

struct Arguments {
  std::string name;
  std::string scopes = "read";
  std::string file;
  std::string algorithm = "EdDSA";
  std::string checking_file;
  std::string key_id;
  std::string audience = "matchcue";
  std::string issuer;
  std::string device;
  std::string ticket;
  std::vector<std::string> contents;
  std::vector<std::string> attributes;
  int minutes = 60;
  std::int64_t after = 0;
  std::int64_t limit = 100;
};

Result<void> append_line(const std::string& path, const std::string& line) {
  ::umask(0077);  // a new file is its owner's alone
  std::ofstream file(path, std::ios::app);
  if (!file || !(file << line << "\n").flush()) return unavailable("cannot_write", "cannot write to \"" + path + "\"");
  return {};
}

/// Adds a key to the set of a file, which a server reads whole or not at all; makes the file when there is none.
Result<void> add_key(const std::string& path, const std::string& set) {
  Json keys = Json::parse(set);
  if (std::filesystem::exists(path)) {
    MCUE_TRY_VOID(load_ticket_keys(path));
    Json kept = Json::parse(std::ifstream(path));
    for (const Json& key : kept["keys"]) {
      if (key["kid"] == keys["keys"][0]["kid"]) {
        return invalid("key_exists", path + " has a key \"" + key["kid"].get<std::string>() + "\" already", "kid");
      }
    }
    kept["keys"].push_back(keys["keys"][0]);
    keys = std::move(kept);
  }
  const std::string next = path + ".new";
  std::filesystem::remove(next);
  MCUE_TRY_VOID(append_line(next, keys.dump()));
  std::error_code error;
  std::filesystem::rename(next, path, error);
  if (error) return unavailable("cannot_write", "cannot write to \"" + path + "\"");
  return {};
}

ExitCode make_token(const Globals& globals, const Arguments& arguments) {
  const std::string token = access::make_operator_token();
  const std::string line = arguments.name + " " + arguments.scopes + " " + sha256(token);
  if (const auto parsed = access::OperatorTokens::parse(line); !parsed.ok()) return fail(globals, parsed.error());
  if (!arguments.file.empty()) {
    if (const auto written = append_line(arguments.file, line); !written.ok()) return fail(globals, written.error());
  }
  const std::string where =
      arguments.file.empty() ? "\nfor api.token_file: " + line : "\n" + arguments.file + " has its digest";
  return print(globals, {{"token", token}, {"line", line}}, token + where);
}

ExitCode make_key(const Globals& globals, const Arguments& arguments) {
  const auto algorithm = access::parse_algorithm(arguments.algorithm);
  if (!algorithm) {
    return fail(globals,
                invalid("unknown_algorithm", "\"" + arguments.algorithm + "\" is not EdDSA or HS256", "algorithm"));
  }
  const access::NewTicketKey made = access::make_ticket_key(arguments.name, *algorithm);
  if (!arguments.checking_file.empty()) {
    if (auto added = add_key(arguments.checking_file, made.checking); !added.ok()) return fail(globals, added.error());
  }
  return print(globals, Json::parse(made.signing), made.signing);
}

Result<std::string> make_ticket_text(const Arguments& arguments) {
  MCUE_TRY(const access::TicketKey key, load_signing_key(arguments.file, arguments.key_id));
  MCUE_TRY_VOID(domain::check_id(arguments.name, "viewer"));
  access::Ticket ticket;
  ticket.viewer = domain::ViewerId(arguments.name);
  ticket.id = sha256(access::make_operator_token()).substr(0, 24);
  ticket.device = arguments.device;
  for (const std::string& content : arguments.contents) {
    MCUE_TRY_VOID(domain::check_id(content, "content"));
    ticket.contents.emplace_back(content);
  }
  for (const std::string& pair : arguments.attributes) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos) return invalid("invalid_value", "\"" + pair + "\" is not NAME=VALUE", "attribute");
    const std::string value = pair.substr(equals + 1);
    const auto number = parse_int(value);
    ticket.attributes[pair.substr(0, equals)] = number ? domain::Value(*number) : domain::Value(value);
  }
  ticket.issued = SystemClock().wall();
  ticket.expires = ticket.issued + Milliseconds(60'000) * arguments.minutes;
  return access::write_ticket(ticket, key, arguments.audience, arguments.issuer);
}

ExitCode make_ticket(const Globals& globals, const Arguments& arguments) {
  const auto ticket = make_ticket_text(arguments);
  if (!ticket.ok()) return fail(globals, ticket.error());
  return print(globals, {{"ticket", *ticket}}, *ticket);
}

Result<access::Ticket> read_ticket(const Arguments& arguments) {
  MCUE_TRY(const access::TicketKeys keys, load_ticket_keys(arguments.file));
  access::TicketRules rules;
  rules.audience = arguments.audience;
  rules.issuer = arguments.issuer;
  rules.lifetime_max = Milliseconds::max() / 4;
  return access::check_ticket(arguments.ticket, keys, rules, SystemClock().wall());
}

ExitCode check_ticket(const Globals& globals, const Arguments& arguments) {
  const auto ticket = read_ticket(arguments);
  if (!ticket.ok()) return fail(globals, ticket.error());
  return print(globals,
               {{"viewer", ticket->viewer.str()}, {"id", ticket->id}, {"expires", format_rfc3339(ticket->expires)}},
               "good: " + ticket->viewer.str() + " until " + format_rfc3339(ticket->expires));
}

ExitCode revoke(const Globals& globals, const Arguments& arguments) {
  api::HttpClient client(globals.server);
  Json body = Json::object();
  if (!arguments.ticket.empty()) body["ticket"] = arguments.ticket;
  if (!arguments.name.empty()) body["viewer"] = arguments.name;
  const auto made = call(client, "POST", "/v1/revocations", body);
  if (!made.ok()) return fail(globals, made.error());
  const std::string what =
      arguments.ticket.empty() ? "every ticket of " + arguments.name : "ticket " + arguments.ticket;
  return print(globals, *made, what + " is no good any more");
}

std::string readable_record(const Json& record) {
  const auto text = [&](const char* member) { return record.at(member).get<std::string>(); };
  const Json& status = record.at("status");
  return std::to_string(record.at("number").get<std::int64_t>()) + " " + text("at") + " " + text("who") + " (" +
         text("from") + ") " + text("operation") + " " + text("target") + " -> " +
         (status.is_null() ? "unknown" : std::to_string(status.get<int>()));
}

ExitCode show_audit(const Globals& globals, const Arguments& arguments) {
  api::HttpClient client(globals.server);
  const auto page =
      call(client, "GET",
           "/v1/audit?after=" + std::to_string(arguments.after) + "&limit=" + std::to_string(arguments.limit));
  if (!page.ok()) return fail(globals, page.error());
  std::string lines;
  for (const Json& record : page->at("records")) lines += (lines.empty() ? "" : "\n") + readable_record(record);
  return print(globals, *page, lines);
}

void add_token_family(const Commands& commands) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* family = commands.app.add_subcommand("token", "operators of the HTTP API");
  family->require_subcommand(1);
  CLI::App* make = add_command(commands, *family, "make", "a new operator's token; shown once", arguments, make_token);
  make->add_option("NAME", arguments->name, "the operator, as the audit log has them")->required();
  make->add_option("--scope", arguments->scopes, "read, moments, catalogue, admin; with commas")->capture_default_str();
  make->add_option("--file", arguments->file, "appends its line to this api.token_file");
}

void add_ticket_family(const Commands& commands) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* family = commands.app.add_subcommand("ticket", "viewers' tickets");
  family->require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& help, auto run) {
    return add_command(commands, *family, name, help, arguments, run);
  };
  CLI::App* key = add("key", "a new key; what signs tickets is printed", make_key);
  key->add_option("KID", arguments->name, "its name, which tickets carry")->required();
  key->add_option("--algorithm", arguments->algorithm, "EdDSA or HS256")->capture_default_str();
  key->add_option("--checking-file", arguments->checking_file,
                  "adds what checks tickets to this file: viewers.ticket_keys");
  const auto add_rules = [&](CLI::App* command) {
    command->add_option("--keys", arguments->file, "a JWK set")->required();
    command->add_option("--audience", arguments->audience, "its aud")->capture_default_str();
    command->add_option("--issuer", arguments->issuer, "its iss");
  };
  CLI::App* make = add("make", "a ticket, as the operator's own service would make one", make_ticket);
  make->add_option("VIEWER", arguments->name, "who watches")->required();
  add_rules(make);
  make->add_option("--key-id", arguments->key_id, "which key signs, where several could");
  make->add_option("--minutes", arguments->minutes, "good for this long")
      ->capture_default_str()
      ->check(CLI::Range(1, 43'200));
  make->add_option("--content", arguments->contents, "may be watched; any where none is named");
  make->add_option("--device", arguments->device, "the only device that may use it");
  make->add_option("--attribute", arguments->attributes, "NAME=VALUE of the viewer, over their row in the catalogue");
  CLI::App* check = add("check", "whether a ticket would be taken", check_ticket);
  check->add_option("TICKET", arguments->ticket, "the ticket")->required();
  add_rules(check);
  CLI::App* gone = add("revoke", "from now on a ticket, or a viewer's tickets until now, are no good", revoke);
  auto* of_viewer = gone->add_option("--viewer", arguments->name, "whose");
  gone->add_option("--id", arguments->ticket, "the jti of one")->excludes(of_viewer);
}

void add_audit_command(const Commands& commands) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* audit = add_command(commands, commands.app, "audit", "what operators changed: who, what, before and after",
                                arguments, show_audit);
  audit->add_option("--after", arguments->after, "only records with a greater number")->capture_default_str();
  audit->add_option("--limit", arguments->limit, "at most this many")->capture_default_str();
}

}  // namespace

void add_access_commands(Commands commands) {
  add_token_family(commands);
  add_ticket_family(commands);
  add_audit_command(commands);
}

}  // namespace matchcue::cli
