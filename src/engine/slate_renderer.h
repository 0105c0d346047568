#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Renders the frames of one change from fragments that were made once: per catalogue, per change, per viewer only
// what differs.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "decide/decider.h"
#include "domain/catalogue.h"
#include "domain/decision.h"
#include "engine/viewer_peer.h"

namespace matchcue::engine {

/// A catalogue with each item's JSON. Immutable; any thread.
class RenderedCatalogue {
 public:
  explicit RenderedCatalogue(domain::CataloguePtr catalogue);

  const domain::Catalogue& catalogue() const { return *catalogue_; }
  const domain::CataloguePtr& catalogue_ptr() const { return catalogue_; }
  /// `","slot":"GENERAL","item":"ITEM_ID_9","label":"BET","remote":null,"data":{...}}`
  std::string_view fragment(std::size_t item) const { return fragments_[item]; }
  /// Upper bound of the bytes that one item of each slot can take.
  std::size_t fragments_bytes_max() const { return fragments_bytes_max_; }

 private:
  domain::CataloguePtr catalogue_;
  std::vector<std::string> fragments_;
  std::size_t fragments_bytes_max_ = 0;
};

/// shared_ptr: swapped while rings still render from the one before.
using RenderedCataloguePtr = std::shared_ptr<const RenderedCatalogue>;

/// A buffer with room in front and behind for the transport's framing. Reused for every frame of a shard.
class FrameScratch {
 public:
  /// Makes room for `bytes` of payload and returns where it starts. Invalidates what was there.
  char* reserve(std::size_t bytes);
  /// The frame from the reserved start to `end`.
  OutFrame finish(const char* end, FrameClass frame_class, domain::Sequence sequence);

 private:
  std::vector<char> buffer_;
};

/// Frames of one change. Immutable after construction; single shard.
class SlateRenderer {
 public:
  SlateRenderer(const domain::Change& change, RenderedCataloguePtr catalogue, Milliseconds slate_lifetime);

  const RenderedCataloguePtr& catalogue() const { return catalogue_; }
  WallTime expires_at() const { return expires_at_; }

  /// {"t":"slate",...}: the cues of the slots that are not empty. No allocation once warm; about 0.1 us.
  OutFrame slate(const domain::ViewerId& viewer, const domain::Choice* choices, FrameScratch& scratch) const;

  /// {"PLAYER": "ITEM_ID_18", ...}: the chosen items that rank within `num_results` of the whole catalogue, pinned and
  /// best first. An empty frame (size 0) when none does.
  OutFrame sample_push(const domain::Choice* choices, const decide::Decider& decider, std::size_t num_results,
                       FrameScratch& scratch) const;

 private:
  RenderedCataloguePtr catalogue_;
  WallTime expires_at_;
  domain::Sequence sequence_;
  std::string head_;  ///< {"t":"slate","seq":813,"event":"1","moment":57,"decision":"d_<event>.813.
  std::string body_;  ///< ","context":{..},"media_time":..,"expires_media_time":..,"expires_at":"..","cues":[
  std::string cue_;   ///< {"id":"c_<event>.813.
};

/// {"t":"retract","seq":..,"cues":[..],"reason":".."}
std::string write_retract(domain::Sequence sequence, const std::vector<domain::CueId>& cues, std::string_view reason);

}  // namespace matchcue::engine
