#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Plays a source of moments against a server, in real time or faster, one acknowledged call after another.

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "simulate/event_api.h"
#include "simulate/moment_source.h"

namespace matchcue::simulate {

/// How a driver waits; tests have one that moves a manual clock.
class Pause {
 public:
  virtual ~Pause() = default;
  /// Waits until the steady time; false when the wait was broken off and playing shall end.
  virtual bool until(SteadyTime when) = 0;
};

/// Waits on the machine's clock, looking at a flag ten times a second. The flag may be set by a signal handler.
class FlagPause final : public Pause {
 public:
  FlagPause(const Clock& clock, const std::atomic<bool>& stop) : clock_(clock), stop_(stop) {}
  bool until(SteadyTime when) override;

 private:
  const Clock& clock_;
  const std::atomic<bool>& stop_;
};

struct DriverOptions {
  domain::EventId event = domain::EventId("1");
  std::optional<domain::ContentId> content;  ///< mapped to the event first, so that viewers of it get the moments
  double speed = 1;                          ///< how many times faster than the source's own time; above 0
};

/// One moment that the server has acknowledged.
struct Played {
  std::size_t number = 0;  ///< counted from 0
  domain::Sequence sequence;
  bool changed = true;
  SteadyTime sent;      ///< just before the call
  Milliseconds ack{0};  ///< how long the acknowledgement took
};

struct DriverSummary {
  std::uint64_t moments = 0;
  std::uint64_t corrections = 0;
  std::uint64_t unchanged = 0;  ///< states that were so already
  bool interrupted = false;
  domain::Sequence last_sequence;
};

/// Plays sources one after another. Single thread; play() waits for the acknowledgement of every call.
class Driver {
 public:
  using OnPlayed = std::function<void(const TimedMoment&, const Played&)>;

  Driver(EventApi& api, const Clock& clock, Pause& pause, DriverOptions options)
      : api_(api), clock_(clock), pause_(pause), options_(std::move(options)) {}

  /// Makes sure that the event exists (with `state`, which makes no moment) and that the content is mapped to it.
  Result<void> prepare(const domain::Values& state);

  /// Plays the source to its end or to an interruption, the first moment at once. A moment's media time is the wall
  /// time at which it was due. A call that comes late does not delay those after it. A correction of a moment that was
  /// not accepted cannot occur: the first error ends the play. Errors: those of EventApi.
  Result<DriverSummary> play(MomentSource& source, const OnPlayed& on_played);

 private:
  Result<Accepted> tell(const TimedMoment& moment, WallTime media_time);

  EventApi& api_;
  const Clock& clock_;
  Pause& pause_;
  DriverOptions options_;
  std::vector<domain::Sequence> sequences_;  ///< of this source's moments, by number
};

}  // namespace matchcue::simulate
