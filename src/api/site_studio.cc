// SPDX-License-Identifier: Apache-2.0
#include "api/site_studio.h"

#include "api/sites.h"

namespace matchcue::api {
namespace {

constexpr std::string_view kBase = "/studio/";
constexpr std::string_view kDemo = "/studio/demo.html";

HttpResponse go_to(std::string place) {
  HttpResponse response;
  response.status = 302;
  response.content_type = "text/plain; charset=utf-8";
  response.headers.emplace_back("Location", std::move(place));
  return response;
}

std::string policy(bool is_demo, const std::string& home) {
  return "default-src 'none'; base-uri 'none'; form-action 'none'; script-src 'self'; style-src 'self'; font-src "
         "'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'" +
         (is_demo && !home.empty() ? "; frame-src " + home : std::string());
}

}  // namespace

std::optional<HttpResponse> answer_studio(const SiteFiles& studio, const std::string& home, const HttpRequest& head) {
  if (head.method != "GET") return std::nullopt;
  const std::string_view path = target_path(head.target);
  const std::string query(target_query(head.target));
  if (path == "/" || path == "/studio") return go_to(std::string(kBase) + query);
  if (path == "/demo") return go_to(std::string(kDemo) + query);
  if (!path.starts_with(kBase)) return std::nullopt;
  SiteReply reply =
      studio.answer({head.method, head.target, head.host, head.accept_encoding, head.if_none_match}, kBase);
  HttpResponse response;
  response.status = reply.status;
  response.content_type = std::move(reply.content_type);
  response.headers = std::move(reply.headers);
  response.body = reply.body();
  response.headers.emplace_back("Content-Security-Policy", policy(path == kDemo, home));
  return response;
}

std::string home_origin(const HttpRequest& head, std::uint16_t home_port, bool secure) {
  const auto name = public_name(head.host);
  if (home_port == 0 || !name) return {};
  return site_origin(secure, *name, home_port);
}

}  // namespace matchcue::api
