// SPDX-License-Identifier: Apache-2.0
#include "cli/api_calls.h"

#include <iostream>
#include <optional>

#include "base/text.h"
#include "codec/personalize_schema.h"

namespace matchcue::cli {
namespace {

Json to_json(const domain::Value& value) {
  return std::visit(
      [](const auto& held) -> Json {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::monostate>) {
          return nullptr;
        } else {
          return held;
        }
      },
      value);
}

std::string readable_value(const Json& value) {
  if (value.is_null()) return "";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

std::string api_path(const std::vector<std::string>& parts) {
  std::string path = "/v1";
  for (const std::string& part : parts) path += "/" + api::escape_segment(part);
  return path;
}

Result<Json> call(api::HttpClient& client, std::string_view method, const std::string& path, const Json& body) {
  MCUE_TRY(const api::ClientResponse answer, client.send(method, path, body.is_null() ? std::string() : body.dump()));
  Json json = Json::parse(answer.body, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) {
    return Error{ErrorKind::internal, "corrupt_answer", "the server's answer to " + path + " is not JSON", {}};
  }
  return json;
}

Result<Json> typed_values(api::HttpClient& client, const std::vector<std::string>& pairs) {
  if (pairs.empty()) return Json::object();
  MCUE_TRY(const Json schema, call(client, "GET", "/v1/datasets/interactions/schema"));
  return typed_values(schema, pairs);
}

Result<Json> typed_values(const Json& schema, const std::vector<std::string>& pairs) {
  MCUE_TRY(const domain::Schema known, codec::parse_schema(domain::DatasetKind::interactions, schema.dump()));
  Json values = Json::object();
  for (const std::string& pair : pairs) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      return invalid("invalid_value", "\"" + pair + "\" is not NAME=VALUE");
    }
    const std::string name = pair.substr(0, equals);
    const std::string text = pair.substr(equals + 1);
    const domain::Field* field = known.find_field(name);
    if (text.empty() || field == nullptr) {
      values[name] = text.empty() ? Json() : Json(text);
      continue;
    }
    MCUE_TRY(const domain::Value value, domain::parse_value(*field, text));
    values[name] = to_json(value);
  }
  return values;
}

Result<Json> filter_values(const std::vector<std::string>& pairs) {
  Json values = Json::object();
  for (const std::string& pair : pairs) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      return invalid("invalid_value", "\"" + pair + "\" is not NAME=VALUE");
    }
    std::string text = pair.substr(equals + 1);
    const bool plain = text.find('"') == std::string::npos && text.find(',') == std::string::npos;
    if (plain && !parse_double(text)) text = '"' + text + '"';
    values[pair.substr(0, equals)] = std::move(text);
  }
  return values;
}

std::string readable_values(const Json& values) {
  std::string text;
  for (const auto& [name, value] : values.items()) {
    text += (text.empty() ? "" : " ") + name + "=" + readable_value(value);
  }
  return text;
}

std::string readable_change(const Json& change) {
  std::string text = "#" + change.at("sequence").dump() + " " + readable_value(change.at("at")) + " " +
                     readable_value(change.at("kind"));
  if (!change.at("corrects").is_null()) text += " of #" + change.at("corrects").dump();
  if (!change.at("override").is_null()) {
    return text + " " + readable_value(change.at("override").at("action")) + " " +
           readable_value(change.at("override").at("item"));
  }
  if (!change.at("filter").is_null()) {
    const Json& filter = change.at("filter");
    return text + (filter.at("in_force").get<bool>() ? " use " : " drop ") + readable_value(filter.at("filter"));
  }
  text += " " + readable_values(change.at("after"));
  if (!change.at("subject").is_null()) text += " subject=" + readable_value(change.at("subject"));
  const std::string reason = readable_value(change.at("reason"));
  return reason.empty() ? text : text + " (" + reason + ")";
}

std::string readable_event(const Json& event) {
  std::string text = readable_value(event.at("id")) + " #" + event.at("sequence").dump();
  for (const Json& content : event.at("contents")) text += " content=" + readable_value(content);
  if (!event.at("state").empty()) text += " " + readable_values(event.at("state"));
  for (const Json& override_ : event.at("overrides")) {
    text += " " + readable_value(override_.at("action")) + ":" + readable_value(override_.at("item"));
  }
  for (const Json& filter : event.at("filters")) text += " filter:" + readable_value(filter.at("filter"));
  return text;
}

ExitCode print(const Globals& globals, const Json& answer, const std::string& readable) {
  std::cout << (globals.json ? answer.dump() : readable) << std::endl;
  return ExitCode::ok;
}

ExitCode print_change(const Globals& globals, const Result<Json>& answer) {
  if (!answer) return fail(globals, answer.error());
  const std::string unchanged = answer->value("changed", true) ? "" : "unchanged: ";
  return print(globals, *answer, unchanged + readable_event(answer->at("event")));
}

}  // namespace matchcue::cli
