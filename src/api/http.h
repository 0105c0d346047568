#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A request and its answer as plain values: all that routes and tests see of HTTP. Sockets are in server.cc alone.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace matchcue::api {

class StreamSource;

struct HttpRequest {
  std::string method;
  std::string target;  ///< path and query as on the wire
  std::string host;    ///< "" when the header is missing or there are several
  std::string origin;  ///< "" when the header is missing
  std::string authorization;
  std::string last_event_id;  ///< "" when the header is missing
  std::string from;           ///< the other side's address
  std::string content_type;
  std::string accept_encoding;
  std::string if_none_match;
  bool has_body = false;
  std::string body;
  std::string id;  ///< names this request in its answer
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<Error> problem;                    ///< written as a problem document in place of `body`
  std::shared_ptr<StreamSource> stream = nullptr;  ///< says the body, for as long as it likes, in place of `body`
};

/// Takes what makes the answer and runs it on the API's thread, so that rendering costs the engine nothing. Any thread;
/// only the first call counts.
using Respond = std::function<void(std::function<HttpResponse()>)>;

/// The answer to an error that the caller can act upon.
HttpResponse make_problem(Error error);
/// The same with a status of its own, for what only HTTP knows (403, 405, 415, 431).
HttpResponse make_problem(int status, Error error);

}  // namespace matchcue::api
