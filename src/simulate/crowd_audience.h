#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The crowd in front of the product: what there is to show is put, moments are fired, every viewer gets slates and
// reports what they did.

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/decision.h"
#include "domain/value.h"
#include "simulate/crowd_cast.h"
#include "simulate/moment_source.h"

namespace matchcue::simulate {

/// A cue on a viewer's screen, as the native protocol says it.
struct CrowdCue {
  std::string id;
  std::string slot;
  std::string item;
};
/// What a viewer does with a cue of the last slate.
struct CrowdAct {
  std::size_t viewer = 0;  ///< index into the crowd's viewers
  std::string cue;
  domain::FeedbackKind kind = domain::FeedbackKind::impression;
};

/// One matchcue with a crowd at it. One thread calls; each call waits until it is done. Errors of every call: those of
/// the server, and `crowd_stalled` when something does not come in half a minute.
class CrowdAudience {
 public:
  virtual ~CrowdAudience() = default;

  /// From now on moments may have these context fields.
  virtual Result<void> put_context(const domain::Schema& interactions) = 0;
  virtual Result<void> put_items(std::span<const CrowdItem> items) = 0;
  virtual Result<void> put_viewers(std::span<const CrowdViewer> viewers) = 0;
  /// Everybody who was put comes to watch. Once.
  virtual Result<void> connect() = 0;
  /// Fires a moment and waits until every viewer has their slate for it.
  virtual Result<void> fire(const TimedMoment& moment) = 0;
  /// What each viewer was shown at the last moment.
  virtual const std::vector<std::vector<CrowdCue>>& slates() const = 0;
  /// Sends acts, and waits until all are acknowledged.
  virtual Result<void> act(std::span<const CrowdAct> acts) = 0;
  /// Waits until what was acted decides.
  virtual Result<void> settle() = 0;
};

/// Reads a native slate's cues and sequence. Errors: malformed_slate.
struct CrowdSlate {
  std::uint64_t sequence = 0;
  std::vector<CrowdCue> cues;
};
Result<CrowdSlate> parse_crowd_slate(std::string_view text);

}  // namespace matchcue::simulate
