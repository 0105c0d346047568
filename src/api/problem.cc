// SPDX-License-Identifier: Apache-2.0
#include "api/problem.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace matchcue::api {
namespace {

using Json = nlohmann::json;

std::string field_of(std::string_view pointer) {
  std::string field;
  for (std::size_t i = pointer.starts_with('/') ? 1 : 0; i < pointer.size(); ++i) {
    if (pointer[i] == '~' && i + 1 < pointer.size()) {
      field += pointer[++i] == '1' ? '/' : '~';
    } else {
      field += pointer[i] == '/' ? '.' : pointer[i];
    }
  }
  return field;
}

std::string text_at(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

ErrorKind kind_for(int status) {
  switch (status) {
    case 400:
    case 403:
    case 415:
    case 422: return ErrorKind::invalid_argument;
    case 404: return ErrorKind::not_found;
    case 409: return ErrorKind::conflict;
    case 413:
    case 431: return ErrorKind::too_large;
    case 405:
    case 501: return ErrorKind::unsupported;
    case 502:
    case 503:
    case 504: return ErrorKind::unavailable;
    default: return ErrorKind::internal;
  }
}

}  // namespace

Error read_problem(int status, std::string_view body) {
  const Json problem = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!problem.is_object() || text_at(problem, "code").empty()) {
    return Error{kind_for(status),
                 "http_" + std::to_string(status),
                 "the server answered " + std::to_string(status) + ": " + std::string(first_characters(body, 200)),
                 {}};
  }
  Error error{kind_for(status), text_at(problem, "code"), text_at(problem, "detail"), {}};
  if (error.kind == ErrorKind::internal && error.code.starts_with("corrupt")) error.kind = ErrorKind::corrupt;
  const auto errors = problem.find("errors");
  if (errors != problem.end() && errors->is_array() && !errors->empty() && errors->front().is_object()) {
    error.field = field_of(text_at(errors->front(), "pointer"));
  }
  return error;
}

}  // namespace matchcue::api
