#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The crowd at a running server: moments over its HTTP API, viewers on real sockets with the native protocol.

#include <memory>
#include <string>

#include "api/http_client.h"
#include "base/clock.h"
#include "simulate/crowd_audience.h"
#include "simulate/load_options.h"

namespace matchcue::simulate {

struct SocketAudienceOptions {
  api::Endpoint api;
  runtime::Address viewers;    ///< where viewers connect
  domain::EventId event;       ///< whose moments are fired; content "crowd" is mapped to it
  Milliseconds interval{300};  ///< at least between two moments: a server limits what one viewer may send in a second
};

/// `clock` must outlive it.
std::unique_ptr<CrowdAudience> make_socket_audience(const SocketAudienceOptions& options, const Clock& clock);

}  // namespace matchcue::simulate
