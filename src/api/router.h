#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// From a request to its handler: who may ask (Host, Origin, token), which route, with which parameters. No sockets.

#include <memory>
#include <string>

#include "api/http.h"
#include "api/route.h"

namespace matchcue::api {

/// What a request's head says about the rest: an answer at once, or how to take the body.
struct Plan {
  std::optional<HttpResponse> refusal;  ///< also an operators' page, which is no route
  const Route* route = nullptr;
  Arguments arguments;
  std::string who;  ///< the operator's name; "local" where nobody needs a token
  std::uint64_t body_bytes_max = 0;
};

/// One per server, API thread. Borrows the services.
class Router {
 public:
  /// `listen_host` is a Host name that is accepted beside the loopback names.
  Router(const Services& services, std::string listen_host);

  /// Checks Host, Origin, token, path, method, parameters and content type.
  Plan plan(const HttpRequest& head) const;
  /// Why who asked may not go on: tokens and what they are good for change during a stream or an import. Cheap.
  std::optional<HttpResponse> refuse_further(const Plan& plan, const HttpRequest& head) const;
  /// Runs a plan's handler with the whole request. Answers through `respond`, at once or later.
  void handle(const Plan& plan, HttpRequest request, Respond respond) const;
  /// What takes the plan's body when that is streamed; otherwise nothing.
  std::unique_ptr<BodySink> make_sink(const Plan& plan, const HttpRequest& head) const;

 private:
  std::optional<HttpResponse> refuse_page(const HttpRequest& head, bool have_operators) const;

  const Services& services_;
  std::string listen_host_;
};

/// Fills in an answer's problem document, if it is one.
void complete(HttpResponse& response, const std::string& request_id);

/// The host part of "HOST[:PORT]", lower case, IPv6 in its brackets.
std::string host_name(std::string_view host);
/// True for localhost, 127.0.0.0/8 and [::1].
bool is_loopback_name(std::string_view name);

}  // namespace matchcue::api
