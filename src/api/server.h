#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The operators' listener: HTTP/1.1 on loopback, in front of the routes.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "api/route.h"
#include "api/training_desk.h"
#include "base/result.h"
#include "base/time.h"
#include "engine/engine.h"

namespace matchcue::api {

struct ServerOptions {
  std::string host = "127.0.0.1";                               ///< a loopback address
  std::uint16_t port = 8081;                                    ///< 0 takes a free one
  std::string viewers_websocket = "ws://127.0.0.1:8080/v1/ws";  ///< where the page connects its viewers
  Milliseconds read_timeout{60'000};                            ///< for a request to come, and for its body
  Milliseconds reply_timeout{30'000};                           ///< for the engine's answer
  Milliseconds stop_timeout{2'000};                             ///< for requests in progress when stopping
  std::size_t connections_max = 1'000;                          ///< more are closed at once
};

/// Serves the API on a thread of its own, and streamed uploads on a second one. Any thread may stop it.
class ApiServer {
 public:
  /// Listens and serves. `engine` and `trainings` must outlive the server.
  ///
  /// metrics   gives the Prometheus text; called on the API's thread
  /// ready     answers /readyz; called on the API's thread
  /// Errors    unsupported_address (anything but loopback), unavailable (the port is taken)
  static Result<std::unique_ptr<ApiServer>> start(const ServerOptions& options, engine::Engine& engine,
                                                  TrainingDesk& trainings, std::function<std::string()> metrics,
                                                  std::function<bool()> ready);
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
