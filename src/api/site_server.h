#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The listeners of web sites: HTTP/1.1, in the clear or over TLS, GET and HEAD alone. What is sent is public.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/site_files.h"
#include "base/replaceable.h"
#include "base/result.h"
#include "base/time.h"
#include "runtime/socket.h"
#include "runtime/tls.h"

namespace matchcue::api {

struct SiteServerOptions {
  Milliseconds handshake_timeout{5'000};          ///< of TLS, and for the first request to come
  Milliseconds idle_timeout{20'000};              ///< for further ones to come
  Milliseconds write_timeout{60'000};             ///< for an answer to be taken
  std::size_t connections_max = 4'000;            ///< of all listeners together; more are closed at once
  std::size_t connections_per_address_max = 400;  ///< of one that is not this machine's: an office has many viewers
};

/// Called on the server's thread.
using SiteAnswer = std::function<SiteReply(const SiteRequest&)>;

/// One thread for all its listeners. Any thread may stop it.
class SiteServer {
 public:
  /// Takes the ports, so that they are known; who connects waits. `tls` must outlive the server; null is in the clear.
  /// Errors: cannot_listen, naming the address.
  static Result<std::unique_ptr<SiteServer>> open(const std::vector<runtime::Address>& addresses,
                                                  const Replaceable<runtime::TlsContext>* tls,
                                                  const SiteServerOptions& options = {});
  /// As stop().
  ~SiteServer();

  /// Of the listener at that place among the addresses.
  std::uint16_t port(std::size_t listener) const;
  /// Begins to answer; one answer for each listener. Once.
  void start(std::vector<SiteAnswer> answers);
  /// Closes everything and joins the thread. Idempotent.
  void stop();

 private:
  struct State;
  struct Listener;
  struct Session;
  explicit SiteServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace matchcue::api
