// SPDX-License-Identifier: Apache-2.0
#include "api/route.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "codec/problem.h"

namespace matchcue::api {

HttpResponse make_problem(Error error) {
  const int status = codec::status_of(error.kind);
  return make_problem(status, std::move(error));
}

HttpResponse make_problem(int status, Error error) {
  HttpResponse response;
  response.status = status;
  response.content_type = codec::kProblemType;
  if (const auto seconds = codec::retry_after_s(error)) {
    response.headers.emplace_back("Retry-After", std::to_string(*seconds));
  }
  response.problem = std::move(error);
  return response;
}

std::string to_text(const nlohmann::ordered_json& body) {
  return body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

HttpResponse json_response(int status, const nlohmann::ordered_json& body) {
  HttpResponse response;
  response.status = status;
  response.body = to_text(body);
  return response;
}

const std::string& Arguments::text(const std::string& name) const {
  const auto found = values_.find(name);
  CHECK(found != values_.end(), name);
  return found->second;
}

std::int64_t Arguments::integer(const std::string& name) const {
  const auto value = parse_int(text(name));
  CHECK(value.has_value(), name);
  return *value;
}

const std::vector<Route>& routes() {
  static const std::vector<Route> all = [] {
    std::vector<Route> joined;
    for (auto family : {event_routes(), catalogue_routes(), decision_routes(), filter_routes(), learner_routes(),
                        campaign_routes(), training_routes(), access_routes(), system_routes()}) {
      for (Route& route : family) joined.push_back(std::move(route));
    }
    return joined;
  }();
  return all;
}

Parameter path_id(std::string name, std::string description) {
  return {std::move(name), true, ParameterType::id, std::move(description), 0, 0, 0, {}};
}
Parameter path_integer(std::string name, std::int64_t minimum, std::string description) {
  return {std::move(name), true, ParameterType::integer, std::move(description), minimum, INT64_MAX, 0, {}};
}
Parameter path_choice(std::string name, std::vector<std::string> choices, std::string description) {
  return {std::move(name), true, ParameterType::choice, std::move(description), 0, 0, 0, std::move(choices)};
}
Parameter query_id(std::string name, std::string description) {
  return {std::move(name), false, ParameterType::id, std::move(description), 0, 0, 0, {}};
}
Parameter query_integer(std::string name, std::int64_t minimum, std::int64_t maximum, std::int64_t fallback,
                        std::string description) {
  return {std::move(name), false, ParameterType::integer, std::move(description), minimum, maximum, fallback, {}};
}
Parameter query_integer(std::string name, std::int64_t minimum, std::string description) {
  return {std::move(name), false, ParameterType::integer, std::move(description), minimum, INT64_MAX, 0, {}, false};
}
Parameter query_boolean(std::string name, bool fallback, std::string description) {
  return {std::move(name), false, ParameterType::boolean, std::move(description), 0, 1, fallback ? 1 : 0, {}};
}

}  // namespace matchcue::api
