#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What an operator can set about the pipeline.

#include <cstddef>

#include "base/time.h"
#include "codec/native_message.h"
#include "decide/decider.h"
#include "engine/campaign_build.h"
#include "learn/log_learner.h"

namespace matchcue::engine {

struct Options {
  learn::Settings learner;
  OpenModel open_model = no_models;  ///< where solution versions are kept
  decide::Options decide;
  int num_results = 10;                    ///< sample route: items that rank within this many are pushed; 1..500
  Milliseconds resume_window{120'000};     ///< how long a session waits for its viewer; 1 s..1 h
  Milliseconds slate_lifetime{600'000};    ///< from the moment until its cues may not be shown any more; 1 s..24 h
  std::size_t ring_changes_max = 64;       ///< changes of an event whose decisions a shard keeps; 1..1000
  Milliseconds ring_age_max{300'000};      ///< and no older ones; at least the resume window
  std::size_t reload_bytes_max = 8 << 20;  ///< of the decision log, read back at start for resuming viewers
  int ping_s = 20;                         ///< told to clients; the gateway pings at this interval
  codec::RetryAdvice retry;
};

}  // namespace matchcue::engine
