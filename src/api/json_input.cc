// SPDX-License-Identifier: Apache-2.0
#include "api/json_input.h"

#include <limits>

#include "base/quoted_text.h"
#include "base/text.h"
#include "codec/strict_json.h"

namespace matchcue::api {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kTextBytesMax = 10'000;

Error wrong_type(const std::string& field, std::string_view wanted, const Json& found) {
  const std::string text = found.dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, 60);
  return invalid("wrong_type", field + " must be " + std::string(wanted) + ", and is " + text, field);
}

Error unknown_field(const std::string& name, const std::vector<std::string>& known) {
  std::string message = "unknown field " + quoted_text(name);
  if (const auto nearest = nearest_name(name, known)) message += "; did you mean \"" + *nearest + "\"?";
  return invalid("unknown_field", message, name);
}

/// What an operator writes: a reason, an expression.
Result<void> check_text(std::string_view text, const std::string& field) {
  if (text.size() > kTextBytesMax) {
    return invalid("too_long",
                   field + ": " + quoted_text(text) + " has " + std::to_string(text.size()) + " bytes; at most " +
                       std::to_string(kTextBytesMax),
                   field);
  }
  if (text.find('\0') != std::string_view::npos)
    return invalid("invalid_text", field + ": " + quoted_text(text) + " has a zero byte", field);
  return {};
}

}  // namespace

Result<Json> parse_object(std::string_view text) {
  if (text.empty()) return Json::object();
  MCUE_TRY(Json body, codec::parse_strict_json(text));
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
    case Json::value_t::string: {
      auto text = json.get<std::string>();
      if (text.find('\0') != std::string::npos)
        return invalid("invalid_text", field + ": " + quoted_text(text) + " has a zero byte", field);
      return domain::Value(std::move(text));
    }
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

std::vector<std::string> Fields::checked_ids(const char* name, std::size_t count_max) {
  std::vector<std::string> ids;
  const Json* found = find(name, true);
  if (found == nullptr) return ids;
  if (!found->is_array()) {
    refuse(wrong_type(name, "an array of texts", *found));
    return ids;
  }
  if (found->empty() || found->size() > count_max) {
    refuse(invalid("out_of_range",
                   std::string(name) + " has " + std::to_string(found->size()) + " entries; 1 to " +
                       std::to_string(count_max) + " are allowed",
                   name));
    return ids;
  }
  for (std::size_t i = 0; i < found->size(); ++i) {
    const std::string field = std::string(name) + "." + std::to_string(i);
    ids.push_back(text_of(field, (*found)[i]));
    if (auto checked = domain::check_id(ids.back(), field); !checked) refuse(std::move(checked).error());
  }
  return ids;
}

std::string Fields::text_of(const std::string& field, const Json& found) {
  if (!found.is_string()) {
    refuse(wrong_type(field, "a text", found));
    return {};
  }
  auto text = found.get<std::string>();
  if (auto checked = check_text(text, field); !checked) refuse(std::move(checked).error());
  return text;
}

std::string Fields::text(const char* name) {
  const Json* found = find(name, true);
  return found == nullptr ? std::string() : text_of(name, *found);
}

std::string Fields::optional_text(const char* name) {
  const Json* found = find(name, false);
  return found == nullptr ? std::string() : text_of(name, *found);
}

double Fields::optional_number(const char* name, double fallback) {
  const Json* found = find(name, false);
  if (found == nullptr) return fallback;
  if (found->is_number()) return found->get<double>();
  refuse(wrong_type(name, "a number", *found));
  return fallback;
}

std::optional<WallTime> Fields::optional_time(const char* name) {
  const Json* found = find(name, false);
  if (found == nullptr) return std::nullopt;
  auto time = parse_rfc3339(text_of(name, *found));
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
  for (const auto& [key, member] : found->items()) texts.emplace(key, text_of(std::string(name) + "." + key, member));
  return texts;
}

domain::Values Fields::required_values(const char* name) {
  const Json* found = find(name, true);
  if (found != nullptr && found->is_null()) refuse(wrong_type(name, "an object", *found));
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
