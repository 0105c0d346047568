// SPDX-License-Identifier: Apache-2.0
//
// Health, metrics, the description of this API, and what its pages need.
#include <nlohmann/json.hpp>

#include "api/openapi.h"
#include "api/route.h"
#include "api/site_studio.h"

namespace matchcue::api {
namespace {

using Json = nlohmann::ordered_json;

/// What is at / where the front end was not built; otherwise the studio is.
constexpr const char* kNoStudio =
    "<!doctype html><html lang=\"en\"><head><meta "
    "charset=\"utf-8\"><title>matchcue</title></head><body><h1>matchcue</h1>"
    "<p>The studio is not here: <code>make build</code> builds it, <code>--web off</code> leaves it out. <a "
    "href=\"/openapi.json\">This API</a> "
    "is.</p></body></html>";

void respond_json(const Call& call, Json body) {
  call.respond([body = std::move(body)] { return json_response(200, body); });
}

/// With what storage says: viewers are served while it refuses, so that is no reason to take this process away from
/// them.
void respond_status(const Call& call, const char* status) {
  const auto trouble = call.services.engine.storage_trouble();
  // Its code and not its message: strangers may ask, and the message names folders.
  respond_json(call, {{"status", status}, {"storage", trouble ? trouble->code : "ok"}});
}

Result<void> get_health(Call& call) {
  respond_status(call, "ok");
  return {};
}

Result<void> get_readiness(Call& call) {
  if (!call.services.ready())
    return unavailable("not_ready", "events, catalogue and solution version are being loaded");
  respond_status(call, "ready");
  return {};
}

Result<void> get_metrics(Call& call) {
  call.respond([&services = call.services] {
    HttpResponse response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = services.metrics();
    return response;
  });
  return {};
}

Result<void> get_description(Call& call) {
  call.respond([] {
    HttpResponse response;
    response.body = openapi_document();
    return response;
  });
  return {};
}

Result<void> get_page(Call& call) {
  call.respond([] {
    HttpResponse response;
    response.content_type = "text/html; charset=utf-8";
    response.body = kNoStudio;
    response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    return response;
  });
  return {};
}

Result<void> get_page_config(Call& call) {
  const std::string home = home_origin(call.request, call.services.home_port, call.services.home_secure);
  respond_json(call, {{"viewers_websocket", call.services.viewers_websocket},
                      {"subprotocol", "matchcue.v1.json"},
                      {"home", home.empty() ? Json() : Json(home + "/")}});
  return {};
}

Route get(std::string path, std::string operation, std::string summary, std::string response, Handler handler) {
  return {"GET", std::move(path), std::move(operation), std::move(summary), {}, "", 200, std::move(response),
          {},    handler};
}

}  // namespace

std::vector<Route> system_routes() {
  std::vector<Route> all = {
      get("/healthz", "getHealth", "The process runs", "Status", get_health),
      get("/readyz", "getReadiness", "Everything is loaded and served", "Status", get_readiness),
      get("/metrics", "getMetrics", "Metrics in the Prometheus text format", "", get_metrics),
      get("/openapi.json", "getDescription", "This API as OpenAPI 3.1", "OpenApi", get_description),
      get("/", "getPage", "The studio, where the front end was built", "", get_page),
      get("/config.json", "getPageConfig", "What the operators' pages need to know", "PageConfig", get_page_config),
  };
  all[2].response_type = "text/plain";
  all[4].response_type = "text/html";
  return all;
}

}  // namespace matchcue::api
