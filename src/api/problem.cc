// SPDX-License-Identifier: Apache-2.0
#include "api/problem.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace matchcue::api {
namespace {

using Json = nlohmann::json;

/// "state.SCORE" -> "/state/SCORE" (RFC 6901 escapes).
std::string pointer_of(std::string_view field) {
  std::string pointer = "/";
  for (const char c : field) {
    switch (c) {
      case '.': pointer += '/'; break;
      case '~': pointer += "~0"; break;
      case '/': pointer += "~1"; break;
      default: pointer += c;
    }
  }
  return pointer;
}

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

}  // namespace

int status_for(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_argument: return 400;
    case ErrorKind::not_found: return 404;
    case ErrorKind::conflict: return 409;
    case ErrorKind::too_large: return 413;
    case ErrorKind::unsupported: return 501;
    case ErrorKind::unavailable: return 503;
    case ErrorKind::corrupt: return 500;
    case ErrorKind::internal: return 500;
  }
  return 500;
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

std::string_view title_for(int status) {
  switch (status) {
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    default: return "Error";
  }
}

std::string write_problem(int status, const Error& error, std::string_view request_id) {
  nlohmann::ordered_json problem = {{"type", "urn:matchcue:error:" + error.code},
                                    {"title", title_for(status)},
                                    {"status", status},
                                    {"detail", error.message},
                                    {"code", error.code},
                                    {"errors", Json::array()},
                                    {"request_id", request_id}};
  if (!error.field.empty()) {
    problem["errors"].push_back({{"pointer", pointer_of(error.field)}, {"message", error.message}});
  }
  return problem.dump(-1, ' ', false, Json::error_handler_t::replace);
}

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
