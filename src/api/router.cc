// SPDX-License-Identifier: Apache-2.0
#include "api/router.h"

#include <algorithm>
#include <optional>
#include <span>

#include "api/audit.h"
#include "api/permissions.h"
#include "api/site_studio.h"
#include "base/quoted_text.h"
#include "base/text.h"
#include "codec/http_request.h"
#include "codec/problem.h"
#include "codec/strict_json.h"

namespace matchcue::api {
namespace {

/// %XX and, in queries, '+'. Nothing when the escapes are broken or the bytes are no UTF-8.
std::optional<std::string> unescape(std::string_view text, bool plus_is_space) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0) return std::nullopt;
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  if (!is_utf8(out)) return std::nullopt;
  return out;
}

/// Whether a part of an address, or of what stands for one in it, would lead out of its folder: no id is meant so.
bool climbs(std::string_view segment) {
  const auto parts = split(segment, '/');
  return std::any_of(parts.begin(), parts.end(), [](std::string_view part) { return part == "." || part == ".."; });
}

/// "127.0.0.1", "localhost:8081", "[::1]:80": a name, and after it at most a port.
bool is_host(std::string_view host) {
  const std::string_view port = host.substr(host_name(host).size());
  return port.empty() || (port.size() > 1 && std::all_of(port.begin() + 1, port.end(),
                                                         [](unsigned char c) { return std::isdigit(c) != 0; }));
}

Error invalid_target(std::string_view target) {
  return invalid("invalid_target", "the address \"" + std::string(target.substr(0, 200)) + "\" is not well formed");
}

/// The path's parameters as they are written in the address, when `path` is one of the route's.
std::optional<Arguments> match_path(const Route& route, std::span<const std::string> segments) {
  const auto pattern = split(route.path, '/');
  if (pattern.size() != segments.size()) return std::nullopt;
  Arguments arguments;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i].starts_with('{')) {
      arguments.set(std::string(pattern[i].substr(1, pattern[i].size() - 2)), segments[i]);
    } else if (pattern[i] != segments[i]) {
      return std::nullopt;
    }
  }
  return arguments;
}

Result<void> check_parameter(const Parameter& parameter, const std::string& value) {
  const std::string& name = parameter.name;
  switch (parameter.type) {
    case ParameterType::id: return domain::check_id(value, name);
    case ParameterType::integer: {
      const auto number = parse_int(value);
      if (number && *number >= parameter.minimum && *number <= parameter.maximum) return {};
      return invalid("out_of_range",
                     name + " must be a whole number of " + std::to_string(parameter.minimum) + ".." +
                         std::to_string(parameter.maximum) + ", and is " + quoted_text(value),
                     name);
    }
    case ParameterType::boolean:
      if (value == "true" || value == "false") return {};
      return invalid("wrong_type", name + " must be true or false, and is " + quoted_text(value), name);
    case ParameterType::choice: {
      if (std::find(parameter.choices.begin(), parameter.choices.end(), value) != parameter.choices.end()) return {};
      std::string message = "unknown " + name + " " + quoted_text(value);
      if (const auto nearest = nearest_name(value, parameter.choices))
        message += "; did you mean \"" + *nearest + "\"?";
      return not_found("unknown_" + name, message, name);
    }
  }
  return {};
}

const Parameter* find_query_parameter(const Route& route, const std::string& name) {
  for (const Parameter& parameter : route.parameters) {
    if (!parameter.in_path && parameter.name == name) return &parameter;
  }
  return nullptr;
}

Error unknown_parameter(const Route& route, const std::string& name) {
  std::vector<std::string> known;
  for (const Parameter& parameter : route.parameters) {
    if (!parameter.in_path) known.push_back(parameter.name);
  }
  std::string message = "unknown parameter " + quoted_text(name);
  if (const auto nearest = nearest_name(name, known)) message += "; did you mean \"" + *nearest + "\"?";
  return invalid("unknown_parameter", message, name);
}

/// Adds the query's parameters and the fallbacks to `arguments`, and checks all of them.
Result<void> read_parameters(const Route& route, std::string_view query, Arguments& arguments) {
  for (const std::string_view pair : split(query, '&')) {
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto name = unescape(pair.substr(0, equals), true);
    const auto value = unescape(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value) return invalid_target(query);
    if (find_query_parameter(route, *name) == nullptr) return unknown_parameter(route, *name);
    if (arguments.has(*name)) return invalid("duplicate_parameter", quoted_text(*name) + " is given twice", *name);
    if (!value->empty()) arguments.set(*name, *value);
  }
  for (const Parameter& parameter : route.parameters) {
    if (arguments.has(parameter.name)) {
      MCUE_TRY_VOID(check_parameter(parameter, arguments.text(parameter.name)));
    } else if (!parameter.has_fallback) {
      continue;
    } else if (parameter.type == ParameterType::integer) {
      arguments.set(parameter.name, std::to_string(parameter.fallback));
    } else if (parameter.type == ParameterType::boolean) {
      arguments.set(parameter.name, parameter.fallback != 0 ? "true" : "false");
    }
  }
  return {};
}

HttpResponse forbid(std::string code, std::string message) {
  return make_problem(403, Error{ErrorKind::invalid_argument, std::move(code), std::move(message), {}});
}

HttpResponse refuse_token(std::string code, std::string message) {
  HttpResponse response =
      make_problem(401, Error{ErrorKind::invalid_argument, std::move(code), std::move(message), "Authorization"});
  response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"matchcue\"");
  return response;
}

/// Checks who asks against what the route needs, if there is one; leaves their name in the plan.
std::optional<HttpResponse> refuse_operator(const access::OperatorTokens& operators, const HttpRequest& head,
                                            Plan& plan) {
  plan.who = "local";
  if (operators.empty()) return std::nullopt;
  plan.who.clear();
  const auto scope = plan.route != nullptr ? scope_of(*plan.route) : access::Scope::read;
  if (!scope) return std::nullopt;
  const std::string_view token = codec::bearer_token(head.authorization);
  if (token.empty()) {
    return refuse_token("token_missing", "an operator's token is needed: Authorization: Bearer TOKEN");
  }
  const access::Operator* found = operators.find(token);
  if (found == nullptr) return refuse_token("token_unknown", "this token is nobody's");
  plan.who = found->name;
  if (plan.route == nullptr || found->may(*scope)) return std::nullopt;
  const std::string wanted(to_string(*scope));
  HttpResponse response = make_problem(403, Error{ErrorKind::invalid_argument, "scope_missing",
                                                  plan.route->operation + " needs the scope \"" + wanted +
                                                      "\", which \"" + found->name + "\" does not have",
                                                  "Authorization"});
  response.headers.emplace_back("WWW-Authenticate",
                                "Bearer realm=\"matchcue\", error=\"insufficient_scope\", scope=\"" + wanted + "\"");
  return response;
}

HttpResponse refuse_method(const HttpRequest& head, const std::string& allowed) {
  HttpResponse response = make_problem(
      405,
      Error{
          ErrorKind::unsupported, "method_not_allowed", head.method + " is not offered here; " + allowed + " is", {}});
  response.headers.emplace_back("Allow", allowed);
  return response;
}

/// The route and its path arguments, or why there is none.
Plan find_route(const HttpRequest& head, std::string_view path) {
  Plan plan;
  std::vector<std::string> segments;
  for (const std::string_view raw : split(path, '/')) {
    auto segment = unescape(raw, false);
    if (!segment || climbs(*segment)) {
      plan.refusal = make_problem(invalid_target(path));
      return plan;
    }
    segments.push_back(*std::move(segment));
  }
  std::string allowed;
  for (const Route& route : routes()) {
    auto arguments = match_path(route, segments);
    if (!arguments) continue;
    if (route.method == head.method) {
      plan.route = &route;
      plan.arguments = *std::move(arguments);
      return plan;
    }
    allowed += (allowed.empty() ? "" : ", ") + route.method;
  }
  plan.refusal = allowed.empty() ? make_problem(not_found("unknown_path", "nothing is served at " + std::string(path) +
                                                                              "; /openapi.json lists what is"))
                                 : refuse_method(head, allowed);
  return plan;
}

/// The address with its parameters as they are, for people and for whoever looks for them later.
domain::AuditRecord begin_record(const Plan& plan, const HttpRequest& head) {
  domain::AuditRecord record;
  record.who = plan.who;
  record.from = head.from;
  record.target = plan.route->path;
  if (forgets_whom(*plan.route)) return record;
  for (const Parameter& parameter : plan.route->parameters) {
    const std::size_t at = record.target.find("{" + parameter.name + "}");
    if (!parameter.in_path || at == std::string::npos) continue;
    record.target.replace(at, parameter.name.size() + 2, plan.arguments.text(parameter.name));
  }
  const std::size_t question = head.target.find('?');
  if (question != std::string::npos) record.target += head.target.substr(question);
  return record;
}

}  // namespace

std::string host_name(std::string_view host) {
  const std::size_t bracket = host.find(']');
  const std::size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  std::string name(host.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name;
}

bool is_loopback_name(std::string_view name) {
  if (name == "localhost" || name == "[::1]" || name == "::1") return true;
  const auto parts = split(name, '.');
  return parts.size() == 4 && parts[0] == "127" && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           const auto number = parse_int(part);
           return part.size() <= 3 && number && *number >= 0 && *number <= 255;
         });
}

void complete(HttpResponse& response, const std::string& request_id) {
  if (response.problem) response.body = codec::write_problem(response.status, *response.problem, request_id);
}

Router::Router(const Services& services, std::string listen_host)
    : services_(services), listen_host_(std::move(listen_host)) {}

/// Pages of other sites, and of sites whose name was made to point here. A page cannot know a token, so where tokens
/// are needed this server may have any name.
std::optional<HttpResponse> Router::refuse_page(const HttpRequest& head, bool have_operators) const {
  const std::string name = is_host(head.host) ? host_name(head.host) : std::string();
  const bool is_known = have_operators ? !name.empty() : is_loopback_name(name) || name == listen_host_;
  if (!is_known) return forbid("forbidden_host", "the Host header \"" + head.host + "\" is not this server's");
  const std::string scheme = services_.secure ? "https://" : "http://";
  const bool is_own = head.origin.empty() || head.origin == scheme + head.host ||
                      (have_operators && head.origin == "https://" + head.host);  // behind a proxy that ends TLS
  if (is_own) return std::nullopt;
  return forbid("forbidden_origin", "pages of \"" + head.origin + "\" may not use this server");
}

Plan Router::plan(const HttpRequest& head) const {
  const auto operators = services_.operators.get();
  Plan plan;
  plan.refusal = refuse_page(head, !operators->empty());
  if (!plan.refusal && services_.studio != nullptr) {
    const std::string home = home_origin(head, services_.home_port, services_.home_secure);
    plan.refusal = answer_studio(*services_.studio, home, head);
  }
  if (plan.refusal) return plan;
  const std::size_t question = std::min(head.target.find('?'), head.target.size());
  plan = find_route(head, std::string_view(head.target).substr(0, question));
  if (auto refusal = refuse_operator(*operators, head, plan)) plan.refusal = std::move(refusal);
  if (plan.refusal) return plan;
  const std::string_view query = std::string_view(head.target).substr(std::min(question + 1, head.target.size()));
  if (auto read = read_parameters(*plan.route, query, plan.arguments); !read) {
    plan.refusal = make_problem(std::move(read).error());
    return plan;
  }
  if (head.has_body && plan.route->request_schema.empty()) {
    plan.refusal = make_problem(invalid("unexpected_body", plan.route->operation + " takes no body", "body"));
  } else if (head.has_body && codec::media_type(head.content_type) != plan.route->request_type) {
    plan.refusal = make_problem(
        415, Error{ErrorKind::unsupported,
                   "unsupported_media_type",
                   "the body must be " + plan.route->request_type + ", and its type is \"" + head.content_type + "\"",
                   {}});
  }
  const BodyLimits& bodies = services_.bodies;
  plan.body_bytes_max = plan.route->sink != nullptr ? bodies.import_bytes_max : bodies.body_bytes_max;
  return plan;
}

std::optional<HttpResponse> Router::refuse_further(const Plan& plan, const HttpRequest& head) const {
  Plan again;
  again.route = plan.route;
  return refuse_operator(*services_.operators.get(), head, again);
}

void Router::handle(const Plan& plan, HttpRequest request, Respond respond) const {
  const domain::AuditRecord record = begin_record(plan, request);
  Call call{services_, std::move(request), plan.arguments, respond};
  if (is_audited(*plan.route)) return run_audited(*plan.route, std::move(call), record);
  auto called = codec::check_depth(call.request.body, services_.bodies.json_depth_max);
  if (called.ok()) called = plan.route->handler(call);
  if (!called.ok()) {
    respond([error = std::move(called).error()] { return make_problem(error); });
  }
}

std::unique_ptr<BodySink> Router::make_sink(const Plan& plan, const HttpRequest& head) const {
  if (plan.route->sink == nullptr) return nullptr;
  domain::AuditRecord record = begin_record(plan, head);
  record.operation = plan.route->operation;
  return make_audited(plan.route->sink(services_, plan.arguments), services_, record);
}

}  // namespace matchcue::api
