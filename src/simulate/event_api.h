#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The calls of the HTTP API that a simulator makes, as an interface, so that simulators are tested without a server.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/http_client.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/ids.h"
#include "domain/live_event.h"
#include "simulate/moment_source.h"

namespace matchcue::simulate {

/// What the server said about a change that it accepted.
struct Accepted {
  domain::Sequence sequence;  ///< of the event's latest change
  bool changed = true;        ///< false: `event set` found nothing different
};

/// One change of the stream, as far as a checker needs it.
struct ChangeSeen {
  domain::Sequence sequence;
  domain::ChangeKind kind = domain::ChangeKind::state;
  WallTime at;
  bool first = false;
};

/// Calls wait for the server's acknowledgement. Errors are the server's own, or unreachable and timed_out.
class EventApi {
 public:
  virtual ~EventApi() = default;
  virtual Result<Accepted> set_state(const domain::EventId& event, const domain::Values& state,
                                     WallTime media_time) = 0;
  virtual Result<Accepted> fire(const domain::EventId& event, const TimedMoment& moment, WallTime media_time) = 0;
  virtual Result<Accepted> correct(const domain::EventId& event, domain::Sequence wrong, const TimedMoment& moment,
                                   WallTime media_time) = 0;
  virtual Result<void> map_content(const domain::ContentId& content, const domain::EventId& event) = 0;
  /// The event's latest sequence. Errors: unknown_event.
  virtual Result<domain::Sequence> latest(const domain::EventId& event) = 0;
  /// All changes after a sequence up to now, in order.
  virtual Result<std::vector<ChangeSeen>> changes_after(const domain::EventId& event, domain::Sequence after) = 0;
};

/// Over HTTP, at "http://HOST:PORT". Single thread.
std::unique_ptr<EventApi> make_http_event_api(api::Endpoint server);

}  // namespace matchcue::simulate
