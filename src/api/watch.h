#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// GET /v1/events/{event}/watch: a live event as server-sent events. Each stream follows the changes for itself; what
// costs more, the view of the audience and the learner, is made once for all streams of an event.

#include <map>
#include <memory>
#include <optional>

#include "api/render.h"
#include "api/route.h"
#include "api/stream.h"

namespace matchcue::api {

class EventView;
class WatchStream;

/// Views follow each other at this distance at least, and at this distance at most while nothing changes.
constexpr Milliseconds kViewPeriod{500};
constexpr Milliseconds kViewPeriodMax{5'000};
/// Changes that a stream begins with when it is not told where to begin.
constexpr std::size_t kWatchedChanges = 50;

/// The streams that are open. One per server, API thread; borrows the services.
class Watches {
 public:
  Watches(const Services& services, std::size_t streams_max) : services_(services), streams_max_(streams_max) {}

  /// A stream of `event`, which is there, from the change after `after` on. Errors: too_many_streams.
  Result<std::shared_ptr<StreamSource>> open(const domain::LiveEvent& event, std::optional<domain::Sequence> after);

 private:
  const Services& services_;
  std::size_t streams_max_;
  std::vector<std::weak_ptr<WatchStream>> streams_;
  std::map<domain::EventId, std::weak_ptr<EventView>> views_;
};

/// The data of a view but for its time: an event, its audience, and the learner. `slates_per_second` is counted by the
/// caller.
Json view_json(const domain::LiveEvent& event, const engine::AudienceView& audience, double slates_per_second,
               const engine::LearnerView& learner);

}  // namespace matchcue::api
