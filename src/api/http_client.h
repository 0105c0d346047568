#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A small synchronous HTTP/1.1 client for matchcue's own API: what the command line and the simulators talk with.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace matchcue::api {

/// An answer with a status of 2xx; everything else comes back as an Error.
struct ClientResponse {
  int status = 200;
  std::string content_type;
  std::string body;
};

/// Fills the buffer with the next bytes of a body and says how many; 0 ends the body. An error ends the upload.
using BodySource = std::function<Result<std::size_t>(std::span<char>)>;

/// A server, and how it is reached.
struct Endpoint {
  Endpoint(std::string address = "http://127.0.0.1:8081") : url(std::move(address)) {}
  Endpoint(const char* address) : url(address) {}

  std::string url;    ///< http://HOST:PORT or https://HOST:PORT; a wrong one is reported by the first call
  std::string token;  ///< the operator's; "" where none is needed
  std::string ca;     ///< PEM file of who may sign the server's certificate; "" is whom this machine believes
};

/// One keep-alive connection to one server, opened when first needed and again when the server has closed it.
/// Single thread. Calls wait.
class HttpClient {
 public:
  explicit HttpClient(Endpoint server);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  /// Sends one request and waits for its answer; `timeout` is for the whole exchange.
  ///
  /// method   GET, POST, PUT, PATCH or DELETE
  /// target   path and query, already escaped (escape_segment)
  /// Errors   invalid_server; certificate (the server's cannot be believed), unreachable, timed_out (kind unavailable);
  /// otherwise the server's own problem: its
  ///          kind, code, message and field
  Result<ClientResponse> send(std::string_view method, std::string_view target, std::string_view body = {},
                              std::string_view content_type = "application/json",
                              Milliseconds timeout = Milliseconds(40'000));

  /// Sends a body of unknown length, 64 KiB at a time; `timeout` is for each step, and for the answer.
  Result<ClientResponse> upload(std::string_view method, std::string_view target, std::string_view content_type,
                                const BodySource& source, Milliseconds timeout = Milliseconds(120'000));

 private:
  struct Connection;
  Endpoint server_;
  std::unique_ptr<Connection> connection_;
};

/// Percent-encodes one path segment or query value (RFC 3986: all but unreserved characters).
std::string escape_segment(std::string_view text);

}  // namespace matchcue::api
