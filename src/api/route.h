#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The route table: the router and /openapi.json are both made from it, so that they cannot disagree.

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "access/operator_tokens.h"
#include "api/http.h"
#include "base/replaceable.h"
#include "base/time.h"
#include "engine/engine.h"

namespace matchcue::api {

class AccessOffice;
class SiteFiles;
class TrainingDesk;
class Watches;

/// What the body of a request may be.
struct BodyLimits {
  std::uint64_t body_bytes_max = 1024 * 1024;
  std::uint64_t import_bytes_max = 1024ULL * 1024 * 1024;  ///< where it is streamed
  int json_depth_max = 32;                                 ///< levels of nesting; codec::kStrictDepthMax at most
};

/// What handlers work with. Lives as long as the server.
struct Services {
  engine::Engine& engine;
  TrainingDesk& trainings;
  AccessOffice& office;
  const Replaceable<access::OperatorTokens>& operators;  ///< empty: whoever reaches this server may do everything
  std::function<std::string()> metrics;                  ///< the Prometheus text
  std::function<bool()> ready;
  std::string viewers_websocket;       ///< "ws://127.0.0.1:8080/v1/ws", for the page
  Milliseconds reply_timeout{30'000};  ///< after this a request is answered with 503
  /// Runs work on the API's thread, soon. Any thread; after the server's end it is dropped.
  std::function<void(std::function<void()>)> on_api_thread;
  const SiteFiles* studio = nullptr;  ///< the operators' pages; null: none are here
  std::uint16_t home_port = 0;        ///< of the site that viewers open; 0 is none
  bool home_secure = false;           ///< TLS, at that site
  bool secure = false;                ///< TLS, at this listener
  Watches* watches = nullptr;         ///< the streams that are open; API thread
  BodyLimits bodies = {};
};

enum class ParameterType { id, integer, boolean, choice };

/// One value from the path or the query. Checked by the router before a handler sees it.
struct Parameter {
  std::string name;
  bool in_path = true;  ///< otherwise in the query, and then optional
  ParameterType type = ParameterType::id;
  std::string description;
  std::int64_t minimum = 0, maximum = 0, fallback = 0;  ///< integer; fallback also boolean
  std::vector<std::string> choices;
  bool has_fallback = true;  ///< integer: without it, what is not given is not there
};

/// The parameters of one request: every declared one that was given, or has a fallback.
class Arguments {
 public:
  void set(const std::string& name, std::string value) { values_[name] = std::move(value); }
  bool has(const std::string& name) const { return values_.contains(name); }
  const std::string& text(const std::string& name) const;
  std::int64_t integer(const std::string& name) const;
  bool boolean(const std::string& name) const { return text(name) == "true"; }

 private:
  std::map<std::string, std::string> values_;
};

/// One request at its handler.
struct Call {
  const Services& services;
  HttpRequest request;
  Arguments arguments;
  Respond respond;
};

/// Calls the engine and returns; an error it returns is the answer. API thread.
using Handler = Result<void> (*)(Call& call);

/// Takes a streamed body. The server calls it on its upload thread, where it may wait.
class BodySink {
 public:
  virtual ~BodySink() = default;
  virtual Result<void> write(std::string_view bytes) = 0;
  /// The body is whole.
  virtual Result<HttpResponse> finish() = 0;
  /// There is no more to come: this is what the client is told. A sink whose client went away just ends.
  virtual void refuse(const HttpResponse& /*answer*/) {}
};
using SinkMaker = std::unique_ptr<BodySink> (*)(const Services& services, const Arguments& arguments);

struct Route {
  std::string method;
  std::string path;       ///< "/v1/events/{event}"
  std::string operation;  ///< OpenAPI operation id
  std::string summary;
  std::vector<Parameter> parameters;
  std::string request_schema;  ///< name in schemas.json; "" when there is no body
  int status = 200;
  std::string response_schema;  ///< name in schemas.json; "" when the answer is not JSON
  std::vector<int> errors;      ///< beside 400 and 503, which every route may answer
  Handler handler = nullptr;
  SinkMaker sink = nullptr;  ///< set when the body is streamed: then there is no handler
  std::string request_type = "application/json";
  std::string response_type = "application/json";
};

/// Every route, in the order of the documentation.
const std::vector<Route>& routes();

std::vector<Route> access_routes();
std::vector<Route> event_routes();
std::vector<Route> catalogue_routes();
std::vector<Route> decision_routes();
std::vector<Route> filter_routes();
std::vector<Route> learner_routes();
std::vector<Route> campaign_routes();
std::vector<Route> training_routes();
std::vector<Route> system_routes();

Parameter path_id(std::string name, std::string description);
Parameter path_integer(std::string name, std::int64_t minimum, std::string description);
Parameter path_choice(std::string name, std::vector<std::string> choices, std::string description);
Parameter query_id(std::string name, std::string description);
Parameter query_integer(std::string name, std::int64_t minimum, std::int64_t maximum, std::int64_t fallback,
                        std::string description);
Parameter query_integer(std::string name, std::int64_t minimum, std::string description);
Parameter query_boolean(std::string name, bool fallback, std::string description);

/// As the API writes JSON everywhere: compact, and UTF-8 whatever is in it.
std::string to_text(const nlohmann::ordered_json& body);
HttpResponse json_response(int status, const nlohmann::ordered_json& body);

/// An engine reply that answers the call: with `render(value)` as JSON, or with the error.
template <typename T, typename Render>
engine::Reply<T> answer_with(const Call& call, int status, Render render) {
  return [respond = call.respond, status, render](Result<T> result) {
    respond([result = std::move(result), status, render]() -> HttpResponse {
      if (!result) return make_problem(result.error());
      return json_response(status, render(*result));
    });
  };
}

}  // namespace matchcue::api
