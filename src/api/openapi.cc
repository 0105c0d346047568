// SPDX-License-Identifier: Apache-2.0
#include "api/openapi.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "api/permissions.h"
#include "api/route.h"
#include "codec/http_request.h"
#include "codec/problem.h"

namespace matchcue::embedded {
std::string_view schemas();
}

namespace matchcue::api {
namespace {

using Json = nlohmann::ordered_json;

Json reference(const std::string& schema) { return {{"$ref", "#/components/schemas/" + schema}}; }

Json describe_type(const Parameter& parameter) {
  switch (parameter.type) {
    case ParameterType::id: return {{"type", "string"}, {"minLength", 1}, {"maxLength", domain::kIdBytesMax}};
    case ParameterType::integer: {
      Json type = {{"type", "integer"}, {"format", "int64"}, {"minimum", parameter.minimum}};
      if (parameter.maximum != INT64_MAX) type["maximum"] = parameter.maximum;
      if (!parameter.in_path && parameter.has_fallback) type["default"] = parameter.fallback;
      return type;
    }
    case ParameterType::boolean: return {{"type", "boolean"}, {"default", parameter.fallback != 0}};
    case ParameterType::choice: return {{"type", "string"}, {"enum", parameter.choices}};
  }
  return Json::object();
}

Json describe_parameter(const Parameter& parameter) {
  return {{"name", parameter.name},
          {"in", parameter.in_path ? "path" : "query"},
          {"required", parameter.in_path},
          {"description", parameter.description},
          {"schema", describe_type(parameter)}};
}

Json describe_error(int status) {
  return {{"description", codec::status_text(status)},
          {"content", {{std::string(codec::kProblemType), {{"schema", reference("Problem")}}}}}};
}

Json describe_answer(const Route& route) {
  const Json schema = route.response_schema.empty() ? Json{{"type", "string"}} : reference(route.response_schema);
  return {{"description", route.summary}, {"content", {{route.response_type, {{"schema", schema}}}}}};
}

/// Without a body every field is absent, which may be all right.
bool needs_body(const std::string& request_schema) {
  if (request_schema == "Empty") return false;
  const Json schema = Json::parse(embedded::schemas())[request_schema];
  return !schema.contains("required") || !schema["required"].empty();
}

Json describe_route(const Route& route) {
  Json operation = {{"operationId", route.operation}, {"summary", route.summary}};
  operation["security"] = Json::array();
  if (const auto scope = scope_of(route)) operation["security"].push_back({{"operator", {to_string(*scope)}}});
  Json parameters = Json::array();
  for (const Parameter& parameter : route.parameters) parameters.push_back(describe_parameter(parameter));
  if (!parameters.empty()) operation["parameters"] = std::move(parameters);
  if (!route.request_schema.empty()) {
    operation["requestBody"] = {{"required", needs_body(route.request_schema)},
                                {"content", {{route.request_type, {{"schema", reference(route.request_schema)}}}}}};
  }
  Json& answers = operation["responses"];
  answers[std::to_string(route.status)] = describe_answer(route);
  for (const int status : {400, 401, 403}) answers[std::to_string(status)] = describe_error(status);
  for (const int status : route.errors) answers[std::to_string(status)] = describe_error(status);
  for (const int status : {500, 503}) answers[std::to_string(status)] = describe_error(status);
  return operation;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string make_document() {
  Json paths = Json::object();
  for (const Route& route : routes()) paths[route.path][lower(route.method)] = describe_route(route);
  const Json document = {{"openapi", "3.1.0"},
                         {"info",
                          {{"title", "matchcue"},
                           {"version", "1"},
                           {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}},
                           {"description", "The operators' API: live events, catalogue, decisions and feedback."}}},
                         {"servers", {{{"url", "/"}}}},
                         {"paths", std::move(paths)},
                         {"components",
                          {{"schemas", Json::parse(embedded::schemas())},
                           {"securitySchemes",
                            {{"operator",
                              {{"type", "http"},
                               {"scheme", "bearer"},
                               {"description",
                                "An operator's token, where api.token_file names operators. Its scope is what an "
                                "operation asks for, or admin."}}}}}}}};
  return document.dump(1);
}

}  // namespace

const std::string& openapi_document() {
  static const std::string document = make_document();
  return document;
}

}  // namespace matchcue::api
