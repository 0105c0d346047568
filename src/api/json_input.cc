// SPDX-License-Identifier: Apache-2.0
#include "api/json_input.h"

#include <cmath>
#include <limits>
#include <set>

#include "base/text.h"

namespace matchcue::api {
namespace {

using Json = nlohmann::json;

constexpr int kDepthMax = 32;

Error wrong_type(const std::string& field, std::string_view wanted, const Json& found) {
  const std::string text = found.dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, 60);
  return invalid("wrong_type", field + " must be " + std::string(wanted) + ", and is " + text, field);
}

Error unknown_field(const std::string& name, const std::vector<std::string>& known) {
  std::string message = "unknown field \"" + name + "\"";
  if (const auto nearest = nearest_name(name, known)) message += "; did you mean \"" + *nearest + "\"?";
  return invalid("unknown_field", message, name);
}

/// Watches the parser for what the parsed tree cannot show any more: repeated keys.
struct KeyWatch {
  std::vector<std::set<std::string>> open;
  std::optional<Error> error;

  bool on_event(int depth, Json::parse_event_t event, const Json& parsed) {
    if (depth > kDepthMax && !error) {
      error = invalid("invalid_json", "the body is nested deeper than " + std::to_string(kDepthMax) + " levels");
    }
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key && !open.back().insert(parsed.get<std::string>()).second && !error) {
      const auto key = parsed.get<std::string>();
      error = invalid("duplicate_key", "the key \"" + key + "\" stands twice in one object", key);
    }
    return true;
  }
};

}  // namespace

Result<Json> parse_object(std::string_view text) {
  if (text.empty()) return Json::object();
  KeyWatch watch;
  Json body;
  try {
    body = Json::parse(
        text, [&](int depth, Json::parse_event_t event, Json& parsed) { return watch.on_event(depth, event, parsed); });
  } catch (const Json::parse_error& error) {
    return invalid("invalid_json", "the body is not JSON: wrong at byte " + std::to_string(error.byte));
  } catch (const Json::exception&) {
    return invalid("out_of_range", "the body has a number that is out of range");
  }
  if (watch.error) return *std::move(watch.error);
  if (!body.is_object()) return invalid("wrong_type", "the body must be a JSON object");
  return body;
}

Result<domain::Value> to_value(const Json& json, const std::string& field) {
  switch (json.type()) {
    case Json::value_t::null: return domain::Value();
    case Json::value_t::boolean: return domain::Value(json.get<bool>());
    case Json::value_t::number_integer: return domain::Value(json.get<std::int64_t>());
    case Json::value_t::number_unsigned:
      if (json.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        return invalid("out_of_range", field + " is out of range: " + json.dump(), field);
      }
      return domain::Value(json.get<std::int64_t>());
    case Json::value_t::number_float: return domain::Value(json.get<double>());
    case Json::value_t::string: return domain::Value(json.get<std::string>());
    default: return wrong_type(field, "null, true, false, a number or a text", json);
  }
}

Result<domain::Values> to_values(const Json& object, const std::string& prefix) {
  domain::Values values;
  for (const auto& [name, member] : object.items()) {
    MCUE_TRY(domain::Value value, to_value(member, prefix + name));
    values.emplace(name, std::move(value));
  }
  return values;
}

Result<domain::Values> to_row(const Json& body, const domain::Schema& schema, std::string_view id_column,
                              const std::string& id) {
  std::vector<std::string> known;
  for (const domain::Field& field : schema.fields) known.push_back(field.name);
  for (const auto& [name, member] : body.items()) {
    if (name == id_column) {
      if (member != id) return invalid("id_mismatch", name + " is not \"" + id + "\" as in the address", name);
    } else if (schema.find_field(name) == nullptr) {
      return unknown_field(name, known);
    }
  }
  domain::Values row;
  for (const domain::Field& field : schema.fields) {
    if (field.name == id_column) continue;
    const auto member = body.find(field.name);
    domain::Value value;
    if (member != body.end()) {
      MCUE_TRY(value, to_value(*member, field.name));
    }
    MCUE_TRY(value, domain::check_value(field, std::move(value)));
    row.emplace(field.name, std::move(value));
  }
  return row;
}

const Json* Fields::find(const char* name, bool required) {
  asked_.emplace_back(name);
  const auto found = object_.find(name);
  if (found != object_.end() && (required || !found->is_null())) return &*found;
  if (required) refuse(invalid("missing_value", std::string(name) + " is missing", name));
  return nullptr;
}

void Fields::refuse(Error error) {
  if (!error_) error_ = std::move(error);
}

std::optional<std::string> Fields::checked_id(const char* name, bool required) {
  const Json* found = find(name, required);
  if (found == nullptr) return std::nullopt;
  if (!found->is_string()) {
    refuse(wrong_type(name, "a text", *found));
    return std::nullopt;
  }
  auto text = found->get<std::string>();
  if (auto checked = domain::check_id(text, name); !checked) refuse(std::move(checked).error());
  return text;
}

std::string Fields::text(const char* name) {
  const Json* found = find(name, true);
  if (found == nullptr) return {};
  if (found->is_string()) return found->get<std::string>();
  refuse(wrong_type(name, "a text", *found));
  return {};
}

std::string Fields::optional_text(const char* name) {
  const Json* found = find(name, false);
  if (found == nullptr) return {};
  if (found->is_string()) return found->get<std::string>();
  refuse(wrong_type(name, "a text", *found));
  return {};
}

double Fields::optional_number(const char* name, double fallback) {
  const Json* found = find(name, false);
  if (found == nullptr) return fallback;
  if (found->is_number()) return found->get<double>();
  refuse(wrong_type(name, "a number", *found));
  return fallback;
}

std::optional<WallTime> Fields::optional_time(const char* name) {
  const std::string text = optional_text(name);
  if (text.empty()) return std::nullopt;
  auto time = parse_rfc3339(text);
  if (time) return *time;
  Error error = std::move(time).error();
  error.field = name;
  refuse(std::move(error));
  return std::nullopt;
}

domain::Values Fields::values(const char* name) {
  const Json* found = find(name, false);
  if (found == nullptr) return {};
  if (!found->is_object()) {
    refuse(wrong_type(name, "an object", *found));
    return {};
  }
  auto values = to_values(*found, std::string(name) + ".");
  if (values) return std::move(values).value();
  refuse(std::move(values).error());
  return {};
}

std::map<std::string, std::string, std::less<>> Fields::texts(const char* name) {
  std::map<std::string, std::string, std::less<>> texts;
  const Json* found = find(name, false);
  if (found == nullptr) return texts;
  if (!found->is_object()) {
    refuse(wrong_type(name, "an object", *found));
    return texts;
  }
  for (const auto& [key, member] : found->items()) {
    if (member.is_string()) {
      texts.emplace(key, member.get<std::string>());
    } else {
      refuse(wrong_type(std::string(name) + "." + key, "a text", member));
    }
  }
  return texts;
}

domain::Values Fields::required_values(const char* name) {
  if (!object_.contains(name)) refuse(invalid("missing_value", std::string(name) + " is missing", name));
  return values(name);
}

Result<void> Fields::finish() {
  for (const auto& [name, member] : object_.items()) {
    if (std::find(asked_.begin(), asked_.end(), name) == asked_.end()) refuse(unknown_field(name, asked_));
  }
  if (error_) return *error_;
  return {};
}

}  // namespace matchcue::api
