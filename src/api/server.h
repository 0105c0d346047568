#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The operators' listener: HTTP/1.1, in the clear or over TLS, in front of the routes.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "api/access_office.h"
#include "api/route.h"
#include "api/site_files.h"
#include "api/training_desk.h"
#include "base/result.h"
#include "base/time.h"
#include "engine/engine.h"
#include "runtime/tls.h"

namespace matchcue::api {

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8081;                                    ///< 0 takes a free one
  std::string viewers_websocket = "ws://127.0.0.1:8080/v1/ws";  ///< where the page connects its viewers
  Milliseconds handshake_timeout{5'000};                        ///< of TLS, and for the first request to come
  Milliseconds read_timeout{60'000};                            ///< for further ones to come, and for a body
  Milliseconds reply_timeout{30'000};                           ///< for the engine's answer
  Milliseconds stop_timeout{2'000};                             ///< for requests in progress when stopping
  std::uint16_t home_port = 0;                                  ///< of the site that viewers open; 0 is none
  bool home_secure = false;                                     ///< TLS, at that site
  Milliseconds stall_timeout{10'000};                           ///< for a stream's reader to take what was written
  std::uint32_t head_bytes_max = 8 * 1024;                      ///< request line and headers
  BodyLimits bodies = {};                                       ///< see there
  std::size_t streams_max = 64;                                 ///< more are refused: too_many_streams
  std::size_t connections_max = 1'000;                          ///< more are closed at once
  std::size_t connections_per_address_max = 100;                ///< of one that is not this machine's
  bool counts_this_machine = false;                             ///< for tests: its addresses as well
};

/// Why the server turns somebody away: the connections that there may be, the page that asks, the token it asks with.
inline constexpr std::array<std::string_view, 7> kRefusals = {
    "connections",   "address_connections", "forbidden_host", "forbidden_origin",
    "token_missing", "token_unknown",       "scope_missing"};

/// What the server works with. All must outlive it.
struct Surroundings {
  engine::Engine& engine;
  TrainingDesk& trainings;
  AccessOffice& office;
  const Replaceable<access::OperatorTokens>& operators;   ///< empty: whoever reaches this server may do everything
  const Replaceable<runtime::TlsContext>* tls = nullptr;  ///< null: in the clear
  std::function<std::string()> metrics;                   ///< the Prometheus text; called on the API's thread
  std::function<bool()> ready;                            ///< answers /readyz; called on the API's thread
  const SiteFiles* studio = nullptr;                      ///< the operators' pages; null: the plain page alone
  /// Told why somebody was turned away: one of kRefusals. Called on the API's thread; empty tells nobody.
  std::function<void(std::string_view why)> refused = {};
};

/// Serves the API on a thread of its own, and streamed uploads on a second one. Any thread may stop it.
class ApiServer {
 public:
  /// Listens and serves. Errors: invalid_address, unavailable (the port is taken).
  static Result<std::unique_ptr<ApiServer>> start(const ServerOptions& options, const Surroundings& surroundings);
  /// As stop().
  ~ApiServer();

  std::uint16_t port() const;
  /// Lets requests in progress end (those that take longer than stop_timeout are answered 503), closes every
  /// connection and joins the threads. Idempotent.
  void stop();

 private:
  struct State;
  struct Session;
  explicit ApiServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace matchcue::api
