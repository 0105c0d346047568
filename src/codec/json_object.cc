// SPDX-License-Identifier: Apache-2.0
#include "codec/json_object.h"

#include "base/text.h"

namespace matchcue::codec {

namespace {

/// simdjson's own depth limit is set where the parser allocates; a padded copy lets frames lie anywhere.
struct ThreadParser {
  ThreadParser() {
    if (parser.allocate(1024, kJsonDepthMax) != simdjson::SUCCESS) std::abort();
  }
  simdjson::dom::parser parser;
};

simdjson::dom::parser& parser() {
  thread_local ThreadParser own;
  return own.parser;
}

/// Nothing for lists and objects.
std::optional<domain::Value> value_of(simdjson::dom::element element) {
  switch (element.type()) {
    case simdjson::dom::element_type::NULL_VALUE: return domain::Value();
    case simdjson::dom::element_type::BOOL: return domain::Value(element.get_bool().value_unsafe());
    case simdjson::dom::element_type::INT64: return domain::Value(element.get_int64().value_unsafe());
    case simdjson::dom::element_type::UINT64:
    case simdjson::dom::element_type::DOUBLE: return domain::Value(element.get_double().value_unsafe());
    case simdjson::dom::element_type::STRING: return domain::Value(std::string(element.get_string().value_unsafe()));
    case simdjson::dom::element_type::ARRAY:
    case simdjson::dom::element_type::OBJECT: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

Result<JsonObject> JsonObject::parse(std::string_view text, std::string name) {
  simdjson::dom::parser& reader = parser();
  if (reader.capacity() < text.size() && reader.allocate(text.size(), kJsonDepthMax) != simdjson::SUCCESS) {
    return Error{ErrorKind::too_large, "invalid_json", "too long to parse", name};
  }
  simdjson::dom::element root;
  if (const auto error = reader.parse(text.data(), text.size()).get(root); error != simdjson::SUCCESS) {
    return invalid("invalid_json", std::string("not valid JSON: ") + simdjson::error_message(error), name);
  }
  simdjson::dom::object object;
  if (root.get(object) != simdjson::SUCCESS) return invalid("invalid_json", "not a JSON object", name);
  return JsonObject(object, std::move(name));
}

std::string JsonObject::path(std::string_view field) const {
  return name_.empty() ? std::string(field) : name_ + "." + std::string(field);
}

Error JsonObject::wrong(std::string_view field, std::string_view wanted) const {
  const std::string where = path(field);
  std::string shown;
  if (const auto element = find(field); element.ok() && element->has_value()) {
    shown = first_characters(simdjson::minify(**element), 80);
  }
  return invalid("invalid_message", where + ": " + shown + " is not " + std::string(wanted), where);
}

Result<std::optional<simdjson::dom::element>> JsonObject::find(std::string_view field) const {
  std::optional<simdjson::dom::element> found;
  for (const auto member : object_) {
    if (member.key != field) continue;
    if (found) return invalid("invalid_message", path(field) + " is there twice", path(field));
    found = member.value;
  }
  if (found && found->is_null()) return std::optional<simdjson::dom::element>();
  return found;
}

Result<std::string> JsonObject::get_string(std::string_view field) const {
  MCUE_TRY(std::optional<std::string> text, find_string(field));
  if (!text) return invalid("invalid_message", path(field) + " is missing", path(field));
  return *std::move(text);
}

Result<std::uint64_t> JsonObject::get_unsigned(std::string_view field) const {
  MCUE_TRY(const auto element, find(field));
  if (!element) return invalid("invalid_message", path(field) + " is missing", path(field));
  std::uint64_t number = 0;
  if (element->get(number) != simdjson::SUCCESS) return wrong(field, "a whole number of 0 or more");
  return number;
}

Result<std::optional<std::string>> JsonObject::find_string(std::string_view field) const {
  MCUE_TRY(const auto element, find(field));
  if (!element) return std::optional<std::string>();
  std::string_view text;
  if (element->get(text) != simdjson::SUCCESS) return wrong(field, "a string");
  return std::optional<std::string>(text);
}

Result<std::optional<double>> JsonObject::find_number(std::string_view field) const {
  MCUE_TRY(const auto element, find(field));
  if (!element) return std::optional<double>();
  double number = 0;
  if (element->get(number) != simdjson::SUCCESS) return wrong(field, "a number");
  return std::optional<double>(number);
}

Result<std::optional<JsonObject>> JsonObject::find_object(std::string_view field) const {
  MCUE_TRY(const auto element, find(field));
  if (!element) return std::optional<JsonObject>();
  simdjson::dom::object object;
  if (element->get(object) != simdjson::SUCCESS) return wrong(field, "an object");
  return std::optional<JsonObject>(JsonObject(object, path(field)));
}

Result<std::optional<std::vector<std::string>>> JsonObject::find_strings(std::string_view field,
                                                                         std::size_t most) const {
  MCUE_TRY(const auto element, find(field));
  if (!element) return std::optional<std::vector<std::string>>();
  std::string_view text;
  if (element->get(text) == simdjson::SUCCESS) return std::optional(std::vector<std::string>{std::string(text)});
  simdjson::dom::array array;
  if (element->get(array) != simdjson::SUCCESS) return wrong(field, "a string or a list of strings");
  std::vector<std::string> all;
  for (const auto member : array) {
    if (member.get(text) != simdjson::SUCCESS) return wrong(field, "a list of strings");
    if (all.size() == most) return wrong(field, "a list of at most " + std::to_string(most));
    all.emplace_back(text);
  }
  return std::optional(std::move(all));
}

Result<std::optional<std::vector<JsonObject>>> JsonObject::find_objects(std::string_view field,
                                                                        std::size_t most) const {
  MCUE_TRY(const auto element, find(field));
  if (!element) return std::optional<std::vector<JsonObject>>();
  simdjson::dom::array array;
  if (element->get(array) != simdjson::SUCCESS) return wrong(field, "a list of objects");
  std::vector<JsonObject> all;
  for (const auto member : array) {
    simdjson::dom::object object;
    if (member.get(object) != simdjson::SUCCESS) return wrong(field, "a list of objects");
    if (all.size() == most) return wrong(field, "a list of at most " + std::to_string(most));
    all.push_back(JsonObject(object, path(field) + "[" + std::to_string(all.size()) + "]"));
  }
  return std::optional(std::move(all));
}

Result<std::optional<domain::Values>> JsonObject::find_values(std::string_view field, std::size_t most) const {
  MCUE_TRY(const auto object, find_object(field));
  if (!object) return std::optional<domain::Values>();
  domain::Values values;
  for (const auto member : object->object_) {
    const std::string name(member.key);
    if (values.size() == most) return wrong(field, "an object of at most " + std::to_string(most));
    const auto value = value_of(member.value);
    if (!value) return object->wrong(name, "a plain value");
    if (!values.emplace(name, *value).second) return object->wrong(name, "there once");
  }
  return std::optional(std::move(values));
}

bool JsonObject::has(std::string_view field) const {
  for (const auto member : object_) {
    if (member.key == field) return true;
  }
  return false;
}

}  // namespace matchcue::codec
