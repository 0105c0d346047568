// SPDX-License-Identifier: Apache-2.0
#include "simulate/driver.h"

#include <algorithm>
#include <thread>

#include "base/check.h"

namespace matchcue::simulate {

bool FlagPause::until(SteadyTime when) {
  while (!stop_.load()) {
    const auto left = when - clock_.steady();
    if (left <= std::chrono::nanoseconds(0)) return true;
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(left, Milliseconds(100)));
  }
  return false;
}

Result<void> Driver::prepare(const domain::Values& state) {
  const auto latest = api_.latest(options_.event);
  if (!latest && latest.error().kind != ErrorKind::not_found) return latest.error();
  // An event that only has contents mapped is at sequence 0: no state yet.
  if (!latest || latest->value() == 0) {
    const auto created = api_.set_state(options_.event, state, clock_.wall());
    if (!created) return created.error();
  }
  return options_.content ? api_.map_content(*options_.content, options_.event) : Result<void>();
}

Result<DriverSummary> Driver::play(MomentSource& source, const OnPlayed& on_played) {
  CHECK(options_.speed > 0, options_.speed);
  sequences_.clear();
  DriverSummary summary;
  const SteadyTime start = clock_.steady();
  const WallTime start_wall = clock_.wall();
  std::optional<Milliseconds> first_offset;
  while (auto moment = source.next()) {
    if (!first_offset) first_offset = moment->offset;
    const auto after = std::chrono::duration_cast<Milliseconds>(
        std::chrono::duration<double, std::milli>((moment->offset - *first_offset).count()) / options_.speed);
    if (!pause_.until(start + after)) {
      summary.interrupted = true;
      return summary;
    }
    Played played;
    played.number = sequences_.size();
    played.sent = clock_.steady();
    MCUE_TRY(const Accepted accepted, tell(*moment, start_wall + after));
    played.ack = std::chrono::duration_cast<Milliseconds>(clock_.steady() - played.sent);
    played.sequence = accepted.sequence;
    played.changed = accepted.changed;
    sequences_.push_back(accepted.sequence);
    summary.last_sequence = accepted.sequence;
    ++(moment->kind == MomentKind::correction ? summary.corrections : summary.moments);
    if (!accepted.changed) ++summary.unchanged;
    on_played(*moment, played);
  }
  return summary;
}

Result<Accepted> Driver::tell(const TimedMoment& moment, WallTime media_time) {
  switch (moment.kind) {
    case MomentKind::moment: return api_.fire(options_.event, moment, media_time);
    case MomentKind::state: return api_.set_state(options_.event, moment.state, media_time);
    case MomentKind::correction:
      CHECK(moment.corrects && *moment.corrects < sequences_.size());
      return api_.correct(options_.event, sequences_[*moment.corrects], moment, media_time);
  }
  CHECK(false, static_cast<int>(moment.kind));
}

}  // namespace matchcue::simulate
