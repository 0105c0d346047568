#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// For tests: whether JSON is as schemas.json describes it.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

namespace matchcue::api {

/// The part of JSON Schema that schemas.json uses. Returns what does not fit, or "".
inline std::string misfit(const nlohmann::json& schemas, nlohmann::json schema, const nlohmann::json& value,
                          const std::string& at) {
  if (schema.contains("$ref")) {
    schema = schemas.at(schema["$ref"].get<std::string>().substr(std::string("#/components/schemas/").size()));
  }
  if (schema.contains("oneOf")) return value.is_null() ? "" : misfit(schemas, schema["oneOf"][0], value, at);
  if (schema.contains("type")) {
    const nlohmann::json types = schema["type"].is_array() ? schema["type"] : nlohmann::json::array({schema["type"]});
    const std::string actual = value.is_number_integer() ? "integer" : value.is_number() ? "number" : value.type_name();
    const bool fits = std::any_of(types.begin(), types.end(), [&](const nlohmann::json& type) {
      return type == actual || (type == "number" && actual == "integer");
    });
    if (!fits) return at + " is " + actual;
  }
  if (value.is_array()) {
    for (const nlohmann::json& element : value) {
      if (auto bad = misfit(schemas, schema["items"], element, at + "[]"); !bad.empty()) return bad;
    }
  }
  if (!value.is_object()) return "";
  for (const nlohmann::json& name : schema.value("required", nlohmann::json::array())) {
    if (!value.contains(name.get<std::string>())) return at + " lacks " + name.get<std::string>();
  }
  for (const auto& [name, member] : value.items()) {
    const bool declared = schema.contains("properties") && schema["properties"].contains(name);
    const nlohmann::json others = schema.value("additionalProperties", nlohmann::json(true));
    if (!declared && others == false) return at + " has an undescribed " + name;
    const nlohmann::json& inner = declared ? schema["properties"][name] : others;
    if (!inner.is_object()) continue;
    if (auto bad = misfit(schemas, inner, member, at + "." + name); !bad.empty()) return bad;
  }
  return "";
}

}  // namespace matchcue::api
